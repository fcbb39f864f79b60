#include "cli/bias_plan.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/run/step_bias.hpp"

namespace ridgeflow::cli {
namespace {

constexpr const char* kReference = "euler";

/// Euler's step of the paper where it is stable, else Euler's default.
BiasCase reference_of(const BiasFlags& extras, const Posterior& posterior) {
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

}  // namespace

bool is_exact(const std::string& integrator) {
  return visit_integrator(find_integrator(integrator),
                          [](auto each) { return decltype(each)::kWeakOrder == 0; });
}

SamplerOptions options_of(const RunConfig& config, const BiasPlan& plan, const BiasCase& run,
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

BiasPlan make_bias_plan(const RunConfig& config, const BiasFlags& extras, const Flags& flags,
                        const Posterior& posterior) {
  BiasPlan plan;
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

}  // namespace ridgeflow::cli
