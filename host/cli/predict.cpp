// ridgeflow predict: what the theories say, without samples.
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "ridgeflow/io/files.hpp"
#include "ridgeflow/io/result_file.hpp"
#include "ridgeflow/io/run_file.hpp"
#include "ridgeflow/theory/decimation.hpp"

#include "cli/cumulants.hpp"
#include "cli/flags.hpp"
#include "cli/output.hpp"
#include "cli/tables.hpp"
#include "cli/verbs.hpp"

namespace ridgeflow::cli {
namespace {

std::string prediction_block(const Posterior& posterior, const std::vector<Prediction>& predictions,
                             const std::vector<double> Prediction::*quantity) {
  std::vector<std::string> names{"k"};
  for (const Prediction& prediction : predictions) {
    names.emplace_back(to_string(prediction.theory));
  }
  TextTable table(names);
  for (const std::size_t k : shown_modes(posterior.modes())) {
    std::vector<std::string> row{fmt::format("{}", k + 1)};
    for (const Prediction& prediction : predictions) {
      row.push_back(number((prediction.*quantity)[k], 6));
    }
    table.add(std::move(row));
  }
  return table.text();
}

/// \p flow null: without the couplings of the renormalization group.
std::string modes_block(const Posterior& posterior, const Decimation* flow) {
  std::vector<std::string> names{"k", "a_k", "y_k"};
  if (flow != nullptr) {
    names.insert(names.end(), {"r(k)", "U(k)"});
  }
  TextTable table(names);
  for (const std::size_t k : shown_modes(posterior.modes())) {
    std::vector<std::string> row{fmt::format("{}", k + 1), number(posterior.spectrum().a[k], 6),
                                 number(posterior.spectrum().y[k], 6)};
    if (flow != nullptr) {
      row.push_back(number(flow->ridge[k], 6));
      row.push_back(number(flow->quartic[k], 6));
    }
    table.add(std::move(row));
  }
  return (flow != nullptr ? "\nModes and the couplings that each sees in the renormalization group\n"
                          : "\nModes\n") +
         table.text();
}

std::string table_text(const Posterior& posterior, const std::vector<Prediction>& predictions,
                       const BeyondVariance& beyond) {
  std::optional<Decimation> flow;
  if (is_defined(Theory::wilson, posterior)) {
    flow = decimate(posterior);
  }
  std::string out = parameter_line(posterior) + modes_block(posterior, flow ? &*flow : nullptr);
  out += "\nMean <d_k>\n" + prediction_block(posterior, predictions, &Prediction::mean);
  out += "\nVariance Var d_k\n" + prediction_block(posterior, predictions, &Prediction::variance);
  out += beyond_variance_text(posterior, beyond);
  if (flow) {
    out += fmt::format("\nDecimation: largest U (2 c^2 + 4 c m^2) = {:.3g} at mode {}; {}\n",
                       flow->largest_bubble, flow->largest_bubble_mode,
                       flow->valid() ? "below 2, its realm"
                                     : "NOT below 2: wilson and completed are outside of their realm");
  }
  return out;
}

std::string text_as(Format format, const Posterior& posterior, const std::vector<Prediction>& predictions,
                    const BeyondVariance& beyond, const RunConfig& config) {
  switch (format) {
    case Format::kCsv:
      return per_mode_csv(posterior, predictions, nullptr, beyond.modes ? &*beyond.modes : nullptr);
    case Format::kJson: {
      Json json{{"parameters", parameters_json(posterior)}, {"predictions", predictions_json(predictions)}};
      if (beyond.modes) {
        json["cumulants"] = cumulants_json(beyond);
      }
      json["run_file"] = to_toml(config);
      return dump(json);
    }
    default:
      return table_text(posterior, predictions, beyond);
  }
}

/// Predictions cost a time proportional to the modes: the first thousand tell.
std::string dry_run_text(const Posterior& posterior, const RunConfig& config) {
  const std::vector<Theory> theories = theories_of(config, posterior);
  const std::size_t few = std::min<std::size_t>(posterior.modes(), 1000);
  const auto& all = posterior.spectrum();
  const Spectrum part{{all.a.begin(), all.a.begin() + static_cast<std::ptrdiff_t>(few)},
                      {all.y.begin(), all.y.begin() + static_cast<std::ptrdiff_t>(few)}};
  const auto begin = std::chrono::steady_clock::now();
  const Posterior few_modes(part, posterior.couplings());
  predict(few_modes, theories);
  beyond_variance(config, few_modes);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const double modes = static_cast<double>(posterior.modes());
  return fmt::format("{}predictions: {} of them, {} of memory, about {}\n", parameter_line(posterior),
                     theories.size(), bytes_text(16.0 * modes * static_cast<double>(theories.size())),
                     seconds_text(seconds * modes / static_cast<double>(few)));
}

int run_predict(const Flags& flags) {
  const RunConfig config = flags.config();
  const FileForm form = check_output(config.out, true);
  check_size_file(config);
  const Posterior posterior = make_posterior(config.model);
  const std::vector<Theory> theories = theories_of(config, posterior);
  if (flags.dry_run()) {
    print_result(dry_run_text(posterior, config));
    return kDone;
  }
  const std::vector<Prediction> predictions = predict(posterior, theories);
  const BeyondVariance beyond = beyond_variance(config, posterior);
  const RunConfig resolved = resolved_config(config, posterior, nullptr);
  if (form == FileForm::kNetcdf) {
    const ModeCumulants* cumulants = beyond.modes ? &*beyond.modes : nullptr;
    write_result(config.out, {resolved, posterior, predictions, nullptr, nullptr, cumulants});
  } else if (form != FileForm::kNone) {
    const Format format = form == FileForm::kCsv ? Format::kCsv : Format::kJson;
    write_whole_file(config.out, text_as(format, posterior, predictions, beyond, resolved));
  }
  if (beyond.distribution) {
    write_whole_file(config.size_distribution, size_distribution_csv(*beyond.distribution));
  }
  print_result(text_as(config.format, posterior, predictions, beyond, resolved));
  return kDone;
}

}  // namespace

Action add_predict(CLI::App& app) {
  const auto flags =
      std::make_shared<Flags>(app, FlagChoice{.theories = true, .cumulants = true, .run_file = true});
  app.footer("Example: ridgeflow predict --samples 1000 --theory wilson,exact --format csv");
  return [flags] { return run_predict(*flags); };
}

}  // namespace ridgeflow::cli
