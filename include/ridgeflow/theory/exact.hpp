/// \file
/// The exact column: posterior moments as one-dimensional averages.
#pragma once

#include <cstddef>

#include "ridgeflow/theory/auxiliary_line.hpp"

namespace ridgeflow {

/// Exact moments of the mode vertex (docs/theory.md, section 2, "Exact"): averages E[.] over the line of the
/// auxiliary field, where given z each mode is Gaussian with variance c_k(z) and mean m_k(z). Below, c and m
/// without an argument are those at rho*, g_k = c_k(z)/c_k = m_k(z)/m_k, and D_k = g_k - E[g_k].
///
/// Cost: that of the line at construction, 129 evaluations for each number asked for; memory O(1) per mode.
/// All results are dimensionless, mode indices count from 0. Holds a reference: the posterior must outlive
/// it.
class ExactAverage {
 public:
  /// \throws InvalidInput unless AuxiliaryLine::defined_for(\p posterior).
  explicit ExactAverage(const Posterior& posterior);
  explicit ExactAverage(Posterior&&) = delete;

  /// <d_k> = E[m_k(z)].
  double mean(std::size_t k) const;
  /// Var d_k = E[c_k(z) + (m_k(z) - <d_k>)^2].
  double variance(std::size_t k) const;
  /// Third cumulant of d_k, 3 c m E[D^2] + m^3 E[D^3].
  double third_cumulant(std::size_t k) const;
  /// Fourth cumulant of d_k, 3 c^2 E[D^2] + 6 c m^2 E[D^3] + m^4 kappa_4(D): the Gaussian part has cancelled
  /// analytically, and within kappa_4(D) = E[D^4] - 3 E[D^2]^2 as well (AuxiliaryLine::fourth_cumulant).
  double fourth_cumulant(std::size_t k) const;
  /// Cov(d_j, d_k) = m_j m_k E[D_j D_k] for j != k; the variance for j = k.
  double covariance(std::size_t j, std::size_t k) const;

  double mean_size() const { return this->mean_size_; }          ///< <R>, R = sum_k d_k^2
  double variance_size() const { return this->variance_size_; }  ///< Var R

  /// Share of draws from the Hartree Gaussian that exp(-(U/8)(R - R*)^2) accepts: between 1/e and 1.
  double perfect_acceptance() const { return this->line_.acceptance(); }

  const AuxiliaryLine& line() const { return this->line_; }

 private:
  struct CentredMoments {
    double first;   // E[g] - 1
    double second;  // E[D^2]
    double third;   // E[D^3]
  };
  CentredMoments moments(std::size_t k) const;
  double variance_of(std::size_t k) const { return this->posterior().variance_at(k, this->ridge()); }
  double mean_of(std::size_t k) const { return this->posterior().mean_at(k, this->ridge()); }
  const Posterior& posterior() const { return this->line_.posterior(); }
  double ridge() const { return this->posterior().hartree_ridge(); }

  AuxiliaryLine line_;
  double mean_size_ = 0;
  double variance_size_ = 0;
};

}  // namespace ridgeflow
