// The tools of the diagnostics: lagged products against direct sums, halves, ranks and quantiles by hand.
#include "measure/chain_table.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "measure/autocovariance.hpp"
#include "support/chains.hpp"

namespace ridgeflow {
namespace {

using testing::ElementsAre;

TEST(LaggedProducts, ByHand) {
  // about the means 2 and 0: -1, 0, 1 and 2, -2, 0
  const std::vector<double> values{1, 2, 3, 2, -2, 0};
  const std::vector<double> products = lagged_products(values, 3, 3);
  ASSERT_EQ(products.size(), 3U);
  EXPECT_NEAR(products[0], 2.0 + 8.0, 1e-14);
  EXPECT_NEAR(products[1], 0.0 - 4.0, 1e-14);
  EXPECT_NEAR(products[2], -1.0 + 0.0, 1e-14);
}

// Lengths around powers of two, all lags and few: nothing wraps around.
TEST(LaggedProducts, AgainstDirectSums) {
  std::mt19937_64 generator(1);
  for (const std::size_t draws : {2U, 3U, 4U, 5U, 31U, 32U, 33U, 100U, 257U}) {
    for (const std::size_t lags : {std::size_t{1}, draws / 2, draws}) {
      const test::OwnedDraws owned(test::autoregressive(generator, 3, std::max<std::size_t>(draws, 4), 0.7));
      const std::span<const double> values = static_cast<Draws>(owned).values().first(3 * draws);
      const std::vector<double> products = lagged_products(values, draws, lags);
      ASSERT_EQ(products.size(), lags);
      for (std::size_t t = 0; t < lags; ++t) {
        double direct = 0;
        for (std::size_t c = 0; c < 3; ++c) {
          const std::span<const double> chain = values.subspan(c * draws, draws);
          const double mean = mean_of(chain);
          for (std::size_t i = 0; i + t < draws; ++i) {
            direct += (chain[i] - mean) * (chain[i + t] - mean);
          }
        }
        EXPECT_NEAR(products[t], direct, 1e-13 * static_cast<double>(3 * draws)) << draws << ", lag " << t;
      }
    }
  }
}

TEST(ChainTable, MeanOfAChainThatStandsStillIsExact) {
  const std::vector<double> still(1000, 0.1);
  EXPECT_EQ(mean_of(still), 0.1);
  EXPECT_EQ(variance_of(still), 0.0);
  EXPECT_DOUBLE_EQ(mean_of(std::vector<double>{1e9 + 1, 1e9 + 2, 1e9 + 6}), 1e9 + 3);
  EXPECT_DOUBLE_EQ(variance_of(std::vector<double>{1e9 + 1, 1e9 + 2, 1e9 + 6}), 7.0);
}

TEST(ChainTable, HalvesLeaveTheMiddleOut) {
  const ChainTable halves = split({{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 5});
  EXPECT_EQ(halves.draws, 2U);
  EXPECT_EQ(halves.chains(), 4U);
  EXPECT_THAT(halves.values, ElementsAre(1, 2, 4, 5, 6, 7, 9, 10));
}

TEST(ChainTable, RanksByHand) {
  // ranks 2.5, 1, 4, 2.5 of 4: probabilities 1/2, 5/34, 29/34, 1/2
  const ChainTable z = rank_normalized({{5, -7, 100, 5}, 2});
  EXPECT_NEAR(z.values[0], 0.0, 1e-15);
  EXPECT_NEAR(0.5 * std::erfc(-z.values[1] / std::sqrt(2.0)), 5.0 / 34, 1e-15);
  EXPECT_NEAR(z.values[2], -z.values[1], 1e-15);
  EXPECT_EQ(z.values[3], z.values[0]);
}

TEST(ChainTable, MedianAndQuantilesByHand) {
  EXPECT_EQ(median_of(std::vector<double>{3, 1, 2}), 2.0);
  EXPECT_EQ(median_of(std::vector<double>{4, 1, 3, 2}), 2.5);
  const std::vector<double> values{50, 10, 30, 20, 40};
  EXPECT_EQ(quantile_of(values, 0.0), 10.0);
  EXPECT_EQ(quantile_of(values, 0.25), 20.0);
  EXPECT_EQ(quantile_of(values, 0.5), 30.0);
  EXPECT_DOUBLE_EQ(quantile_of(values, 0.9), 46.0);
  EXPECT_EQ(quantile_of(values, 1.0), 50.0);
}

}  // namespace
}  // namespace ridgeflow
