/// \file
/// The vertical line of the auxiliary field: the nodes and weights that every exact average shares.
#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <span>
#include <vector>

#include "ridgeflow/model/posterior.hpp"

namespace ridgeflow {

/// exp(-U R^2/8) is an average of Gaussians in an auxiliary field (Hubbard-Stratonovich; docs/theory.md,
/// section 2, "Exact"), so with z = rho* + it every exact number is an average E[.] over t with the weight
///
///     w(t) = exp{ (z - r)^2/(2U) - 1/2 sum_k ln(a_k + z) - 1/2 sum_k a_k y_k^2 z/(a_k + z) }.
///
/// At the saddle rho* the terms linear in t cancel; they are dropped analytically, so that nothing is lost
/// for U -> 0. The rounding of rho* then amounts to a relative change of r in the last bits.
///
/// Trapezoidal rule, 257 points over +-16 widths 1/sqrt(W); the weight at -t is the complex conjugate, so 129
/// are evaluated and folded onto t >= 0. At U = 0 there is one point, t = 0. Cost: 129 M evaluations at
/// construction. All numbers are dimensionless. Holds a reference: the posterior must outlive it.
class AuxiliaryLine {
 public:
  static constexpr std::size_t kPoints = 129;       ///< t >= 0; 257 on the whole line
  static constexpr double kSpacing = 16.0 / 128.0;  ///< of the points, in widths

  /// \throws InvalidInput unless defined_for(\p posterior).
  explicit AuxiliaryLine(const Posterior& posterior);
  explicit AuxiliaryLine(Posterior&&) = delete;

  /// Whether the interaction is quartic alone, W = 0: exp(-W R^3/48) is no average of Gaussians.
  static bool defined_for(const Posterior& posterior) { return posterior.sextic() == 0.0; }

  const Posterior& posterior() const { return this->posterior_; }
  /// 129 for U > 0, 1 for U = 0.
  std::size_t points() const { return this->t_.size(); }
  /// 1/sqrt(W), the unit of x = t/width; 0 for U = 0.
  double width() const { return this->width_; }
  /// 1/2 sum_k c_k^2 + sum_k m_k^2 c_k at rho*.
  double curvature() const { return this->curvature_; }

  const std::vector<double>& t() const { return this->t_; }                  ///< [point] t >= 0
  const std::vector<double>& weight_re() const { return this->weight_re_; }  ///< [point] sums to 1
  const std::vector<double>& weight_im() const { return this->weight_im_; }  ///< [point]
  /// [point] Mean of R at z less its value at rho*, sum_k c (g - 1) + m^2 (g^2 - 1), with c, m at rho* and
  /// g = (a + rho*)/(a + z).
  const std::vector<double>& size_re() const { return this->size_re_; }
  const std::vector<double>& size_im() const { return this->size_im_; }
  /// [point] Variance of R at z, sum_k 2 c^2 g^2 + 4 c m^2 g^3.
  const std::vector<double>& spread_re() const { return this->spread_re_; }
  const std::vector<double>& spread_im() const { return this->spread_im_; }

  /// E[f] of a function with f(-t) = conj f(t), from its values on the points. Real.
  double average(std::span<const std::complex<double>> values) const;

  /// Fourth cumulant of X(t) = slope * xi + rest(t), xi = -i t/width, rest = O(t^2), from the values of rest
  /// on the points (any constant in them is taken out). For U -> 0, E[X^4] and 3 E[X^2]^2 agree to leading
  /// orders; here what is alike has been taken out analytically: the cumulant of xi itself from averages of
  /// Hermite polynomials over w less its Gaussian, the others as joint cumulants in which nothing is alike.
  double fourth_cumulant(double slope, std::span<const std::complex<double>> rest) const;

  /// (2 pi U)^(-1/2) int w(t)/w(0) dt: the integral of exp(-(U/8)(R - R*)^2) over the Hartree Gaussian.
  double acceptance() const { return this->acceptance_; }

 private:
  const Posterior& posterior_;
  double width_ = 0;
  double curvature_ = 0;
  double acceptance_ = 1;
  double unit_fourth_cumulant_ = 0;  // of xi
  double unit_second_moment_ = 0;    // E[(xi - E xi)^2]
  std::vector<double> t_;
  std::vector<double> weight_re_;
  std::vector<double> weight_im_;
  std::vector<double> size_re_;
  std::vector<double> size_im_;
  std::vector<double> spread_re_;
  std::vector<double> spread_im_;
  std::array<std::vector<std::complex<double>>, 4>
      weighted_power_;  // [power][point] weight (xi - E xi)^power
};

}  // namespace ridgeflow
