/// \file
/// Metropolis-adjusted Langevin with the full gradient.
#pragma once

#include <cmath>
#include <limits>

#include "ridgeflow/integrate/outcome.hpp"
#include "ridgeflow/random/normal.hpp"

namespace ridgeflow {

/// Euler step of mobility c_k = 1/(a_k + rho*), the variance of the Hartree Gaussian, Metropolis-adjusted
/// (Roberts and Tweedie, Bernoulli 2, 341 (1996)): with g = dS/dd and dimensionless h,
///
///     d' = d - h c g(d) + sqrt(2 h c) xi,
///
/// accepted with min{1, exp(A)}. For the S of theory.md the terms of second order in d' - d cancel and
///
///     A = D [U/8 + W R*/16 + (W/32)(x + x')] sum_k (d'_k - d_k)^2 + (W/96) D^3 - (h/4) (G' - G),
///     D = R' - R,   x = R - R*,   x' = R' - R*,   G = sum_k c_k g_k^2.
///
/// With delta = 2 V'(R) - 2 V'(R*) = [U/2 + W R*/4 + (W/8) x] x the gradient is g = (d - m*)/c + delta d, so
/// that
///
///     G = sum (d - m*)^2/c + 2 delta sum (d - m*) d + delta^2 sum c d^2,
///
/// and G' needs no second sweep though delta' is known only after the first: four sums beside R' do. The
/// first and all of G are added up as differences, mode by mode, which keeps their digits. Exact at every h;
/// best where about 57 % are accepted, h ~ M^(-1/3).
struct Mala : IntegratorDefaults {
  static constexpr const char* kName = "mala";
  static constexpr bool kRefuses = true;
  static constexpr bool kPreconditions = true;
  static constexpr bool kWeighs = true;
  static constexpr int kSums = 5;
  static constexpr double kTargetAcceptance = 0.574;

  /// Where a Gaussian in M dimensions accepts kTargetAcceptance (Roberts and Rosenthal, J. R. Stat. Soc. B
  /// 60, 255 (1998)): 2 h = 1.65^2 M^(-1/3).
  static double default_step(const StepProblem& p) { return 1.36 / std::cbrt(p.modes); }
  static double step_limit(const StepProblem& /*p*/) { return std::numeric_limits<double>::infinity(); }

  /// weight: 1/c.
  template <class Scalar>
  static ModeCoefficients coefficients(const StepProblem& p, const ModeProblem& mode, std::uint32_t /*set*/) {
    const double rate = mode.a + p.hartree_ridge;
    return {1.0 - p.step, p.step * mode.a * mode.y / rate, std::sqrt(2.0 * p.step / rate), rate};
  }

  /// delta / (2 s^2): what the square of a noise coefficient turns into h c delta.
  template <class Real, class Scalar>
  RIDGEFLOW_FUNCTION static Real before(const ChainConstants<Scalar>& constants, Real size) {
    const Real off = size - Real(constants.hartree_size);
    return fused(Real(constants.sextic_by_noise), off, Real(constants.quartic_by_noise)) * off;
  }

  template <class Real>
  RIDGEFLOW_FUNCTION static Real update(Real decay, Real drift, Real noise, Real /*weight*/, Real d, Real xi,
                                        Real before) {
    return fused(noise, xi, fused(fused(-(noise * noise), before, decay), d, drift));
  }

  /// sums: (d' - d)^2; [(d' - m*)^2 - (d - m*)^2]/c less delta's part of G; (d' - m*) d'; n^2 d'^2, n the
  /// noise coefficient.
  template <class Real, class Scalar>
  RIDGEFLOW_FUNCTION static void add_sums(const ChainConstants<Scalar>& constants, Real before, Real d,
                                          Real proposed, Real noise, Real centre, Real weight, Real* sums) {
    const Real moved = proposed - d;
    const Real from_centre = d - centre;
    const Real noise_square = noise * noise;
    const Real delta = Real(static_cast<Scalar>(2.0 * kNormalScale * kNormalScale)) * before;
    const Real along = fused(Real(constants.variance_by_noise) * noise_square * d, delta,
                             from_centre + from_centre);  // 2 (d - m*) + c delta d
    sums[0] = fused(moved, moved, sums[0]);
    sums[1] = fused(weight * moved, (proposed - centre) + from_centre, sums[1]);
    sums[1] = fused(-(delta * d), along, sums[1]);
    sums[2] = fused(proposed - centre, proposed, sums[2]);
    const Real kicked = noise * proposed;
    sums[3] = fused(kicked, kicked, sums[3]);
  }

  template <class Real, class Scalar, class Noise>
  RIDGEFLOW_FUNCTION static Outcome<Real> after(const ChainConstants<Scalar>& constants, Real size_before,
                                                Real proposed, const Real* sums, Noise exponential) {
    const Real off = proposed - Real(constants.hartree_size);
    const Real delta = fused(Real(constants.eighth_sextic), off, Real(constants.half_quartic)) * off;
    const Real twice = sums[2] + sums[2];
    const Real gradients =
        fused(delta, fused(delta, Real(constants.variance_by_noise) * sums[3], twice), sums[1]);
    const Real change = proposed - size_before;
    const Real interaction = change * sums[0];
    Real excess =
        fused(Real(constants.gradient_scale), gradients, -(Real(constants.acceptance_scale) * interaction));
    if (constants.cubic_acceptance != Scalar(0)) {
      const Real both = off + (size_before - Real(constants.hartree_size));
      const Real cubic =
          change * fused(Real(Scalar(1.5)) * sums[0], both, (change * change) * Real(Scalar(0.5)));
      excess = fused(-Real(constants.cubic_acceptance), cubic, excess);
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
