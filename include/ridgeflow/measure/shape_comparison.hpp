/// \file
/// Measured cumulants, distribution of R and covariances against the exact average.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "ridgeflow/measure/comparison.hpp"
#include "ridgeflow/measure/observed_summary.hpp"
#include "ridgeflow/model/posterior.hpp"
#include "ridgeflow/theory/exact_cumulants.hpp"

namespace ridgeflow {

/// Counts in bins against a distribution.
struct BinAgreement {
  double chi_squared = 0;    ///< Pearson's, over the design effect
  double degrees = 0;        ///< bins after merging, less one
  double design_effect = 1;  ///< variance of the counts over that of independent draws
  double p_value = 0;        ///< P(chi^2 >= this | distribution right); NaN with fewer than two bins
};

/// Pearson's chi^2 of \p counts with \p expected [bin]. Neighbours are merged from the left until ten draws
/// are expected in each. Draws of a chain are correlated, so chi^2 is divided by the mean design effect of
/// the bins that need no merging, sum_i errors_i^2/(n p_i)/(K - 1) in place of K bins' sum_i (1 - p_i)
/// (J. N. K. Rao, A. J. Scott, J. Am. Stat. Assoc. 76, 221 (1981), first-order correction). \p errors:
/// standard errors of the counts.
BinAgreement compare_bins(const std::vector<double>& counts, const std::vector<double>& errors,
                          const std::vector<double>& expected);

/// A mode that is seen not to be Gaussian.
struct NonGaussianMode {
  std::uint32_t mode = 0;   ///< k, from 1
  bool by_kurtosis = true;  ///< excess kurtosis says so; else skewness
  Measured measured;
  double exact = 0;
  bool resolved = false;  ///< differs from 0 at 5 % after Bonferroni's correction
};

/// Everything that \p measured holds against the exact average (docs/theory.md, section 2).
struct ShapeComparison {
  // with cumulants
  ModeCumulants exact;             ///< [mode]
  Agreement third;                 ///< kappa_3 over modes
  Agreement fourth;                ///< kappa_4
  NonGaussianMode most_resolved;   ///< of largest |value|/error
  SizeCumulants exact_size;        ///< of R
  std::array<double, 4> z_size{};  ///< its mean, variance, kappa_3, kappa_4
  std::vector<double> expected;    ///< [bin of R] draws expected in it
  BinAgreement size;
  // with pairs
  std::vector<double> exact_covariance;  ///< [pair]
  Agreement pairs;                       ///< over pairs, in place of modes
};

ShapeComparison compare_shape(const ObservedSummary& measured, const Posterior& posterior);

}  // namespace ridgeflow
