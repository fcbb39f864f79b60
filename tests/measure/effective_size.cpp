#include "ridgeflow/measure/effective_size.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/measure/r_hat.hpp"

#include "support/chains.hpp"

namespace ridgeflow {
namespace {

using test::autoregressive;
using test::autoregressive_tau;
using test::OwnedDraws;
using test::Series;

// Halves of two draws leave no lag to sum: N log10(N) is the most that N draws are worth.
TEST(EffectiveSize, FewestDrawsByHand) {
  const OwnedDraws draws({{1, 2, 3, 4}});
  EXPECT_DOUBLE_EQ(ess_mean(draws), 4 * std::log10(4.0));
  EXPECT_DOUBLE_EQ(mcse_mean(draws), std::sqrt(5.0 / 3) / std::sqrt(4 * std::log10(4.0)));
  // (x - 2.5)^2: 2.25, 0.25, 0.25, 2.25, with the variance 1 about the mean 1.25
  EXPECT_DOUBLE_EQ(mcse_sd(draws), std::sqrt(1.0 / (4 * std::log10(4.0)) / (4 * 1.25)));
}

// Halves 0 0 0 1 1 1 of two equal chains: their mean 1/2, acov_0 = 1/4 and lags 1, 2, 3 of 1/8, 0, -1/8. W =
// 3/10, V = 1/4, so rho is 1 - 1/5 + acov_t/V = 3/10 at lag 1, -1/5 and -7/10 at the next two. The first
// pair, 13/10, counts twice; the second is negative, and so is its even lag: 2 tau = -1 + 26/10.
TEST(EffectiveSize, ByHand) {
  const std::vector<double> chain{0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1};
  EXPECT_NEAR(ess_mean(OwnedDraws({chain, chain})), 24 / 1.6, 1e-12);
}

// Halves 0 -2 -1 2 1 shifted by +1 and by -1: acov 2, 2/5, -1, -2/5, and the halves' means spread by 4/3. W =
// 5/2 and V = 10/3, so rho is 37/100, -1/20, 13/100. Here the chain ends, not the correlation: the second
// pair is positive and its even lag counts once, although negative.
TEST(EffectiveSize, ShortChainsThatDisagreeByHand) {
  const std::vector<double> above{1, -1, 0, 3, 2, 1, -1, 0, 3, 2};
  const std::vector<double> below{-1, -3, -2, 1, 0, -1, -3, -2, 1, 0};
  EXPECT_NEAR(ess_mean(OwnedDraws({above, below})), 20 / (-1 + 2 * 1.37 - 0.05), 1e-12);
}

TEST(EffectiveSize, ConstantDraws) {
  const OwnedDraws draws(Series(3, std::vector<double>(20, 0.1)));
  const ChainDiagnostics d = diagnose(draws);
  EXPECT_EQ(d.mean, 0.1);
  for (const double size : {d.ess_mean, d.ess_sd, d.ess_bulk, d.ess_tail}) {
    EXPECT_EQ(size, 60.0);
  }
  for (const double zero : {d.sd, d.mcse_mean, d.mcse_sd}) {
    EXPECT_EQ(zero, 0.0);
  }
  EXPECT_TRUE(std::isnan(d.r_hat));  // and says so: no draw ever moved
}

TEST(EffectiveSize, FrozenChainsAreWorthOneDrawEach) {
  Series series;
  for (int c = 0; c < 5; ++c) {
    series.emplace_back(200, c * c);
  }
  EXPECT_LT(ess_mean(OwnedDraws(series)), 10.0);
  EXPECT_LT(ess_bulk(OwnedDraws(series)), 10.0);
}

// N/(2 tau_int), tau of x for the mean and, for Gaussian chains, that of phi^2 for the square.
TEST(EffectiveSize, OfAR1) {
  std::mt19937_64 generator(21);
  for (const double phi : {-0.4, 0.0, 0.5, 0.9}) {
    const ChainDiagnostics d = diagnose(OwnedDraws(autoregressive(generator, 8, 10000, phi)));
    const double of_mean = 80000 / (2 * autoregressive_tau(phi));
    const double of_square = 80000 / (2 * autoregressive_tau(phi * phi));
    EXPECT_NEAR(d.ess_mean / of_mean, 1.0, 0.15) << phi;
    EXPECT_NEAR(d.ess_bulk / of_mean, 1.0, 0.15) << phi;
    EXPECT_NEAR(d.ess_sd / of_square, 1.0, 0.15) << phi;
    EXPECT_NEAR(d.mcse_mean * std::sqrt(of_mean), 1.0, 0.08) << phi;
    EXPECT_NEAR(d.mcse_sd * std::sqrt(2 * of_square), 1.0, 0.08) << phi;
    // whether a draw lies in a tail is less correlated than the draw, but not antithetic
    EXPECT_GT(d.ess_tail, 0.85 * std::min(of_mean, 80000.0)) << phi;
    EXPECT_NEAR(d.mean, 0.0, 4 * d.mcse_mean);
    EXPECT_NEAR(d.sd, 1.0, 4 * d.mcse_sd);
    EXPECT_LT(d.r_hat, 1.01);
  }
}

TEST(EffectiveSize, OneCallGivesWhatManyGive) {
  std::mt19937_64 generator(23);
  const OwnedDraws draws(autoregressive(generator, 3, 101, 0.5));
  const ChainDiagnostics d = diagnose(draws);
  EXPECT_EQ(d.ess_mean, ess_mean(draws));
  EXPECT_EQ(d.ess_sd, ess_sd(draws));
  EXPECT_EQ(d.ess_bulk, ess_bulk(draws));
  EXPECT_EQ(d.ess_tail, ess_tail(draws));
  EXPECT_EQ(d.mcse_mean, mcse_mean(draws));
  EXPECT_EQ(d.mcse_sd, mcse_sd(draws));
  EXPECT_EQ(d.r_hat, rank_r_hat(draws));
}

TEST(EffectiveSize, ChainsThatDisagreeAreWorthLittle) {
  std::mt19937_64 generator(22);
  Series series = autoregressive(generator, 4, 500, 0.0);
  EXPECT_GT(ess_bulk(OwnedDraws(series)), 1500.0);
  for (double& x : series[0]) {
    x += 2.0;
  }
  EXPECT_LT(ess_bulk(OwnedDraws(series)), 30.0);
  EXPECT_LT(ess_mean(OwnedDraws(series)), 30.0);
}

TEST(EffectiveSize, RefusesWhatIsNoProbability) {
  const OwnedDraws draws({{1, 2, 3, 4}});
  for (const double bad : {-0.1, 1.1, std::nan("")}) {
    EXPECT_THROW(ess_quantile(draws, bad), InvalidInput);
  }
  EXPECT_GT(ess_quantile(draws, 0.0), 0.0);
  EXPECT_EQ(ess_quantile(draws, 1.0), 4.0);  // all lie below
}

template <class Map>
Series mapped(Series series, const Map& map) {
  for (auto& chain : series) {
    std::transform(chain.begin(), chain.end(), chain.begin(), map);
  }
  return series;
}

Series any_chains(std::uint32_t seed) {
  std::mt19937_64 generator(seed);
  return autoregressive(generator, *rc::gen::inRange<std::size_t>(1, 7),
                        *rc::gen::inRange<std::size_t>(4, 70), 0.5);
}

bool same(double one, double other, double tolerance) {
  return std::abs(one / other - 1) < tolerance;
}

RC_GTEST_PROP(EffectiveSize, OrderOfChainsAndAffineMapsChangeNothing, (std::uint32_t seed)) {
  Series series = any_chains(seed);
  const ChainDiagnostics d = diagnose(OwnedDraws(series));
  std::mt19937_64 generator(seed);
  std::shuffle(series.begin(), series.end(), generator);
  // squares and fourth powers of these would leave the range of double
  const double factor = std::ldexp(-1.5, *rc::gen::inRange(-900, 900));
  const ChainDiagnostics e = diagnose(OwnedDraws(mapped(series, [=](double x) { return factor * x; })));
  RC_ASSERT(same(e.ess_mean, d.ess_mean, 1e-9));
  RC_ASSERT(same(e.ess_sd, d.ess_sd, 1e-9));
  RC_ASSERT(same(e.ess_bulk, d.ess_bulk, 1e-9));
  RC_ASSERT(same(e.mcse_mean, d.mcse_mean * std::abs(factor), 1e-9));
  RC_ASSERT(same(e.mcse_sd, d.mcse_sd * std::abs(factor), 1e-9));
  RC_ASSERT(same(e.sd, d.sd * std::abs(factor), 1e-12));
}

// Ranks know only order: any increasing map gives the same bulk and, unless a draw is the quantile itself,
// tail.
RC_GTEST_PROP(EffectiveSize, MonotoneMapsKeepRanks, (std::uint32_t seed)) {
  const Series series = any_chains(seed);
  const Series stretched = mapped(series, [](double x) { return std::sinh(3 * x); });
  RC_ASSERT(ess_bulk(OwnedDraws(stretched)) == ess_bulk(OwnedDraws(series)));
  if ((series.size() * series[0].size() - 1) % 20 != 0) {
    RC_ASSERT(ess_tail(OwnedDraws(stretched)) == ess_tail(OwnedDraws(series)));
  }
}

}  // namespace
}  // namespace ridgeflow
