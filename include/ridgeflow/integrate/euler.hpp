/// \file
/// Euler-Maruyama, the scheme of the paper's own runs.
#pragma once

#include <cmath>
#include <limits>

#include "ridgeflow/integrate/outcome.hpp"

namespace ridgeflow {

/// d <- d - h [(a + r) d - a y + ((U/2) R + (W/8) R^2) d] + sqrt(2 h) xi, written
/// d <- (A - g) d + a y h + sqrt(2 h) xi with A = 1 - h (a + r) and g = (U h / 2 + (W h / 8) R) R.
///
/// First order: the stationary variance of a mode is c/(1 - (a + rho*) h/2) (docs/theory.md, section 4).
/// Unstable for (a + rho*) h >= 2. For U > 0 or W > 0 it has no stationary law at all: a chain that strays
/// to h (a_M + r + U R/2 + W R^2/8) > 2 diverges; it is found and reported.
struct Euler : IntegratorDefaults {
  static constexpr const char* kName = "euler";
  static constexpr int kWeakOrder = 1;

  static double default_step(const StepProblem& p) { return 0.25 / p.fastest_rate; }
  static double step_limit(const StepProblem& p) { return 2.0 / p.fastest_rate; }
  /// Relative error of the stationary variance of a mode that relaxes at \p rate = mu (a + rho*).
  static double variance_bias(const StepProblem& p, double rate) {
    const double half = 0.5 * rate * p.step;
    return half / (1.0 - half);
  }

  template <class Scalar>
  static ModeCoefficients coefficients(const StepProblem& p, const ModeProblem& mode, std::uint32_t /*set*/) {
    return {1.0 - p.step * (mode.a + p.ridge), p.step * mode.a * mode.y, std::sqrt(2.0 * p.step)};
  }

  template <class Real, class Scalar>
  RIDGEFLOW_FUNCTION static Real before(const ChainConstants<Scalar>& constants, Real size) {
    return fused(Real(constants.sextic_step), size, Real(constants.half_quartic_step)) * size;
  }

  template <class Real>
  RIDGEFLOW_FUNCTION static Real update(Real decay, Real drift, Real noise, Real d, Real xi, Real before) {
    return fused(noise, xi, fused(decay - before, d, drift));
  }
};

}  // namespace ridgeflow
