// ridgeflow compare: the main job. Sample, predict, compare.
#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/io/files.hpp"
#include "ridgeflow/io/result_file.hpp"
#include "ridgeflow/io/run_file.hpp"
#include "ridgeflow/measure/draw_diagnostics.hpp"
#include "ridgeflow/measure/draws.hpp"

#include "cli/flags.hpp"
#include "cli/output.hpp"
#include "cli/ranks.hpp"
#include "cli/report.hpp"
#include "cli/sampling.hpp"
#include "cli/shape_report.hpp"
#include "cli/timing.hpp"
#include "cli/verbs.hpp"

namespace ridgeflow::cli {
namespace {

std::string text_as(Format format, const Findings& findings) {
  switch (format) {
    case Format::kCsv: {
      const bool has = findings.shape != nullptr && findings.samples.observed_summary.cumulants;
      return per_mode_csv(findings.posterior, findings.predictions, &findings.samples.summary,
                          has ? &findings.shape->exact : nullptr,
                          has ? &*findings.samples.observed_summary.cumulants : nullptr);
    }
    case Format::kJson: {
      Json json = report_json(findings);
      json["run_file"] = to_toml(findings.config);
      return dump(json);
    }
    default:
      return report_text(findings);
  }
}

std::string dry_run_text(const Posterior& posterior, const RunConfig& config, std::size_t theories,
                         const ResolvedRun& run) {
  const Cost cost = estimate_cost(posterior, config.sampler, run);
  const double modes = static_cast<double>(posterior.modes());
  // 8 columns of moments, 6 of constants, 4 for each theory
  const double result =
      8.0 * modes * (14.0 + 4.0 * static_cast<double>(theories)) + kept_draws(run, posterior.modes()).bytes();
  std::string out = parameter_line(posterior);
  out +=
      fmt::format("{} chains x {} draws, {} passes each: {:.3g} mode updates\n", run.chains,
                  run.draws_per_chain, run.plan.schedule.passes(),
                  static_cast<double>(run.plan.schedule.passes()) * static_cast<double>(run.chains) * modes);
  out += fmt::format(
      "memory: {} for the chains{}; result: {}\n", bytes_text(static_cast<double>(cost.state_bytes)),
      run.observe.any()
          ? fmt::format(", {} for what is observed", bytes_text(observation_bytes(run, posterior.modes())))
          : "",
      bytes_text(result));
  if (const std::string kept = kept_text(run, posterior.modes()); !kept.empty()) {
    out += kept + "\n";
  }
  out += fmt::format("time: about {}{} at {} mode updates on {} ({}, {} threads)\n",
                     seconds_text(cost.seconds), run.observe.any() ? ", and what observing takes," : "",
                     rate_text(cost.speed.updates_per_second), cost.speed.executor.device,
                     cost.speed.executor.variant, cost.speed.executor.threads);
  return out;
}

void write_file(FileForm form, const Findings& findings) {
  if (form == FileForm::kNetcdf) {
    write_result(findings.config.out,
                 {findings.config, findings.posterior, findings.predictions, &findings.samples,
                  &findings.comparisons, nullptr, findings.shape, findings.diagnostics});
  } else if (form != FileForm::kNone) {
    write_whole_file(findings.config.out,
                     text_as(form == FileForm::kCsv ? Format::kCsv : Format::kJson, findings));
  }
}

std::optional<DrawDiagnostics> diagnose_kept(const DrawStore& draws) {
  if (draws.shape().draws < Draws::kFewest) {
    spdlog::warn("{} kept draws a chain are too few for diagnostics of their own: --keep {} or more",
                 draws.shape().draws, Draws::kFewest);
    return std::nullopt;
  }
  DrawDiagnostics found = diagnose_draws(draws);
  if (found.modes_looked_at < draws.shape().modes) {
    spdlog::info("diagnostics of kept draws: {} of {} modes, for the time that all would take",
                 found.modes_looked_at, draws.shape().modes);
  }
  return found;
}

int run_compare(const Flags& flags) {
  RunConfig config = flags.config();
  const FileForm form = check_output(config.out, true);
  const Posterior posterior = make_posterior(config.model);
  const std::vector<Theory> theories = theories_of(config, posterior);
  validate(
      !config.require || is_defined(Theory::exact, posterior),
      "--require compares with exact, which is not defined with a sextic coupling: leave one of them out");
  validate(!config.require || std::find(theories.begin(), theories.end(), Theory::exact) != theories.end(),
           "--require compares with exact, but --theory leaves it out: add exact");
  const ResolvedRun run = resolve(config.sampler, posterior);
  validate(run.observe.keep == 0 || form == FileForm::kNetcdf,
           "--keep: kept draws are written to a .nc file only; add --out FILE.nc");
  require_observation_memory(run, posterior.modes(), !uses_cuda(config.sampler));
  if (flags.dry_run()) {
    print_result(dry_run_text(posterior, config, theories.size(), run));
    return kDone;
  }
  settle_seed(config);
  config.sampler.seed = from_first_rank(config.sampler.seed);
  config.seed = config.sampler.seed;
  for (const std::string& warning : run.warnings) {
    spdlog::warn("{}", warning);
  }
  if (const std::string kept = kept_text(run, posterior.modes()); is_first_rank() && !kept.empty()) {
    spdlog::info("{}", kept);
  }
  const SystemRequest request{&posterior, config.sampler};
  const SampleResult samples = std::move(sample_on_ranks(std::span(&request, 1)).front());
  if (!is_first_rank()) {
    return kDone;
  }
  const std::vector<Prediction> predictions = predict(posterior, theories);
  std::vector<Comparison> comparisons;
  comparisons.reserve(predictions.size());
  for (const Prediction& prediction : predictions) {
    comparisons.push_back(compare(samples.summary, prediction));
  }
  const RunConfig resolved = resolved_config(config, posterior, &samples.run);
  std::optional<ShapeComparison> shape;
  if (samples.observed_summary.has_shape() && AuxiliaryLine::defined_for(posterior)) {
    shape = compare_shape(samples.observed_summary, posterior);
  }
  std::optional<DrawDiagnostics> diagnostics;
  if (samples.observed.draws) {
    diagnostics = diagnose_kept(*samples.observed.draws);
  }
  const Findings findings{resolved,
                          posterior,
                          predictions,
                          comparisons,
                          samples,
                          shape ? &*shape : nullptr,
                          diagnostics ? &*diagnostics : nullptr};
  // Hours of sampling must not be lost to a full disk: the result is printed even if no file can be written.
  std::exception_ptr failure;
  try {
    write_file(form, findings);
  } catch (...) {
    failure = std::current_exception();
  }
  print_result(text_as(config.format, findings));
  if (failure) {
    std::rethrow_exception(failure);
  }
  const Verdict verdict = judge(findings);
  if (config.require && !verdict.agrees) {
    for (const std::string& problem : verdict.problems) {
      spdlog::error("required comparison failed: {}", problem);
    }
    return kComparisonFailed;
  }
  return kDone;
}

}  // namespace

Action add_compare(CLI::App& app) {
  const auto flags = std::make_shared<Flags>(
      app,
      FlagChoice{.sampling = true, .theories = true, .require = true, .observe = true, .run_file = true});
  app.footer("Example: ridgeflow compare examples/standard.toml --draws 1e6 --out standard.nc");
  return [flags] { return run_compare(*flags); };
}

}  // namespace ridgeflow::cli
