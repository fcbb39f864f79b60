/// \file
/// Rejection from the Hartree Gaussian: exact and independent draws.
#pragma once

#include <cmath>
#include <limits>

#include "ridgeflow/integrate/outcome.hpp"

namespace ridgeflow {

/// Draw from the Hartree Gaussian, accept with exp(-G(R)),
///
///     G(R) = x^2 [U/8 + W R*/16 + (W/48) x] = x^2 [U/8 + W R*/24 + W R/48] >= 0,   x = R - R*;
///
/// a refused draw is not measured. The limit h -> infinity of \c Adjusted as rejection (docs/theory.md,
/// section 4). Accepts 97.88 % in the standard run. By Jensen's inequality at least exp(-<G>) of all draws:
/// with Var R <= 4 R*/rho* and kappa_3(R) <= 6 R* Var R under the Hartree Gaussian never less than 1/e for W
/// = 0 and exp(-6) for any W, r >= 0. The number of draws that a chain measures is random; given that number
/// they are independent draws of the posterior, so every average over them is unbiased.
struct Perfect : IntegratorDefaults {
  static constexpr const char* kName = "perfect";
  static constexpr bool kRefuses = true;
  static constexpr bool kCountsRefused = false;
  static constexpr bool kHasStep = false;

  static double default_step(const StepProblem& /*p*/) { return std::numeric_limits<double>::infinity(); }
  static double step_limit(const StepProblem& /*p*/) { return std::numeric_limits<double>::infinity(); }

  template <class Scalar>
  static ModeCoefficients coefficients(const StepProblem& p, const ModeProblem& mode, std::uint32_t /*set*/) {
    const double rate = mode.a + p.hartree_ridge;
    return {0.0, mode.a * mode.y / rate, std::sqrt(1.0 / rate)};
  }

  template <class Real>
  RIDGEFLOW_FUNCTION static Real update(Real /*decay*/, Real drift, Real noise, Real /*d*/, Real xi,
                                        Real /*before*/) {
    return fused(noise, xi, drift);
  }

  template <class Real, class Scalar, class Noise>
  RIDGEFLOW_FUNCTION static Outcome<Real> after(const ChainConstants<Scalar>& constants, Real size_before,
                                                Real proposed, Noise exponential) {
    const Real is = proposed - Real(constants.hartree_size);
    const Real scale = fused(Real(constants.cubic_acceptance), is, Real(constants.acceptance_scale));
    const auto accepted = scale * (is * is) <= widen(exponential, Real(0));
    return {select(accepted, proposed, size_before), Real(1), accepted};
  }

  template <class Real>
  RIDGEFLOW_FUNCTION static Real settle(Real proposed, Real previous, const Outcome<Real>& outcome) {
    return select(outcome.accepted, proposed, previous);
  }
};

}  // namespace ridgeflow
