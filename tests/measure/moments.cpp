#include "ridgeflow/measure/moments.hpp"

#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/measure/r_hat.hpp"

#include "support/chains.hpp"

namespace ridgeflow {
namespace {

using test::autoregressive;
using test::Series;  // of one mode

// What an executor holds once it has measured \p series, by the rules of docs/trajectory.md; the size is d^2.
ChainBlock block_of(const Series& series, double centre, double hartree_size, std::uint64_t first_chain = 0) {
  ChainBlock block;
  block.resize(series.size(), 1);
  block.first_chain = first_chain;
  for (std::size_t c = 0; c < series.size(); ++c) {
    const MeasurePlan plan = make_measure_plan(series[c].size());
    std::uint64_t draw = 0;
    for (const double d : series[c]) {
      const double x = d - centre;
      block.recent_sum[c] += x;
      block.recent_square[c] += x * x;
      block.size_sum[c] += d * d - hartree_size;
      block.size_square[c] += (d * d - hartree_size) * (d * d - hartree_size);
      ++block.measured[c];
      ++block.accepted[c];
      ++draw;
      if (!plan.flushes_after(draw)) {
        continue;
      }
      block.sum[c] += std::exchange(block.recent_sum[c], 0.0);
      block.square[c] += std::exchange(block.recent_square[c], 0.0);
      if (plan.ends_batch(draw)) {
        const double sum = block.sum[c] - block.batch_origin[c];
        block.batch_square[c] += sum * sum / static_cast<double>(block.measured[c] - block.batch_measured[c]);
        block.batch_origin[c] = block.sum[c];
        block.batch_measured[c] = block.measured[c];
      }
      if (draw == plan.first_half) {
        block.first_sum[c] = std::exchange(block.sum[c], 0.0);
        block.first_square[c] = std::exchange(block.square[c], 0.0);
        block.first_measured[c] = std::exchange(block.measured[c], 0U);
        block.batch_origin[c] = 0;
        block.batch_measured[c] = 0;
      }
    }
  }
  return block;
}

MomentSummary summary_of(const Series& series, double centre = 0.0, double hartree_size = 0.0) {
  Moments moments;
  moments.add(block_of(series, centre, hartree_size));
  return summarize(moments, {centre}, hartree_size, series[0].size(), make_measure_plan(series[0].size()));
}

TEST(Moments, TwoChainsByHand) {
  // chains 1, 3 and 2, 6: means 2 and 4, second moments 5 and 20
  const MomentSummary s = summary_of({{1, 3}, {2, 6}});
  EXPECT_EQ(s.chains, 2U);
  EXPECT_EQ(s.draws, 4U);
  EXPECT_DOUBLE_EQ(s.mean[0], 3.0);
  EXPECT_DOUBLE_EQ(s.mcse_mean[0], 1.0);              // spread of {2, 4} is sqrt 2, over sqrt 2
  EXPECT_DOUBLE_EQ(s.variance[0], 12.5 - 9.0 + 1.0);  // <d^2> - mean^2 + error^2
  // influences v - 2 mean x: 5 - 12 = -7, 20 - 24 = -4
  EXPECT_DOUBLE_EQ(s.mcse_variance[0], 1.5);
  EXPECT_DOUBLE_EQ(s.ess_mean[0], 4.5);
  EXPECT_DOUBLE_EQ(s.ess_sd[0], 2 * 9.0);
  EXPECT_DOUBLE_EQ(s.mean_size, 12.5);
  EXPECT_DOUBLE_EQ(s.mcse_mean_size, 7.5);
  EXPECT_TRUE(std::isnan(s.tau_int[0]));
  EXPECT_DOUBLE_EQ(s.acceptance, 1.0);
  EXPECT_DOUBLE_EQ(s.degrees_of_freedom(), 1.0);
}

TEST(Moments, CentreChangesNothingButRounding) {
  const Series series{{1, 3, 2}, {2, 6, 0}, {-1, 0.5, 4}};
  const MomentSummary s = summary_of(series);
  const MomentSummary shifted = summary_of(series, 2.25, 7.5);
  EXPECT_NEAR(s.mean[0], shifted.mean[0], 1e-14);
  EXPECT_NEAR(s.variance[0], shifted.variance[0], 1e-13);
  EXPECT_NEAR(s.mcse_mean[0], shifted.mcse_mean[0], 1e-14);
  EXPECT_NEAR(s.mcse_variance[0], shifted.mcse_variance[0], 1e-13);
  EXPECT_NEAR(s.mean_size, shifted.mean_size, 1e-13);
  EXPECT_NEAR(s.variance_size, shifted.variance_size, 1e-12);
}

TEST(Moments, ThreeChainsByHandWithARefusal) {
  ChainBlock block = block_of({{1, 1}, {2, 2}, {3, 3}}, 0, 0);
  block.accepted = {2, 1, 0};
  Moments moments;
  moments.add(block);
  const MomentSummary s = summarize(moments, {0.0}, 0.0, 2, make_measure_plan(2));
  EXPECT_DOUBLE_EQ(s.mean[0], 2.0);
  EXPECT_DOUBLE_EQ(s.mcse_mean[0], std::sqrt(1.0 / 3.0));
  EXPECT_DOUBLE_EQ(s.acceptance, 0.5);
}

// A chain that measured nothing (possible where refused draws do not count) is no chain.
TEST(Moments, ChainsWithoutADrawAreLeftOut) {
  ChainBlock block = block_of({{1, 3}, {2, 6}, {7, 7}}, 0, 0);
  block.measured[2] = block.first_measured[2] = 0;
  Moments moments;
  moments.add(block);
  const MomentSummary s = summarize(moments, {0.0}, 0.0, 2, make_measure_plan(2));
  EXPECT_EQ(s.chains, 2U);
  EXPECT_DOUBLE_EQ(s.mean[0], 3.0);
}

TEST(Moments, DrawsNotYetFlushedCount) {
  ChainBlock block;
  block.resize(2, 1);
  block.recent_sum = {4, 8};
  block.recent_square = {10, 40};
  block.measured = {2, 2};
  Moments moments;
  moments.add(block);
  EXPECT_DOUBLE_EQ(summarize(moments, {0.0}, 0.0, 2, make_measure_plan(2)).mean[0], 3.0);
}

TEST(Moments, TooFewChainsAndUnlikeSystems) {
  Moments moments;
  EXPECT_TRUE(moments.empty());
  moments.add(block_of({{1, 2}}, 0, 0));
  EXPECT_THROW(summarize(moments, {0.0}, 0.0, 2, make_measure_plan(2)), NumericalFailure);
  ChainBlock other;
  other.resize(1, 2);
  EXPECT_THROW(moments.add(other), std::logic_error);
  EXPECT_THROW(moments.merge([&] {
    Moments wide(2);
    wide.add(other);
    return wide;
  }()),
               std::logic_error);
  moments.merge(Moments{});  // the neutral element fits all
  EXPECT_EQ(moments.modes(), 1U);
}

// Errors of mean and variance cover as often as they say, with Student's t for 32 chains (68.27 and 95.45 %
// at 1.0153 and 2.0752), although draws within a chain are correlated.
TEST(Moments, ErrorsCoverAsOftenAsTheySay) {
  std::mt19937_64 generator(42);
  constexpr int kRepetitions = 3000;
  int mean_one = 0, mean_two = 0, variance_one = 0, variance_two = 0;
  for (int i = 0; i < kRepetitions; ++i) {
    const MomentSummary s = summary_of(autoregressive(generator, 32, 40, 0.5));
    const double z = std::abs(s.mean[0] / s.mcse_mean[0]);
    const double w = std::abs((s.variance[0] - 1.0) / s.mcse_variance[0]);
    mean_one += z < 1.0153 ? 1 : 0;
    mean_two += z < 2.0752 ? 1 : 0;
    variance_one += w < 1.0153 ? 1 : 0;
    variance_two += w < 2.0752 ? 1 : 0;
  }
  // three binomial standard deviations; the variance is not Gaussian with 32 chains: allow 1.5 points more
  EXPECT_NEAR(mean_one / double{kRepetitions}, 0.6827, 0.026);
  EXPECT_NEAR(mean_two / double{kRepetitions}, 0.9545, 0.012);
  EXPECT_NEAR(variance_one / double{kRepetitions}, 0.6827, 0.041);
  EXPECT_NEAR(variance_two / double{kRepetitions}, 0.9545, 0.027);
}

TEST(Moments, VarianceIsUnbiasedAtFewDraws) {
  std::mt19937_64 generator(43);
  double sum = 0;
  constexpr int kRepetitions = 20000;
  for (int i = 0; i < kRepetitions; ++i) {
    sum += summary_of(autoregressive(generator, 4, 3, 0.7)).variance[0];
  }
  EXPECT_NEAR(sum / kRepetitions, 1.0, 0.02);  // 12 draws, fewer effective: 0.5 % standard error
}

// Split R-hat of BDA3 from the series itself.
double direct_r_hat(const Series& series) {
  const auto half = static_cast<std::ptrdiff_t>(make_measure_plan(series[0].size()).first_half);
  std::vector<double> means;
  double within = 0;
  double length = 0;
  for (const auto& chain : series) {
    for (const auto& [begin, end] :
         {std::pair(chain.begin(), chain.begin() + half), std::pair(chain.begin() + half, chain.end())}) {
      const auto n = static_cast<double>(end - begin);
      const double mean = std::accumulate(begin, end, 0.0) / n;
      double square = 0;
      for (auto d = begin; d != end; ++d) {
        square += (*d - mean) * (*d - mean);
      }
      means.push_back(mean);
      within += square / (n - 1);
      length += n;
    }
  }
  const auto halves = static_cast<double>(means.size());
  within /= halves;
  length /= halves;
  const double centre = std::accumulate(means.begin(), means.end(), 0.0) / halves;
  double between = 0;
  for (const double mean : means) {
    between += (mean - centre) * (mean - centre) / (halves - 1);
  }
  return std::sqrt(((length - 1) / length * within + between) / within);
}

TEST(Moments, SplitRHatAgainstDirectComputation) {
  std::mt19937_64 generator(44);
  for (const std::size_t draws : {10U, 128U, 300U}) {
    for (const double phi : {0.0, 0.9}) {
      const Series series = autoregressive(generator, 20, draws, phi);
      EXPECT_NEAR(summary_of(series, 0.3).r_hat[0], direct_r_hat(series), 1e-12) << draws << ", " << phi;
    }
  }
}

TEST(Moments, RHatSeesADriftThatChainMeansDoNot) {
  std::mt19937_64 generator(45);
  Series series = autoregressive(generator, 64, 256, 0.0);
  EXPECT_NEAR(summary_of(series).r_hat[0], 1.0, 0.01);
  for (auto& chain : series) {
    for (std::size_t i = 0; i < chain.size(); ++i) {
      chain[i] += i < 128 ? 1.0 : -1.0;
    }
  }
  EXPECT_GT(summary_of(series).r_hat[0], 1.2);
}

// AR(1): tau_int = (1 + phi)/(2 (1 - phi)), 1/2 for independent draws.
TEST(Moments, AutocorrelationTimeOfAR1) {
  std::mt19937_64 generator(46);
  for (const double phi : {0.0, 0.5, 0.8}) {
    const MomentSummary s = summary_of(autoregressive(generator, 200, 4096, phi));
    const double tau = 0.5 * (1 + phi) / (1 - phi);
    // batches of 256 draws miss about tau/256 of it; 3200 batches give 2.5 %
    EXPECT_NEAR(s.tau_int[0] / tau, 1.0 - tau / 256, 0.08) << phi;
    EXPECT_NEAR(s.ess_mean[0], 200 * 4096 / (2 * tau), 0.35 * 200 * 4096 / (2 * tau)) << phi;
  }
}

// AR(1), phi = -0.8: measurements that err to opposite sides in turn. Their mean is known as by 9 times as
// many independent ones, their squares are correlated by phi^2.
TEST(Moments, IndependentDrawsAreCountedByTheSpreadWhereTheMeanIsKnownBetter) {
  std::mt19937_64 generator(47);
  const MeasurePlan plan = make_measure_plan(4096);
  const MomentSummary turning = summary_of(autoregressive(generator, 400, 4096, -0.8));
  const double squares = (1 - 0.64) / (1 + 0.64);
  const auto draws = static_cast<double>(turning.draws);
  EXPECT_GT(turning.ess_mean[0], 6 * draws);
  EXPECT_NEAR(turning.ess_sd[0] / (squares * draws), 1.0, 0.3);
  EXPECT_EQ(independent_draws(turning, 0, plan).value, turning.ess_sd[0]);
  EXPECT_NEAR(independent_draws(turning, 0, plan).error / turning.ess_sd[0], std::sqrt(2.0 / 399), 1e-12);
  // otherwise by the mean: batches of 256 are long against tau, or the chains' means
  const MomentSummary still = summary_of(autoregressive(generator, 400, 4096, 0.3));
  const Measured by_batches = independent_draws(still, 0, plan);
  EXPECT_NEAR(by_batches.value / (draws * 0.7 / 1.3), 1.0, 0.06);
  EXPECT_NEAR(by_batches.error / by_batches.value, std::sqrt(2.0 / (400 * 15)), 1e-12);
  EXPECT_EQ(independent_draws(still, 0, MeasurePlan{}).value, still.ess_mean[0]);
}

MomentSummary superchains_of(const Series& series, std::uint64_t first_chain = 0) {
  Moments moments(1, series.size());
  moments.add(block_of(series, 0.0, 0.0, first_chain));
  return summarize(moments, {0.0}, 0.0, series[0].size(), make_measure_plan(series[0].size()));
}

TEST(NestedRHat, RunsAreCutIntoSixteenSuperchainsOrMore) {
  EXPECT_EQ(chains_per_superchain(1), 1U);
  EXPECT_EQ(chains_per_superchain(31), 1U);
  EXPECT_EQ(chains_per_superchain(64), 4U);
  EXPECT_EQ(chains_per_superchain(100), 4U);  // 25 superchains
  EXPECT_EQ(chains_per_superchain(1024), 64U);
}

// Against the function of all chains' means and variances, which agrees with arviz-stats.
TEST(NestedRHat, OfTheStreamIsThatOfTheChains) {
  std::mt19937_64 generator(47);
  for (const std::size_t draws : {1U, 2U, 5U, 300U}) {
    const Series series = autoregressive(generator, 128, draws, 0.6);
    std::vector<double> means;
    std::vector<double> variances;
    for (const auto& chain : series) {
      const double n = static_cast<double>(draws);
      const double mean = std::accumulate(chain.begin(), chain.end(), 0.0) / n;
      double square = 0;
      for (const double d : chain) {
        square += (d - mean) * (d - mean);
      }
      means.push_back(mean);
      variances.push_back(draws < 2 ? 0.0 : square / (n - 1));
    }
    const MomentSummary s = superchains_of(series, 256);
    EXPECT_EQ(s.superchains, 16U);
    EXPECT_EQ(s.chains_per_superchain, 8U);
    EXPECT_NEAR(s.nested_r_hat[0], nested_r_hat(means, variances, 8), 1e-12) << draws;
  }
}

TEST(NestedRHat, IsTheSameForAnySplitAndOrderOfTheChains) {
  std::mt19937_64 generator(48);
  const Series series = autoregressive(generator, 96, 3, 0.5);
  const double whole =
      superchains_of(series, 40).nested_r_hat[0];  // 40 is no multiple of 4's power, but of 4
  const auto part = [&](std::size_t from, std::size_t to) {
    Moments moments(1, series.size());
    moments.add(block_of(Series(series.begin() + static_cast<std::ptrdiff_t>(from),
                                series.begin() + static_cast<std::ptrdiff_t>(to)),
                         0.0, 0.0, 40 + from));
    return Moments::deserialize(moments.serialize());
  };
  Moments merged;  // empty: takes on what the first brings
  for (const auto& [from, to] : {std::pair(61, 96), std::pair(0, 7), std::pair(7, 61)}) {
    merged.merge(part(static_cast<std::size_t>(from), static_cast<std::size_t>(to)));
  }
  EXPECT_EQ(summarize(merged, {0.0}, 0.0, 3, make_measure_plan(3)).nested_r_hat[0], whole);
  EXPECT_EQ(merged.chain_sums().superchains, 24);
  Moments other(1, 2048);
  EXPECT_THROW(other.merge(merged), std::logic_error);
}

// Chains of two draws have no halves; of sixteen groups one was started elsewhere and has not forgotten it.
TEST(NestedRHat, SeesAGroupOfShortChainsThatHasNotForgottenItsStart) {
  std::mt19937_64 generator(49);
  Series series = autoregressive(generator, 2048, 2, 0.0);
  const MomentSummary good = superchains_of(series);
  EXPECT_TRUE(std::isnan(good.r_hat[0]));
  EXPECT_LT(good.nested_r_hat[0], 1.01);
  for (std::size_t c = 128; c < 256; ++c) {
    for (double& d : series[c]) {
      d += 1.0;
    }
  }
  EXPECT_GT(superchains_of(series).nested_r_hat[0], 1.02);
  EXPECT_TRUE(std::isnan(summary_of(series).nested_r_hat[0]));  // no superchains were summed
}

TEST(WorstRHat, IsTheLargestNumberAndItsFirstMode) {
  MomentSummary summary;
  EXPECT_EQ(worst_r_hat(summary).mode, 0U);
  EXPECT_TRUE(std::isnan(worst_r_hat(summary).value));
  summary.r_hat = {std::nan(""), 1.02, 1.5, 1.5, std::nan("")};
  EXPECT_EQ(worst_r_hat(summary).mode, 3U);
  EXPECT_EQ(worst_r_hat(summary).value, 1.5);
}

}  // namespace
}  // namespace ridgeflow
