/// \file
/// Hartree proposals, Metropolis-adjusted: exact at every step size.
#pragma once

#include <limits>

#include "ridgeflow/integrate/ornstein_uhlenbeck.hpp"
#include "ridgeflow/integrate/outcome.hpp"

namespace ridgeflow {

/// Exact Ornstein-Uhlenbeck step of the Hartree Gaussian, accepted with
///
///     min{1, exp(-[G(R') - G(R)])},   G(R) = (U/8 + W R*/16) x^2 + (W/48) x^3,   x = R - R*.
///
/// The proposal is reversible for the Hartree Gaussian, and the log density of the posterior relative to it
/// is -V(R) + V'(R*) R = -G(R) + const, so detailed balance holds at every h and for any mobility
/// (docs/theory.md, section 4). Accepted where log2 e [...] <= -log2 u.
struct Adjusted : IntegratorDefaults {
  static constexpr const char* kName = "adjusted";
  static constexpr bool kRefuses = true;

  static double default_step(const StepProblem& p) { return 7.0 / p.slowest_rate; }
  static double step_limit(const StepProblem& /*p*/) { return std::numeric_limits<double>::infinity(); }

  template <class Scalar>
  static ModeCoefficients coefficients(const StepProblem& p, const ModeProblem& mode, std::uint32_t /*set*/) {
    const double rate = mode.a + p.hartree_ridge;
    return ornstein_uhlenbeck<Scalar>(mode.a * mode.y / rate, 1.0 / rate, mode.mobility * rate, p.step);
  }

  template <class Real>
  RIDGEFLOW_FUNCTION static Real update(Real decay, Real drift, Real noise, Real d, Real xi,
                                        Real /*before*/) {
    return fused(noise, xi, fused(decay, d, drift));
  }

  template <class Real, class Scalar, class Noise>
  RIDGEFLOW_FUNCTION static Outcome<Real> after(const ChainConstants<Scalar>& constants, Real size_before,
                                                Real proposed, Noise exponential) {
    const Real was = size_before - Real(constants.hartree_size);
    const Real is = proposed - Real(constants.hartree_size);
    Real excess = Real(constants.acceptance_scale) * fused(is, is, -(was * was));
    if (constants.cubic_acceptance != Scalar(0)) {
      excess = fused(Real(constants.cubic_acceptance), fused(is * is, is, -((was * was) * was)), excess);
    }
    const auto accepted = excess <= widen(exponential, Real(0));
    return {select(accepted, proposed, size_before), Real(1), accepted};
  }

  template <class Real>
  RIDGEFLOW_FUNCTION static Real settle(Real proposed, Real previous, const Outcome<Real>& outcome) {
    return select(outcome.accepted, proposed, previous);
  }
};

}  // namespace ridgeflow
