/// \file
/// The renormalization group, mode by mode: what the couplings become when modes are integrated out.
#pragma once

#include <cstddef>
#include <vector>

#include "ridgeflow/model/posterior.hpp"

namespace ridgeflow {

/// First-order decimation for any spectrum (docs/theory.md, section 3). From q = M down, with r, U the
/// couplings seen by mode q and c = 1/(a_q + r), m = a_q y_q c:
///
///     r <- r + (U/2)(c + m^2),   U <- U - (U^2/4)(2c^2 + 4cm^2).
///
/// All dimensionless. Where a step would turn U negative (bubble >= 4) the flow has broken down: every
/// coupling below that mode is NaN.
struct Decimation {
  std::vector<double> ridge;            ///< [mode] r(k), before mode k is integrated out; NaN for modes kept
  std::vector<double> quartic;          ///< [mode] U(k), likewise
  double ridge_below = 0;               ///< r after the last mode integrated out
  double quartic_below = 0;             ///< U after the last mode integrated out
  double largest_bubble = 0;            ///< largest U (2c^2 + 4cm^2) on the way
  std::size_t largest_bubble_mode = 0;  ///< its mode k, from 1; 0 if no mode was integrated out

  /// Whether U falls by less than half at every mode: every bubble below 2. A condition of the recursion (at
  /// 4 it breaks down), which says nothing of how far its predictions are from the exact ones: compare them.
  bool small_steps() const { return this->largest_bubble < 2.0; }
};

/// Integrates out every mode. One pass, O(M). \throws InvalidInput for a posterior with W > 0: the first
/// order does not know it.
Decimation decimate(const Posterior& posterior);

/// Integrates out the modes above \p modes_kept only: `ridge_below` and `quartic_below` are then what the
/// first \p modes_kept modes see. Keeping all modes or more leaves the couplings of the posterior.
Decimation decimate(const Posterior& posterior, std::size_t modes_kept);

/// r(k), U(k), W(k), [mode], before mode k is integrated out; NaN for modes kept. Dimensionless.
struct SexticDecimation {
  std::vector<double> ridge;    ///< [mode]
  std::vector<double> quartic;  ///< [mode]
  std::vector<double> sextic;   ///< [mode]
  double ridge_below = 0;       ///< r after the last mode integrated out
  double quartic_below = 0;     ///< U, likewise
  double sextic_below = 0;      ///< W, likewise
};
using NextOrderDecimation = SexticDecimation;

/// Decimation to the next order, with the vertex V = U R^2/8 + W R^3/48 (docs/theory.md, section 3, "Next
/// order"): the error of one step is O(U^4). W at mode M is that of the posterior, or \p sextic in its
/// place [dimensionless]. Better than the first
/// order where the bubbles are small, and little or nothing at strong coupling: nothing is checked on the
/// way, Decimation::small_steps() speaks for both. \throws InvalidInput if \p sextic is not finite.
NextOrderDecimation decimate_next_order(const Posterior& posterior);
NextOrderDecimation decimate_next_order(const Posterior& posterior, double sextic);

/// The same, from the couplings of the posterior, of the modes above \p modes_kept only.
NextOrderDecimation decimate_next_order_above(const Posterior& posterior, std::size_t modes_kept);

/// The first order with a sextic coupling: decimate() and the tadpoles of W, which itself does not flow,
///
///     r <- r + (U/2)(c + m^2) + (W/8)(3c^2 + 6cm^2 + m^4),
///     U <- U - (U^2/4)(2c^2 + 4cm^2) + (W/2)(c + m^2).
///
/// At W = 0 it is decimate(). Nothing is checked on the way: see Decimation::small_steps().
SexticDecimation decimate_first_order(const Posterior& posterior, std::size_t modes_kept = 0);

/// The couplings that `wilson` predicts with: those of decimate() at W = 0, of the next order otherwise,
/// which is the lowest in which a sextic coupling flows.
SexticDecimation wilson_couplings(const Posterior& posterior);

}  // namespace ridgeflow
