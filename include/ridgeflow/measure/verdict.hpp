/// \file
/// Whether a run can be believed, in words, with what to do if not. Pure functions of numbers that are
/// measured elsewhere; docs/diagnostics.md explains the limits.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ridgeflow {

/// How batches relate to the autocorrelation time that they gave.
struct BatchVerdict {
  bool known = false;        ///< whether there is a tau_int to judge
  bool ok = false;           ///< whether the batches are long enough
  double ratio = 0;          ///< batch length/tau_int
  double relative_bias = 0;  ///< of tau_int: what batches of this length miss of it, to first order
  double needed_length = 0;  ///< of a batch, in draws; a lower bound where batches are far too short, because
                             ///< then tau_int itself comes out too small
};

/// Judges batches of \p batch_length draws (0: there are none) that gave \p tau_int (in draws, 1/2 for
/// independent ones; not known if NaN, infinite or negative). Batch means leave out the correlation across
/// the ends of a batch: for one exponential the estimate is tau - (tau^2 - 1/4)(1 - phi^b)/b with phi = (2
/// tau - 1)/(2 tau + 1), so it is too small by a share of about tau/b, and never above b/2. Batches are long
/// enough if b >= \p multiple tau_int: 20 keeps the bias near 5 %. \throws InvalidInput if \p multiple is not
/// positive and finite.
BatchVerdict judge_batch_length(std::uint64_t batch_length, double tau_int, double multiple = 20.0);

/// What is known of a run. Spans are per mode, [mode]; one that was not measured is empty.
struct ConvergenceEvidence {
  std::span<const double> r_hat;
  std::span<const double> ess;      ///< effective draws of all chains
  std::span<const double> tau_int;  ///< from batch means
  std::uint64_t batch_length = 0;   ///< in draws; 0: none
  /// Judged in place of r_hat where chains are too short to have one: no mode's r_hat is a number.
  std::span<const double> nested_r_hat = {};
};

struct ConvergenceThresholds {
  double r_hat = 1.01;         ///< Vehtari et al. 2021
  double ess = 400;            ///< of all chains: Vehtari et al. 2021, 100 in each of four chains
  double batch_multiple = 20;  ///< judge_batch_length()
};

struct ConvergenceVerdict {
  bool ok = false;
  std::vector<std::string>
      sentences;  ///< problems, each with its remedy, or one that says that there is none
};

/// Each of the numbers given against its threshold; of several modes that fail, the worst one is named (from
/// 1) and the others are counted. A number that is NaN is a problem: what is not known is not all right. Not
/// so tau_int of chains too short for batches (\c batch_length 0): errors come from the spread over chains
/// and do not need it. \throws InvalidInput if neither r_hat nor ess is given, or the sizes differ.
ConvergenceVerdict judge_convergence(const ConvergenceEvidence& evidence,
                                     const ConvergenceThresholds& thresholds = {});

}  // namespace ridgeflow
