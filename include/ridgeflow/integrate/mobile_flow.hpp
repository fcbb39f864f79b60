/// \file
/// The splittings for any mobility.
#pragma once

#include "ridgeflow/integrate/hartree.hpp"
#include "ridgeflow/integrate/strang.hpp"

namespace ridgeflow {

/// Ornstein-Uhlenbeck half-step, flow of the rest of the interaction, Ornstein-Uhlenbeck half-step, for any
/// mobility mu_k. The flow is (docs/theory.md, section 4)
///
///     d_k <- d_k exp(-mu_k theta),   dtheta/dt = 2 V'(R(theta)) - 2 V'(R_0),
///     R(theta) = sum_j d_j^2 exp(-2 mu_j theta),   2 V'(R) = (U/2) R + (W/8) R^2,
///
/// with R_0 = R* around the Hartree Gaussian and 0 around that of ridge r. It is solved to the order of the
/// splitting, by a linearly implicit step, with S = sum_j mu_j d_j^2:
///
///     theta = h [U/2 + (W/8) (R + R_0)] (R - R_0) / (1 + h [U/2 + (W/4) R] S),
///     exp(-x) = (1 - x/2 + x^2/12) / (1 + x/2 + x^2/12), right to x^4.
///
/// The twin of \p Plain; unlike that of Strang it has the flow in the middle, where both R and S are known.
template <class Plain, bool centred>
struct MobileFlow : IntegratorDefaults {
  static constexpr const char* kName = Plain::kName;
  static constexpr bool kAnyMobility = true;
  static constexpr bool kEndsHalfway = true;
  static constexpr int kWeakOrder = 2;
  static constexpr bool kWeighs = true;
  static constexpr int kSums = 2;
  static constexpr bool kCarriesSums = true;

  /// Modes that move fast take part in R as well as others: the fastest decides, not the slowest.
  static double default_step(const StepProblem& p) {
    StepProblem fast = p;
    fast.slowest_rate = p.fastest_rate;
    return Plain::default_step(fast);
  }
  static double step_limit(const StepProblem& p) { return Plain::step_limit(p); }

  /// weight: mu.
  template <class Scalar>
  static ModeCoefficients coefficients(const StepProblem& p, const ModeProblem& mode, std::uint32_t set) {
    const double rate = mode.a + (centred ? p.hartree_ridge : p.ridge);
    ModeCoefficients c =
        halfway_or_whole<Scalar>(mode.a * mode.y / rate, 1.0 / rate, mode.mobility * rate, p.step, set);
    c.weight = mode.mobility;
    return c;
  }

  /// theta / 2.
  template <class Real, class Scalar>
  RIDGEFLOW_FUNCTION static Real before(const ChainConstants<Scalar>& constants, Real size,
                                        const Real* sums) {
    const Real quartic = Real(constants.half_quartic_step);
    const Real sextic = Real(constants.sextic_step);
    const Real rest = centred ? size - Real(constants.hartree_size) : size;
    const Real sum = centred ? size + Real(constants.hartree_size) : size;
    const Real slope = fused(sextic + sextic, size, quartic);
    return quotient(fused(sextic, sum, quartic) * rest, fused(slope + slope, sums[0], Real(2)));
  }

  template <class Real>
  RIDGEFLOW_FUNCTION static Real update(Real decay, Real drift, Real noise, Real weight, Real d, Real xi,
                                        Real before) {
    const Real half = weight * before;  // x / 2
    const Real even = fused(half, half, Real(3));
    const Real odd = half * Real(3);
    return fused(noise, xi, fused(decay, d * quotient(even - odd, even + odd), drift));
  }

  /// sums: mu d^2.
  template <class Real, class Scalar>
  RIDGEFLOW_FUNCTION static void add_sums(const ChainConstants<Scalar>& /*constants*/, Real /*before*/,
                                          Real /*d*/, Real proposed, Real /*noise*/, Real /*centre*/,
                                          Real weight, Real* sums) {
    sums[0] = fused(weight * proposed, proposed, sums[0]);
  }

  template <class Real, class Scalar, class Noise>
  RIDGEFLOW_FUNCTION static Outcome<Real> after(const ChainConstants<Scalar>& /*constants*/,
                                                Real /*size_before*/, Real proposed, const Real* /*sums*/,
                                                Noise /*exponential*/) {
    return {proposed, Real(1), typename LaneTraits<Real>::Mask(true)};
  }
};

using MobileHartree = MobileFlow<Hartree, true>;
using MobileStrang = MobileFlow<Strang, false>;

}  // namespace ridgeflow
