/// \file
/// How good truncated flows are, scale by scale, and the small system that a large one flows to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ridgeflow/model/couplings.hpp"
#include "ridgeflow/model/posterior.hpp"
#include "ridgeflow/theory/decimation.hpp"
#include "ridgeflow/theory/functional_decimation.hpp"

namespace ridgeflow {

/// r, U, W, [mode]. Dimensionless.
struct CouplingColumns {
  std::vector<double> ridge;
  std::vector<double> quartic;
  std::vector<double> sextic;
};

/// Error of a truncated vertex V~ = r R/2 + U R^2/8 + W R^3/48 against the function V, [mode]. Relative.
struct VertexErrors {
  std::vector<double> slope;      ///< V~'/V' - 1 at the typical size: of the ridge that mode k feels
  std::vector<double> curvature;  ///< V~''/V'' - 1 there; NaN where V'' = 0
};

/// The couplings that each mode sees before it is integrated out, by three flows from the same vertex
/// (docs/theory.md, section 3). The functional flow carries a function: its Taylor coefficients at R = 0 are
/// what r, U, W of the truncated flows stand for, its derivatives at the typical size what the modes feel.
/// The typical size of mode k is <R_k>, R_k = sum_{j<=k} d_j^2, exactly. Cost: that of FunctionalDecimation.
struct FlowComparison {
  std::vector<double> typical_size;       ///< [mode] <R_k>
  CouplingColumns functional_at_zero;     ///< 2V', 4V'', 8V''' at R = 0
  CouplingColumns functional_at_typical;  ///< the same at the typical size
  SexticDecimation first_order;           ///< decimate_first_order()
  SexticDecimation next_order;            ///< decimate_next_order()
  VertexErrors first_order_errors;
  VertexErrors next_order_errors;
};
/// \throws NumericalFailure as FunctionalDecimation does.
FlowComparison compare_flows(const Posterior& posterior);
/// The same with a functional decimation of \p posterior that is at hand.
FlowComparison compare_flows(const Posterior& posterior, const FunctionalDecimation& functional);

/// The couplings of a small system to which a large one flows: kappa = P'/r, u = U/P', w = W/P'. All
/// dimensionless.
struct DecimatedSystem {
  double ridge = 0;          ///< r
  double quartic = 0;        ///< U
  double sextic = 0;         ///< W
  std::int64_t samples = 0;  ///< P'

  double kappa() const { return static_cast<double>(this->samples) / this->ridge; }  ///< P'/r
  Couplings couplings() const {
    const double count = static_cast<double>(this->samples);
    return {this->samples, this->kappa(), this->quartic / count, this->sextic / count};
  }
};

/// The order of a decimation.
enum class FlowOrder { first, next };

/// Integrates out the modes above \p target_samples. The small system's spectrum is
/// leading_modes(spectrum, target_samples); its modes have the means and variances that they have in the
/// large one, up to the error of the flow: from r, U alone a sextic coupling arises, and at the next order
/// it is kept. The next order counts W as U^2 and leaves out W^2: where W comes with the large system and is
/// not small against U, its gain is small, too (standard spectrum, P = 400 to 100, u = 0.05, largest error of
/// a mean or variance: w = 0.005: 5.2e-5 to 2.0e-7; w = 0.02: 2.5e-4 to 8.2e-6; w = 0.1: 1.6e-3 to 2.5e-4).
/// \throws InvalidInput if \p target_samples is below 1 or above the posterior's samples.
/// \throws NumericalFailure if r, U or W turns negative or is no number on the way: the interaction is too
/// strong for a truncated flow.
DecimatedSystem decimated_system(const Posterior& posterior, std::int64_t target_samples,
                                 FlowOrder order = FlowOrder::next);

}  // namespace ridgeflow
