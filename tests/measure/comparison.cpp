#include "ridgeflow/measure/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Chains' means are Gaussian, so the mean over its error is Student's t: what an ideal sampler would report
// of a posterior with mean 0.5 + k and variance 2, each mode of its own.
MomentSummary ideal(std::mt19937_64& generator, std::size_t modes, std::uint64_t chains) {
  std::normal_distribution<double> normal;
  std::chi_squared_distribution<double> spread(static_cast<double>(chains) - 1);
  MomentSummary s;
  s.chains = chains;
  s.draws = 1000 * chains;
  for (std::size_t k = 0; k < modes; ++k) {
    const auto one = [&](double truth, double error, std::vector<double>& value, std::vector<double>& mcse) {
      value.push_back(truth + error * normal(generator));
      mcse.push_back(error * std::sqrt(spread(generator) / (static_cast<double>(chains) - 1)));
    };
    one(0.5 + static_cast<double>(k), 0.01, s.mean, s.mcse_mean);
    one(2.0, 0.03, s.variance, s.mcse_variance);
  }
  return s;
}

Prediction truth(std::size_t modes) {
  Prediction p{Theory::exact, {}, std::vector<double>(modes, 2.0)};
  for (std::size_t k = 0; k < modes; ++k) {
    p.mean.push_back(0.5 + static_cast<double>(k));
  }
  return p;
}

// Kolmogorov's and Smirnov's distance times the root of their number.
double distance_from_uniform(std::vector<double> p) {
  std::sort(p.begin(), p.end());
  double distance = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    distance =
        std::max(distance, std::abs(p[i] - (static_cast<double>(i) + 0.5) / static_cast<double>(p.size())));
  }
  return distance * std::sqrt(static_cast<double>(p.size()));
}

TEST(Comparison, ByHand) {
  MomentSummary s;
  s.chains = 1'000'000'001;  // so many that t is normal
  s.mean = {1.1, 2.0};
  s.mcse_mean = {0.1, 0.5};
  s.draws = s.chains;
  s.variance = {1.0, 2.000001};  // errors so small that their law is the normal one
  s.mcse_variance = {1e-7, 1e-7};
  const Comparison c = compare(s, {Theory::gp, {1.0, 3.0}, {1.0, 2.0}});
  EXPECT_EQ(c.theory, Theory::gp);
  EXPECT_NEAR(c.mean.z[0], 1.0, 1e-12);
  EXPECT_NEAR(c.mean.z[1], -2.0, 1e-12);
  EXPECT_NEAR(c.mean.chi_squared, 5.0, 1e-6);
  EXPECT_NEAR(c.mean.p_value, std::exp(-2.5), 1e-6);  // two degrees of freedom
  EXPECT_EQ(c.mean.largest_mode, 2U);
  EXPECT_DOUBLE_EQ(c.mean.largest_z, c.mean.z[1]);
  EXPECT_TRUE(c.mean.resolved.empty());
  EXPECT_EQ(c.mean.off_at_least, 0.0);
  EXPECT_EQ(c.mean.off_at_least_mode, 0U);
  EXPECT_EQ(c.variance.resolved, std::vector<std::uint32_t>{2});  // z = 10
  EXPECT_NEAR(c.variance.z[1], 10.0, 1e-4);
  EXPECT_NEAR(c.variance.off_at_least, 5e-7 * (1.0 - 2.2414 / 10.0), 1e-11);  // 5 % over two modes, two-sided
  EXPECT_EQ(c.variance.off_at_least_mode, 2U);
}

// With 64 chains t is wider than normal: left uncorrected, chi^2 over 500 modes would be far too large.
TEST(Comparison, PValuesAreUniformForARightTheory) {
  std::mt19937_64 generator(1);
  constexpr int kRepetitions = 1000;
  std::vector<double> p;
  int resolved = 0;
  for (int i = 0; i < kRepetitions; ++i) {
    const Comparison c = compare(ideal(generator, 50, 64), truth(50));
    p.push_back(c.mean.p_value);
    p.push_back(c.variance.p_value);
    resolved += c.mean.resolved.empty() ? 0 : 1;
  }
  EXPECT_LT(distance_from_uniform(p), 1.95);                  // 0.1 %
  EXPECT_NEAR(resolved / double{kRepetitions}, 0.05, 0.021);  // family-wise, three sigma
}

TEST(Comparison, ShiftOfOneSigmaIsFound) {
  std::mt19937_64 generator(2);
  Prediction wrong = truth(500);
  for (double& mean : wrong.mean) {
    mean += 0.01;
  }
  for (int i = 0; i < 20; ++i) {
    const Comparison c = compare(ideal(generator, 500, 64), wrong);
    EXPECT_LT(c.mean.p_value, 1e-6);
    EXPECT_GT(c.variance.p_value, 1e-6);
  }
}

TEST(Comparison, OneWrongModeIsNamed) {
  std::mt19937_64 generator(3);
  Prediction wrong = truth(500);
  wrong.variance[122] *= 1.5;
  const Comparison c = compare(ideal(generator, 500, 64), wrong);
  EXPECT_EQ(c.variance.largest_mode, 123U);
  EXPECT_EQ(c.variance.resolved, std::vector<std::uint32_t>{123});
  EXPECT_LT(c.variance.off_at_least, 1.0 / 3.0);
  EXPECT_GT(c.variance.off_at_least,
            1.0 / 3.0 - 0.15);  // six standard errors of 0.03/3, and the bound's four
  EXPECT_EQ(c.variance.off_at_least_mode, 123U);
}

// A theory is wrong by 3 % at one of 500 modes, measured to 1.5 % each: the largest measured deviation is
// above the truth, as it is that of the luckiest mode; the bound is below it in 95 % of runs at least.
TEST(Comparison, WhatATheoryIsOffByAtLeastIsNotTheLargestOfItsNoise) {
  std::mt19937_64 generator(5);
  constexpr int kRepetitions = 200;
  constexpr double kOff = 0.03;
  Prediction wrong = truth(500);
  wrong.variance[122] /= 1.0 + kOff;
  int above = 0;
  int largest_above = 0;
  for (int i = 0; i < kRepetitions; ++i) {
    const MomentSummary s = ideal(generator, 500, 1024);
    const Agreement variance = compare(s, wrong).variance;
    above += variance.off_at_least > kOff ? 1 : 0;
    double largest = 0;
    for (std::size_t k = 0; k < 500; ++k) {
      largest = std::max(largest, std::abs(s.variance[k] / wrong.variance[k] - 1.0));
    }
    largest_above += largest > kOff ? 1 : 0;
  }
  EXPECT_LT(above / double{kRepetitions}, 0.05 + 0.046);  // three sigma
  EXPECT_GT(largest_above / double{kRepetitions}, 0.95);  // the error that choosing makes
}

TEST(Comparison, ModesWithoutAPredictionAreLeftOut) {
  std::mt19937_64 generator(4);
  Prediction part = truth(100);
  std::fill_n(part.mean.begin(), 50, kNan);
  const MomentSummary s = ideal(generator, 100, 64);
  const Comparison c = compare(s, part);
  EXPECT_TRUE(std::isnan(c.mean.z[0]));
  EXPECT_TRUE(std::isfinite(c.mean.z[50]));
  EXPECT_GT(c.mean.p_value, 1e-4);
  EXPECT_LT(c.mean.p_value, 1.0);
  EXPECT_LT(c.mean.chi_squared, 100.0);  // of 50 modes
  EXPECT_EQ(c.mean.compared(), 50U);
  EXPECT_EQ(c.mean.not_compared.size(), 50U);
  EXPECT_EQ(c.mean.not_compared.front(), 1U);
  EXPECT_EQ(c.mean.not_compared.back(), 50U);
  EXPECT_DOUBLE_EQ(c.mean.reduced_chi_squared(), c.mean.chi_squared / 50);
  EXPECT_TRUE(c.variance.not_compared.empty());
  std::fill(part.mean.begin(), part.mean.end(), kNan);
  const Agreement none = compare(s, part).mean;
  EXPECT_TRUE(std::isnan(none.p_value));
  EXPECT_TRUE(std::isnan(none.reduced_chi_squared()));
  EXPECT_EQ(none.compared(), 0U);
  EXPECT_EQ(none.largest_mode, 0U);
}

// A mode that stood still has no error: its deviation is infinitely many of them, or 0/0 where it is none.
TEST(Comparison, ModesWithoutAnErrorAreNotCompared) {
  std::mt19937_64 generator(8);
  MomentSummary s = ideal(generator, 4, 64);
  s.mcse_mean[3] = s.mcse_variance[3] = s.mcse_mean[1] = 0;
  s.mean[1] = truth(4).mean[1];
  const Comparison c = compare(s, truth(4));
  EXPECT_EQ(c.mean.not_compared, (std::vector<std::uint32_t>{2, 4}));
  EXPECT_EQ(c.variance.not_compared, std::vector<std::uint32_t>{4});
  EXPECT_LT(std::abs(c.mean.largest_z), 5.0);
}

TEST(Comparison, FarTailsStayFinite) {
  MomentSummary s;
  s.chains = 64;
  s.mean = {1.0};
  s.mcse_mean = {1e-30};
  s.draws = 64'000;
  s.variance = {1.0};
  s.mcse_variance = {1e-4};
  const Comparison c = compare(s, {Theory::exact, {2.0}, {1.0}});
  EXPECT_TRUE(std::isfinite(c.mean.chi_squared));
  EXPECT_GT(c.mean.chi_squared,
            2000.0);  // not the square of the largest normal deviate that underflow leaves
  EXPECT_LT(c.mean.p_value, 1e-200);
  EXPECT_NEAR(c.variance.p_value, 1.0, 1e-3);
}

TEST(SampleComparison, ByHand) {
  MomentSummary one;
  one.chains = 1'000'000'001;
  one.mean = {1.0, 2.0, 9.0};
  one.mcse_mean = {0.3, 0.6, 0.1};
  one.variance = {4.0, 1.0, 1.0};
  one.draws = one.chains;
  one.mcse_variance = {6e-6, 1e-6, 1e-6};
  MomentSummary other = one;
  other.mean = {1.5, 0.0};  // of two modes
  other.mcse_mean = {0.4, 0.8};
  other.variance = {4.0 - 1e-5, 1.0};
  other.mcse_variance = {8e-6, 1e-6};
  const SampleComparison c = compare_samples(one, other, 2);
  EXPECT_EQ(c.mean_difference, (std::vector<double>{-0.5, 2.0}));
  EXPECT_NEAR(c.mean_error[0], 0.5, 1e-15);
  EXPECT_NEAR(c.mean_error[1], 1.0, 1e-15);
  ASSERT_EQ(c.mean.z.size(), 2U);
  EXPECT_NEAR(c.mean.z[0], -1.0, 1e-12);
  EXPECT_NEAR(c.mean.z[1], 2.0, 1e-12);
  EXPECT_NEAR(c.mean.p_value, std::exp(-2.5), 1e-6);  // chi^2 = 5, two degrees of freedom
  EXPECT_EQ(c.mean.largest_mode, 2U);
  EXPECT_NEAR(c.variance.z[0], 1.0, 1e-4);
  EXPECT_NEAR(c.variance.z[1], 0.0, 1e-12);
  EXPECT_NEAR(c.variance.p_value, std::exp(-0.5), 1e-4);
  EXPECT_THROW(compare_samples(one, other, 3), InvalidInput);
  EXPECT_THROW(compare_samples(one, other, 0), InvalidInput);
}

// 16 chains against 64, of unequal errors: with either number of degrees of freedom alone, or with the normal
// law, p would not be uniform.
TEST(SampleComparison, PValuesAreUniformForSystemsThatAgree) {
  std::mt19937_64 generator(5);
  std::vector<double> p;
  for (int i = 0; i < 1000; ++i) {
    const MomentSummary one = ideal(generator, 50, 16);
    const MomentSummary other = ideal(generator, 60, 64);
    const SampleComparison c = compare_samples(one, other, 50);
    p.push_back(c.mean.p_value);
    p.push_back(c.variance.p_value);
  }
  EXPECT_LT(distance_from_uniform(p), 1.95);  // 0.1 %
}

TEST(SampleComparison, ShiftOfOneCombinedErrorIsFound) {
  std::mt19937_64 generator(6);
  for (int i = 0; i < 20; ++i) {
    const MomentSummary one = ideal(generator, 500, 64);
    MomentSummary other = ideal(generator, 500, 64);
    for (std::size_t k = 0; k < 500; ++k) {
      other.variance[k] += 0.03 * std::sqrt(2.0);
    }
    const SampleComparison c = compare_samples(one, other, 500);
    EXPECT_GT(c.mean.p_value, 1e-6);
    EXPECT_LT(c.variance.p_value, 1e-12);
  }
}

}  // namespace
}  // namespace ridgeflow
