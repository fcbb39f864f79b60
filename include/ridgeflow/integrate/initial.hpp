/// \file
/// The pass that puts a chain at its start.
#pragma once

#include "ridgeflow/integrate/outcome.hpp"

namespace ridgeflow {

/// d <- drift + noise xi, from noise stream kInitial at step 0: a draw of the Hartree Gaussian, of the prior,
/// or (all coefficients zero) the origin. Not in the list of integrators: it is no step. With a second set
/// of coefficients and stream kOpening, also the half flow from there to the first kick.
struct Initial : IntegratorDefaults {
  template <class Real>
  RIDGEFLOW_FUNCTION static Real update(Real decay, Real drift, Real noise, Real d, Real xi,
                                        Real /*before*/) {
    return fused(noise, xi, fused(decay, d, drift));
  }
};

}  // namespace ridgeflow
