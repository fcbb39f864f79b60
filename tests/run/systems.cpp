// Several systems in one run are each what it would be alone.
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/run/sampler.hpp"

#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

Posterior power_law(std::size_t samples, double u) {
  return test::standard_posterior(samples, 4.0, u);
}

SamplerOptions small_options() {
  SamplerOptions options;
  options.chains = 64;
  options.steps = 96;
  options.seed = 411;
  options.threads = 2;
  options.backend = Backend::kCpu;
  return options;
}

void expect_same_bits(const SampleResult& together, const SampleResult& alone) {
  EXPECT_EQ(together.summary.mean, alone.summary.mean);
  EXPECT_EQ(together.summary.variance, alone.summary.variance);
  EXPECT_EQ(together.summary.mcse_variance, alone.summary.mcse_variance);
  EXPECT_EQ(together.summary.r_hat, alone.summary.r_hat);
  EXPECT_EQ(together.summary.variance_size, alone.summary.variance_size);
  EXPECT_EQ(together.observed.acceptance, alone.observed.acceptance);
}

TEST(SampleSystems, GivesEachSystemTheBitsItHasAlone) {
  const std::vector<Posterior> posteriors{power_law(40, 0.05), power_law(7, 1.0), power_law(23, 0.0)};
  for (const char* integrator : {"adjusted", "hartree", "euler", "perfect", "mala"}) {
    std::vector<SystemRequest> systems;
    for (const Posterior& posterior : posteriors) {
      systems.push_back({&posterior, small_options()});
      systems.back().options.integrator = integrator;
    }
    systems[1].options.chains = 70;  // not whole vectors, and not as many as the others
    number_chains(systems);
    const std::vector<SampleResult> together = sample_systems(systems);
    ASSERT_EQ(together.size(), 3U);
    for (std::size_t s = 0; s < systems.size(); ++s) {
      SCOPED_TRACE(std::string(integrator) + ", system " + std::to_string(s));
      SamplerOptions alone = systems[s].options;
      alone.burn_in = together[s].run.plan.schedule.burn_in;
      expect_same_bits(together[s], sample(posteriors[s], alone));
    }
  }
}

TEST(SampleSystems, TakesTheLongestBurnInThatOneOfThemChooses) {
  const Posterior soft = power_law(5, 0.0);     // r = 1.25
  const Posterior stiff = power_law(400, 0.0);  // r = 100
  SamplerOptions options = small_options();
  options.integrator = "euler";
  options.step = 1e-3;
  options.steps = 64;
  std::vector<SystemRequest> systems{{&stiff, options}, {&soft, options}};
  number_chains(systems);
  const auto longest = resolve(options, soft).plan.schedule.burn_in;
  ASSERT_GT(longest, resolve(options, stiff).plan.schedule.burn_in);
  systems[0].options.chains = systems[1].options.chains = kMinChains;
  for (const SampleResult& result : sample_systems(systems)) {
    EXPECT_EQ(result.run.plan.schedule.burn_in, longest);
  }
  systems[0].options.burn_in = 3;  // said, so kept, in a launch of its own
  const auto results = sample_systems(systems);
  EXPECT_EQ(results[0].run.plan.schedule.burn_in, 3U);
  EXPECT_EQ(results[1].run.plan.schedule.burn_in, longest);
}

TEST(SampleSystems, SystemsOfAnotherPlanAreLaunchesOfTheirOwn) {
  const Posterior posterior = power_law(12, 0.3);
  std::vector<SystemRequest> systems(5, {&posterior, small_options()});
  systems[1].options.seed = 412;
  systems[2].options.integrator = "strang";
  systems[3].options.steps = 40;
  systems[4].options.precision = Precision::kDouble;
  const auto results = sample_systems(systems);  // chains of the same indices: only what differs tells
  for (std::size_t s = 0; s < systems.size(); ++s) {
    SCOPED_TRACE(s);
    expect_same_bits(results[s], sample(posterior, systems[s].options));
  }
}

TEST(SampleSystems, ChainsNumberedApartHaveNoiseOfTheirOwn) {
  const Posterior posterior = power_law(12, 0.3);
  std::vector<SystemRequest> systems(2, {&posterior, small_options()});
  const auto same = sample_systems(systems);
  EXPECT_EQ(same[0].summary.mean, same[1].summary.mean);
  systems[0].options.first_chain = 5;
  number_chains(systems);
  EXPECT_EQ(systems[0].options.first_chain, 5U);
  EXPECT_EQ(systems[1].options.first_chain, 69U);
  const auto apart = sample_systems(systems);
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    EXPECT_NE(apart[0].summary.mean[k], apart[1].summary.mean[k]);
    EXPECT_LT(std::abs(apart[0].summary.mean[k] - apart[1].summary.mean[k]),
              6 * std::hypot(apart[0].summary.mcse_mean[k], apart[1].summary.mcse_mean[k]));
  }
  systems[0].options.first_chain = kMaxChains - 100;
  EXPECT_THROW(number_chains(systems), InvalidInput);
}

TEST(SampleSystems, WatchesEachSystemByItself) {
  const std::vector<Posterior> posteriors{power_law(10, 0.5), power_law(4, 2.0)};
  std::vector<SystemRequest> systems;
  for (const Posterior& posterior : posteriors) {
    systems.push_back({&posterior, small_options()});
    systems.back().options.observe.cumulants = true;
    systems.back().options.observe.pairs = {{0, 1}};
    systems.back().options.observe.keep = 3;
  }
  number_chains(systems);
  const auto together = sample_systems(systems);
  for (std::size_t s = 0; s < systems.size(); ++s) {
    SamplerOptions alone = systems[s].options;
    alone.burn_in = together[s].run.plan.schedule.burn_in;
    EXPECT_EQ(together[s].observed.serialize(), sample(posteriors[s], alone).observed.serialize());
    EXPECT_TRUE(together[s].observed_summary.cumulants);
  }
}

TEST(SampleSystems, ADivergenceNamesItsSystem) {
  const Posterior tame = power_law(20, 0.0);
  const Posterior wild = power_law(20, 400.0);
  SamplerOptions options = small_options();
  options.integrator = "euler";
  options.steps = 20000;
  options.start = Start::kPrior;
  options.step = 0.9 * 2.0 / (wild.stiffest() + wild.hartree_ridge());
  std::vector<SystemRequest> systems{{&tame, options}, {&wild, options}};
  number_chains(systems);
  try {
    sample_systems(systems);
    FAIL() << "nothing diverged";
  } catch (const NumericalFailure& failure) {
    EXPECT_NE(std::string(failure.what()).find("(of system 2 of 2)"), std::string::npos) << failure.what();
  }
}

TEST(SampleSystems, ReportsRiseToTheEndOverAllLaunches) {
  const Posterior posterior = power_law(30, 0.1);
  std::vector<SystemRequest> systems(3, {&posterior, small_options()});
  systems[2].options.seed = 1;  // a second launch
  double last = 0;
  const ProgressSink sink = [&](const ProgressReport& report) {
    EXPECT_GE(report.fraction, last);
    last = report.fraction;
  };
  sample_systems(systems, {sink, {}, {}});
  EXPECT_DOUBLE_EQ(last, 1.0);
  EXPECT_TRUE(sample_systems({}).empty());
}

TEST(SampleSystems, TimesAddUpToTheRun) {
  const std::vector<Posterior> posteriors{power_law(60, 0.1), power_law(20, 0.1)};
  std::vector<SystemRequest> systems{{&posteriors[0], small_options()}, {&posteriors[1], small_options()}};
  number_chains(systems);
  const auto results = sample_systems(systems);
  EXPECT_NEAR(results[0].timing.sample, 3 * results[1].timing.sample, 1e-9 + 1e-6 * results[0].timing.sample);
  EXPECT_EQ(results[0].timing.mode_updates, 3 * results[1].timing.mode_updates);
}

}  // namespace
}  // namespace ridgeflow
