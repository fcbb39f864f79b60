// ridgeflow bias: what a step size costs in bias and gains in speed, for every integrator.
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/run/kernel_quadrature.hpp"
#include "ridgeflow/run/sampler.hpp"
#include "ridgeflow/run/step_bias.hpp"

#include "cli/amounts.hpp"
#include "cli/bias_plan.hpp"
#include "cli/bias_report.hpp"
#include "cli/bias_runner.hpp"
#include "cli/flags.hpp"
#include "cli/limits.hpp"
#include "cli/output.hpp"
#include "cli/publish.hpp"
#include "cli/sampling.hpp"
#include "cli/together.hpp"
#include "cli/verbs.hpp"

namespace ridgeflow::cli {
namespace {

constexpr double kQuadratureSteps[] = {1.0 / 64, 1.0 / 32, 1.0 / 16, 1.0 / 8};  ///< h (a + rho*)
constexpr double kNoBias = 1e-8;  ///< relative: rounding of the quadrature

std::string dry_run_text(const RunConfig& config, const BiasFlags& extras, const BiasPlan& plan,
                         const Posterior& posterior, double rate, const PrecisionChoice& precision) {
  BiasRunner runner(config, extras, plan, posterior, rate);
  std::uint64_t most = 0;
  for (const BiasCase& each : plan.cases) {
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
EqualBias equal_bias(BiasRunner& runner, const IntegratorBias& study, BiasOf what, double target) {
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
std::vector<OneModeBias> one_mode_biases(const BiasPlan& plan, const Posterior& posterior) {
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

int run_bias(const Flags& flags, const BiasFlags& extras) {
  RunConfig config = flags.config();
  validate(extras.seconds > 0 && extras.seconds <= 3600, "--seconds must lie in (0, 3600]");
  validate(extras.target > 0 && extras.target < 1, "--target must lie in (0, 1): 0.01 is one per cent");
  validate(extras.count >= 1 && extras.count <= 100, "--count must lie in 1 ... 100");
  const FileForm form = check_output(config, false);
  const Posterior posterior = make_posterior(config.model);
  const BiasPlan plan = make_bias_plan(config, extras, flags, posterior);
  const double rate = usual_rate(config, posterior);
  const PrecisionChoice precision = precision_of_all(longest_run(config, extras, plan, rate), posterior);
  config.sampler.precision = precision.precision;
  if (flags.dry_run()) {
    print_text(dry_run_text(config, extras, plan, posterior, rate, precision));
    return kDone;
  }
  settle_seed(config);
  BiasRunner runner(config, extras, plan, posterior, rate);
  BiasReport report{config, posterior, extras.target, plan.by_draws ? 0.0 : extras.seconds, 0, {}, {}, {},
                    {},     {}};
  report.one_mode = one_mode_biases(plan, posterior);
  report.reference = runner.run(plan.reference);
  for (const std::string& integrator : plan.integrators) {
    IntegratorBias study{integrator, is_exact(integrator), {}, {}};
    for (const BiasCase& each : plan.cases) {
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
  const auto extras = std::make_shared<BiasFlags>();
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
