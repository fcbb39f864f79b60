#include "ridgeflow/measure/gamma_method.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ridgeflow/base/error.hpp"

#include "support/chains.hpp"

namespace ridgeflow {
namespace {

using test::autoregressive;
using test::autoregressive_tau;
using test::OwnedDraws;
using test::Series;

// +1 -1 ... : the sum over any window is at most 1/2, so it closes at the first, with the bias correction
// alone.
TEST(GammaMethod, AlternatingChainByHand) {
  const GammaEstimate g = gamma_method(OwnedDraws({{1, -1, 1, -1, 1, -1, 1, -1}}));
  EXPECT_EQ(g.mean, 0.0);
  EXPECT_EQ(g.window, 1U);
  const double tau = 0.5 * (1 + 3.0 / 8) / (1 + 1.0 / 8);
  EXPECT_DOUBLE_EQ(g.tau_int, tau);
  EXPECT_DOUBLE_EQ(g.tau_int_error, std::sqrt(1.0 / 8));
  EXPECT_DOUBLE_EQ(g.error, std::sqrt(2 * tau * (1 + 1.0 / 8) / 8));
  EXPECT_DOUBLE_EQ(g.error_of_error, g.error * std::sqrt(1.5 / 8));
}

TEST(GammaMethod, IndependentDrawsByHand) {
  // two chains, each from its own mean: -1 1 -1 1 and -2 2 2 -2
  const GammaEstimate g = gamma_method(OwnedDraws({{4, 6, 4, 6}, {1, 5, 5, 1}}), 0.0);
  EXPECT_EQ(g.mean, 4.0);
  EXPECT_EQ(g.tau_int, 0.5);
  EXPECT_EQ(g.tau_int_error, 0.0);
  EXPECT_EQ(g.window, 0U);
  EXPECT_DOUBLE_EQ(g.error, std::sqrt(2.5 / 7));
  EXPECT_DOUBLE_EQ(g.error_of_error, g.error / 4);
}

TEST(GammaMethod, OfAR1) {
  std::mt19937_64 generator(31);
  for (const double phi : {-0.4, 0.0, 0.5, 0.9}) {
    const GammaEstimate g = gamma_method(OwnedDraws(autoregressive(generator, 8, 20000, phi)), 1.5);
    const double tau = autoregressive_tau(phi);
    // below 1/2 nothing is measured: the sum is held there (and antithetic chains get too large an error)
    EXPECT_NEAR(g.tau_int, std::max(tau, 0.5), 4 * g.tau_int_error + 1e-4) << phi;
    EXPECT_LT(g.tau_int_error, 0.1 * g.tau_int) << phi;
    EXPECT_NEAR(g.error, std::sqrt(2 * std::max(tau, 0.5) / 160000), 4 * g.error_of_error + 1e-6) << phi;
    EXPECT_NEAR(g.mean, 0.0, 4 * g.error) << phi;
  }
}

// The share that is documented: chains are measured from their own means. Enough chains that noise is 2 %.
TEST(GammaMethod, ManyShortChainsGiveTooShortATime) {
  std::mt19937_64 generator(32);
  for (const std::size_t draws : {200U, 400U}) {
    const GammaEstimate g = gamma_method(OwnedDraws(autoregressive(generator, 200000 / draws, draws, 0.5)));
    const double share = (2.0 * static_cast<double>(g.window) + 1.0) / static_cast<double>(draws);
    EXPECT_GT(share, 0.08);
    EXPECT_NEAR(g.tau_int / autoregressive_tau(0.5), 1.0 - share, 0.04) << draws;
  }
}

TEST(GammaMethod, LargerSWaitsLonger) {
  std::mt19937_64 generator(33);
  const OwnedDraws draws(autoregressive(generator, 4, 5000, 0.8));
  EXPECT_LT(gamma_method(draws, 1.0).window, gamma_method(draws, 2.0).window);
  EXPECT_LT(gamma_method(draws, 1.0).tau_int_error, gamma_method(draws, 2.0).tau_int_error);
}

TEST(GammaMethod, ConstantDrawsHaveNoError) {
  for (const double s : {0.0, 2.0}) {
    const GammaEstimate g = gamma_method(OwnedDraws(Series(3, std::vector<double>(20, 0.1))), s);
    EXPECT_EQ(g.mean, 0.1);
    EXPECT_EQ(g.error, 0.0);
    EXPECT_EQ(g.error_of_error, 0.0);
    EXPECT_EQ(g.tau_int, 0.5);
  }
  // chains that each stand still have no spread about their own means either
  EXPECT_EQ(gamma_method(OwnedDraws({{1, 1, 1, 1}, {2, 2, 2, 2}})).error, 0.0);
}

TEST(GammaMethod, RefusesWhatIsNoRatio) {
  const OwnedDraws draws({{1, 2, 3, 5}});
  for (const double bad : {-1.0, std::nan(""), HUGE_VAL}) {
    EXPECT_THROW(gamma_method(draws, bad), InvalidInput);
  }
}

Series any_chains(std::uint32_t seed) {
  std::mt19937_64 generator(seed);
  return autoregressive(generator, *rc::gen::inRange<std::size_t>(1, 7),
                        *rc::gen::inRange<std::size_t>(4, 200), 0.6);
}

bool same(double one, double other) {
  return std::abs(one - other) <= 1e-9 * std::abs(other);
}

// Replica are measured from their own means, so that a chain may even sit elsewhere.
RC_GTEST_PROP(GammaMethod, OrderScaleAndPlaceOfChains, (std::uint32_t seed)) {
  Series series = any_chains(seed);
  const GammaEstimate g = gamma_method(OwnedDraws(series));
  std::mt19937_64 generator(seed);
  std::shuffle(series.begin(), series.end(), generator);
  const double factor = std::ldexp(-1.5, *rc::gen::inRange(-900, 900));
  for (auto& chain : series) {
    const double place = std::uniform_real_distribution<double>(-3, 3)(generator);
    std::transform(chain.begin(), chain.end(), chain.begin(), [=](double x) { return factor * (x + place); });
  }
  const GammaEstimate h = gamma_method(OwnedDraws(series));
  RC_ASSERT(h.window == g.window);
  RC_ASSERT(same(h.tau_int, g.tau_int));
  RC_ASSERT(same(h.tau_int_error, g.tau_int_error));
  RC_ASSERT(same(h.error, g.error * std::abs(factor)));
}

// Copies are taken for independent chains: nothing in draws tells them apart. N doubles, Gamma stays.
RC_GTEST_PROP(GammaMethod, CopiesCountAsChains, (std::uint32_t seed)) {
  Series series = any_chains(seed);
  const double once = gamma_method(OwnedDraws(series), 0.0).error;
  const auto total = static_cast<double>(series.size() * series[0].size());
  const Series copy = series;
  series.insert(series.end(), copy.begin(), copy.end());
  const double twice = gamma_method(OwnedDraws(series), 0.0).error;
  RC_ASSERT(same(twice * twice * (2 * total - 1), once * once * (total - 1)));
}

}  // namespace
}  // namespace ridgeflow
