/// \file
/// Hyperparameter transfer: couplings with which a network of another size learns the same modes alike.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ridgeflow/model/couplings.hpp"
#include "ridgeflow/model/posterior.hpp"
#include "ridgeflow/model/spectrum.hpp"
#include "ridgeflow/theory/prediction.hpp"

namespace ridgeflow {

/// The target's couplings (docs/theory.md, section 3, "Hyperparameter transfer"): kappa = P'/r(P'), u =
/// U(P')/P'. All dimensionless.
struct TransferredCouplings {
  double ridge = 0;          ///< r of the target
  double quartic = 0;        ///< U of the target
  double kappa = 0;          ///< P'/r
  double u = 0;              ///< U/P'
  std::int64_t samples = 0;  ///< P'

  Couplings couplings() const { return {this->samples, this->kappa, this->u}; }
};

/// To fewer samples: integrates out the modes above \p target_samples. The target's spectrum is
/// leading_modes(spectrum, target_samples); its modes then have the means and variances that they have in the
/// large system, up to the error of the first-order decimation. \throws InvalidInput if \p target_samples is
/// below 1 or above the posterior's samples, or W > 0. \throws NumericalFailure if the decimation breaks down
/// on the way.
TransferredCouplings transfer(const Posterior& posterior, std::int64_t target_samples);

/// To more samples: the inverse of the decimation, one mode at a time from M + 1 up to the end of \p larger.
/// With the couplings r1, U1 after mode q is integrated out and B = 2c^2 + 4cm^2 at the ridge r before,
///
///     U = 2 U1/(1 + sqrt(1 - B U1)),   r + (U/2)(c + m^2) = r1 (Newton).
///
/// Integrating out the modes above M again gives back r1, U1 of the posterior.
/// \throws InvalidInput if \p target_samples is below the posterior's, or \p larger does not begin with the
/// posterior's own modes (to 1e-12 relative), or W > 0.
/// \throws NumericalFailure if no couplings of the larger system lead here (B U1 > 1, or the ridge would be
/// <= 0).
TransferredCouplings transfer(const Posterior& posterior, const Spectrum& larger,
                              std::int64_t target_samples);

/// The first \p modes modes of a spectrum, or all of them if it has fewer.
/// \throws InvalidInput if \p modes is 0.
Spectrum leading_modes(const Spectrum& spectrum, std::size_t modes);

}  // namespace ridgeflow
