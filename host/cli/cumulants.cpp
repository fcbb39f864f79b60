#include "cli/cumulants.hpp"

#include <cmath>
#include <filesystem>
#include <iterator>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow::cli {

BeyondVariance beyond_variance(const RunConfig& config, const Posterior& posterior) {
  BeyondVariance beyond;
  if (config.sampler.observe.cumulants) {
    const ExactAverage average(posterior);
    beyond.modes = mode_cumulants(average);
    beyond.size = size_cumulants(average);
  }
  if (!config.size_distribution.empty()) {
    beyond.distribution.emplace(posterior);
  }
  return beyond;
}

void check_size_file(const RunConfig& config) {
  const std::string& path = config.size_distribution;
  if (path.empty()) {
    return;
  }
  validate(std::filesystem::path(path).extension() == ".csv",
           fmt::format("--size-distribution {}: the distribution of R is written as CSV; use .csv", path));
}

std::string beyond_variance_text(const Posterior& posterior, const BeyondVariance& beyond) {
  std::string out;
  if (beyond.modes && beyond.size) {
    const ExactAverage average(posterior);
    TextTable table({"k", "exact_kappa3", "exact_kappa4", "skewness", "excess kurtosis"});
    for (const std::size_t k : shown_modes(posterior.modes())) {
      const double variance = average.variance(k);
      const double third = beyond.modes->third[k];
      const double fourth = beyond.modes->fourth[k];
      table.add({fmt::format("{}", k + 1), number(third, 6), number(fourth, 6),
                 number(third / (variance * std::sqrt(variance))), number(fourth / (variance * variance))});
    }
    const SizeCumulants& size = *beyond.size;
    out += "\nThird and fourth cumulant of d_k, exact: both are 0 for a Gaussian\n" + table.text();
    out += fmt::format(
        "\nSize R = sum d_k^2, exact: mean {:.6g}, variance {:.6g},\nskewness {:.5g}, excess kurtosis "
        "{:.5g}\n",
        size.mean, size.variance, size.third / (size.variance * std::sqrt(size.variance)),
        size.fourth / (size.variance * size.variance));
  }
  if (beyond.distribution) {
    out += fmt::format("\nQuantiles of R, exact: 2.5 % {:.6g}, 50 % {:.6g}, 97.5 % {:.6g}\n",
                       beyond.distribution->quantile(0.025), beyond.distribution->quantile(0.5),
                       beyond.distribution->quantile(0.975));
  }
  return out;
}

Json cumulants_json(const BeyondVariance& beyond) {
  return {{"exact_kappa3", beyond.modes->third},
          {"exact_kappa4", beyond.modes->fourth},
          {"R",
           {{"mean", beyond.size->mean},
            {"variance", beyond.size->variance},
            {"kappa3", beyond.size->third},
            {"kappa4", beyond.size->fourth}}}};
}

std::string size_distribution_csv(const SizeDistribution& distribution) {
  constexpr int kLines = 513;
  const double from = distribution.quantile(1e-6);
  const double to = distribution.quantile(1.0 - 1e-6);
  fmt::memory_buffer out;
  const auto append = std::back_inserter(out);
  fmt::format_to(append, "R,density,cdf\n");
  for (int i = 0; i < kLines; ++i) {
    const double size = from + (to - from) * i / (kLines - 1);
    fmt::format_to(append, "{:.17g},{:.17g},{:.17g}\n", size, distribution.density(size),
                   distribution.cdf(size));
  }
  return fmt::to_string(out);
}

}  // namespace ridgeflow::cli
