/// \file
/// Euler-Maruyama for any mobility.
#pragma once

#include <cmath>

#include "ridgeflow/integrate/euler.hpp"

namespace ridgeflow {

/// d <- d - h mu [(a + r) d - a y + ((U/2) R + (W/8) R^2) d] + sqrt(2 h mu) xi. The twin of Euler for
/// mobilities mu_k other than 1, whose drift differs from mode to mode.
struct MobileEuler : Euler {
  static constexpr bool kAnyMobility = true;
  static constexpr bool kWeighs = true;

  /// weight: mu.
  template <class Scalar>
  static ModeCoefficients coefficients(const StepProblem& p, const ModeProblem& mode, std::uint32_t /*set*/) {
    const double time = p.step * mode.mobility;
    return {1.0 - time * (mode.a + p.ridge), time * mode.a * mode.y, std::sqrt(2.0 * time), mode.mobility};
  }

  template <class Real>
  RIDGEFLOW_FUNCTION static Real update(Real decay, Real drift, Real noise, Real weight, Real d, Real xi,
                                        Real before) {
    return fused(noise, xi, fused(fused(-weight, before, decay), d, drift));
  }
};

}  // namespace ridgeflow
