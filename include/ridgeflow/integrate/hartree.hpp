/// \file
/// Splitting around the Hartree Gaussian.
#pragma once

#include <limits>

#include "ridgeflow/integrate/ornstein_uhlenbeck.hpp"
#include "ridgeflow/integrate/outcome.hpp"

namespace ridgeflow {

/// Ornstein-Uhlenbeck half-step of the Hartree Gaussian (ridge rho*), the remaining radial flow
/// dR/dt = -U R (R - R*), Ornstein-Uhlenbeck half-step (docs/theory.md, section 4):
///
///     R(h) = R* / (1 + (R*/R - 1) exp(-U R* h)),   d <- d sqrt(R(h)/R).
///
/// With W > 0 the flow is dR/dt = -U R (R - R*) - (W/4) R (R^2 - R*^2). The second part is logistic too, in Q
/// = R^2: Q(t) = Q* / (1 + (Q*/Q - 1) exp(-(W/2) Q* t)); they are composed symmetrically, W over h/2, U over
/// h, W over h/2. Both rest at R*.
///
/// Second order with a small constant: what is split off is only the fluctuation of R. In this order,
/// measured after the second half-step, the law tends to the Hartree Gaussian at large h.
///
/// Two half-steps that meet are one, so a chain is carried from kick to kick by the flow over h,
/// d' = A d_F + b + s xi, where d_F is the state after a kick. The end of the step lies half way; given d_F
/// it is d_F's flow over h/2,
///
///     x = sqrt(A) d_F + b/(1 + sqrt(A)) - s xi/sqrt(1 + A),
///
/// with any normal: with the pass's own it costs none, and with its sign turned x and d' err to opposite
/// sides, which makes measurements less correlated than steps (docs/theory.md, section 4). The law of x is
/// that of the splitting at every step; only the joint one of several steps differs.
struct Hartree : IntegratorDefaults {
  static constexpr const char* kName = "hartree";
  static constexpr bool kEndsHalfway = true;
  static constexpr int kWeakOrder = 2;

  static double default_step(const StepProblem& p) { return 0.25 / p.slowest_rate; }
  static double step_limit(const StepProblem& /*p*/) { return std::numeric_limits<double>::infinity(); }

  template <class Scalar>
  static ModeCoefficients coefficients(const StepProblem& p, const ModeProblem& mode, std::uint32_t set) {
    const double rate = mode.a + p.hartree_ridge;
    return halfway_or_whole<Scalar>(mode.a * mode.y / rate, 1.0 / rate, rate, p.step, set);
  }

  /// R(h/2)/R under W alone: sqrt(Q* / (Q + (Q* - Q) exp(-(W/4) Q* h))).
  template <class Real, class Scalar>
  RIDGEFLOW_FUNCTION static Real sextic_growth(const ChainConstants<Scalar>& constants, Real size) {
    const Real target = Real(constants.hartree_size) * Real(constants.hartree_size);
    const Real square = size * size;
    return root(quotient(target, fused(target - square, Real(constants.sextic_decay), square)));
  }

  /// sqrt(R(h)/R); at W = 0 sqrt(R* / (R + (R* - R) exp(-U R* h))).
  template <class Real, class Scalar>
  RIDGEFLOW_FUNCTION static Real before(const ChainConstants<Scalar>& constants, Real size) {
    const Real target = Real(constants.hartree_size);
    if (constants.sextic_step == Scalar(0)) {
      return root(quotient(target, fused(target - size, Real(constants.size_decay), size)));
    }
    const Real first = sextic_growth(constants, size);
    const Real between = size * first;
    const Real middle = quotient(target, fused(target - between, Real(constants.size_decay), between));
    const Real last = sextic_growth(constants, between * middle);
    return root((first * middle) * last);
  }

  template <class Real>
  RIDGEFLOW_FUNCTION static Real update(Real decay, Real drift, Real noise, Real d, Real xi, Real before) {
    return fused(noise, xi, fused(decay, d * before, drift));
  }
};

}  // namespace ridgeflow
