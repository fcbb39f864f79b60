#include "cli/theory_distance.hpp"

#include <cmath>

#include <fmt/format.h>

namespace ridgeflow::cli {
namespace {

/// "in means (k = 7)".
std::string place_text(double relative, std::size_t mode, const char* quantity) {
  return fmt::format("{} in {}{}", distance_text(relative), quantity,
                     mode == 0 ? "" : fmt::format(" (k = {})", mode));
}

/// exact/theory - 1, or measured/theory - 1, at one mode, in per cent.
std::string percent_above(double value, double theory) {
  return fmt::format("{:+.3g}", 100.0 * (value / theory - 1.0));
}

}  // namespace

std::string distance_text(double relative) {
  return std::isfinite(relative) ? fmt::format("{:.3g} %", 100.0 * relative) : "no number";
}

std::string distance_text(const LargestDeviation& largest) {
  return place_text(largest.mean, largest.mean_mode, "means") + ", " +
         place_text(largest.variance, largest.variance_mode, "variances");
}

std::string distance_table(const std::vector<Prediction>& predictions, const MomentSummary* measured) {
  const Prediction* exact = find_prediction(predictions, Theory::exact);
  if (exact == nullptr || predictions.size() == 1) {
    return "";
  }
  std::vector<std::string> names{"theory", "of", "off [%]", "at k"};
  if (measured != nullptr) {
    names.insert(names.end(), {"measured [%]", "+-"});
  }
  TextTable table(names);
  for (const Prediction& theory : predictions) {
    if (theory.theory == Theory::exact) {
      continue;
    }
    const LargestDeviation largest = largest_deviation(*exact, theory);
    const auto add = [&](const char* quantity, std::size_t mode, const std::vector<double> Prediction::*part,
                         const std::vector<double> MomentSummary::*value,
                         const std::vector<double> MomentSummary::*error) {
      std::vector<std::string> row{std::string(to_string(theory.theory)), quantity};
      if (mode == 0) {
        row.insert(row.end(), {"0", "-"});
      } else {
        const double predicted = (theory.*part)[mode - 1];
        row.push_back(std::isfinite(predicted) ? percent_above((exact->*part)[mode - 1], predicted) : "-");
        row.push_back(fmt::format("{}", mode));
      }
      if (measured != nullptr) {
        const double predicted = mode == 0 ? std::nan("") : (theory.*part)[mode - 1];
        const bool known = std::isfinite(predicted) && predicted != 0;
        row.push_back(known ? percent_above((measured->*value)[mode - 1], predicted) : "-");
        row.push_back(
            known ? fmt::format("{:.2g}", std::abs(100.0 * (measured->*error)[mode - 1] / predicted)) : "-");
      }
      table.add(std::move(row));
    };
    add("mean", largest.mean_mode, &Prediction::mean, &MomentSummary::mean, &MomentSummary::mcse_mean);
    add("variance", largest.variance_mode, &Prediction::variance, &MomentSummary::variance,
        &MomentSummary::mcse_variance);
  }
  return std::string(measured == nullptr
                         ? "\nHow far from exact: exact/theory - 1 where it is largest\n"
                         : "\nHow far from exact: exact/theory - 1, free of noise, where it is largest;\n"
                           "measured/theory - 1 there\n") +
         table.text();
}

Json distance_json(const LargestDeviation& largest) {
  return {{"mean", largest.mean},
          {"mean_mode", largest.mean_mode},
          {"variance", largest.variance},
          {"variance_mode", largest.variance_mode}};
}

Json distances_json(const std::vector<Prediction>& predictions) {
  Json distances = Json::object();
  for (const Prediction& prediction : predictions) {
    if (const auto off = distance_from_exact(predictions, prediction.theory);
        off && prediction.theory != Theory::exact) {
      distances[std::string(to_string(prediction.theory))] = distance_json(*off);
    }
  }
  return distances;
}

}  // namespace ridgeflow::cli
