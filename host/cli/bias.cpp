// ridgeflow bias: what a step size costs in bias and gains in speed, for every integrator.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/run/kernel_quadrature.hpp"
#include "ridgeflow/run/sampler.hpp"
#include "ridgeflow/run/step_bias.hpp"

#include "cli/amounts.hpp"
#include "cli/bias_report.hpp"
#include "cli/flags.hpp"
#include "cli/limits.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/publish.hpp"
#include "cli/signals.hpp"
#include "cli/tables.hpp"
#include "cli/timing.hpp"
#include "cli/together.hpp"
#include "cli/verbs.hpp"

namespace ridgeflow::cli {
namespace {

constexpr const char* kReference = "euler";
constexpr double kTimedSeconds = 0.1;       ///< to learn an integrator's rate
constexpr std::uint64_t kDrawsAChain = 16;  ///< at least: halves and errors need some
constexpr double kOverhead = 0.3;           ///< seconds a run for tables, start and collection, roughly
constexpr double kQuadratureSteps[] = {1.0 / 64, 1.0 / 32, 1.0 / 16, 1.0 / 8};  ///< h (a + rho*)
constexpr double kNoBias = 1e-8;  ///< relative: rounding of the quadrature

struct Extras {
  std::vector<double> step_sizes;
  std::size_t count = 7;
  double seconds = 2.0;
  double target = 0.01;
  double reference_step = 1e-4;
};

/// One run to come.
struct Case {
  std::string integrator;
  double step = 0;
};

/// What is asked for, checked.
struct Plan {
  std::vector<std::string> integrators;
  std::vector<Case> cases;  ///< by integrator, steps ascending
  Case reference;
  bool by_draws = false;
  bool fixed_interval = false;
};

bool is_exact(const std::string& integrator) {
  return visit_integrator(find_integrator(integrator),
                          [](auto each) { return decltype(each)::kWeakOrder == 0; });
}

SamplerOptions options_of(const RunConfig& config, const Plan& plan, const Case& run,
                          const Posterior& posterior) {
  SamplerOptions options = config.sampler;
  options.integrator = run.integrator;
  options.step.reset();
  if (std::isfinite(run.step)) {
    options.step = run.step;
  }
  if (!plan.fixed_interval) {
    options.every = measuring_interval(run.step, posterior);
  }
  return options;
}

/// Euler's step of the paper where it is stable, else Euler's default.
Case reference_of(const Extras& extras, const Posterior& posterior) {
  SamplerOptions options;
  options.integrator = kReference;
  options.step = extras.reference_step;
  validate(std::isfinite(extras.reference_step) && extras.reference_step > 0,
           fmt::format("--reference-step {}: must be positive", extras.reference_step));
  const double limit = visit_integrator(find_integrator(kReference), [&](auto each) {
    SamplerOptions usual;
    usual.integrator = kReference;
    return decltype(each)::step_limit(resolve(usual, posterior).problem);
  });
  if (extras.reference_step >= limit) {
    options.step.reset();
  }
  return {kReference, resolve(options, posterior).problem.step};
}

Plan make_plan(const RunConfig& config, const Extras& extras, const Flags& flags,
               const Posterior& posterior) {
  Plan plan;
  plan.by_draws = flags.given("sampler.draws") || flags.given("sampler.steps") ||
                  config.sampler.draws != SamplerOptions{}.draws || config.sampler.steps.has_value();
  plan.fixed_interval = flags.given("sampler.every") || config.sampler.every != 1;
  plan.integrators.assign(kIntegratorNames.begin(), kIntegratorNames.end());
  if (flags.given("sampler.integrator") || config.sampler.integrator != SamplerOptions{}.integrator) {
    plan.integrators = {config.sampler.integrator};
  }
  std::vector<double> given = extras.step_sizes;
  if (config.sampler.step) {
    validate(given.empty(), "--step and --step-sizes exclude each other");
    given = {*config.sampler.step};
  }
  for (const double step : given) {  // one that is not finite stands for an integrator without steps below
    validate(std::isfinite(step) && step > 0, fmt::format("step h = {}: must be finite and positive", step));
  }
  std::sort(given.begin(), given.end());
  given.erase(std::unique(given.begin(), given.end()), given.end());
  for (const std::string& integrator : plan.integrators) {
    std::vector<double> steps = trial_steps(integrator, posterior, extras.count);
    const bool has_step = std::isfinite(steps.front());
    if (!given.empty() && has_step) {
      steps = given;
    }
    for (const double step : steps) {
      plan.cases.push_back({integrator, step});
      // every step is checked before the first is run
      static_cast<void>(resolve(options_of(config, plan, plan.cases.back(), posterior), posterior));
    }
  }
  plan.reference = reference_of(extras, posterior);
  return plan;
}

/// The reference, timed for a moment before and after each run, so that gains are those of one machine,
/// however busy it is from run to run.
class Yardstick {
 public:
  Yardstick(const Posterior& posterior, SamplerOptions options) {
    options.burn_in = 0;
    options.steps = kManySteps / options.every * options.every;
    const ResolvedRun run = resolve(options, posterior);
    chains_ = static_cast<double>(run.chains);
    executor_ = make_executor(posterior, run, options);
    executor_->start();
  }

  /// Steps of single chains per second.
  double rate() {
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

 private:
  static constexpr std::uint64_t kManySteps = 10'000'000'000'000;
  double chains_ = 0;
  std::uint64_t passes_ = 1;
  std::unique_ptr<Executor> executor_;
};

/// Passes of single chains per second, by a short run of the default integrator: the others' take about as
/// long, and it does not diverge.
double usual_rate(const RunConfig& config, const Posterior& posterior) {
  SamplerOptions options = config.sampler;
  options.integrator = SamplerOptions{}.integrator;
  options.step.reset();
  const Speed speed = measure_speed(posterior, options, 0.3 * kTimedSeconds, 3, TimingDetail::kRates);
  return speed.updates_per_second / static_cast<double>(posterior.modes());
}

/// As many draws as a run may come to, of the default integrator.
SamplerOptions longest_run(const RunConfig& config, const Extras& extras, const Plan& plan, double rate) {
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

/// Runs cases, one after the other, each with a seed of its own, and says how far they are.
class Runner {
 public:
  /// \p rate: usual_rate().
  Runner(const RunConfig& config, const Extras& extras, const Plan& plan, const Posterior& posterior,
         double rate)
      : config_(config),
        extras_(extras),
        plan_(plan),
        posterior_(posterior),
        exact_(posterior),
        usual_rate_(rate),
        yardstick_(posterior, options_of(config, plan, plan.reference, posterior)) {
    for (const Case& each : plan.cases) {
      this->passes_per_second(each.integrator);
    }
    planned_ = this->estimated_seconds();
  }

  /// Of all that is planned, and of the runs at equal bias that will follow from it.
  double estimated_seconds() {
    double sum = this->seconds_of(plan_.reference);
    for (const Case& each : plan_.cases) {
      sum += this->seconds_of(each);
    }
    for (const std::string& integrator : plan_.integrators) {
      sum += is_exact(integrator) ? 0.0 : 2.0 * this->seconds_of(this->first_of(integrator));
    }
    return sum;
  }

  StepBias run(const Case& each) {
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

  const ExecutorInfo& executor() const { return executor_; }
  double elapsed() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

 private:
  /// Passes of single chains: those of its last run, or, before its first, the usual ones.
  double passes_per_second(const std::string& integrator) {
    const auto found = rates_.find(integrator);
    if (found != rates_.end()) {
      return found->second;
    }
    return rates_[integrator] = usual_rate_;
  }

  /// A short run that was held up tells too low a rate, and the runs after it would be cut short.
  void learn_rate(const Case& each, const StepBias& found) {
    if (found.diverged > 0) {
      return;
    }
    double& rate = rates_[each.integrator];
    rate = std::max(rate, found.steps_per_second);
  }

  SamplerOptions options(const Case& each) {
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

  double seconds_of(const Case& each) {
    const ResolvedRun run = resolve(this->options(each), posterior_);
    return kOverhead + static_cast<double>(run.plan.schedule.passes()) * static_cast<double>(run.chains) /
                           this->passes_per_second(each.integrator);
  }

  Case first_of(const std::string& integrator) const {
    return *std::find_if(plan_.cases.begin(), plan_.cases.end(),
                         [&](const Case& each) { return each.integrator == integrator; });
  }

  const RunConfig& config_;
  const Extras& extras_;
  const Plan& plan_;
  const Posterior& posterior_;
  ExactMoments exact_;
  double usual_rate_;
  Yardstick yardstick_;
  std::map<std::string, double> rates_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  double planned_ = 0;
  double pace_ = 0;
  double done_ = 0;
  std::uint64_t runs_ = 0;
  ExecutorInfo executor_;
  Progress progress_;
};

std::string dry_run_text(const RunConfig& config, const Extras& extras, const Plan& plan,
                         const Posterior& posterior, double rate, const PrecisionChoice& precision) {
  Runner runner(config, extras, plan, posterior, rate);
  std::uint64_t most = 0;
  for (const Case& each : plan.cases) {
    most = std::max(
        most, state_bytes(resolve(options_of(config, plan, each, posterior), posterior), posterior.modes()));
  }
  const auto biased = std::count_if(plan.integrators.begin(), plan.integrators.end(),
                                    [](const std::string& name) { return !is_exact(name); });
  return fmt::format(
             "{} runs of {} integrator{}, 1 of the reference, up to {} at equal bias\nmemory: {} for the "
             "chains\n"
             "time: about {}\n",
             plan.cases.size(), plan.integrators.size(), plan.integrators.size() == 1 ? "" : "s", 2 * biased,
             bytes_text(static_cast<double>(most)), seconds_text(runner.estimated_seconds())) +
         precision_text({&precision, 1}) + limits_text();
}

/// The run at the step that the target allows: measured already, or measured now.
EqualBias equal_bias(Runner& runner, const IntegratorBias& study, BiasOf what, double target) {
  EqualBias equal{what, study.integrator, study.exact, false, 0, std::nullopt};
  const auto allowed = allowed_step(study.points, what, target, study.exact);
  if (allowed) {
    equal.by_law = allowed->by_law;
    equal.mode = allowed->by_law && what == BiasOf::kWorstVariance ? fit_bias(study.points, what).mode : 0;
    equal.run =
        allowed->tested ? study.points[*allowed->tested] : runner.run({study.integrator, allowed->step});
  }
  return equal;
}

/// The order in which a bias vanishes, from its two smallest steps; NaN where it is rounding alone or there
/// is no law.
double order_of(const std::vector<double>& bias) {
  if (std::abs(bias[1]) < kNoBias) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return std::log(bias[1] / bias[0]) / std::log(kQuadratureSteps[1] / kQuadratureSteps[0]);
}

/// The softest mode alone under the same couplings, by quadrature.
std::vector<OneModeBias> one_mode_biases(const Plan& plan, const Posterior& posterior) {
  const auto& spectrum = posterior.spectrum();
  const auto k =
      static_cast<std::size_t>(std::min_element(spectrum.a.begin(), spectrum.a.end()) - spectrum.a.begin());
  const Posterior alone(Spectrum{{spectrum.a[k]}, {spectrum.y[k]}}, posterior.couplings());
  const ExactMoments exact(alone);
  std::vector<OneModeBias> found;
  for (const std::string& integrator : plan.integrators) {
    OneModeBias bias{integrator, {}, {}, {}, 0, 0};
    SamplerOptions options;
    options.integrator = integrator;
    const double rate = resolve(options, alone).problem.slowest_rate;
    for (const double relaxations : kQuadratureSteps) {
      OneModeLaw law;
      bias.relaxations.push_back(relaxations);
      try {
        law = stationary_law(alone, integrator, relaxations / rate);
      } catch (const NumericalFailure&) {  // Euler-Maruyama at strong coupling
        law.variance = std::numeric_limits<double>::quiet_NaN();
        law.variance_size = law.variance;
      }
      bias.variance.push_back(law.variance / exact.variance[0] - 1.0);
      bias.size.push_back(law.variance_size / exact.variance_size - 1.0);
    }
    bias.variance_order = order_of(bias.variance);
    bias.size_order = order_of(bias.size);
    found.push_back(std::move(bias));
  }
  return found;
}

int run_bias(const Flags& flags, const Extras& extras) {
  RunConfig config = flags.config();
  validate(extras.seconds > 0 && extras.seconds <= 3600, "--seconds must lie in (0, 3600]");
  validate(extras.target > 0 && extras.target < 1, "--target must lie in (0, 1): 0.01 is one per cent");
  validate(extras.count >= 1 && extras.count <= 100, "--count must lie in 1 ... 100");
  const FileForm form = check_output(config, false);
  const Posterior posterior = make_posterior(config.model);
  const Plan plan = make_plan(config, extras, flags, posterior);
  const double rate = usual_rate(config, posterior);
  const PrecisionChoice precision = precision_of_all(longest_run(config, extras, plan, rate), posterior);
  config.sampler.precision = precision.precision;
  if (flags.dry_run()) {
    print_text(dry_run_text(config, extras, plan, posterior, rate, precision));
    return kDone;
  }
  settle_seed(config);
  Runner runner(config, extras, plan, posterior, rate);
  BiasReport report{config, posterior, extras.target, plan.by_draws ? 0.0 : extras.seconds, 0, {}, {}, {},
                    {},     {}};
  report.one_mode = one_mode_biases(plan, posterior);
  report.reference = runner.run(plan.reference);
  for (const std::string& integrator : plan.integrators) {
    IntegratorBias study{integrator, is_exact(integrator), {}, {}};
    for (const Case& each : plan.cases) {
      if (each.integrator == integrator) {
        study.points.push_back(runner.run(each));
      }
    }
    for (const BiasOf what : {BiasOf::kPooledVariance, BiasOf::kWorstVariance, BiasOf::kSizeVariance}) {
      study.laws.push_back(fit_bias(study.points, what));
    }
    report.studies.push_back(std::move(study));
  }
  for (const BiasOf what : {BiasOf::kWorstVariance, BiasOf::kSizeVariance}) {
    for (const IntegratorBias& study : report.studies) {
      report.equal.push_back(equal_bias(runner, study, what, extras.target));
    }
  }
  report.executor = runner.executor();
  report.wall = runner.elapsed();
  publish(config, form, report);
  return kDone;
}

}  // namespace

Action add_bias(CLI::App& app) {
  const auto flags = std::make_shared<Flags>(app, FlagChoice{.sampling = true});
  const auto extras = std::make_shared<Extras>();
  add_list(app, "--step-sizes", extras->step_sizes, "step sizes h to try (default: around each default step)")
      ->type_name("H,H,...")
      ->group("Study");
  add_number(app, "--count", extras->count, "step sizes to try of each integrator where none are given")
      ->type_name("N")
      ->capture_default_str()
      ->group("Study");
  add_number(app, "--seconds", extras->seconds,
             "time of a run after burn-in [s]; --draws and --steps replace it")
      ->type_name("X")
      ->capture_default_str()
      ->group("Study");
  add_number(app, "--target", extras->target, "relative bias at which integrators are compared")
      ->type_name("X")
      ->capture_default_str()
      ->group("Study");
  add_number(app, "--reference-step", extras->reference_step, "h of the euler run that gains are relative to")
      ->type_name("H")
      ->capture_default_str()
      ->group("Study");
  app.footer(
      std::string(
          "Every integrator, or the one that --integrator names. Measures every half relaxation time of the "
          "stiffest mode unless --every says otherwise. ridgeflow plot draws what --out X.json wrote; "
          "docs/choosing-an-integrator.md says how to read it."
          "\n") +
      kListHelp);
  return [flags, extras] { return run_bias(*flags, *extras); };
}

}  // namespace ridgeflow::cli
