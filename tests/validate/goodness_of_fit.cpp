// p-values of chi^2 over modes against `exact`, over many seeds: uniform where samples, errors and degrees of
// freedom are all right. The coupling is weak, so that modes are nearly independent, as chi^2 takes them to
// be; p-values of ten thousand seeds still were uniform. Kolmogorov-Smirnov for the bulk, Anderson-Darling
// for the ends.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "ridgeflow/measure/comparison.hpp"
#include "ridgeflow/theory/exact.hpp"

#include "support/p_values.hpp"
#include "support/plants.hpp"
#include "support/posteriors.hpp"
#include "support/seeds.hpp"

namespace ridgeflow {
namespace {

constexpr std::uint64_t kSeeds = 400;  // of consecutive runs
using Change = std::function<void(MomentSummary&)>;
void unchanged(MomentSummary& /*summary*/) {}

struct Uniformity {
  double mean;      // smaller of both tests' p, times two
  double variance;  // likewise
};

Uniformity uniformity(const std::string& integrator, std::uint64_t first_seed,
                      const test::Plant& plant = test::nothing, const Change& change = unchanged,
                      std::uint64_t different = kSeeds) {
  const Posterior posterior = test::standard_posterior(32, test::kStandardKappa, 0.05);
  const Prediction exact = predict(posterior, Theory::exact);
  SamplerOptions options;
  options.integrator = integrator;
  options.chains = 128;
  options.draws = 128 * 100;
  options.threads = 1;  // a run takes a millisecond
  std::vector<double> mean;
  std::vector<double> variance;
  for (std::uint64_t i = 0; i < kSeeds; ++i) {
    options.seed = first_seed + i % different;
    MomentSummary summary = test::summary_of(test::planted_run(posterior, options, plant), posterior);
    change(summary);
    const Comparison c = compare(summary, exact);
    mean.push_back(c.mean.p_value);
    variance.push_back(c.variance.p_value);
  }
  const auto both = [](const std::vector<double>& p) {
    return test::smallest_p({test::kolmogorov_smirnov_p(p), test::anderson_darling_p(p)});
  };
  const Uniformity out{both(mean), both(variance)};
  std::printf("%s: p-values of %d runs uniform with p = %.3g (means), %.3g (variances)\n", integrator.c_str(),
              static_cast<int>(kSeeds), out.mean, out.variance);
  return out;
}

TEST(GoodnessOfFit, PValuesAreUniform) {
  for (const char* integrator : {"adjusted", "perfect"}) {
    const Uniformity p = uniformity(integrator, test::seed_of(30'000));
    EXPECT_GT(p.mean, test::kFalseAlarm / 4) << integrator;
    EXPECT_GT(p.variance, test::kFalseAlarm / 4) << integrator;
  }
}

TEST(GoodnessOfFit, ErrorsFivePerCentTooSmallAreFound) {
  const auto smaller = [](MomentSummary& summary) {
    for (std::size_t k = 0; k < summary.mean.size(); ++k) {
      summary.mcse_mean[k] *= 0.95;
      summary.mcse_variance[k] *= 0.95;
    }
  };
  const Uniformity p = uniformity("perfect", test::seed_of(31'000), test::nothing, smaller);
  EXPECT_LT(p.mean, test::kFound);
  EXPECT_LT(p.variance, test::kFound);
}

// Half a per cent of all noise is one per cent of the variances, less than an error bar of a run's mode.
TEST(GoodnessOfFit, NoiseHalfAPerCentOffIsFound) {
  EXPECT_LT(uniformity("perfect", test::seed_of(32'000), test::noise_times(1.005)).variance, test::kFound);
}

// Two seeds in turn: every run by itself is right, the four hundred together are not.
TEST(GoodnessOfFit, RepeatedSeedsAreFound) {
  const Uniformity p = uniformity("perfect", test::seed_of(33'000), test::nothing, unchanged, 2);
  EXPECT_LT(p.mean, test::kFound);
  EXPECT_LT(p.variance, test::kFound);
}

struct Deviation {
  double variances;  // p of chi^2 over modes
  double size;       // standard errors of <R>
  double spread;     // of Var R
};

// One run at strong coupling.
Deviation deviation(std::uint64_t seed, const test::Plant& plant) {
  const Posterior posterior = test::standard_posterior(50, test::kStandardKappa, 1.0);
  SamplerOptions options;
  options.chains = 500;
  options.draws = 500'000;
  options.seed = seed;
  const MomentSummary summary = test::summary_of(test::planted_run(posterior, options, plant), posterior);
  const ExactAverage exact(posterior);
  const Deviation out{compare(summary, predict(posterior, Theory::exact)).variance.p_value,
                      (summary.mean_size - exact.mean_size()) / summary.mcse_mean_size,
                      (summary.variance_size - exact.variance_size()) / summary.mcse_variance_size};
  std::printf("p of the variances %.3g; mean of R %+.2f, variance of R %+.2f standard errors off\n",
              out.variances, out.size, out.spread);
  return out;
}

TEST(GoodnessOfFit, StronglyCoupledRunIsTheExactAverage) {
  const Deviation of = deviation(test::seed_of(304), test::nothing);
  EXPECT_GT(of.variances, test::kFalseAlarm / 3);
  EXPECT_GT(test::normal_p(of.size), test::kFalseAlarm / 3);
  EXPECT_GT(test::normal_p(of.spread), test::kFalseAlarm / 3);
}

// Without its acceptance `adjusted` samples the Hartree Gaussian, whose means are right to a per mille.
TEST(GoodnessOfFit, AcceptingAlwaysIsFound) {
  const Deviation of = deviation(test::seed_of(305), test::accept_always);
  EXPECT_LT(of.variances, test::kFound);
  EXPECT_LT(test::normal_p(of.spread), test::kFound);
}

TEST(GoodnessOfFit, WrongCentreOfTheAcceptanceIsFound) {
  const Deviation of = deviation(test::seed_of(306), test::acceptance_centre_times(1.02));
  EXPECT_LT(test::normal_p(of.size), test::kFound);
}

// The tests of uniformity themselves: tabulated critical values, and a law that is not uniform.
TEST(PValues, CriticalValuesOfTheTables) {
  // i/n - 1/2n shifted by s has the distance s + 1/2n; 1.358 is the limit's 5 % point, 1.628 its 1 % point
  for (const auto& [critical, level] : {std::pair(1.358, 0.05), std::pair(1.628, 0.01)}) {
    constexpr int n = 10'000;
    std::vector<double> values;
    for (int i = 0; i < n; ++i) {
      values.push_back((i + 0.5) / n + critical / std::sqrt(n) - 0.5 / n);
    }
    EXPECT_NEAR(test::kolmogorov_smirnov_p(values), level, 0.02 * level);
  }
  // one value x: A^2 = -1 - ln x - ln(1 - x); the limit's 5 % point is 2.492, its 1 % point 3.878
  for (const auto& [critical, level] : {std::pair(2.492, 0.05), std::pair(3.878, 0.01)}) {
    const double x = 0.5 * (1 - std::sqrt(1 - 4 * std::exp(-1 - critical)));
    EXPECT_NEAR(test::anderson_darling_p({x}), level, 0.01 * level);
  }
  EXPECT_NEAR(test::equal_counts_p({60, 40}), test::normal_p(2.0), 1e-12);  // chi^2 = 4, one degree
  EXPECT_NEAR(test::normal_p(1.959963984540054), 0.05, 1e-12);
}

}  // namespace
}  // namespace ridgeflow
