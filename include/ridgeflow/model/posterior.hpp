/// \file
/// What is sampled and what is predicted.
#pragma once

#include <cstddef>

#include "ridgeflow/model/couplings.hpp"
#include "ridgeflow/model/spectrum.hpp"

namespace ridgeflow {

/// The stationary density exp(-S) of the discrepancies d_k = y_k - f_k with the mode vertex,
///
///     S(d) = 1/2 sum_k a_k (d_k - y_k)^2 + 1/2 r R + V(R),   V(R) = U R^2/8 + W R^3/48,   R = sum_k d_k^2,
///
/// r = P/kappa, U = P u, W = P w (docs/theory.md, section 1). Immutable; validated once, here. Theory and
/// sampler both read it and never each other; the one number they share is the Hartree ridge rho*.
class Posterior {
 public:
  /// \throws InvalidInput as make_spectrum() and validate_couplings() do, and where R, U R or W R^2
  /// overflows.
  Posterior(Spectrum spectrum, Couplings couplings);

  const Spectrum& spectrum() const { return this->spectrum_; }
  const Couplings& couplings() const { return this->couplings_; }
  std::size_t modes() const { return this->spectrum_.size(); }

  double ridge() const { return this->couplings_.ridge(); }      ///< r
  double quartic() const { return this->couplings_.quartic(); }  ///< U

  double sextic() const { return this->couplings_.sextic(); }  ///< W

  /// rho* = r + 2 V'(R*) = r + (U/2) R(rho*) + (W/8) R(rho*)^2, the unique root >= r [dimensionless].
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

/// Root rho >= r of rho = r + (U/2) R(rho) + (W/8) R(rho)^2 for any r, U, W >= 0. R is positive, decreasing
/// and convex, and so is R^2, because (R^2)'' = 2 R'^2 + 2 R R'': f(rho) = rho - r - (U/2) R - (W/8) R^2
/// increases and is concave, so Newton from the left end converges to the last bits without a bracket. Not
/// finite where R, U R or W R^2 overflows.
double solve_hartree_ridge(const Spectrum& spectrum, double ridge, double quartic, double sextic = 0.0);

}  // namespace ridgeflow
