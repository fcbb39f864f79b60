#include "ridgeflow/measure/shape_comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/students_t.hpp>

#include "ridgeflow/theory/size_distribution.hpp"

namespace ridgeflow {
namespace {

/// Draws that must be expected in a bin for its count to be nearly Gaussian.
constexpr double kFewestExpected = 10.0;

/// What few draws leave in z^2, times the draws of a block of the jackknife. The third power is symmetric,
/// and only its tails are left (simulated: 2 to 1000 draws, Gaussian); so is a product. The fourth power's
/// skewness is sqrt(216/n), of which z^2 over 64 blocks keeps 2 skewness^2/64 (P. Hall, The Bootstrap and
/// Edgeworth Expansion, Springer 1992, section 2.6).
constexpr double kBiasOfThird = 0.15;
constexpr double kBiasOfFourth = 6.75;

/// \p few_draws_bias: as in Agreement.
Agreement agree_with(const std::vector<Measured>& measured, const std::vector<double>& predicted,
                     double few_draws_bias = 0.0) {
  Deviates deviates;
  std::vector<double> values;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    values.push_back(measured[i].value);
    deviates.z.push_back((measured[i].value - predicted[i]) / measured[i].error);
    deviates.degrees.push_back(kJackknifeDegrees);
  }
  deviates.few_draws_bias = few_draws_bias;
  return agree(deviates, values, predicted);
}

NonGaussianMode most_resolved(const ModeCumulantEstimates& measured, const ExactAverage& average,
                              const ModeCumulants& exact) {
  NonGaussianMode most;
  double largest = 0;
  const auto look = [&](const std::vector<Measured>& estimates, bool by_kurtosis) {
    for (std::size_t k = 0; k < estimates.size(); ++k) {
      const double t = std::abs(estimates[k].value) / estimates[k].error;
      if (std::isfinite(t) && t > largest) {
        largest = t;
        const double variance = average.variance(k);
        most = {static_cast<std::uint32_t>(k + 1), by_kurtosis, estimates[k],
                by_kurtosis ? exact.fourth[k] / (variance * variance)
                            : exact.third[k] / (variance * std::sqrt(variance)),
                false};
      }
    }
  };
  look(measured.excess_kurtosis, true);
  look(measured.skewness, false);
  const double tests = 2.0 * static_cast<double>(measured.fourth.size());
  most.resolved = largest > boost::math::quantile(boost::math::complement(
                                boost::math::students_t(kJackknifeDegrees), 0.5 * kResolvedLevel / tests));
  return most;
}

/// Draws expected in each bin.
std::vector<double> expected_counts(const SizeDistribution& distribution, const SizeEstimates& measured) {
  std::vector<double> expected(measured.grid.bins);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double from = measured.grid.edge(i);
    const double to = measured.grid.edge(i + 1);
    const double share = from < measured.grid.centre
                             ? distribution.cdf(to) - distribution.cdf(from)
                             : distribution.upper_tail(from) - distribution.upper_tail(to);
    expected[i] = measured.draws * std::max(share, 0.0);
  }
  return expected;
}

}  // namespace

BinAgreement compare_bins(const std::vector<double>& counts, const std::vector<double>& errors,
                          const std::vector<double>& expected) {
  const double draws = std::accumulate(expected.begin(), expected.end(), 0.0);
  BinAgreement found;
  double measured_variance = 0;
  double independent_variance = 0;
  std::vector<double> merged_counts;
  std::vector<double> merged_expected;
  double count = 0;
  double expectation = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (expected[i] >= kFewestExpected) {
      measured_variance += errors[i] * errors[i] / expected[i];
      independent_variance += 1.0 - expected[i] / draws;
    }
    count += counts[i];
    expectation += expected[i];
    if (expectation >= kFewestExpected) {
      merged_counts.push_back(std::exchange(count, 0.0));
      merged_expected.push_back(std::exchange(expectation, 0.0));
    }
  }
  if (merged_counts.size() < 2 || !(independent_variance > 0)) {
    found.chi_squared = found.p_value = std::numeric_limits<double>::quiet_NaN();
    return found;
  }
  merged_counts.back() += count;
  merged_expected.back() += expectation;
  for (std::size_t i = 0; i < merged_counts.size(); ++i) {
    const double off = merged_counts[i] - merged_expected[i];
    found.chi_squared += off * off / merged_expected[i];
  }
  found.design_effect = measured_variance / independent_variance;
  if (!(found.design_effect > 0) || !std::isfinite(found.chi_squared)) {  // draws that are all alike
    found.chi_squared = found.p_value = std::numeric_limits<double>::quiet_NaN();
    return found;
  }
  found.chi_squared /= found.design_effect;
  found.degrees = static_cast<double>(merged_counts.size()) - 1.0;
  found.p_value = boost::math::cdf(
      boost::math::complement(boost::math::chi_squared(found.degrees), std::min(found.chi_squared, 1e300)));
  return found;
}

ShapeComparison compare_shape(const ObservedSummary& measured, const Posterior& posterior) {
  ShapeComparison shape;
  const ExactAverage average(posterior);
  if (measured.cumulants) {
    shape.exact = mode_cumulants(average);
    const double in_a_block = measured.cumulants->draws / static_cast<double>(BlockSums::kBlocks);
    shape.third = agree_with(measured.cumulants->third, shape.exact.third, kBiasOfThird / in_a_block);
    shape.fourth = agree_with(measured.cumulants->fourth, shape.exact.fourth, kBiasOfFourth / in_a_block);
    shape.most_resolved = most_resolved(*measured.cumulants, average, shape.exact);
  }
  if (measured.size) {
    shape.exact_size = size_cumulants(average);
    const CumulantEstimate& size = measured.size->cumulants;
    const auto z = [](const Measured& e, double exact) { return (e.value - exact) / e.error; };
    shape.z_size = {z(size.mean, shape.exact_size.mean), z(size.variance, shape.exact_size.variance),
                    z(size.third, shape.exact_size.third), z(size.fourth, shape.exact_size.fourth)};
    shape.expected = expected_counts(SizeDistribution(posterior), *measured.size);
    // What lies beyond the grid's 8 deviations joins its end bins, whose neighbours they merge with.
    std::vector<double> counts = measured.size->counts;
    counts.front() += measured.size->below;
    counts.back() += measured.size->above;
    shape.size = compare_bins(counts, measured.size->errors, shape.expected);
  }
  if (!measured.pairs.empty()) {
    shape.exact_covariance = pair_covariances(average, measured.pairs);
    shape.pairs = agree_with(measured.covariance, shape.exact_covariance);
  }
  return shape;
}

}  // namespace ridgeflow
