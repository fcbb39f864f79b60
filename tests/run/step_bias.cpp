// The step-size study: steps to try, biases with their errors, laws, and what a target allows.
#include "ridgeflow/run/step_bias.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"

#include "support/direct_posterior.hpp"
#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

TEST(TrialSteps, AreGeometricAroundTheDefault) {
  const Posterior posterior = test::standard_posterior(30, test::kStandardKappa, 0.1);
  const double softest = posterior.softest() + posterior.hartree_ridge();
  const std::vector<double> steps = trial_steps("hartree", posterior, 7);
  ASSERT_EQ(steps.size(), 7U);
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_NEAR(steps[i] * softest, 0.25 * std::exp2(static_cast<double>(i) - 3), 1e-12);
  }
  EXPECT_NEAR(trial_steps("hartree", posterior, 1).at(0) * softest, 0.25, 1e-12);
}

TEST(TrialSteps, StayStable) {
  const Posterior posterior = test::standard_posterior(30, test::kStandardKappa, 0.1);
  const double stiffest = posterior.stiffest() + posterior.hartree_ridge();
  const std::vector<double> steps = trial_steps("euler", posterior, 7);
  EXPECT_NEAR(steps[3] * stiffest, 0.25, 1e-12);
  EXPECT_NEAR(steps[6] * stiffest, 1.8, 1e-12);
  EXPECT_NEAR(steps[1] / steps[0], steps[6] / steps[5], 1e-12);
}

TEST(TrialSteps, OfAnIntegratorWithoutStepAreOne) {
  const Posterior posterior = test::standard_posterior(30, test::kStandardKappa, 0.1);
  ASSERT_EQ(trial_steps("perfect", posterior, 7).size(), 1U);
  EXPECT_TRUE(std::isinf(trial_steps("perfect", posterior, 7)[0]));
  EXPECT_THROW(trial_steps("eulr", posterior, 7), InvalidInput);
  EXPECT_THROW(trial_steps("euler", posterior, 0), InvalidInput);
}

TEST(MeasuringInterval, IsAFixedShareOfTheRelaxationTime) {
  const Posterior posterior = test::standard_posterior(30, test::kStandardKappa, 0.1);
  const double softest = posterior.softest() + posterior.hartree_ridge();
  const double stiffest = posterior.stiffest() + posterior.hartree_ridge();
  EXPECT_EQ(measuring_interval(0.02 / stiffest, posterior), 25U);
  EXPECT_EQ(measuring_interval(7 / softest, posterior), 1U);
  EXPECT_EQ(measuring_interval(std::numeric_limits<double>::infinity(), posterior), 1U);
}

SamplerOptions small_run(const std::string& integrator, double step) {
  SamplerOptions options;
  options.integrator = integrator;
  options.step = step;
  options.chains = 256;
  options.draws = 512'000;
  options.seed = 5;
  return options;
}

// U = 0: Euler's variance is c/(1 - x), x = h (a + r)/2 by mode, so every number of the study is known.
TEST(ExactMoments, WithASexticCouplingAreTheirQuadrature) {
  const Posterior posterior(Spectrum{{2.0}, {0.6}}, Couplings{1, 2.0, 1.0, 10.0});
  const test::DirectPosterior direct(posterior);
  const ExactMoments exact(posterior);
  const double size = direct.average([](double d, double) { return d * d; });
  EXPECT_NEAR(exact.mean[0], direct.average([](double d, double) { return d; }), 1e-11);
  EXPECT_NEAR(exact.variance[0], size - exact.mean[0] * exact.mean[0], 1e-11);
  EXPECT_NEAR(exact.mean_size, size, 1e-11);
  EXPECT_NEAR(exact.variance_size,
              direct.average([&](double d, double) { return (d * d - size) * (d * d - size); }), 1e-11);
}

TEST(MeasureBias, OfTheFreeTheoryInClosedForm) {
  const Posterior posterior(Spectrum{{1.0, 3.0, 6.0}, {1.0, -0.6, 0.4}}, Couplings{2, 1.0, 0.0});
  const ExactMoments exact(posterior);
  const double h = 0.05;
  SamplerOptions options = small_run("euler", h);
  options.every = 5;
  options.draws = 2'048'000;
  const StepBias found = measure_bias(posterior, exact, options);
  double pooled = 0;
  double size = 0;
  double exact_size = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    const double x = 0.5 * h * (posterior.spectrum().a[k] + 2.0);
    const double bias = x / (1 - x);
    EXPECT_NEAR(found.variance[k].value, bias, 4 * found.variance[k].error) << k;
    EXPECT_LT(found.variance[k].error, 0.1 * bias) << k;
    pooled += bias / 3;
    size += exact.variance[k] * bias;
    exact_size += exact.variance[k] + exact.mean[k] * exact.mean[k];
  }
  EXPECT_NEAR(found.pooled_variance.value, pooled, 4 * found.pooled_variance.error);
  EXPECT_NEAR(found.mean_size.value, size / exact_size, 4 * found.mean_size.error);
  EXPECT_NEAR(found.pooled_mean.value, 0.0, 4 * found.pooled_mean.error);
  EXPECT_LT(found.pooled_mean.error, 0.02);
  EXPECT_EQ(found.worst_variance.mode, 3U);
  EXPECT_TRUE(found.worst_variance.resolved);
  EXPECT_EQ(found.worst_variance.bound(), std::abs(found.worst_variance.bias.value));
  EXPECT_FALSE(found.worst_mean.resolved);
  EXPECT_EQ(found.worst_mean.bound(), found.worst_mean.limit);
  EXPECT_EQ(found.diverged, 0U);
  EXPECT_NEAR(found.relaxations, h * 3.0, 1e-12);
  // modes are independent here: the error of the average is the root mean square over the number
  double square = 0;
  for (const Measured& each : found.variance) {
    square += each.error * each.error;
  }
  EXPECT_NEAR(found.pooled_variance.error / (std::sqrt(square) / 3), 1.0, 0.2);
  // draws at distance s = 5 h rate count as (1 - e^-s)/(1 + e^-s) = tanh(s/2) each; Euler's e^-s is
  // (1 - 0.15)^5
  const double decay = std::pow(1 - 0.15, 5);
  const double independent = found.effective_per_second.value * found.seconds;
  const double error = found.effective_per_second.error / found.effective_per_second.value;
  EXPECT_LT(error, 0.05);
  EXPECT_NEAR(independent / static_cast<double>(found.draws) / ((1 - decay) / (1 + decay)), 1.0, 4 * error);
}

// Samples without bias: a study has a false alarm in one of a thousand runs. The plain ratio of a variance of
// few draws to its error, which is small where the variance is, has more than one in ten.
TEST(MeasureBias, FewDrawsRaiseNoFalseAlarm) {
  const Posterior posterior = test::standard_posterior(200, test::kStandardKappa, 0.0);
  const ExactMoments exact(posterior);
  const double plain_quantile = 5.0;  // above that of 200 modes, 63 degrees
  int alarms = 0;
  int plain = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SamplerOptions options = small_run("perfect", 1.0);
    options.step.reset();
    options.chains = 64;
    options.draws = 128;
    options.seed = seed;
    const StepBias found = measure_bias(posterior, exact, options);
    alarms += found.worst_variance.resolved ? 1 : 0;
    for (const Measured& each : found.variance) {
      plain += std::abs(each.value) > plain_quantile * each.error ? 1 : 0;
    }
    EXPECT_GE(found.worst_variance.bound(), std::abs(found.worst_variance.bias.value));
  }
  EXPECT_LE(alarms, 1);  // 0.1 expected
  EXPECT_GE(plain, 10);  // the planted rule
}

// Strong coupling: modes move together, and only an error from the chains knows by how much.
TEST(MeasureBias, PooledErrorsHoldWhatModesShare) {
  const Posterior posterior(Spectrum{std::vector<double>(40, 0.5), std::vector<double>(40, 0.1)},
                            Couplings{40, 100.0, 0.5});
  const ExactMoments exact(posterior);
  const double rate = posterior.softest() + posterior.hartree_ridge();
  const StepBias first = measure_bias(posterior, exact, small_run("adjusted", 7 / rate));
  double square = 0;
  for (const Measured& each : first.variance) {
    square += each.error * each.error / 1600;
  }
  EXPECT_LT(first.pooled_variance.error, 0.9 * std::sqrt(square));  // R is held, so modes balance each other
  double z_square = 0;
  for (int seed = 0; seed < 24; ++seed) {
    SamplerOptions options = small_run("adjusted", 7 / rate);
    options.draws = 64'000;
    options.seed = static_cast<std::uint64_t>(100 + seed);
    const StepBias each = measure_bias(posterior, exact, options);
    z_square += std::pow(each.pooled_variance.value / each.pooled_variance.error, 2) / 24;
  }
  EXPECT_NEAR(z_square, 1.0, 4 * std::sqrt(2.0 / 24));
}

TEST(MeasureBias, SaysThatChainsDiverged) {
  const Posterior posterior = test::standard_posterior(40, test::kStandardKappa, 50.0);
  SamplerOptions options = small_run("euler", 0.004);
  options.start = Start::kPrior;
  options.draws = 25'600;
  EXPECT_GT(measure_bias(posterior, ExactMoments(posterior), options).diverged, 0U);
}

TEST(MeasureBias, RefusesAnUnstableStepWithTheLargestLegalOne) {
  const Posterior posterior = test::standard_posterior(40, test::kStandardKappa, 0.05);
  try {
    measure_bias(posterior, ExactMoments(posterior), small_run("euler", 1.0));
    FAIL() << "taken";
  } catch (const InvalidInput& problem) {
    EXPECT_NE(std::string(problem.what()).find("the largest legal step is just below"), std::string::npos);
  }
}

// Weak order by sampling: the variance of the stiffest mode, which the free theory gives as x/(1 - x).
TEST(WeakOrder, OfEulerIsOneBySampling) {
  const Posterior posterior = test::standard_posterior(20, test::kStandardKappa, 0.5);
  const ExactMoments exact(posterior);
  const double stiffest = posterior.stiffest() + posterior.hartree_ridge();
  std::vector<StepBias> points;
  for (const double x : {0.04, 0.08, 0.16, 0.8}) {
    SamplerOptions options = small_run("euler", x / stiffest);
    options.every = static_cast<std::uint64_t>(std::ceil(0.5 / x));
    options.draws = 2'000'000;
    points.push_back(measure_bias(posterior, exact, options));
  }
  const BiasLaw found = fit_bias(points, BiasOf::kWorstVariance);
  ASSERT_TRUE(found.law);
  EXPECT_EQ(found.mode, 20U);
  EXPECT_NEAR(found.law->exponent, 1.0, 0.1);
  EXPECT_LT(found.law->exponent_error, 0.1);
  EXPECT_EQ(found.law->points.back(), 2U);  // 0.8/2 and beyond is not small
  EXPECT_NEAR(found.law->reaches(0.01) * stiffest, 0.02, 0.002);
  const BiasLaw pooled = fit_bias(points, BiasOf::kPooledVariance);
  ASSERT_TRUE(pooled.law);
  EXPECT_NEAR(pooled.law->exponent, 1.0, 0.1);
  const BiasLaw of_size = fit_bias(points, BiasOf::kSizeVariance);
  ASSERT_TRUE(of_size.law);
  EXPECT_NEAR(of_size.law->exponent, 1.0, 0.1 + 2 * of_size.law->exponent_error);

  const auto allowed = allowed_step(points, BiasOf::kWorstVariance, 0.03, false);
  ASSERT_TRUE(allowed && allowed->by_law);
  EXPECT_NEAR(allowed->step * stiffest, 0.06, 0.006);
}

// Points with what a choice depends on, made by hand.
StepBias made(double step, double bias, double error, double effective) {
  StepBias point;
  point.step = step;
  point.variance = {{bias, error}};
  point.worst_variance = {1, {bias, error}, std::abs(bias) > 3 * error, 3 * error};
  point.pooled_variance = {bias, error};
  point.variance_size = {bias, error};
  point.effective_per_second = {effective, 1};
  return point;
}

TEST(AllowedStep, IsTheLargestTestedOneWithoutALaw) {
  // a bias that is seen nowhere, at steps where up to 2, 1 and 0.5 % could have hidden
  const std::vector<StepBias> points{made(1, 0.001, 0.02 / 3, 10), made(2, 0.001, 0.01 / 3, 20),
                                     made(4, 0.001, 0.005 / 3, 40)};
  const auto within = allowed_step(points, BiasOf::kWorstVariance, 0.012, false);
  ASSERT_TRUE(within && within->tested && !within->by_law);
  EXPECT_EQ(*within->tested, 2U);
  EXPECT_FALSE(allowed_step(points, BiasOf::kWorstVariance, 0.001, false));  // could not have been seen
  EXPECT_EQ(*allowed_step(points, BiasOf::kSizeVariance, 0.005, false)->tested, 2U);
}

TEST(AllowedStep, FollowsTheLawBetweenAndBelowButNotBeyondItsPoints) {
  const std::vector<StepBias> points{made(1, 0.02, 1e-5, 10), made(2, 0.04, 1e-5, 20),
                                     made(4, 0.08, 1e-5, 40)};
  EXPECT_NEAR(allowed_step(points, BiasOf::kWorstVariance, 0.03, false)->step, 1.5, 1e-9);
  EXPECT_NEAR(allowed_step(points, BiasOf::kWorstVariance, 0.01, false)->step, 0.5, 1e-9);
  EXPECT_NEAR(allowed_step(points, BiasOf::kWorstVariance, 0.50, false)->step, 4.0, 1e-9);
}

TEST(AllowedStep, OfAnExactIntegratorIsTheOneOfMostEffectiveSamples) {
  std::vector<StepBias> points{made(1, 0.02, 0.02, 10), made(2, 0.5, 0.2, 50), made(4, 0.04, 0.02, 40)};
  EXPECT_EQ(*allowed_step(points, BiasOf::kWorstVariance, 0.01, true)->tested, 1U);
  points[1].pace = 10;  // the machine was ten times as fast then
  EXPECT_EQ(*allowed_step(points, BiasOf::kWorstVariance, 0.01, true)->tested, 2U);
  points[1].pace = 1;
  points[1].diverged = 3;
  EXPECT_EQ(*allowed_step(points, BiasOf::kWorstVariance, 0.01, true)->tested, 2U);
}

}  // namespace
}  // namespace ridgeflow
