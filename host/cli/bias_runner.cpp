#include "cli/bias_runner.hpp"

#include <algorithm>
#include <cmath>

#include "ridgeflow/run/sampler.hpp"

#include "cli/signals.hpp"
#include "cli/timing.hpp"

namespace ridgeflow::cli {
namespace {

constexpr double kTimedSeconds = 0.1;       ///< to learn an integrator's rate
constexpr std::uint64_t kDrawsAChain = 16;  ///< at least: halves and errors need some
constexpr double kOverhead = 0.3;           ///< seconds a run for tables, start and collection, roughly
constexpr std::uint64_t kManySteps = 10'000'000'000'000;

}  // namespace

double usual_rate(const RunConfig& config, const Posterior& posterior) {
  SamplerOptions options = config.sampler;
  options.integrator = SamplerOptions{}.integrator;
  options.step.reset();
  const Speed speed = measure_speed(posterior, options, 0.3 * kTimedSeconds, 3, TimingDetail::kRates);
  return speed.updates_per_second / static_cast<double>(posterior.modes());
}

SamplerOptions longest_run(const RunConfig& config, const BiasFlags& extras, const BiasPlan& plan,
                           double rate) {
  SamplerOptions options = config.sampler;
  options.integrator = SamplerOptions{}.integrator;
  options.step.reset();
  options.every = 1;
  if (!plan.by_draws) {
    options.draws = std::max(static_cast<std::uint64_t>(std::min(extras.seconds * rate, 1e15)),
                             kDrawsAChain * options.chains);
  }
  return options;
}

Yardstick::Yardstick(const Posterior& posterior, SamplerOptions options) {
  options.burn_in = 0;
  options.steps = kManySteps / options.every * options.every;
  const ResolvedRun run = resolve(options, posterior);
  chains_ = static_cast<double>(run.chains);
  executor_ = make_executor(posterior, run, options);
  executor_->start();
}

double Yardstick::rate() {
  while (true) {
    const auto begin = std::chrono::steady_clock::now();
    executor_->advance(executor_->passes_done() + passes_);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const double rate = static_cast<double>(passes_) * chains_ / seconds;
    const bool first = passes_ == 1;  // it also fetches memory and wakes threads
    const bool long_enough = seconds >= 0.5 * kTimedSeconds;
    if (!first && long_enough) {
      return rate;
    }
    passes_ = std::max(passes_ + 1, static_cast<std::uint64_t>(std::min(4.0 * static_cast<double>(passes_),
                                                                        rate / chains_ * kTimedSeconds)));
  }
}

BiasRunner::BiasRunner(const RunConfig& config, const BiasFlags& extras, const BiasPlan& plan,
                       const Posterior& posterior, double rate)
    : config_(config),
      extras_(extras),
      plan_(plan),
      posterior_(posterior),
      exact_(posterior),
      usual_rate_(rate),
      yardstick_(posterior, options_of(config, plan, plan.reference, posterior)) {
  for (const BiasCase& each : plan.cases) {
    this->passes_per_second(each.integrator);
  }
  planned_ = this->estimated_seconds();
}

double BiasRunner::estimated_seconds() {
  double sum = this->seconds_of(plan_.reference);
  for (const BiasCase& each : plan_.cases) {
    sum += this->seconds_of(each);
  }
  for (const std::string& integrator : plan_.integrators) {
    sum += is_exact(integrator) ? 0.0 : 2.0 * this->seconds_of(this->first_of(integrator));
  }
  return sum;
}

StepBias BiasRunner::run(const BiasCase& each) {
  SamplerOptions options = this->options(each);
  options.seed = config_.sampler.seed + runs_;
  runs_ += 1;
  if (pace_ == 0) {
    pace_ = yardstick_.rate();
  }
  StepBias found = measure_bias(posterior_, exact_, options, &executor_, {{}, stop_on_signal(), {}});
  const double after = yardstick_.rate();
  found.pace = 0.5 * (pace_ + after);
  pace_ = after;
  this->learn_rate(each, found);
  done_ += this->seconds_of(each);
  const double elapsed = this->elapsed();
  const double fraction = std::min(1.0, done_ / planned_);
  progress_.show({fraction, elapsed, elapsed * (1.0 - fraction) / fraction,
                  this->passes_per_second(each.integrator) * static_cast<double>(posterior_.modes()),
                  Speed::kNotKnown});
  return found;
}

double BiasRunner::elapsed() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

double BiasRunner::passes_per_second(const std::string& integrator) {
  const auto found = rates_.find(integrator);
  if (found != rates_.end()) {
    return found->second;
  }
  return rates_[integrator] = usual_rate_;
}

void BiasRunner::learn_rate(const BiasCase& each, const StepBias& found) {
  if (found.diverged > 0) {
    return;
  }
  double& rate = rates_[each.integrator];
  rate = std::max(rate, found.steps_per_second);
}

SamplerOptions BiasRunner::options(const BiasCase& each) {
  SamplerOptions options = options_of(config_, plan_, each, posterior_);
  if (!plan_.by_draws) {
    const Schedule schedule = resolve(options, posterior_).plan.schedule;
    const double draws =
        extras_.seconds * this->passes_per_second(each.integrator) / static_cast<double>(schedule.every);
    options.draws =
        std::max(static_cast<std::uint64_t>(std::min(draws, 1e15)), kDrawsAChain * options.chains);
  }
  return options;
}

double BiasRunner::seconds_of(const BiasCase& each) {
  const ResolvedRun run = resolve(this->options(each), posterior_);
  return kOverhead + static_cast<double>(run.plan.schedule.passes()) * static_cast<double>(run.chains) /
                         this->passes_per_second(each.integrator);
}

BiasCase BiasRunner::first_of(const std::string& integrator) const {
  return *std::find_if(plan_.cases.begin(), plan_.cases.end(),
                       [&](const BiasCase& each) { return each.integrator == integrator; });
}

}  // namespace ridgeflow::cli
