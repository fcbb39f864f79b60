#include "cli/timing.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <memory>
#include <vector>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/measure/moments.hpp"
#include "ridgeflow/run/clock.hpp"
#include "ridgeflow/run/floor.hpp"
#include "ridgeflow/run/scaling.hpp"

namespace ridgeflow::cli {
namespace {

/// Enough steps for any timing: passes stop when the time is up.
constexpr std::uint64_t kManySteps = 10'000'000'000'000;
constexpr double kTimedBytes = 0x1p28;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Steps after which draws of the softest mode count as independent draws of the stationary law: the usual
/// burn-in.
std::uint64_t relaxed_steps(SamplerOptions options, const Posterior& posterior) {
  options.burn_in.reset();
  return resolve(options, posterior).plan.schedule.burn_in;
}

/// Independent draws of the softest mode for each measurement due, counted or not (`perfect` counts only what
/// it accepts).
double effective_share(const MomentSummary& summary, const Posterior& posterior, const ResolvedRun& run,
                       std::uint64_t passes) {
  const auto& a = posterior.spectrum().a;
  const auto softest = static_cast<std::size_t>(std::min_element(a.begin(), a.end()) - a.begin());
  RIDGEFLOW_EXPECT(run.plan.schedule.every > 0);  // resolve() saw to it
  const std::uint64_t due = run.plan.schedule.draws_after(passes);
  return independent_draws(summary, softest, MeasurePlan{}).value /
         (static_cast<double>(due) * static_cast<double>(run.chains));
}

/// A run that is timed piece by piece.
class TimedRun {
 public:
  TimedRun(const Posterior& posterior, const SamplerOptions& options, TimingDetail detail)
      : posterior_(posterior), options_(options), full_(detail == TimingDetail::kFull) {
    const double begin = now();
    run_ = resolve(options_, posterior_);
    executor_ = make_executor(posterior_, run_, options_);
    executor_->start();
    speed_.executor = executor_->info();
    speed_.timing.start = now() - begin;
  }

  void time_passes(double seconds, int repeats) {
    // An executor keeps chains in cache from pass to pass: only calls as long as a real run's tell its speed.
    // A call that was held up (the first, or one on a busy machine) must not decide how long the next ones
    // are: the best rate so far does.
    std::uint64_t passes = 1;
    double best = 0;
    std::vector<double> rates;  // passes per second
    std::vector<double> clocks;
    std::vector<double> scalings;
    while (rates.size() < static_cast<std::size_t>(repeats) &&
           executor_->passes_done() + passes <= this->last()) {
      const double rate = static_cast<double>(passes) / std::max(this->advance(passes), 1e-9);
      best = std::max(best, rate);
      if (static_cast<double>(passes) >= 0.3 * seconds * best) {
        rates.push_back(rate);
        if (full_ && speed_.executor.backend == "cpu") {
          const double begin = now();
          clocks.push_back(measure_clock());
          scalings.push_back(measure_thread_scaling(speed_.executor.threads));
          speed_.calibrate += now() - begin;
        }
      }
      passes =
          static_cast<std::uint64_t>(std::clamp(best * seconds, 1.0, 16.0 * static_cast<double>(passes)));
    }
    if (!executor_->divergences().empty()) {
      throw NumericalFailure(options_.integrator + " diverged while it was timed: use a smaller step");
    }
    passes_per_second_ = median(rates);
    const double chain_passes = passes_per_second_ * static_cast<double>(run_.chains);
    speed_.updates_per_second = chain_passes * static_cast<double>(posterior_.modes());
    speed_.chain_steps_per_second = chain_passes;
    if (!clocks.empty()) {
      speed_.clock = median(clocks);
      speed_.scaling = median(scalings);
      speed_.processor_share = processor_ / (speed_.timing.sample * speed_.executor.threads);
    }
    speed_.floor =
        full_ ? floor_of(speed_.executor, run_.precision, options_.every, speed_.clock) : Speed::kNotKnown;
  }

  /// Collects, and counts independent draws.
  void collect(double most_seconds_more) {
    const std::uint64_t wanted = relaxed_steps(options_, posterior_);
    const std::uint64_t missing = wanted - std::min(wanted, executor_->passes_done());
    if (static_cast<double>(missing) <= most_seconds_more * passes_per_second_) {
      this->advance(missing);
    }
    const double begin = now();
    const Moments moments = collect_moments(*executor_, run_, posterior_.modes());
    const std::uint64_t passes = executor_->passes_done();
    const MomentSummary summary = summarize_run(moments, posterior_, run_, passes);
    speed_.timing.collect = now() - begin;
    if (passes >= wanted) {
      speed_.effective_per_second = effective_share(summary, posterior_, run_, passes) *
                                    speed_.chain_steps_per_second / static_cast<double>(options_.every);
    }
  }

  Speed result() const {
    Speed speed = speed_;
    speed.passes = executor_->passes_done();
    speed.timing.mode_updates = static_cast<double>(speed.passes) * static_cast<double>(run_.chains) *
                                static_cast<double>(posterior_.modes());
    return speed;
  }

 private:
  std::uint64_t last() const { return run_.plan.schedule.passes(); }

  /// Seconds of \p passes passes more.
  double advance(std::uint64_t passes) {
    const double processor = processor_seconds();
    const double begin = now();
    executor_->advance(std::min(this->last(), executor_->passes_done() + passes));
    const double elapsed = now() - begin;
    speed_.timing.sample += elapsed;
    processor_ += processor_seconds() - processor;
    return elapsed;
  }

  const Posterior& posterior_;
  const SamplerOptions& options_;
  bool full_;
  ResolvedRun run_;
  std::unique_ptr<Executor> executor_;
  double passes_per_second_ = 0;
  double processor_ = 0;  ///< seconds in advance()
  Speed speed_;
};

}  // namespace

Speed measure_speed(const Posterior& posterior, SamplerOptions options, double seconds, int repeats,
                    TimingDetail detail) {
  options.precision = resolve(options, posterior).precision;  // not that of as many steps as follow
  options.burn_in = 0;
  options.steps = kManySteps / options.every * options.every;
  const double begin = now();
  TimedRun run(posterior, options, detail);
  run.time_passes(seconds, repeats);
  if (detail == TimingDetail::kFull) {
    run.collect(4.0 * seconds);
  }
  Speed speed = run.result();
  speed.wall = now() - begin;
  return speed;
}

Cost estimate_cost(const Posterior& posterior, const SamplerOptions& options, const ResolvedRun& run) {
  Cost cost;
  cost.state_bytes = state_bytes(run, posterior.modes());
  SamplerOptions few = options;
  few.observe = {};
  few.precision = run.precision;  // not that of few chains
  const double bytes_a_chain = static_cast<double>(cost.state_bytes) / static_cast<double>(run.chains);
  few.chains =
      std::min(run.chains, std::max(kMinChains, static_cast<std::uint64_t>(kTimedBytes / bytes_a_chain)));
  cost.speed = measure_speed(posterior, few, 0.2, 1, TimingDetail::kRates);
  cost.seconds = mode_updates(run, posterior.modes()) / cost.speed.updates_per_second;
  return cost;
}

}  // namespace ridgeflow::cli
