// ridgeflow predict: what the theories say, without samples.
#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/base/error.hpp"
#include "ridgeflow/io/files.hpp"
#include "ridgeflow/io/result_file.hpp"
#include "ridgeflow/io/run_file.hpp"
#include "ridgeflow/theory/decimation.hpp"
#include "ridgeflow/theory/learning_curve.hpp"

#include "cli/amounts.hpp"
#include "cli/cumulants.hpp"
#include "cli/flags.hpp"
#include "cli/output.hpp"
#include "cli/publish.hpp"
#include "cli/sentences.hpp"
#include "cli/sweep_report.hpp"
#include "cli/tables.hpp"
#include "cli/theory_distance.hpp"
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

std::string modes_block(const Posterior& posterior) {
  const bool sextic = posterior.sextic() != 0.0;
  const SexticDecimation flow = wilson_couplings(posterior);
  std::vector<std::string> names{"k", "a_k", "y_k", "r(k)", "U(k)"};
  if (sextic) {
    names.emplace_back("W(k)");
  }
  TextTable table(names);
  for (const std::size_t k : shown_modes(posterior.modes())) {
    std::vector<std::string> row{fmt::format("{}", k + 1), number(posterior.spectrum().a[k], 6),
                                 number(posterior.spectrum().y[k], 6), number(flow.ridge[k], 6),
                                 number(flow.quartic[k], 6)};
    if (sextic) {
      row.push_back(number(flow.sextic[k], 6));
    }
    table.add(std::move(row));
  }
  return "\nModes and the couplings that each sees in the renormalization group\n" + table.text();
}

std::string table_text(const Posterior& posterior, const std::vector<Prediction>& predictions,
                       const BeyondVariance& beyond) {
  std::string out = parameter_line(posterior) + modes_block(posterior);
  out += "\nMean <d_k>\n" + prediction_block(posterior, predictions, &Prediction::mean);
  out += "\nVariance Var d_k\n" + prediction_block(posterior, predictions, &Prediction::variance);
  out += "\nTraining loss of a sample, <R>/2\n";
  for (const Prediction& prediction : predictions) {
    out += fmt::format("  {}: {}\n", to_string(prediction.theory), number(loss_per_sample(prediction), 6));
  }
  out += beyond_variance_text(posterior, beyond);
  out += distance_table(predictions, nullptr);
  if (const auto off = distance_from_exact(predictions, Theory::wilson); off) {
    out += "\n" +
           wrapped(fmt::format("RG (wilson) is off by up to {}: |exact/wilson - 1|.", distance_text(*off)));
  }
  return out;
}

Json json_of(const Posterior& posterior, const std::vector<Prediction>& predictions,
             const BeyondVariance& beyond, const RunConfig& config) {
  Json json{{"parameters", parameters_json(posterior)}, {"predictions", predictions_json(predictions)}};
  json["largest_deviation_of_exact"] = distances_json(predictions);
  if (beyond.modes) {
    json["cumulants"] = cumulants_json(beyond);
  }
  json["run_file"] = to_toml(config);
  return json;
}

std::string csv_text(const Posterior& posterior, const std::vector<Prediction>& predictions,
                     const BeyondVariance& beyond) {
  return per_mode_csv(posterior, predictions, nullptr, beyond.modes ? &*beyond.modes : nullptr);
}

std::string text_as(Format format, const Posterior& posterior, const std::vector<Prediction>& predictions,
                    const BeyondVariance& beyond, const RunConfig& config) {
  switch (format) {
    case Format::kCsv:
      return csv_text(posterior, predictions, beyond);
    case Format::kJson:
      return dump(json_of(posterior, predictions, beyond, config));
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

/// One system of a sweep.
struct PredictedSystem {
  Posterior posterior;
  RunConfig resolved;
  std::vector<Prediction> predictions;
  BeyondVariance beyond;

  const ModeCumulants* cumulants() const { return this->beyond.modes ? &*this->beyond.modes : nullptr; }
};

int run_sweep(const RunConfig& config, FileForm form, bool dry_run) {
  validate(config.size_distribution.empty(),
           "--size-distribution: writes that of one system, not of a sweep; leave out the lists and ranges");
  const std::vector<RunConfig> grid = grid_of(config);
  std::vector<Posterior> posteriors;
  posteriors.reserve(grid.size());
  for (const RunConfig& one : grid) {
    posteriors.push_back(make_posterior(one.model));
    static_cast<void>(theories_of(one, posteriors.back()));  // refused before work
  }
  if (dry_run) {
    const auto largest = std::max_element(
        posteriors.begin(), posteriors.end(),
        [](const Posterior& one, const Posterior& other) { return one.modes() < other.modes(); });
    print_text(
        fmt::format("{}; the largest:\n{}", counted(grid.size(), "system"),
                    dry_run_text(*largest, grid[static_cast<std::size_t>(largest - posteriors.begin())])));
    return kDone;
  }
  std::vector<PredictedSystem> systems;
  systems.reserve(grid.size());
  for (std::size_t s = 0; s < grid.size(); ++s) {
    systems.push_back({posteriors[s], resolved_config(grid[s], posteriors[s], nullptr),
                       predict(posteriors[s], theories_of(grid[s], posteriors[s])),
                       beyond_variance(grid[s], posteriors[s])});
  }
  const auto text_for = [&](Format format) {
    SweepReport report{config, {}};
    for (std::size_t s = 0; s < systems.size(); ++s) {
      const PredictedSystem& one = systems[s];
      report.systems.push_back(
          {place_in_grid(config, s), one.posterior, one.predictions, nullptr,
           format == Format::kCsv ? csv_text(one.posterior, one.predictions, one.beyond) : "",
           format == Format::kJson ? json_of(one.posterior, one.predictions, one.beyond, one.resolved)
                                   : Json()});
    }
    return text_as(format, report);
  };
  publish(config, form, text_for, [&] {
    std::vector<ResultContents> contents;
    contents.reserve(systems.size());
    for (const PredictedSystem& one : systems) {
      contents.push_back({one.resolved, one.posterior, one.predictions, nullptr, nullptr, one.cumulants()});
    }
    write_sweep(config.out, config, contents);
  });
  return kDone;
}

int run_predict(const Flags& flags) {
  const RunConfig config = flags.config();
  if (!config.sweep.empty()) {
    return run_sweep(config, check_output(config, true), flags.dry_run());
  }
  check_size_file(config);
  const FileForm form = check_output(config, true, true, {{"--size-distribution", config.size_distribution}});
  const Posterior posterior = make_posterior(config.model);
  const std::vector<Theory> theories = theories_of(config, posterior);
  if (flags.dry_run()) {
    print_text(dry_run_text(posterior, config));
    return kDone;
  }
  const std::vector<Prediction> predictions = predict(posterior, theories);
  const BeyondVariance beyond = beyond_variance(config, posterior);
  const RunConfig resolved = resolved_config(config, posterior, nullptr);
  std::vector<std::function<void()>> more;
  if (beyond.distribution) {
    more.emplace_back([&] {
      write_whole_file(config.size_distribution, size_distribution_csv(*beyond.distribution),
                       existing_of(config));
    });
  }
  publish(
      config, form, [&](Format format) { return text_as(format, posterior, predictions, beyond, resolved); },
      [&] {
        const ModeCumulants* cumulants = beyond.modes ? &*beyond.modes : nullptr;
        write_result(config.out, {resolved, posterior, predictions, nullptr, nullptr, cumulants});
      },
      more);
  return kDone;
}

}  // namespace

Action add_predict(CLI::App& app) {
  const auto flags = std::make_shared<Flags>(
      app, FlagChoice{.theories = true, .cumulants = true, .run_file = true, .sweeps = true});
  app.footer(std::string("Numbers may be lists: the run is then the grid of all their combinations. ") +
             kListHelp + "\nExample: ridgeflow predict --samples 1000 --theory wilson,exact --format csv");
  return [flags] { return run_predict(*flags); };
}

}  // namespace ridgeflow::cli
