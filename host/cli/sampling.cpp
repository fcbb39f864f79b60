#include "cli/sampling.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ridgeflow/base/counted.hpp"

#include "cli/lines.hpp"
#include "cli/progress.hpp"
#include "cli/ranks.hpp"
#include "cli/signals.hpp"

namespace ridgeflow::cli {
namespace {

/// Makes \p result, the share of this rank, the result of all.
void gather(SampleResult& result, const SystemRequest& system) {
  SamplerOptions whole = system.options;
  if (result.adapted) {
    whole.step = result.adapted->step;
  }
  whole.burn_in = result.run.plan.schedule.burn_in;
  result.run = resolve(whole, *system.posterior);
  result.moments = gather_moments(result.moments);
  result.observed = gather_observed(result.observed);
  if (is_first_rank()) {
    result.observed_summary = summarize_observed(result.observed, *system.posterior, result.run);
  }
  result.summary = summarize_run(result.moments, *system.posterior, result.run, result.passes);
  result.timing.sample = largest_over_ranks(result.timing.sample);
  result.timing.mode_updates = sum_over_ranks(result.timing.mode_updates);
  result.executor.threads *= rank_count();
}

}  // namespace

void add_distinct(std::vector<std::string>& told, const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) {
    if (std::find(told.begin(), told.end(), warning) == told.end()) {
      told.push_back(warning);
    }
  }
}

std::string precision_text(std::span<const PrecisionChoice> choices) {
  std::vector<std::string> parts;
  for (const Precision precision : {Precision::kSingle, Precision::kDouble}) {
    const auto takes = [precision](const PrecisionChoice& choice) { return choice.precision == precision; };
    const auto count = static_cast<std::size_t>(std::count_if(choices.begin(), choices.end(), takes));
    if (count > 0) {
      parts.push_back(
          fmt::format("{}{} ({})", to_string(precision),
                      count == choices.size() ? "" : fmt::format(" of {}", counted(count, "system")),
                      std::find_if(choices.begin(), choices.end(), takes)->reason));
    }
  }
  return wrapped(fmt::format("precision: {}", fmt::join(parts, ", ")));
}

PrecisionChoice precision_of(const ResolvedRun& run) {
  return {run.precision, run.precision_reason, {}};
}

std::vector<SampleResult> sample_with_progress(std::span<const SystemRequest> systems) {
  Progress progress;
  RunControl control;
  control.stop = stop_on_signal();
  control.progress = [&](const ProgressReport& report) {
    if (is_first_rank()) {
      progress.show(report);
    }
  };
  if (rank_count() > 1) {
    control.largest = largest_over_ranks;
  }
  std::vector<SampleResult> results = sample_systems(systems, control);
  if (std::any_of(results.begin(), results.end(), [](const SampleResult& each) { return each.partial(); })) {
    share_stop_signal();  // all ranks are at the same pass
  }
  return results;
}

std::vector<SampleResult> sample_on_ranks(std::span<const SystemRequest> systems) {
  if (rank_count() == 1) {
    return sample_with_progress(systems);
  }
  std::vector<SystemRequest> shares(systems.begin(), systems.end());
  for (SystemRequest& share : shares) {
    share.options =
        share_of(share.options, static_cast<std::uint64_t>(rank()), static_cast<std::uint64_t>(rank_count()));
  }
  std::vector<SampleResult> results = sample_with_progress(shares);
  for (std::size_t s = 0; s < systems.size(); ++s) {
    gather(results[s], systems[s]);
  }
  return results;
}

}  // namespace ridgeflow::cli
