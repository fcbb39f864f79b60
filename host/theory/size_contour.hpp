// Ridges and contours for the density of R under a Gaussian (size_distribution.hpp).
#pragma once

#include <complex>
#include <vector>

#include "ridgeflow/model/posterior.hpp"

namespace ridgeflow::theory {

// R under the Gaussian of ridge rho, the Hartree one tilted by exp(theta R), theta = (rho* - rho)/2.
struct TiltedSize {
  double ridge = 0;
  double tilt = 0;      // theta
  double mean = 0;      // K'(theta)
  double variance = 0;  // K''(theta)
  double third = 0;     // K'''(theta)
  double log_mass = 0;  // K(theta) - theta K'(theta): log of the saddle-point density, up to its width
};
TiltedSize tilted_size(const Posterior& posterior, double ridge);

// Ridges whose means cover R, rising, a standard deviation apart at most, from where less than about 1e-28 of
// the posterior's probability is left to where no more is left above.
std::vector<TiltedSize> covering_sizes(const Posterior& posterior);

// The contour through a saddle: p_H(R) = exp(log_mass - tilt (R - mean)) Re sum factor exp(-shift (R -
// mean)).
struct SizeContour {
  std::vector<std::complex<double>> shift;   // [point] theta - theta_0
  std::vector<std::complex<double>> factor;  // [point]
};
// For lowest <= R <= highest. \throws NumericalFailure where it does not converge.
SizeContour size_contour(const Posterior& posterior, const TiltedSize& at, double lowest, double highest);

}  // namespace ridgeflow::theory
