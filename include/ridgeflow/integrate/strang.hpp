/// \file
/// Strang's splitting of the Gaussian and the radial part.
#pragma once

#include <limits>

#include "ridgeflow/integrate/ornstein_uhlenbeck.hpp"
#include "ridgeflow/integrate/outcome.hpp"

namespace ridgeflow {

/// Radial half-flow, exact Ornstein-Uhlenbeck flow of the Gaussian of ridge r, radial half-flow. The vertex's
/// own flow dR/dt = -U R^2 is solved: over h/2, d <- d f(R) with f(R) = 1/sqrt(1 + (U h / 2) R)
/// (docs/theory.md, section 4). Second order, stable at every step.
///
/// With W > 0 the flow is dR/dt = -U R^2 - (W/4) R^3. Each part is solved, and over h/2 they are composed
/// symmetrically, W over h/4, U over h/2, W over h/4: with p(R) = sqrt(1 + (W h / 8) R^2)
///
///     R1 = R / p(R),   R2 = R1 / (1 + (U h / 2) R1),   d <- d / sqrt(p(R) (1 + (U h / 2) R1) p(R2)).
struct Strang : IntegratorDefaults {
  static constexpr const char* kName = "strang";
  static constexpr int kWeakOrder = 2;

  static double default_step(const StepProblem& p) { return 0.1 / p.slowest_rate; }
  static double step_limit(const StepProblem& /*p*/) { return std::numeric_limits<double>::infinity(); }

  template <class Scalar>
  static ModeCoefficients coefficients(const StepProblem& p, const ModeProblem& mode, std::uint32_t /*set*/) {
    const double rate = mode.a + p.ridge;
    return ornstein_uhlenbeck<Scalar>(mode.a * mode.y / rate, 1.0 / rate, rate, p.step);
  }

  /// f(R).
  template <class Real, class Scalar>
  RIDGEFLOW_FUNCTION static Real half_flow(const ChainConstants<Scalar>& constants, Real size) {
    if (constants.sextic_step == Scalar(0)) {
      return quotient(Real(1), root(fused(Real(constants.half_quartic_step), size, Real(1))));
    }
    const Real sextic = Real(constants.sextic_step);
    const Real first = root(fused(sextic * size, size, Real(1)));
    const Real between = quotient(size, first);
    const Real middle = fused(Real(constants.half_quartic_step), between, Real(1));
    const Real after = quotient(between, middle);
    const Real last = root(fused(sextic * after, after, Real(1)));
    return quotient(Real(1), root((first * middle) * last));
  }

  template <class Real, class Scalar>
  RIDGEFLOW_FUNCTION static Real before(const ChainConstants<Scalar>& constants, Real size) {
    return half_flow(constants, size);
  }

  template <class Real>
  RIDGEFLOW_FUNCTION static Real update(Real decay, Real drift, Real noise, Real d, Real xi, Real before) {
    return fused(noise, xi, fused(decay, d * before, drift));
  }

  template <class Real, class Scalar, class Noise>
  RIDGEFLOW_FUNCTION static Outcome<Real> after(const ChainConstants<Scalar>& constants, Real /*size_before*/,
                                                Real proposed, Noise /*exponential*/) {
    const Real factor = half_flow(constants, proposed);
    return {(proposed * factor) * factor, factor, typename LaneTraits<Real>::Mask(true)};
  }

  template <class Real>
  RIDGEFLOW_FUNCTION static Real settle(Real proposed, Real /*previous*/, const Outcome<Real>& outcome) {
    return proposed * outcome.factor;
  }
};

}  // namespace ridgeflow
