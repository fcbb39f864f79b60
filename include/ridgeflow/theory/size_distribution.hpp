/// \file
/// The exact distribution of the size R = sum_k d_k^2.
#pragma once

#include <complex>
#include <cstddef>
#include <vector>

#include "ridgeflow/model/posterior.hpp"
#include "ridgeflow/theory/exact_cumulants.hpp"

namespace ridgeflow {

/// Density, distribution function and quantiles of R under the mode vertex (docs/theory.md, section 2,
/// "Distribution of the size"). The posterior is the Hartree Gaussian times exp(-(U/8)(R - R*)^2), so
///
///     p(R) = p_H(R) exp(-(U/8)(R - R*)^2) / A,   A = AuxiliaryLine::acceptance(),
///
/// with p_H the noncentral generalized chi^2 of that Gaussian, the Fourier integral of
///
///     exp K(theta) = prod_k (1 - 2 theta c_k)^(-1/2) exp(theta m_k^2/(1 - 2 theta c_k)).
///
/// Tilting by exp(theta R) is a change of the ridge, rho = rho* - 2 theta. Around each of a row of ridges
/// rho > -min a, one for each standard deviation of R, the contour leaves the saddle theta_0 along
/// theta_0 + iv + b v^2, b = K'''/(6 K''): the path of steepest descent to the third order, which bends
/// around all singularities 1/(2 c_k), so that the integrand falls at least as a Gaussian even for one mode,
/// where p_H diverges at R = 0. Where stiff modes with a large mean make it grow again, a hyperbola of the
/// same curvature with dRe/dIm = 0.8 at its ends takes its place. The trapezoidal rule, with steps of 0.12 of
/// the distance of the nearest singularity (at most 0.24 in units of 1/sqrt(K'')), is checked against every
/// second point, and refined if need be. Integrals over R: 20-point Gauss-Legendre in sqrt(R), panel by
/// panel.
///
/// Against direct quadrature (M = 1, 2), chi^2 tails down to 1e-15 and the moments of ExactAverage: 1e-11 or
/// better; what limits it is the rounding of R where its deviation is below 1e-5 of it. Cost at construction:
/// some twenty panels of 40 to 200 points times M (M = 1000: 0.07 s); then as many exponentials for a density
/// and 20 times that for a probability. Dimensionless.
class SizeDistribution {
 public:
  /// Any U >= 0. \throws InvalidInput unless W = 0. \throws NumericalFailure if a contour does not converge.
  explicit SizeDistribution(const Posterior& posterior);

  /// p(R); 0 outside of lowest() ... highest(). \throws InvalidInput if \p size is not a number.
  double density(double size) const;
  /// Probability of a smaller R, with the digits of the lower tail. \throws InvalidInput likewise.
  double cdf(double size) const;
  /// Probability of a larger R, with the digits of the upper tail. \throws InvalidInput likewise.
  double upper_tail(double size) const;
  /// The R with cdf(R) = \p probability. \throws InvalidInput unless 0 < probability < 1.
  double quantile(double probability) const;

  /// The range outside of which there is less than about 1e-28 of the probability.
  double lowest() const;
  double highest() const;

  /// Integral of the density: 1 up to rounding, since A comes from the auxiliary field.
  double norm() const { return this->norm_; }
  /// Cumulants by integration of the density: what size_cumulants() gives by other means.
  SizeCumulants cumulants() const;

 private:
  struct Panel {
    double from = 0;    // sqrt(R)
    double to = 0;      // sqrt(R)
    double centre = 0;  // K'(theta_0), a value of R
    double tilt = 0;    // theta_0
    double log_scale = 0;
    double mass = 0;                           // probability of its range
    double below = 0;                          // probability of a smaller R than the panel's
    double above = 0;                          // probability of a larger one
    std::vector<std::complex<double>> shift;   // [point] theta - theta_0
    std::vector<std::complex<double>> factor;  // [point] of exp(-shift (R - centre))
  };
  double density_in(const Panel& panel, double size) const;
  template <class Function>
  double integral_in(const Panel& panel, double from, double to, Function&& function) const;
  double mass_in(const Panel& panel, double from, double to) const;
  const Panel* panel_of(double size) const;

  double quartic_ = 0;
  double centre_ = 0;  // R*
  double norm_ = 0;
  std::vector<Panel> panels_;  // of rising R
};

}  // namespace ridgeflow
