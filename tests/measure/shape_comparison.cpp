#include "ridgeflow/measure/shape_comparison.hpp"

#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

TEST(CompareBins, ByHand) {
  // Errors of independent draws: n p (1 - p) with n = 100. Bins 3 and 4 merge, 5 (expecting 2) joins them.
  const std::vector<double> expected{50, 30, 6, 12, 2};
  std::vector<double> errors;
  for (const double e : expected) {
    errors.push_back(std::sqrt(e * (1 - e / 100)));
  }
  const BinAgreement found = compare_bins({55, 25, 6, 12, 2}, errors, expected);
  EXPECT_NEAR(found.design_effect, 1.0, 1e-12);
  EXPECT_EQ(found.degrees, 2.0);
  const double chi_squared = 25.0 / 50 + 25.0 / 30;
  EXPECT_NEAR(found.chi_squared, chi_squared, 1e-12);
  EXPECT_NEAR(found.p_value, std::exp(-0.5 * chi_squared), 1e-12);  // two degrees of freedom
  for (double& error : errors) {
    error *= 2;
  }
  EXPECT_NEAR(compare_bins({55, 25, 6, 12, 2}, errors, expected).chi_squared, chi_squared / 4, 1e-12);
  EXPECT_TRUE(std::isnan(compare_bins({5, 4}, {1, 1}, {5, 4}).p_value));  // too few draws for two bins
}

TEST(SizeHistogram, GridAndCountsByHand) {
  // One mode, a = 1, y = 0, r = 1, U = 0: c = 1/2, R* = 1/2, Var R = 2 c^2 = 1/2.
  const Posterior posterior(Spectrum{{1.0}, {0.0}}, Couplings{1, 1.0, 0.0});
  const SizeGrid grid = size_grid(posterior);
  EXPECT_EQ(grid.lowest, 0.0);  // not below 0
  EXPECT_NEAR(grid.edge(grid.bins), 0.5 + 8.0 * std::sqrt(0.5), 1e-12);
  EXPECT_EQ(grid.centre, 0.5);
  const SizeHistogram histogram({2.0, 0.5, 4, 3.0});  // 2 ... 4
  BlockSums sums({0, 64}, histogram.length());
  for (std::uint64_t c = 0; c < 64; ++c) {
    std::vector<double> row(histogram.length());
    for (const double size : {1.9, 2.0, 2.6, 2.7, 3.9, 4.0, 9.0}) {
      histogram.add(row, size);
    }
    sums.add(c, row);
  }
  const SizeEstimates found = histogram.estimate(sums);
  EXPECT_EQ(found.draws, 64 * 7);
  EXPECT_EQ(found.counts, (std::vector<double>{64, 128, 0, 64}));
  EXPECT_EQ(found.below, 64);
  EXPECT_EQ(found.above, 128);
  EXPECT_NEAR(found.errors[0], 0.0, 1e-9);  // all blocks alike
  EXPECT_NEAR(found.cumulants.mean.value, (1.9 + 2.0 + 2.6 + 2.7 + 3.9 + 4.0 + 9.0) / 7, 1e-12);
}

// Independent draws of one Gaussian mode: R is chi^2 with one degree of freedom, times c.
double p_of_size(std::mt19937_64& generator, const Posterior& posterior, double scale) {
  const SizeHistogram histogram(size_grid(posterior));
  std::normal_distribution<double> normal(0.0, scale * std::sqrt(0.5));
  BlockSums sums({0, 64}, histogram.length());
  for (std::uint64_t c = 0; c < 64; ++c) {
    std::vector<double> row(histogram.length());
    for (int n = 0; n < 200; ++n) {
      const double d = normal(generator);
      histogram.add(row, d * d);
    }
    sums.add(c, row);
  }
  ObservedSummary measured;
  measured.size = histogram.estimate(sums);
  return compare_shape(measured, posterior).size.p_value;
}

TEST(CompareShape, PValuesOfTheSizeAreUniformAndFindAWrongWidth) {
  const Posterior posterior(Spectrum{{1.0}, {0.0}}, Couplings{1, 1.0, 0.0});
  std::mt19937_64 generator(5);
  int low = 0;
  double sum = 0;
  constexpr int kRuns = 200;
  for (int run = 0; run < kRuns; ++run) {
    const double p = p_of_size(generator, posterior, 1.0);
    low += p < 0.1;
    sum += p;
  }
  EXPECT_NEAR(sum / kRuns, 0.5, 4 / std::sqrt(12.0 * kRuns));
  EXPECT_NEAR(static_cast<double>(low) / kRuns, 0.1, 4 * std::sqrt(0.09 / kRuns));
  EXPECT_LT(p_of_size(generator, posterior, 1.05), 1e-3);
}

}  // namespace
}  // namespace ridgeflow
