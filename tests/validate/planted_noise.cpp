// How small an error of the variances is found. Pooled over the modes of the standard run, 0.1 % with 5e5
// draws; in a single mode with 5e7. Draws of `perfect`, which are independent; errors from the spread over
// chains.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

#include <gtest/gtest.h>

#include "ridgeflow/theory/exact.hpp"

#include "support/p_values.hpp"
#include "support/plants.hpp"
#include "support/posteriors.hpp"
#include "support/seeds.hpp"

namespace ridgeflow {
namespace {

/// Of the noise amplitude: 0.1 % of the variance.
const double kTenthPerCent = std::sqrt(1.001);

// Relative errors of the variances: measured/exact - 1 with the exact mean as centre.
struct VarianceErrors {
  test::MeanError pooled;                // average over modes
  std::vector<test::MeanError> of_mode;  // [mode]
  std::uint64_t draws = 0;
};

VarianceErrors variance_errors(const Posterior& posterior, const SamplerOptions& options,
                               const test::Plant& plant) {
  const test::PlantedRun run = test::planted_run(posterior, options, plant);
  const ExactAverage exact(posterior);
  const std::size_t modes = posterior.modes();
  const ChainBlock all = run.chains(0, options.chains);
  VarianceErrors out;
  std::vector<double> pooled(options.chains);
  for (std::size_t k = 0; k < modes; ++k) {
    const double shift = exact.mean(k) - run.centres[k];
    const double variance = exact.variance(k);
    std::vector<double> errors;
    for (std::uint64_t c = 0; c < options.chains; ++c) {
      const std::uint64_t i = c * modes + k;
      const auto n = static_cast<double>(all.first_measured[c] + all.measured[c]);
      const double sum = all.first_sum[i] + all.sum[i] + all.recent_sum[i];
      const double square = all.first_square[i] + all.square[i] + all.recent_square[i];
      errors.push_back(((square - 2 * shift * sum) / n + shift * shift) / variance - 1);
      pooled[c] += errors.back() / static_cast<double>(modes);
    }
    out.of_mode.push_back(test::mean_error(errors));
  }
  for (std::uint64_t c = 0; c < options.chains; ++c) {
    out.draws += all.first_measured[c] + all.measured[c];
  }
  out.pooled = test::mean_error(pooled);
  return out;
}

// The standard run, 5e5 draws.
double pooled_z(std::uint64_t seed, const test::Plant& plant) {
  const Posterior posterior = test::standard_posterior(1000, test::kStandardKappa, 0.05);
  SamplerOptions options;
  options.integrator = "perfect";
  options.chains = 500;
  options.draws = 500'000;
  options.seed = seed;
  const VarianceErrors errors = variance_errors(posterior, options, plant);
  std::printf("%.3g draws of 1000 modes: variances off by %+.4f +- %.4f %%, z = %+.1f\n",
              static_cast<double>(errors.draws), 100 * errors.pooled.mean, 100 * errors.pooled.error,
              errors.pooled.z(0));
  return errors.pooled.z(0);
}

TEST(PlantedNoise, AllModesTogether) {
  EXPECT_GT(test::normal_p(pooled_z(test::seed_of(501), test::nothing)), test::kFalseAlarm);
  EXPECT_LT(test::normal_p(pooled_z(test::seed_of(502), test::noise_times(kTenthPerCent))), test::kFound);
  EXPECT_LT(test::normal_p(pooled_z(test::seed_of(503), test::noise_times(1 / kTenthPerCent))), test::kFound);
}

constexpr std::uint32_t kWrongMode = 2;

// Four modes, one block of the noise, 5e7 draws: z of each.
std::vector<double> single_z(std::uint64_t seed, const test::Plant& plant) {
  const Posterior posterior = test::standard_posterior(4, test::kStandardKappa, 0.05);
  SamplerOptions options;
  options.integrator = "perfect";
  options.chains = 4096;
  options.draws = 50'000'000;
  options.seed = seed;
  const VarianceErrors errors = variance_errors(posterior, options, plant);
  std::vector<double> z;
  std::printf("%.3g draws of 4 modes: z of the variances", static_cast<double>(errors.draws));
  for (const test::MeanError& mode : errors.of_mode) {
    z.push_back(mode.z(0));
    std::printf(" %+.1f", z.back());
  }
  std::printf("\n");
  return z;
}

void expect_one_wrong(const std::vector<double>& z, double least) {
  for (std::uint32_t k = 0; k < z.size(); ++k) {
    if (k == kWrongMode) {
      EXPECT_GT(z[k], least) << k;
    } else {
      EXPECT_GT(4 * test::normal_p(z[k]), test::kFalseAlarm) << k;
    }
  }
}

TEST(PlantedNoise, NoModeAloneIsOff) {
  for (const double z : single_z(test::seed_of(504), test::nothing)) {
    EXPECT_GT(4 * test::normal_p(z), test::kFalseAlarm);
  }
}

// The noise of one mode off by 0.1 %, its variance by 0.2 %: ten standard errors.
TEST(PlantedNoise, OneModesAmplitudeOffByATenthPerCent) {
  expect_one_wrong(single_z(test::seed_of(505), test::noise_of_mode_times(kWrongMode, 1.001)), 5.0);
}

// The variance of one mode off by 0.1 %: five standard errors, where the test asks for 3.5. Fresh seeds come
// below that one time in fifteen, so they are not asked.
TEST(PlantedNoise, OneModesVarianceOffByATenthPerCent) {
  if (test::fresh_root() != 0) {
    GTEST_SKIP() << "five standard errors are found 14 times of 15: with fixed seeds only";
  }
  expect_one_wrong(single_z(test::seed_of(506), test::noise_of_mode_times(kWrongMode, kTenthPerCent)), 3.5);
}

}  // namespace
}  // namespace ridgeflow
