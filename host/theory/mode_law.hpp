// The law of one mode given the size of those below it: a one-dimensional integral.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "theory/vertex_function.hpp"

namespace ridgeflow {

/// The Gaussian that a mode would have if its own size were no noise.
struct SelfConsistentGaussian {
  double variance;  ///< c = 1/(a + rho)
  double ridge;     ///< rho
};

/// Root rho of rho = 2V'(R + c + m^2), c = 1/(a + rho), m = a y c, to a part in a thousand: what it is for
/// forgives the rest. Newton from the left end. \p couplings gives 2V', 4V'' at a size.
template <class Couplings>
SelfConsistentGaussian self_consistent_gaussian(double a, double y, double size, Couplings&& couplings) {
  double ridge = couplings(size).ridge;
  for (int iteration = 0; iteration < 200; ++iteration) {
    const double c = 1.0 / (a + ridge);
    const double m = a * y * c;
    const VertexCouplings at = couplings(size + c + m * m);
    const double slope = 1.0 + 0.5 * at.quartic * (c + 2.0 * m * m) * c;
    const double step = (at.ridge - ridge) / (slope > 1.0 ? slope : 1.0);
    ridge = ridge + step > 0.0 ? ridge + step : 0.0;
    if (!(std::abs(step) > 1e-3 * (a + ridge))) {
      break;
    }
  }
  return {1.0 / (a + ridge), ridge};
}

/// Density of d, proportional to exp(-a (d - y)^2/2 - V(R + d^2)) given R, on the points of a trapezoidal
/// rule that is centred and scaled to it.
struct ModeLaw {
  static constexpr std::size_t kHalf = 28;       ///< points to either side, at least
  static constexpr std::size_t kMostHalf = 112;  ///< for the least Gaussian
  static constexpr double kWidths = 9.0;         ///< to either side of a Gaussian
  using Points = std::array<double, 2 * kMostHalf + 1>;

  double mean = 0;
  double variance = 0;
  double log_norm = 0;         ///< ln int exp(-a (d - y)^2/2 - V(R + d^2) + polynomial(R)) dd
  double magnitude = 0;        ///< of the terms that log_norm is the sum of
  double centre_increase = 0;  ///< d^2 at the centre
  std::size_t points = 0;      ///< of the arrays, what is filled
  Points weight;               ///< sums to 1
  Points increase;             ///< d^2 - centre_increase
  Points position;             ///< of R + d^2 in the interval of V
};

/// \p size is R. \throws NumericalFailure if the law does not fit the interval of V, or is not finite.
ModeLaw law_of_mode(double a, double y, double size, const VertexFunction& vertex);

/// A Chebyshev series without its constant at the points of a law.
ModeLaw::Points series_at(std::span<const double> series, const ModeLaw& law);

}  // namespace ridgeflow
