/// \file
/// Which precision the state of a run needs, from the rounding of what it holds.
///
/// A chain holds d_k itself, in numbers of unit roundoff eps (2^-24 in single, 2^-53 in double). Its step is
/// d <- decay d + drift + noise xi with drift = (1 - decay) m_k rounded once, so that the mean that is
/// sampled is off by up to eps |m_k|, however long the run. N draws tell a mean to no better than
/// sd_k/sqrt(N) (correlated ones tell it less well). In units of that error, rounding moves the z-score of
/// the mean of mode k by up to
///
///     s_k = eps |m_k| sqrt(N)/sd_k
///
/// with m_k and sd_k = sqrt(c_k) at the Hartree ridge rho*. Rounding errors spread evenly over +-eps |m_k|
/// add sum_k s_k^2/3 to the expected chi^2 of the means, whose own standard deviation is sqrt(2 M).
/// Everything else that is rounded moves less: a variance by some 3 eps of itself, against sqrt(2/N) of it,
/// and by s_k^2/(3 N); a kept draw has sd_k/(2 eps |m_k|) > sqrt(N) values within a standard deviation where
/// s_k < 1/2, so that ranks have few ties.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ridgeflow/model/posterior.hpp"
#include "ridgeflow/run/options.hpp"

namespace ridgeflow {

/// What rounding does at most to the means of a run, in their standard errors. Dimensionless.
struct RoundingShift {
  static constexpr double kLargest = 0.25;      ///< of a z-score
  static constexpr double kLargestShare = 0.1;  ///< of the standard deviation of chi^2

  double largest = 0;            ///< max_k s_k
  std::uint32_t mode = 0;        ///< its k, from 1
  double deviations = 0;         ///< |m_k|/sd_k there
  double chi_squared_share = 0;  ///< sum_k s_k^2/3 over sqrt(2 M)

  /// Whether no z, p or verdict shows it.
  bool tolerable() const { return this->largest <= kLargest && this->chi_squared_share <= kLargestShare; }
};

/// Of \p draws draws of \p posterior in all chains. \p precision: single or double.
RoundingShift rounding_shift(const Posterior& posterior, double draws, Precision precision);

/// Where \p precision is too coarse for the errors of all draws of \p run: the worst mode, by how much, and
/// the remedy; empty where it is not.
std::string rounding_text(const ResolvedRun& run, Precision precision, const Posterior& posterior);

struct PrecisionChoice {
  Precision precision = Precision::kSingle;  ///< single or double
  std::string reason;                        ///< why: "it is asked for", "single rounds the mean of ..."
  std::vector<std::string> warnings;         ///< why double was taken, or what is rounded too coarsely
};

/// For \p run, whose other numbers are decided: what was \p asked for, or with Precision::kAutomatic single,
/// but double where rounding_shift() of single is not tolerable or where a mode would not move
/// (moves_every_mode()).
PrecisionChoice choose_precision(const ResolvedRun& run, Precision asked, const Posterior& posterior);

}  // namespace ridgeflow
