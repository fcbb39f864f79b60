/// \file
/// The Gamma method: the error of a mean from the autocorrelation within chains, and the error of that error
/// (U. Wolff, "Monte Carlo errors with less errors", Comput. Phys. Commun. 156 (2004) 143, hep-lat/0306017).
/// Conventions are those of pyerrors; docs/diagnostics.md has the formulas.
#pragma once

#include <cstddef>

#include "ridgeflow/measure/draws.hpp"

namespace ridgeflow {

/// N: draws of all chains. Errors are in the quantity's unit, times in draws.
struct GammaEstimate {
  double mean = 0;            ///< of all draws
  double error = 0;           ///< standard error of the mean
  double error_of_error = 0;  ///< error sqrt((window + 1/2)/N)
  double tau_int = 0.5;       ///< integrated autocorrelation time, bias removed (eq. 49); 1/2 if independent
  double tau_int_error = 0;   ///< 2 tau_int sqrt((window + 1/2 - tau_int)/N), eq. 42
  std::size_t window = 0;     ///< lags up to here are summed
};

/// Every chain is a replicum and measured from its own mean, as pyerrors does. A chain that sits elsewhere is
/// therefore not seen here (R-hat sees it). And of C chains of n draws tau_int comes out too small by a share
/// of about (2 window + 1)/n (1 - 1/C), the error by half of that: many chains that are short against the
/// window have their error from the spread of their means, not from here.
///
/// \p s: the ratio of the exponential to the integrated autocorrelation time that the window assumes; 1 to 2,
/// larger if the autocorrelation decays slowly with a small amplitude; 0 assumes independent draws. Draws
/// that are constant have no error and tau_int 1/2. \throws InvalidInput if \p s is negative or not finite.
GammaEstimate gamma_method(const Draws& draws, double s = 2.0);

}  // namespace ridgeflow
