/// \file
/// The completed renormalization group: the modes that the flow leaves out are put back.
#pragma once

#include <cstddef>
#include <vector>

#include "ridgeflow/model/posterior.hpp"
#include "ridgeflow/theory/decimation.hpp"

namespace ridgeflow {

/// Mean and variance of every mode. Dimensionless.
struct CompletedMoments {
  std::vector<double> mean;      ///< [mode]
  std::vector<double> variance;  ///< [mode]
};

/// For every k, the modes j <= k self-consistently in the couplings r(k), U(k) of the decimation, exchange
/// included (docs/theory.md, section 2, `completed`): with b = r(k) + (U(k)/2) sum_{j<=k} (c_j + m_j^2),
///
///     1/c_j = a_j + b + U(k) (c_j + m_j^2),   m_j = a_j y_j/(a_j + b + U(k) c_j),
///
/// of which m_k and c_k are kept. NaN where the decimation has broken down. The sum over j <= k is a smooth
/// function of (b, U) that grows mode by mode, so it is carried along on a small grid of Chebyshev nodes and
/// interpolated: O(M), checked against the direct solution and refined until they agree to 1e-13.
CompletedMoments completed_moments(const Posterior& posterior, const Decimation& flow);

/// The same for mode index \p k (from 0) alone, directly: the root b. O(k).
double completed_ridge(const Posterior& posterior, const Decimation& flow, std::size_t k);

}  // namespace ridgeflow
