/// \file
/// An integrator's stationary law without sampling: one mode, its transition kernel on a grid.
#pragma once

#include <cstddef>
#include <string_view>

#include "ridgeflow/model/posterior.hpp"

namespace ridgeflow {

/// Stationary law of the single mode d as it is measured, and of R = d^2. Dimensionless.
struct OneModeLaw {
  double mean = 0;
  double variance = 0;
  double mean_size = 0;      ///< <R>
  double variance_size = 0;  ///< Var R
  double escape = 0;         ///< probability of leaving the grid in a step
  std::size_t points = 0;    ///< of the grid
};

/// The law that \p integrator leaves in place at step \p step (ignored by one without a step) when \p
/// posterior has one mode. With x the settled state, every pass proposes a Gaussian, z = A(x) + s xi, that
/// the integrator's own functors (in double) give, and p'(z) = int p(x) N(z; A(x), s^2) dx is the
/// trapezoidal sum over the z of the pass before: no interpolation, and an error that falls exponentially
/// with the points per s (Nystroem). A settling flow is applied to the grid's points; a refusal stays at its
/// point, as does what would leave the grid where steps may be refused. The stationary vector is found by
/// elimination without subtraction (Grassmann, Taksar, Heyman, Oper. Res. 33, 1107 (1985)), so small
/// probabilities keep their digits. Euler-Maruyama at U > 0 has no stationary law: what is given is that of
/// chains which have not left the grid, and \c escape.
///
/// \p resolution: grid points per s; the default is good to 1e-12. Cost: the cube of the number of points,
/// about 25/sqrt(2 h (a + rho*)). \throws InvalidInput for an unknown integrator, more than one mode, a step
/// that resolve() refuses or that needs too many points; NumericalFailure where no law fits a grid or chains
/// leave it.
OneModeLaw stationary_law(const Posterior& posterior, std::string_view integrator, double step,
                          double resolution = 1.4);

}  // namespace ridgeflow
