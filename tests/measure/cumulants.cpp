#include "ridgeflow/measure/cumulants.hpp"

#include <array>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

#include <boost/math/distributions/students_t.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ridgeflow/measure/pair_products.hpp"

namespace ridgeflow {
namespace {

std::array<double, 4> powers_of(const std::vector<double>& draws, double centre) {
  std::array<double, 4> powers{};
  for (const double draw : draws) {
    double power = 1;
    for (double& sum : powers) {
      power *= draw - centre;
      sum += power;
    }
  }
  return powers;
}

TEST(KStatistics, ByHand) {
  // 1, 2, 3, 4, 10 about their mean 4: -3, -2, -1, 0, 6; S2 = 50, S3 = 180, S4 = 1394.
  const std::vector<double> draws{1, 2, 3, 4, 10};
  const CumulantValues v = k_statistics(5, powers_of(draws, 2.5), 2.5);
  EXPECT_NEAR(v.mean, 4.0, 1e-13);
  EXPECT_NEAR(v.variance, 50.0 / 4.0, 1e-12);
  EXPECT_NEAR(v.third, 5.0 * 180.0 / (4.0 * 3.0), 1e-11);
  EXPECT_NEAR(v.fourth, (5.0 * 6.0 * 1394.0 - 3.0 * 4.0 * 50.0 * 50.0) / (4.0 * 3.0 * 2.0), 1e-10);
  EXPECT_NEAR(v.skewness, 75.0 / std::pow(12.5, 1.5), 1e-12);
  EXPECT_NEAR(v.excess_kurtosis, 492.5 / (12.5 * 12.5), 1e-12);
}

TEST(KStatistics, UnbiasedOverAllSamplesOfACoin) {
  // Four draws of a coin with P(1) = p: k-statistics averaged over all 16 outcomes are its cumulants.
  const double p = 0.3;
  CumulantValues average;
  for (unsigned outcome = 0; outcome < 16; ++outcome) {
    std::vector<double> draws;
    double weight = 1;
    for (unsigned i = 0; i < 4; ++i) {
      const bool one = ((outcome >> i) & 1U) != 0;
      draws.push_back(one ? 1.0 : 0.0);
      weight *= one ? p : 1 - p;
    }
    const CumulantValues v = k_statistics(4, powers_of(draws, 0.2), 0.2);
    average.variance += weight * v.variance;
    average.third += weight * v.third;
    average.fourth += weight * v.fourth;
  }
  const double variance = p * (1 - p);
  EXPECT_NEAR(average.variance, variance, 1e-14);
  EXPECT_NEAR(average.third, variance * (1 - 2 * p), 1e-14);
  EXPECT_NEAR(average.fourth, variance * (1 - 6 * variance), 1e-14);
}

RC_GTEST_PROP(KStatistics, DoNotDependOnTheCentre, (std::vector<int> numbers, int shift)) {
  RC_PRE(numbers.size() >= 4);
  std::vector<double> draws;
  for (const int number : numbers) {
    draws.push_back(0.01 * (number % 100));
  }
  const double centre = 0.01 * (shift % 100);
  const auto n = static_cast<double>(draws.size());
  const CumulantValues one = k_statistics(n, powers_of(draws, 0.0), 0.0);
  const CumulantValues other = k_statistics(n, powers_of(draws, centre), centre);
  RC_ASSERT(std::abs(one.mean - other.mean) < 1e-12);
  RC_ASSERT(std::abs(one.variance - other.variance) < 1e-11);
  RC_ASSERT(std::abs(one.third - other.third) < 1e-10);
  RC_ASSERT(std::abs(one.fourth - other.fourth) < 1e-9);
}

TEST(KStatistics, ThreeDrawsHaveNoFourthCumulant) {
  EXPECT_TRUE(std::isnan(k_statistics(3, {0, 1, 0, 1}, 0).fourth));
}

struct Coverage {
  double third = 0;
  double fourth = 0;
  double covariance = 0;  ///< of modes 1 and 2, 3 and 4, ...
};

/// Share of modes whose 95 % interval holds the truth, with errors multiplied by \p factor; \p chains as many
/// as may be, each of which has draws that stay put with probability 1/2 (correlated, as a sampler's are).
Coverage coverage_of(const std::function<double(std::mt19937_64&)>& draw, double third, double fourth,
                     std::uint64_t chains, double factor = 1.0) {
  constexpr std::size_t kModes = 600;
  constexpr int kDraws = 200;
  std::mt19937_64 generator(11);
  const ModePowers powers(std::vector<double>(kModes, 0.1));
  std::vector<ModePair> list;
  for (std::size_t k = 0; k < kModes; k += 2) {
    list.push_back({k, k + 1});
  }
  const PairProducts pairs(list, std::vector<double>(kModes, 0.1));
  BlockSums sums({0, chains}, powers.length());
  BlockSums products({0, chains}, pairs.length());
  std::vector<double> d(kModes);
  for (std::uint64_t c = 0; c < chains; ++c) {
    std::vector<double> row(powers.length());
    std::vector<double> product(pairs.length());
    for (int n = 0; n < kDraws; ++n) {
      if (n == 0 || (generator() & 1U) != 0) {
        for (double& each : d) {
          each = draw(generator);
        }
      }
      powers.add(row, d);
      pairs.add(product, d);
    }
    sums.add(c, row);
    products.add(c, product);
  }
  const ModeCumulantEstimates found = powers.estimate(sums);
  const double t = factor * boost::math::quantile(boost::math::students_t(kJackknifeDegrees), 0.975);
  Coverage coverage;
  for (std::size_t k = 0; k < kModes; ++k) {
    coverage.third += std::abs(found.third[k].value - third) < t * found.third[k].error;
    coverage.fourth += std::abs(found.fourth[k].value - fourth) < t * found.fourth[k].error;
  }
  for (const Measured& each : pairs.estimate(products)) {
    coverage.covariance += std::abs(each.value) < t * each.error;
  }
  return {coverage.third / kModes, coverage.fourth / kModes, 2 * coverage.covariance / kModes};
}

void expect_right(const Coverage& c) {
  const double spread = 4 * std::sqrt(0.95 * 0.05 / 600);
  EXPECT_NEAR(c.third, 0.95, spread);
  EXPECT_NEAR(c.fourth, 0.95, spread);
  EXPECT_NEAR(c.covariance, 0.95, spread * std::sqrt(2.0));
}

TEST(Cumulants, ErrorsCoverTheTruthOfAGaussian) {
  const auto draw = [normal = std::normal_distribution<double>()](std::mt19937_64& g) mutable {
    return normal(g);
  };
  expect_right(coverage_of(draw, 0.0, 0.0, 64));
  // Errors too small by a third are found.
  const Coverage wrong = coverage_of(draw, 0.0, 0.0, 64, 2.0 / 3.0);
  EXPECT_LT(wrong.third, 0.88);
  EXPECT_LT(wrong.fourth, 0.88);
  EXPECT_LT(wrong.covariance, 0.88);
}

TEST(Cumulants, ErrorsCoverTheTruthOfASkewedLawInUnequalBlocks) {
  // Density 2x on (0, 1): variance 1/18, skewness -2 sqrt(2)/5, excess kurtosis -3/5.
  const auto draw = [uniform = std::uniform_real_distribution<double>()](std::mt19937_64& g) mutable {
    return std::sqrt(uniform(g));
  };
  const double third = -2.0 * std::sqrt(2.0) / 5.0 * std::pow(1.0 / 18.0, 1.5);
  const double fourth = -0.6 / (18.0 * 18.0);
  const Coverage right = coverage_of(draw, third, fourth, 100);
  EXPECT_NEAR(right.third, 0.95, 0.04);
  EXPECT_NEAR(right.fourth, 0.95, 0.04);
  EXPECT_LT(coverage_of(draw, third, 0.8 * fourth, 100).fourth, 0.5);  // a wrong truth is not covered
}

TEST(PairProducts, ByHand) {
  const PairProducts pairs({{0, 2}}, {1.0, 0.0, -1.0});
  BlockSums sums({0, 64}, pairs.length());
  for (std::uint64_t c = 0; c < 64; ++c) {
    std::vector<double> row(pairs.length());
    const double x = static_cast<double>(c);
    pairs.add(row, std::vector<double>{x, 7.0, 3.0 - 2.0 * x});
    sums.add(c, row);
  }
  const std::vector<Measured> found = pairs.estimate(sums);
  // Cov(x, 3 - 2x) = -2 Var x, Var of 0 ... 63 (unbiased) = 64 * 65 / 12.
  EXPECT_NEAR(found[0].value, -2.0 * 64.0 * 65.0 / 12.0, 1e-9);
  EXPECT_GT(found[0].error, 0);
}

}  // namespace
}  // namespace ridgeflow
