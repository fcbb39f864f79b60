/// \file
/// Effective sample sizes and Monte Carlo standard errors (mcse) of kept draws. Names and definitions are
/// those of ArviZ (Vehtari et al. 2021); docs/diagnostics.md has the formulas, their sources, and two cases
/// in which ArviZ gives another answer.
#pragma once

#include "ridgeflow/measure/draws.hpp"

namespace ridgeflow {

/// Sizes count draws of all chains; dimensionless. Chains are split in halves, and chains that disagree lower
/// the size. At most N log10(N) of N draws. For draws that are constant, N.
double ess_mean(const Draws& draws);  ///< for the mean: of the draws themselves
double ess_bulk(const Draws& draws);  ///< of the rank-normalized draws; defined without a variance too
double ess_sd(const Draws& draws);    ///< for the standard deviation: of (x - mean)^2
/// For the quantile: of "x <= quantile". \throws InvalidInput unless 0 <= \p probability <= 1.
double ess_quantile(const Draws& draws, double probability);
double ess_tail(const Draws& draws);  ///< the smaller one for the quantiles of 5 % and 95 %

/// In the quantity's unit; 0 for draws that are constant.
double mcse_mean(const Draws& draws);  ///< sd/sqrt(ess_mean)
double mcse_sd(
    const Draws& draws);  ///< by the delta method from the second and fourth central moments and ess_sd

/// All of them, as the summary of ArviZ has them.
struct ChainDiagnostics {
  double mean = 0;  ///< of all draws
  double sd = 0;    ///< of all draws, unbiased in the square
  double mcse_mean = 0;
  double mcse_sd = 0;
  double ess_mean = 0;
  double ess_sd = 0;
  double ess_bulk = 0;
  double ess_tail = 0;
  double r_hat = 0;  ///< rank_r_hat(); NaN for draws that are constant
};

ChainDiagnostics diagnose(const Draws& draws);

}  // namespace ridgeflow
