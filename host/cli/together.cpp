#include "cli/together.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/integrate/list.hpp"

#include "cli/amounts.hpp"
#include "cli/sampling.hpp"
#include "cli/sentences.hpp"
#include "cli/timing.hpp"

namespace ridgeflow::cli {

std::vector<SystemRequest> requests_for(std::span<const Posterior* const> posteriors,
                                        const RunConfig& config) {
  std::vector<SystemRequest> systems;
  for (const Posterior* posterior : posteriors) {
    systems.push_back({posterior, config.sampler});
    systems.back().options.observe = {};
  }
  number_chains(systems);
  for (const SystemRequest& system : systems) {
    static_cast<void>(resolve(system.options, *system.posterior));
  }
  return systems;
}

std::vector<SampleResult> sample_together(std::span<const SystemRequest> systems) {
  std::vector<std::string> warnings;
  for (const SystemRequest& system : systems) {
    add_distinct(warnings, resolve(system.options, *system.posterior).warnings);
  }
  for (const std::string& warning : warnings) {
    spdlog::warn("{}", warning);
  }
  return sample_with_progress(systems);
}

std::string together_cost_text(std::span<const SystemRequest> systems) {
  double updates = 0;
  double bytes = 0;
  double seconds = 0;
  for (const SystemRequest& system : systems) {
    const ResolvedRun run = resolve(system.options, *system.posterior);
    const Cost cost = estimate_cost(*system.posterior, system.options, run);
    updates += mode_updates(run, system.posterior->modes());
    bytes += static_cast<double>(cost.state_bytes);
    seconds += cost.seconds;
  }
  return fmt::format("{}, {:.3g} mode updates\nmemory: {} for the chains\ntime: about {}\n",
                     counted(systems.size(), "system"), updates, bytes_text(bytes), seconds_text(seconds));
}

std::string together_text(std::span<const SampleResult> samples, const RunConfig& config) {
  const ResolvedRun& run = samples.front().run;
  double updates = 0;
  double seconds = 0;
  for (const SampleResult& each : samples) {
    updates += each.timing.mode_updates;
    seconds += each.timing.sample;
  }
  return wrapped(fmt::format("{}, {} x {} of each of {}, every {}, seed {}, {} precision",
                             integrator_name(run.integrator), counted(run.chains, "chain"),
                             counted(run.draws_per_chain, "draw"), counted(samples.size(), "system"),
                             run.plan.schedule.every, config.sampler.seed, to_string(run.precision))) +
         wrapped(fmt::format("{:.3g} mode updates in {} = {} on {}", updates, seconds_text(seconds),
                             rate_text(updates / seconds), executor_text(samples.front().executor)));
}

double together_seconds(std::span<const SampleResult> samples) {
  double seconds = 0;
  for (const SampleResult& each : samples) {
    seconds += each.timing.total();
  }
  return seconds;
}

}  // namespace ridgeflow::cli
