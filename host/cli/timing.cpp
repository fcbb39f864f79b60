#include "cli/timing.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/measure/moments.hpp"

namespace ridgeflow::cli {
namespace {

/// Enough steps for any timing: passes stop when the time is up.
constexpr std::uint64_t kManySteps = 10'000'000'000'000;
constexpr double kTimedBytes = 0x1p28;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Independent draws of the softest mode for each measurement due, counted or not (`perfect` counts only what
/// it accepts), from the chains of \p executor.
double effective_share(const Executor& executor, const Posterior& posterior, const ResolvedRun& run) {
  const auto modes = static_cast<std::uint32_t>(posterior.modes());
  Moments moments(modes);
  constexpr std::uint64_t kAtOnce = 64;
  for (std::uint64_t first = 0; first < run.chains; first += kAtOnce) {
    moments.add(executor.export_chains(0, first, std::min(kAtOnce, run.chains - first)));
  }
  std::vector<double> centres(modes);
  for (std::size_t k = 0; k < modes; ++k) {
    const double centre = posterior.mean_at(k, posterior.hartree_ridge());
    centres[k] =
        run.precision == Precision::kSingle ? static_cast<double>(static_cast<float>(centre)) : centre;
  }
  const MomentSummary summary =
      summarize(moments, centres, posterior.hartree_size(), executor.passes_done(), run.plan.measure);
  const auto& a = posterior.spectrum().a;
  const auto softest = static_cast<std::size_t>(std::min_element(a.begin(), a.end()) - a.begin());
  RIDGEFLOW_EXPECT(run.plan.schedule.every > 0);  // resolve() saw to it
  const std::uint64_t due = run.plan.schedule.draws_after(executor.passes_done());
  return summary.ess_mean[softest] / (static_cast<double>(due) * static_cast<double>(run.chains));
}

}  // namespace

Speed measure_speed(const Posterior& posterior, SamplerOptions options, double seconds, int repeats,
                    bool effective) {
  options.burn_in = 0;
  options.steps = kManySteps / options.every * options.every;
  const ResolvedRun run = resolve(options, posterior);
  const std::unique_ptr<Executor> executor = make_executor(posterior, run, options);
  executor->start();
  const std::uint64_t last = run.plan.schedule.passes();
  const auto timed = [&](std::uint64_t passes) {
    const double begin = now();
    executor->advance(std::min(last, executor->passes_done() + passes));
    return now() - begin;
  };
  // An executor keeps chains in cache from pass to pass: only calls as long as a real run's tell its speed.
  // A call that was held up (the first, or one on a busy machine) must not decide how long the next ones are:
  // the best rate so far does.
  std::uint64_t passes = 1;
  double best = 0;
  std::vector<double> passes_per_second;
  while (passes_per_second.size() < static_cast<std::size_t>(repeats) &&
         executor->passes_done() + passes <= last) {
    const double elapsed = std::max(timed(passes), 1e-9);
    const double rate = static_cast<double>(passes) / elapsed;
    best = std::max(best, rate);
    if (static_cast<double>(passes) >= 0.3 * seconds * best) {
      passes_per_second.push_back(rate);
    }
    passes = static_cast<std::uint64_t>(std::clamp(best * seconds, 1.0, 16.0 * static_cast<double>(passes)));
  }
  if (!executor->divergences().empty()) {
    throw NumericalFailure(options.integrator + " diverged while it was timed: use a smaller step");
  }
  const auto middle = passes_per_second.begin() + static_cast<std::ptrdiff_t>(passes_per_second.size() / 2);
  std::nth_element(passes_per_second.begin(), middle, passes_per_second.end());
  const double chain_passes = *middle * static_cast<double>(run.chains);
  const Schedule& schedule = run.plan.schedule;
  const double passes_a_step =
      static_cast<double>(schedule.passes_of(schedule.every)) / static_cast<double>(schedule.every);
  Speed speed;
  speed.executor = executor->info();
  speed.updates_per_second = chain_passes * static_cast<double>(posterior.modes());
  speed.chain_steps_per_second = chain_passes / passes_a_step;
  if (effective) {
    speed.effective_per_second = effective_share(*executor, posterior, run) * speed.chain_steps_per_second /
                                 static_cast<double>(schedule.every);
  }
  return speed;
}

Cost estimate_cost(const Posterior& posterior, const SamplerOptions& options, const ResolvedRun& run) {
  Cost cost;
  cost.state_bytes = state_bytes(run, posterior.modes());
  SamplerOptions few = options;
  const double bytes_a_chain = static_cast<double>(cost.state_bytes) / static_cast<double>(run.chains);
  few.chains =
      std::min(run.chains, std::max(kMinChains, static_cast<std::uint64_t>(kTimedBytes / bytes_a_chain)));
  cost.speed = measure_speed(posterior, few, 0.2, 1, false);
  cost.seconds = static_cast<double>(run.plan.schedule.passes()) * static_cast<double>(run.chains) *
                 static_cast<double>(posterior.modes()) / cost.speed.updates_per_second;
  return cost;
}

}  // namespace ridgeflow::cli
