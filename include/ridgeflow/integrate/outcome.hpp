/// \file
/// What every integrator has in common: how a pass ends. docs/adding-an-integrator.md shows how to write one.
#pragma once

#include <cstdint>

#include "ridgeflow/base/arithmetic.hpp"
#include "ridgeflow/chain/mode_tables.hpp"

namespace ridgeflow {

/// The end of a pass, for a chain (or a vector of chains): what turns the proposed modes into settled ones.
template <class Real>
struct Outcome {
  Real size;                                 ///< R of the settled state
  Real factor;                               ///< of integrators that end with a radial flow
  typename LaneTraits<Real>::Mask accepted;  ///< of integrators that may refuse
};

/// Sets of coefficients that \p Integrator steps with.
template <class Integrator>
inline constexpr std::uint32_t kSetsOf = Integrator::kEndsHalfway ? 2 : 1;

/// Sums over the modes that a sweep of \p Integrator may take: those of a proposal, and R where it is
/// measured, if that is elsewhere.
template <class Integrator>
inline constexpr int kSumsOf = Integrator::kSums + (Integrator::kEndsHalfway ? 1 : 0);

/// Defaults of an integrator's traits and rules; an integrator hides what it does otherwise.
struct IntegratorDefaults {
  static constexpr bool kRefuses = false;       ///< a step may be refused: the previous state is kept at hand
  static constexpr bool kCountsRefused = true;  ///< a refused step measures the previous state again
  /// A chain is carried from kick to kick: a step ends half way through the flow between them, and what is
  /// measured is read off there, by update() with the second of two sets of coefficients.
  static constexpr bool kEndsHalfway = false;
  static constexpr bool kHasStep = true;  ///< has a step size
  static constexpr int kWeakOrder = 0;    ///< order of the step-size error; 0: exact
  static constexpr int kSums = 1;         ///< sums over the modes: R, and what add_sums() adds up
  static constexpr bool kWeighs = false;  ///< modes have a weight, which update() is given too
  static constexpr bool kPreconditions =
      false;  ///< moves every mode at the same rate, by a mobility of its own
  static constexpr bool kAnyMobility = false;  ///< the twin, for any mobility, of the one of its name
  /// The sums of a settled state decide the next pass: before() is given them.
  static constexpr bool kCarriesSums = false;
  /// Acceptance to which a step is adapted where none is given; 0: the default step is good as it is.
  static constexpr double kTargetAcceptance = 0;

  /// Per-chain number that the update of every mode needs, from the size before the pass.
  template <class Real, class Scalar>
  RIDGEFLOW_FUNCTION static Real before(const ChainConstants<Scalar>& /*constants*/, Real size) {
    return size;
  }

  /// The settled value of a mode.
  template <class Real>
  RIDGEFLOW_FUNCTION static Real settle(Real proposed, Real /*previous*/, const Outcome<Real>& /*outcome*/) {
    return proposed;
  }

  /// Ends a pass that always holds.
  template <class Real, class Scalar, class Noise>
  RIDGEFLOW_FUNCTION static Outcome<Real> after(const ChainConstants<Scalar>& /*constants*/,
                                                Real /*size_before*/, Real proposed, Noise /*exponential*/) {
    return {proposed, Real(1), typename LaneTraits<Real>::Mask(true)};
  }
};

}  // namespace ridgeflow
