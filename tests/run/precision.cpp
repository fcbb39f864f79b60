#include "ridgeflow/run/precision.hpp"

#include <cmath>
#include <cstdint>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ridgeflow/run/sampler.hpp"
#include "ridgeflow/theory/prediction.hpp"

#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// An ordinary mode, and one whose mean is about \p deviations standard deviations.
Posterior far_mean(double deviations) {
  return Posterior(Spectrum{{1.0, deviations * deviations}, {0.7, 1.0}}, Couplings{4, 1.0, 0.0});
}

SamplerOptions options_of(std::uint64_t draws, Precision precision) {
  SamplerOptions options;
  options.chains = 64;
  options.draws = draws;
  options.precision = precision;
  options.integrator = "perfect";
  options.backend = Backend::kCpu;
  return options;
}

TEST(Precision, ShiftIsTheRoundingOfTheMeanInItsErrors) {
  const Posterior posterior = far_mean(1e4);
  const double ridge = posterior.hartree_ridge();
  const double deviations = posterior.mean_at(1, ridge) / std::sqrt(posterior.variance_at(1, ridge));
  const RoundingShift shift = rounding_shift(posterior, 1e6, Precision::kSingle);
  EXPECT_EQ(shift.mode, 2U);
  EXPECT_DOUBLE_EQ(shift.deviations, deviations);
  EXPECT_DOUBLE_EQ(shift.largest, 0x1p-24 * 1e3 * deviations);
  EXPECT_NEAR(shift.chi_squared_share, shift.largest * shift.largest / 6.0, 1e-6);  // sqrt(2 M) = 2
  EXPECT_FALSE(shift.tolerable());
  EXPECT_TRUE(rounding_shift(posterior, 1e6, Precision::kDouble).tolerable());
}

TEST(Precision, IsChosenByAllDrawsOfTheRun) {
  const Posterior posterior = far_mean(1e4);
  EXPECT_EQ(resolve(options_of(64 * 100, Precision::kAutomatic), posterior).precision, Precision::kSingle);
  const ResolvedRun many = resolve(options_of(64 * 10000, Precision::kAutomatic), posterior);
  EXPECT_EQ(many.precision, Precision::kDouble);
  EXPECT_THAT(many.warnings, ElementsAre(HasSubstr("single rounds the mean of mode 2, 1e+04")));
  SamplerOptions share = options_of(64 * 100, Precision::kAutomatic);  // of a hundred ranks
  share.ensemble = ChainRange{0, 64 * 100};
  EXPECT_EQ(resolve(share, posterior).precision, Precision::kDouble);
}

TEST(Precision, OfManyModesIsChosenByChiSquared) {
  const std::vector<double> a(1000, 1e6);
  const std::vector<double> y(1000, 1.0);
  const Posterior posterior(Spectrum{a, y}, Couplings{1000, 1.0, 0.0});
  const RoundingShift shift = rounding_shift(posterior, 1e7, Precision::kSingle);
  EXPECT_LT(shift.largest, RoundingShift::kLargest);
  EXPECT_GT(shift.chi_squared_share, RoundingShift::kLargestShare);
  EXPECT_FALSE(shift.tolerable());
}

TEST(Precision, OfStandardRunsIsSingle) {
  const ResolvedRun run = resolve(SamplerOptions{}, test::standard_posterior(1000, 4.0, 0.05));
  EXPECT_EQ(run.precision, Precision::kSingle);
  EXPECT_THAT(run.warnings, IsEmpty());
}

// What the bound is for: the means of single precision are off as far as it allows, and no farther.
TEST(Precision, MeansAreOffByTheRoundingAndByNoMore) {
  const Posterior posterior(Spectrum{{1.0, 1e12, 3e12, 1.7e13}, {0.7, 0.8765, 1.0 / 3.0, 0.513}},
                            Couplings{4, 1.0, 0.0});
  const Prediction exact = predict(posterior, Theory::exact);
  for (const Precision precision : {Precision::kSingle, Precision::kDouble}) {
    const SampleResult samples = sample(posterior, options_of(64 * 1000, precision));
    double largest = 0;
    for (std::size_t k = 1; k < posterior.modes(); ++k) {
      const double off = std::abs(samples.summary.mean[k] - exact.mean[k]);
      const double statistics = 5.0 * samples.summary.mcse_mean[k];
      const double unit = precision == Precision::kSingle ? 0x1p-24 : 0x1p-53;
      EXPECT_LE(off, unit * std::abs(exact.mean[k]) + statistics) << "mode " << k + 1;
      largest = std::max(largest, off / samples.summary.mcse_mean[k]);
    }
    if (precision == Precision::kSingle) {
      EXPECT_GT(largest, 10.0);  // the error that must be found
    } else {
      EXPECT_LT(largest, 5.0);
    }
  }
}

}  // namespace
}  // namespace ridgeflow
