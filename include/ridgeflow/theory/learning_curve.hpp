/// \file
/// The loss per sample: as a sum over a prediction, and in closed form for Gaussian power-law data.
#pragma once

#include <cstddef>

#include "ridgeflow/model/couplings.hpp"
#include "ridgeflow/model/power_law.hpp"
#include "ridgeflow/theory/prediction.hpp"

namespace ridgeflow {

/// <L>/P = 1/2 sum_k (<d_k>^2 + Var d_k), L = 1/2 sum_mu Delta_mu^2 (docs/theory.md, section 3, "Learning
/// curve"). Dimensionless.
double loss_per_sample(const Prediction& prediction);

/// The two pieces of the Gaussian loss per sample. Dimensionless.
struct GaussianLoss {
  double bias = 0;      ///< 1/2 sum_k m_k(r)^2
  double variance = 0;  ///< 1/2 sum_k c_k(r)
  double total() const { return this->bias + this->variance; }
};

/// Infinitely many modes, sums as integrals from 0: for alpha > 0, 0 < beta < 2 (1 + alpha), with g = 1 +
/// alpha,
///
///     bias     = 1/2 scale^2 r^(-beta/g) B(2 - beta/g, beta/g)/g,
///     variance = 1/2 r^(1/g - 1) pi/(g sin(pi/g)).
///
/// \throws InvalidInput if \p law is out of its range or \p ridge is not finite and positive.
GaussianLoss gaussian_loss(const PowerLaw& law, double ridge);

/// The modes above \p above up to \p modes, sums as integrals from above + 1/2 to modes + 1/2: the same two
/// Beta functions times I_t(modes + 1/2) - I_t(above + 1/2), t(k) = k^g/(r + k^g), I the regularized
/// incomplete Beta function. Against the sums: 2e-6 (bias), 8e-7 (variance) at 1000 modes of the standard
/// run. \throws InvalidInput as above, or if \p above > \p modes.
GaussianLoss gaussian_loss(const PowerLaw& law, double ridge, std::size_t modes, std::size_t above = 0);

/// The same between any two places 0 <= \p from <= \p to on the axis of modes; \p to may be infinite, and
/// from 0 to infinity it is the first form. \throws InvalidInput as above, or if the places are no such pair.
GaussianLoss gaussian_loss_between(const PowerLaw& law, double ridge, double from, double to);

/// First-order shift of the ridge that mode k sees, relative to r: u kappa (bias + variance) of the modes
/// above \p mode, M = \p modes. \throws InvalidInput as above, for bad couplings and for w > 0.
double ridge_shift(const PowerLaw& law, const Couplings& couplings, std::size_t modes, std::size_t mode);

}  // namespace ridgeflow
