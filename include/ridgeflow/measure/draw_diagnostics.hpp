/// \file
/// Diagnostics of a run's kept draws, mode by mode.
#pragma once

#include <cstdint>
#include <vector>

#include "ridgeflow/measure/draw_store.hpp"

namespace ridgeflow {

/// In the definitions of ArviZ and pyerrors (docs/diagnostics.md); NaN for modes that were left out. [mode]
struct DrawDiagnostics {
  std::uint64_t draws = 0;            ///< kept, in all chains
  std::uint64_t modes_looked_at = 0;  ///< the others are NaN
  std::vector<double> r_hat;          ///< rank-normalized split R-hat, the larger of bulk and folded
  std::vector<double> ess_bulk;       ///< in kept draws, as all below
  std::vector<double> ess_tail;
  std::vector<double> mcse_sd;
  std::vector<double> tau_int;  ///< Wolff's Gamma method, 1/2 for independent draws
  std::vector<double> tau_int_error;
};

/// Values that diagnose_draws() looks at in all: about ten seconds on two cores.
inline constexpr double kMostDiagnosed = 2e7;

/// All modes where their draws are no more than \p most values in all, else as many as that allows, evenly in
/// the logarithm of their number from the first to the last. \throws InvalidInput for fewer than four draws a
/// chain, or a draw that is not finite.
DrawDiagnostics diagnose_draws(const DrawStore& draws, double most = kMostDiagnosed);

}  // namespace ridgeflow
