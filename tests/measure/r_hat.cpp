#include "ridgeflow/measure/r_hat.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ridgeflow/base/error.hpp"

#include "support/chains.hpp"

namespace ridgeflow {
namespace {

using test::autoregressive;
using test::OwnedDraws;
using test::Series;
using testing::HasSubstr;

constexpr double kLimit = 1.01;

TEST(RHat, ByHand) {
  // halves 1 2, 3 4, 2 3, 4 5: W = 1/2; means 1.5, 3.5, 2.5, 4.5: B = 5/3
  EXPECT_DOUBLE_EQ(split_r_hat(OwnedDraws({{1, 2, 3, 4}, {2, 3, 4, 5}})), std::sqrt((0.25 + 5.0 / 3) / 0.5));
  EXPECT_DOUBLE_EQ(r_hat(2.0, 3.0, 4.0), std::sqrt((1.5 + 3.0) / 2.0));
  // draws that only exchange places: all halves have the same values
  EXPECT_DOUBLE_EQ(split_r_hat(OwnedDraws({{1, 3, 3, 1}, {3, 1, 1, 3}})), std::sqrt(0.5));
}

// Ranks of 1 2 | 3 4 are 1 ... 4: +-a, +-b with a, b the normal quantiles of 21/34 and 29/34. The distances
// from the median, 1.5 0.5 | 0.5 1.5, have ranks 3.5 1.5 | 1.5 3.5: equal means, R-hat sqrt(1/2).
TEST(RHat, OfRanksByHand) {
  const double a = 0.2993069;
  const double b = 1.0491314;
  const double within = (b - a) * (b - a) / 2;
  const double between = (a + b) * (a + b) / 2;
  EXPECT_NEAR(rank_r_hat(OwnedDraws({{1, 2, 3, 4}})), std::sqrt((0.5 * within + between) / within), 1e-5);
}

TEST(RHat, ChainsThatStandStill) {
  EXPECT_TRUE(std::isnan(split_r_hat(OwnedDraws(Series(3, std::vector<double>(10, 0.1))))));
  EXPECT_TRUE(std::isnan(rank_r_hat(OwnedDraws(Series(3, std::vector<double>(10, 0.1))))));
  const OwnedDraws apart(Series{std::vector<double>(10, 0.1), std::vector<double>(10, 0.3)});
  EXPECT_EQ(split_r_hat(apart), std::numeric_limits<double>::infinity());
  EXPECT_EQ(rank_r_hat(apart), std::numeric_limits<double>::infinity());
  // two values, equally often: no distance from the median differs from another, but ranks do
  EXPECT_NEAR(rank_r_hat(OwnedDraws({{0, 1, 1, 0, 0, 1, 0, 1}})), std::sqrt(0.75), 1e-12);
}

struct Found {
  bool plain;
  bool ranks;
};

// 4 independent chains of 500 draws with an error planted.
template <class Plant>
Found found(const Plant& plant) {
  std::mt19937_64 generator(11);
  Series series = autoregressive(generator, 4, 500, 0.0);
  plant(series);
  const OwnedDraws draws(series);
  return {split_r_hat(draws) > kLimit, rank_r_hat(draws) > kLimit};
}

template <class Map>
void for_each(std::vector<double>& chain, const Map& map) {
  std::transform(chain.begin(), chain.end(), chain.begin(), map);
}

TEST(RHat, FindsWhatIsPlanted) {
  const Found nothing = found([](Series&) {});
  EXPECT_FALSE(nothing.plain);
  EXPECT_FALSE(nothing.ranks);
  const Found shifted = found([](Series& s) { for_each(s[2], [](double x) { return x + 0.5; }); });
  EXPECT_TRUE(shifted.plain);
  EXPECT_TRUE(shifted.ranks);
  const Found drift = found([](Series& s) {
    for (auto& chain : s) {
      double i = -250;
      for_each(chain, [&i](double x) { return x + 0.002 * ++i; });
    }
  });
  EXPECT_TRUE(drift.plain);
  EXPECT_TRUE(drift.ranks);
  const Found frozen_away = found([](Series& s) { s[0].assign(500, 1.0); });
  EXPECT_TRUE(frozen_away.plain);
  EXPECT_TRUE(frozen_away.ranks);
}

// What plain R-hat cannot see, and why ranks are taken.
TEST(RHat, RanksFindMore) {
  const Found wide = found([](Series& s) { for_each(s[1], [](double x) { return 3 * x; }); });
  EXPECT_FALSE(wide.plain);
  EXPECT_TRUE(wide.ranks);
  const Found frozen_at_the_mean = found([](Series& s) { s[0].assign(500, 0.0); });
  EXPECT_FALSE(frozen_at_the_mean.plain);
  EXPECT_TRUE(frozen_at_the_mean.ranks);
  const Found heavy = found([](Series& s) {
    std::cauchy_distribution<double> cauchy;
    std::mt19937_64 generator(12);
    for (auto& chain : s) {
      for_each(chain, [&](double) { return cauchy(generator); });
    }
    for_each(s[3], [](double x) { return x + 1.0; });
  });
  EXPECT_FALSE(heavy.plain);
  EXPECT_TRUE(heavy.ranks);
}

Series any_chains(std::uint32_t seed) {
  std::mt19937_64 generator(seed);
  return autoregressive(generator, *rc::gen::inRange<std::size_t>(1, 7),
                        *rc::gen::inRange<std::size_t>(4, 70), 0.5);
}

RC_GTEST_PROP(RHat, OrderOfChainsAndAffineMapsChangeNothing, (std::uint32_t seed)) {
  Series series = any_chains(seed);
  const double plain = split_r_hat(OwnedDraws(series));
  const double ranks = rank_r_hat(OwnedDraws(series));
  std::mt19937_64 generator(seed);
  std::shuffle(series.begin(), series.end(), generator);
  RC_ASSERT(std::abs(split_r_hat(OwnedDraws(series)) / plain - 1) < 1e-12);
  RC_ASSERT(std::abs(rank_r_hat(OwnedDraws(series)) / ranks - 1) < 1e-12);
  // powers of two and no shift keep every digit, so that equal distances from the median stay equal
  const double factor = std::ldexp(seed % 2 == 0 ? 1.0 : -1.0, *rc::gen::inRange(-900, 900));
  for (auto& chain : series) {
    for_each(chain, [factor](double x) { return factor * x; });
  }
  RC_ASSERT(std::abs(split_r_hat(OwnedDraws(series)) / plain - 1) < 1e-12);
  RC_ASSERT(std::abs(rank_r_hat(OwnedDraws(series)) / ranks - 1) < 1e-12);
  for (auto& chain : series) {
    for_each(chain, [factor](double x) { return x / factor + 12.5; });
  }
  RC_ASSERT(std::abs(split_r_hat(OwnedDraws(series)) / plain - 1) < 1e-10);
}

// Every chain twice: W stays, and B, unbiased over m halves, becomes B 2(m - 1)/(2m - 1).
RC_GTEST_PROP(RHat, OfChainsAndTheirCopies, (std::uint32_t seed)) {
  Series series = any_chains(seed);
  const std::size_t draws = series[0].size() / 2;
  const auto half = static_cast<double>(draws);
  const auto m = 2.0 * static_cast<double>(series.size());
  const double once = split_r_hat(OwnedDraws(series));
  const Series copy = series;
  series.insert(series.end(), copy.begin(), copy.end());
  const double twice = split_r_hat(OwnedDraws(series));
  const double least = (half - 1) / half;
  RC_ASSERT(std::abs((twice * twice - least) - (once * once - least) * 2 * (m - 1) / (2 * m - 1)) <
            1e-12 * once * once);
}

TEST(NestedRHat, ByHand) {
  const std::vector<double> means{0, 2, 4, 6};
  const std::vector<double> variances{1, 1, 0, 2};
  // superchain means 1, 5: B = 8; in each, chain means spread by 2, and chains by 1 on average
  EXPECT_DOUBLE_EQ(nested_r_hat(means, variances, 2), std::sqrt(1 + 8.0 / 3));
  EXPECT_DOUBLE_EQ(nested_r_hat(means, variances, 1), std::sqrt(1 + 20.0 / 3));
  EXPECT_DOUBLE_EQ(nested_r_hat(means, std::vector<double>(4), 2),
                   std::sqrt(1 + 8.0 / 2));  // one draw a chain
  EXPECT_EQ(nested_r_hat(std::vector<double>{1, 1, 2, 2}, std::vector<double>(4), 2), HUGE_VAL);
  EXPECT_TRUE(std::isnan(nested_r_hat(std::vector<double>(4, 0.1), std::vector<double>(4), 2)));
  const std::vector<double> far{0, 2e200, 4e200, 6e200};
  EXPECT_DOUBLE_EQ(nested_r_hat(far, std::vector<double>(4), 2), std::sqrt(1 + 8.0 / 2));
}

TEST(NestedRHat, RefusesWhatIsNoSuperchain) {
  const auto refusal = [](std::vector<double> means, std::vector<double> variances, std::size_t size) {
    try {
      nested_r_hat(means, variances, size);
    } catch (const InvalidInput& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_THAT(refusal({1, 2}, {1}, 1), HasSubstr("2 means, but 1 variances"));
  EXPECT_THAT(refusal({1, 2, 3}, {1, 1, 1}, 2), HasSubstr("3 chains"));
  EXPECT_THAT(refusal({1, 2}, {1, 1}, 2), HasSubstr("two or more superchains"));
  EXPECT_THAT(refusal({1, 2}, {1, 1}, 0), HasSubstr("two or more superchains"));
  EXPECT_THAT(refusal({}, {}, 1), HasSubstr("two or more superchains"));
  EXPECT_THAT(refusal({1, std::nan("")}, {1, 1}, 1), HasSubstr("chain 1"));
  EXPECT_THAT(refusal({1, 2}, {-1, 1}, 1), HasSubstr("chain 0"));
  EXPECT_THAT(refusal({1, 2}, {HUGE_VAL, 1}, 1), HasSubstr("chain 0"));
  EXPECT_THAT(refusal({1, 2}, {0, 0}, 1), HasSubstr("put several chains"));
}

// 64 superchains of 16 chains of 5 independent draws: B/W is 1/80, its spread sqrt(2/63) of it.
TEST(NestedRHat, ManyShortChains) {
  std::mt19937_64 generator(13);
  std::normal_distribution<double> normal;
  const auto measured = [&](double shift) {
    std::vector<double> means;
    std::vector<double> variances;
    for (int superchain = 0; superchain < 64; ++superchain) {
      const double start = shift * normal(generator);  // not forgotten
      for (int c = 0; c < 16; ++c) {
        double sum = 0;
        double square = 0;
        for (int i = 0; i < 5; ++i) {
          const double x = start + normal(generator);
          sum += x;
          square += x * x;
        }
        means.push_back(sum / 5);
        variances.push_back((square - sum * sum / 5) / 4);
      }
    }
    return nested_r_hat(means, variances, 16);
  };
  const double ratio = std::pow(measured(0.0), 2) - 1;
  EXPECT_NEAR(ratio * 80, 1.0, 4 * std::sqrt(2.0 / 63));
  EXPECT_LT(measured(0.0), kLimit);
  EXPECT_GT(measured(0.3), kLimit);
}

}  // namespace
}  // namespace ridgeflow
