#include "ridgeflow/run/tables.hpp"

#include <cmath>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/random/normal.hpp"

namespace ridgeflow {
namespace {

constexpr double kLog2E = 1.44269504088896340736;
constexpr double kScaleSquare = kNormalScale * kNormalScale;

template <class Scalar>
ChainConstants<Scalar> chain_constants(const StepProblem& p) {
  const bool stepless = std::isinf(p.step);
  return {static_cast<Scalar>(stepless ? 0.0 : 0.5 * p.quartic * p.step),
          static_cast<Scalar>(p.hartree_size),
          static_cast<Scalar>(stepless ? 0.0 : std::exp(-p.quartic * p.hartree_size * p.step)),
          static_cast<Scalar>((0.125 * p.quartic + 0.0625 * p.sextic * p.hartree_size) * kLog2E),
          static_cast<Scalar>(0.5 * p.quartic + 0.25 * p.sextic * p.hartree_size),
          static_cast<Scalar>((0.25 * p.quartic + 0.125 * p.sextic * p.hartree_size) / kScaleSquare),
          static_cast<Scalar>(stepless ? 0.0 : 0.5 / (p.step * kScaleSquare)),
          static_cast<Scalar>(stepless ? 0.0 : 0.25 * p.step * kLog2E),
          static_cast<Scalar>(stepless ? 0.0 : 0.125 * p.sextic * p.step),
          static_cast<Scalar>(
              stepless ? 0.0 : std::exp(-0.25 * p.sextic * p.hartree_size * p.hartree_size * p.step)),
          static_cast<Scalar>(p.sextic / 48.0 * kLog2E),
          static_cast<Scalar>(0.125 * p.sextic),
          static_cast<Scalar>(0.0625 * p.sextic / kScaleSquare)};
}

ModeProblem mode_problem(const ResolvedRun& run, const Posterior& posterior, std::size_t k) {
  const Spectrum& spectrum = posterior.spectrum();
  return {spectrum.a[k], spectrum.y[k], run.mobility.empty() ? 1.0 : run.mobility[k]};
}

/// Fills every set with \p coefficients(mode, set), the weights where \p weighs, and the centres with m*.
template <class Scalar, class Coefficients>
ModeTables<Scalar> fill(const ResolvedRun& run, const Posterior& posterior, std::uint32_t sets, bool weighs,
                        const Coefficients& coefficients) {
  ModeTables<Scalar> tables;
  tables.modes = static_cast<std::uint32_t>(posterior.modes());
  tables.sets = sets;
  tables.constants = chain_constants<Scalar>(run.problem);
  tables.blocks.resize(static_cast<std::size_t>(sets) * tables.block_count());
  tables.weights.resize(weighs ? std::size_t{tables.block_count()} * kBlockModes : 0);
  for (std::uint32_t set = 0; set < sets; ++set) {
    BlockCoefficients<Scalar>* blocks = tables.blocks.data() + std::size_t{set} * tables.block_count();
    for (std::uint32_t k = 0; k < tables.modes; ++k) {
      const ModeCoefficients c = coefficients(mode_problem(run, posterior, k), set);
      BlockCoefficients<Scalar>& block = blocks[k / kBlockModes];
      const std::uint32_t j = k % kBlockModes;
      block.decay[j] = static_cast<Scalar>(c.decay);
      block.drift[j] = static_cast<Scalar>(c.drift);
      block.noise[j] = static_cast<Scalar>(c.noise * kNormalScale);
      if (weighs) {
        tables.weights[k] = static_cast<Scalar>(c.weight);
      }
      block.centre[j] = static_cast<Scalar>(posterior.mean_at(k, run.problem.hartree_ridge));
    }
  }
  return tables;
}

/// Mean and deviation of the initial law, as a step that forgets what was there.
ModeCoefficients start_of(const ResolvedRun& run, const ModeProblem& mode) {
  const double rate = mode.a + run.problem.hartree_ridge;
  switch (run.start) {
    case Start::kHartree:
      return {0.0, mode.a * mode.y / rate, std::sqrt(1.0 / rate)};
    case Start::kPrior:
      return {0.0, mode.y, std::sqrt(1.0 / mode.a)};
    case Start::kZero:
      break;
  }
  return {0.0, 0.0, 0.0};
}

}  // namespace

template <class Scalar>
bool moves_every_mode(const ResolvedRun& run, const Posterior& posterior) {
  return visit_integrator(run.integrator, [&](auto integrator) {
    using Integrator = decltype(integrator);
    for (std::size_t k = 0; Integrator::kHasStep && k < posterior.modes(); ++k) {
      for (std::uint32_t set = 0; set < kSetsOf<Integrator>; ++set) {
        const ModeCoefficients c =
            Integrator::template coefficients<Scalar>(run.problem, mode_problem(run, posterior, k), set);
        if (!(static_cast<Scalar>(c.decay) < 1)) {
          return false;
        }
      }
    }
    return true;
  });
}

template <class Scalar>
ModeTables<Scalar> build_step_tables(const ResolvedRun& run, const Posterior& posterior) {
  if (!moves_every_mode<Scalar>(run, posterior)) {
    throw InvalidInput(fmt::format(
        "step h = {}: the softest mode's decay rounds to 1 in {} precision, so it would never move; use a "
        "larger step{}",
        run.problem.step, to_string(run.precision),
        run.precision == Precision::kSingle ? " or double precision" : ""));
  }
  return visit_integrator(run.integrator, [&](auto integrator) {
    using Integrator = decltype(integrator);
    return fill<Scalar>(run, posterior, kSetsOf<Integrator>, Integrator::kWeighs,
                        [&](const ModeProblem& mode, std::uint32_t set) {
                          return Integrator::template coefficients<Scalar>(run.problem, mode, set);
                        });
  });
}

template <class Scalar>
ModeTables<Scalar> build_start_tables(const ResolvedRun& run, const Posterior& posterior) {
  return visit_integrator(run.integrator, [&](auto integrator) {
    using Integrator = decltype(integrator);
    return fill<Scalar>(run, posterior, kSetsOf<Integrator>, false,
                        [&](const ModeProblem& mode, std::uint32_t set) {
                          return set == 0 ? start_of(run, mode)
                                          : Integrator::template coefficients<Scalar>(run.problem, mode, set);
                        });
  });
}

template bool moves_every_mode<float>(const ResolvedRun&, const Posterior&);
template bool moves_every_mode<double>(const ResolvedRun&, const Posterior&);
template ModeTables<float> build_step_tables<float>(const ResolvedRun&, const Posterior&);
template ModeTables<double> build_step_tables<double>(const ResolvedRun&, const Posterior&);
template ModeTables<float> build_start_tables<float>(const ResolvedRun&, const Posterior&);
template ModeTables<double> build_start_tables<double>(const ResolvedRun&, const Posterior&);

}  // namespace ridgeflow
