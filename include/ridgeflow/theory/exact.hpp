/// \file
/// The exact column: posterior moments as one-dimensional averages.
#pragma once

#include <cstddef>
#include <vector>

#include "ridgeflow/model/posterior.hpp"

namespace ridgeflow {

/// Exact moments of the mode vertex (docs/theory.md, section 2, "Exact"). exp(-U R^2/8) is an average of
/// Gaussians in an auxiliary field, so with z = rho* + it every moment is an average E[.] over t with the
/// weight
///
///     w(t) = exp{ (z - r)^2/(2U) - 1/2 sum_k ln(a_k + z) - 1/2 sum_k a_k y_k^2 z/(a_k + z) }.
///
/// At the saddle rho* the terms linear in t cancel; they are dropped analytically, so that nothing is lost
/// for U -> 0. The rounding of rho* then amounts to a relative change of r in the last bits.
///
/// Trapezoidal rule, 257 points over +-16 widths 1/sqrt(W); the weight at -t is the complex conjugate, so 129
/// are evaluated. Cost: 129 M evaluations at construction, 129 for each moment asked for; memory O(1) per
/// mode. All results are dimensionless. Holds a reference: the posterior must outlive it.
class ExactAverage {
 public:
  explicit ExactAverage(const Posterior& posterior);
  explicit ExactAverage(Posterior&&) = delete;

  /// <d_k> = E[m_k(z)], mode index k from 0.
  double mean(std::size_t k) const;
  /// Var d_k = E[c_k(z) + (m_k(z) - <d_k>)^2].
  double variance(std::size_t k) const;
  /// Fourth cumulant of d_k: with D = g - E[g], g = (a_k + rho*)/(a_k + z), and c, m at rho*,
  /// 3 c^2 E[D^2] + 6 c m^2 E[D^3] + m^4 (E[D^4] - 3 E[D^2]^2); the Gaussian part has cancelled analytically.
  double fourth_cumulant(std::size_t k) const;

  double mean_size() const { return this->mean_size_; }          ///< <R>, R = sum_k d_k^2
  double variance_size() const { return this->variance_size_; }  ///< Var R

  /// Share of draws from the Hartree Gaussian that exp(-(U/8)(R - R*)^2) accepts,
  /// (2 pi U)^(-1/2) int w(t)/w(0) dt: between 1/e and 1.
  double perfect_acceptance() const { return this->perfect_acceptance_; }

 private:
  struct CentredMoments {
    double first;   // E[g] - 1
    double second;  // E[D^2]
    double third;   // E[D^3]
    double fourth;  // E[D^4]
  };
  CentredMoments moments(std::size_t k) const;

  const Posterior& posterior_;
  std::vector<double> t_;          // [point] t >= 0
  std::vector<double> weight_re_;  // [point] normalized weight, both halves of the line folded onto t >= 0
  std::vector<double> weight_im_;  // [point]
  double mean_size_ = 0;
  double variance_size_ = 0;
  double perfect_acceptance_ = 1;
};

}  // namespace ridgeflow
