/// \file
/// What is sampled and what is predicted.
#pragma once

#include <cstddef>

#include "ridgeflow/model/couplings.hpp"
#include "ridgeflow/model/spectrum.hpp"

namespace ridgeflow {

/// The stationary density exp(-S) of the discrepancies d_k = y_k - f_k with the mode vertex,
///
///     S(d) = 1/2 sum_k a_k (d_k - y_k)^2 + 1/2 r R + (U/8) R^2,   R = sum_k d_k^2,
///
/// r = P/kappa, U = P u (docs/theory.md, section 1). Immutable; validated once, here. Theory and sampler both
/// read it and never each other; the one number they share is the Hartree ridge rho*.
class Posterior {
 public:
  /// \throws InvalidInput as make_spectrum() and validate_couplings() do, and where R or U R overflows.
  Posterior(Spectrum spectrum, Couplings couplings);

  const Spectrum& spectrum() const { return this->spectrum_; }
  const Couplings& couplings() const { return this->couplings_; }
  std::size_t modes() const { return this->spectrum_.size(); }

  double ridge() const { return this->couplings_.ridge(); }      ///< r
  double quartic() const { return this->couplings_.quartic(); }  ///< U

  /// rho* = r + (U/2) R(rho*), the unique root >= r [dimensionless].
  double hartree_ridge() const { return this->hartree_ridge_; }
  /// R* = R(rho*), the Hartree value of sum_k <d_k^2> [dimensionless].
  double hartree_size() const { return this->hartree_size_; }

  /// c_k(rho) = 1/(a_k + rho): variance of mode index k (from 0) in the Gaussian of ridge rho.
  double variance_at(std::size_t k, double rho) const { return 1.0 / (this->spectrum_.a[k] + rho); }
  /// m_k(rho) = a_k y_k c_k(rho): its mean.
  double mean_at(std::size_t k, double rho) const {
    return this->spectrum_.a[k] * this->spectrum_.y[k] / (this->spectrum_.a[k] + rho);
  }
  /// R(rho) = sum_k [c_k(rho) + m_k(rho)^2].
  double size_at(double rho) const;

  double softest() const { return this->softest_; }    ///< min_k a_k
  double stiffest() const { return this->stiffest_; }  ///< max_k a_k

 private:
  Spectrum spectrum_;
  Couplings couplings_;
  double softest_ = 0;
  double stiffest_ = 0;
  double hartree_ridge_ = 0;
  double hartree_size_ = 0;
};

/// Root rho >= r of rho = r + (U/2) R(rho) for any r, U >= 0. f(rho) = rho - r - (U/2) R(rho) increases
/// and is concave, so Newton from the left end converges to the last bits without a bracket. Not finite where
/// R or U R overflows.
double solve_hartree_ridge(const Spectrum& spectrum, double ridge, double quartic);

}  // namespace ridgeflow
