#include "cli/together.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/run/precision.hpp"

#include "cli/amounts.hpp"
#include "cli/limits.hpp"
#include "cli/partial.hpp"
#include "cli/sampling.hpp"
#include "cli/sentences.hpp"
#include "cli/timing.hpp"

namespace ridgeflow::cli {

PrecisionChoice precision_of_all(const SamplerOptions& options, const Posterior& posterior) {
  PrecisionChoice choice = choose_precision(resolve(options, posterior), options.precision, posterior);
  for (const std::string& warning : choice.warnings) {
    spdlog::warn("{}", warning);
  }
  return choice;
}

std::vector<SystemRequest> requests_for(std::span<const Posterior* const> posteriors,
                                        const RunConfig& config) {
  std::vector<SystemRequest> systems;
  for (const Posterior* posterior : posteriors) {
    systems.push_back({posterior, config.sampler});
    systems.back().options.observe = {};
  }
  number_chains(systems);
  std::vector<Precision> precisions;
  precisions.reserve(systems.size());
  for (const SystemRequest& system : systems) {
    precisions.push_back(resolve(system.options, *system.posterior).precision);
  }
  const bool doubled =
      std::find(precisions.begin(), precisions.end(), Precision::kDouble) != precisions.end();
  for (std::size_t s = 0; doubled && s < systems.size(); ++s) {
    if (precisions[s] == Precision::kSingle) {  // the others chose it and say why
      systems[s].options.precision = Precision::kDouble;
    }
  }
  return systems;
}

namespace {

/// Of all \p runs, each once.
template <class Runs, class RunOf>
std::vector<std::string> warnings_of(const Runs& runs, const RunOf& run_of) {
  std::vector<std::string> warnings;
  for (const auto& each : runs) {
    add_distinct(warnings, run_of(each).warnings);
  }
  return warnings;
}

}  // namespace

std::vector<SampleResult> sample_together(std::span<const SystemRequest> systems) {
  for (const std::string& warning : warnings_of(
           systems, [](const SystemRequest& system) { return resolve(system.options, *system.posterior); })) {
    spdlog::warn("{}", warning);
  }
  std::vector<SampleResult> samples = sample_with_progress(systems);
  accept_stop(samples, Enough::kAllMeasured);
  return samples;
}

std::string together_cost_text(std::span<const SystemRequest> systems) {
  double updates = 0;
  double bytes = 0;
  double seconds = 0;
  std::vector<PrecisionChoice> deciding;  // without those that follow the others, to which it is set
  std::vector<PrecisionChoice> set;
  for (const SystemRequest& system : systems) {
    const ResolvedRun run = resolve(system.options, *system.posterior);
    (system.options.precision == Precision::kAutomatic ? deciding : set).push_back(precision_of(run));
    const Cost cost = estimate_cost(*system.posterior, system.options, run);
    updates += mode_updates(run, system.posterior->modes());
    bytes += static_cast<double>(cost.state_bytes);
    seconds += cost.seconds;
  }
  return fmt::format("{}, {:.3g} mode updates\nmemory: {} for the chains\ntime: about {}\n",
                     counted(systems.size(), "system"), updates, bytes_text(bytes), seconds_text(seconds)) +
         precision_text(deciding.empty() ? set : deciding) + limits_text();
}

std::string together_text(std::span<const SampleResult> samples, const RunConfig& config) {
  const ResolvedRun& run = samples.front().run;
  double updates = 0;
  double seconds = 0;
  for (const SampleResult& each : samples) {
    updates += each.timing.mode_updates;
    seconds += each.timing.sample;
  }
  std::string told;
  for (const std::string& warning : warnings_of(samples, [](const SampleResult& each) { return each.run; })) {
    told += wrapped(fmt::format("Warning: {}.", warning));
  }
  return wrapped(fmt::format("{}, {} x {} of each of {}, every {}, seed {}, {} precision{}",
                             integrator_name(run.integrator), counted(run.chains, "chain"),
                             counted(run.draws_per_chain, "draw"), counted(samples.size(), "system"),
                             run.plan.schedule.every, config.sampler.seed, to_string(run.precision),
                             partial_remark(samples.front()))) +
         wrapped(fmt::format("{:.3g} mode updates in {} = {} on {}", updates, seconds_text(seconds),
                             rate_text(updates / seconds), executor_text(samples.front().executor))) +
         told;
}

double together_seconds(std::span<const SampleResult> samples) {
  double seconds = 0;
  for (const SampleResult& each : samples) {
    seconds += each.timing.total();
  }
  return seconds;
}

}  // namespace ridgeflow::cli
