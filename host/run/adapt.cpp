#include "ridgeflow/run/adapt.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include <boost/math/distributions/normal.hpp>
#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/run/sampler.hpp"

namespace ridgeflow {
namespace {

constexpr std::uint64_t kPilotChains = 256;
constexpr std::uint64_t kPilotSteps = 64;  ///< that are counted in a round
constexpr double kEquilibration = 4.0;     ///< relaxation times before them: chains start near the posterior
constexpr std::uint64_t kMostEquilibration = 1000;
constexpr double kTolerance = 0.01;
constexpr int kMostRounds = 20;
/// Keeps the pilot's noise apart from the run's, which has the same chains and steps.
constexpr std::uint64_t kPilotSeed = 0xA0761D6478BD642FULL;

/// Accepted among proposed, over all chains, passes \p from .. \p to - 1.
double acceptance_between(Executor& executor, const Schedule& schedule, std::uint64_t from, std::uint64_t to,
                          const RunControl& control) {
  const auto accepted = [&] {
    std::uint64_t sum = 0;
    for (const std::uint64_t each : executor.export_chains(0, 0, kPilotChains).accepted) {
      sum += each;
    }
    return static_cast<double>(sum);
  };
  Slices slices(control);
  const auto advance = [&](std::uint64_t end) {
    if (!slices.advance(executor, schedule, end)) {
      throw RunStopped("stopped while the step size was looked for");
    }
  };
  advance(from);
  const double before = accepted();
  advance(to);
  return (accepted() - before) / (static_cast<double>(to - from) * static_cast<double>(kPilotChains));
}

}  // namespace

std::optional<AdaptedStep> adapt_step(const Posterior& posterior, const SamplerOptions& options,
                                      const RunControl& control) {
  const std::size_t index = find_integrator(options.integrator);
  const double target = index == kIntegratorCount ? 0.0 : visit_integrator(index, [](auto integrator) {
    return decltype(integrator)::kTargetAcceptance;
  });
  if (options.step || !(target > 0)) {
    return std::nullopt;
  }
  SamplerOptions pilot = options;
  pilot.seed = options.seed ^ kPilotSeed;
  pilot.first_chain = 0;
  pilot.chains = kPilotChains;
  pilot.precision = resolve(options, posterior).precision;  // that of the run, which has more draws
  pilot.math = Math::kReproducible;
  pilot.start = Start::kHartree;
  pilot.observe = {};
  AdaptedStep found;
  found.target = target;
  found.step = resolve(pilot, posterior).problem.step;
  const boost::math::normal normal;
  const auto depth = [&](double acceptance) {  // grows as h^(3/2)
    return -quantile(normal, 0.5 * std::clamp(acceptance, 1e-3, 1.0 - 1e-3));
  };
  for (found.rounds = 1; found.rounds <= kMostRounds; ++found.rounds) {
    const auto equilibration = static_cast<std::uint64_t>(std::ceil(kEquilibration / found.step));
    pilot.step = found.step;
    pilot.burn_in = std::min(equilibration, kMostEquilibration);
    pilot.every = 1;
    pilot.steps = kPilotSteps;
    const ResolvedRun run = resolve(pilot, posterior);
    const std::unique_ptr<Executor> executor = make_executor(posterior, run, pilot);
    executor->start();
    found.acceptance = acceptance_between(*executor, run.plan.schedule, *pilot.burn_in,
                                          *pilot.burn_in + kPilotSteps, control);
    if (std::abs(found.acceptance - target) < kTolerance) {
      return found;
    }
    const double ratio = std::pow(depth(target) / depth(found.acceptance), 2.0 / 3.0);
    found.step *= std::clamp(ratio, 0.25, 4.0);
  }
  throw NumericalFailure(
      fmt::format("{}: no step size with an acceptance of {:.3g} was found in {} trials, the last h "
                  "= {:.3g} accepts {:.3g}; give one with --step",
                  options.integrator, target, kMostRounds, found.step, found.acceptance));
}

}  // namespace ridgeflow
