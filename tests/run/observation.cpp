// What a run observes: the same for any number of threads, slices and ranks, without touching a trajectory,
// and in agreement with the exact average.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/measure/shape_comparison.hpp"
#include "ridgeflow/run/sampler.hpp"

#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

using testing::HasSubstr;

/// 100 chains of 37 draws, everything observed.
SamplerOptions all_observed(const std::string& integrator = "adjusted") {
  SamplerOptions options;
  options.integrator = integrator;
  options.backend = Backend::kCpu;
  options.chains = 100;
  options.first_chain = 3;
  options.draws = 3700;
  options.seed = 12;
  options.observe.cumulants = true;
  options.observe.pairs = {{0, 1}, {2, 8}};
  options.observe.every = 2;
  options.observe.keep = 5;
  return options;
}

Posterior small_posterior() {
  return test::standard_posterior(9, test::kStandardKappa, 0.5);
}

TEST(Observation, TimesAreAbsoluteMultiples) {
  ObservationTimes times;
  times.schedule = {10, 3, 20};  // 10 passes of burn-in, 3 a draw
  times.sum_every = 4;
  times.keep_every = 6;
  times.keep = 2;
  std::vector<std::uint64_t> draws;
  for (std::uint64_t pass = times.next_pass(0); pass <= times.schedule.passes();
       pass = times.next_pass(pass)) {
    EXPECT_EQ((pass - 10) % 3, 0U);
    draws.push_back((pass - 10) / 3);
  }
  EXPECT_EQ(draws, (std::vector<std::uint64_t>{4, 6, 8, 12, 16, 20}));
  EXPECT_EQ(times.next_pass(10 + 3 * 5 + 1), 10U + 3 * 6);
  EXPECT_TRUE(times.keeps_at(12));
  EXPECT_FALSE(times.keeps_at(18));  // two draws are kept
}

TEST(Observation, ThreadsAndLanesChangeNothing) {
  for (const char* integrator : {"adjusted", "perfect", "hartree"}) {
    SamplerOptions options = all_observed(integrator);
    options.threads = 1;
    const SampleResult one = sample(small_posterior(), options);
    options.threads = 2;
    options.lanes = "portable";
    const SampleResult two = sample(small_posterior(), options);
    EXPECT_EQ(one.observed.serialize(), two.observed.serialize()) << integrator;
  }
}

TEST(Observation, TouchesNoTrajectory) {
  for (const char* integrator : {"adjusted", "perfect", "strang"}) {
    const SamplerOptions watched = all_observed(integrator);
    SamplerOptions alone = watched;
    alone.observe = {};
    EXPECT_EQ(sample(small_posterior(), watched).moments.serialize(),
              sample(small_posterior(), alone).moments.serialize())
        << integrator;
  }
}

TEST(Observation, RanksMergeToTheSameBits) {
  const SamplerOptions options = all_observed();
  SamplerOptions many = options;
  many.chains = 200;
  const SampleResult whole = sample(small_posterior(), many);
  for (const std::uint64_t ranks : {2U, 3U}) {
    Observed merged = sample(small_posterior(), share_of(many, 0, ranks)).observed;
    for (std::uint64_t rank = 1; rank < ranks; ++rank) {
      merged.append(
          Observed::deserialize(sample(small_posterior(), share_of(many, rank, ranks)).observed.serialize()));
    }
    EXPECT_EQ(merged.serialize(), whole.observed.serialize()) << ranks;
  }
}

// An executor that steps all chains at once sees what the CPU's own loop sees, in slices of any length.
TEST(Observation, IsTheSameTileByTile) {
  const Posterior posterior = small_posterior();
  for (const char* integrator : {"adjusted", "perfect", "hartree"}) {
    SamplerOptions options = all_observed(integrator);
    options.threads = 1;  // a slice is too short to share
    const ResolvedRun run = resolve(options, posterior);
    const std::uint64_t passes = run.plan.schedule.passes();
    std::vector<std::vector<std::byte>> seen;
    for (const std::uint64_t slice : {passes, std::uint64_t{5}}) {
      for (const bool own : {true, false}) {
        const auto executor = make_executor(posterior, run, options);
        Recorder recorder(posterior, run);
        executor->start();
        for (std::uint64_t end = slice; executor->passes_done() < passes; end += slice) {
          if (own) {
            executor->advance_observed(std::min(end, passes), recorder.observation());
          } else {
            executor->Executor::advance_observed(std::min(end, passes), recorder.observation());
          }
        }
        seen.push_back(recorder.finish(passes).serialize());
      }
    }
    EXPECT_TRUE(seen[1] == seen[0] && seen[2] == seen[0] && seen[3] == seen[0]) << integrator;
  }
}

// An exception that left a thread would end the program.
TEST(Observation, AFailureInAThreadReachesTheCaller) {
  class Failing final : public StateObserver {
   public:
    void observe(const StateTile&) override { throw std::bad_alloc(); }
  };
  const Posterior posterior = small_posterior();
  SamplerOptions options = all_observed();
  options.threads = 2;
  const ResolvedRun run = resolve(options, posterior);
  const auto executor = make_executor(posterior, run, options);
  executor->start();
  Failing observer;
  const Observation failing{&observer, observation_times(run)};
  EXPECT_THROW(executor->advance_observed(run.plan.schedule.passes(), failing), std::bad_alloc);
}

TEST(Observation, KeptDrawsAreTheStates) {
  const Posterior posterior = small_posterior();
  const SamplerOptions options = all_observed();
  const SampleResult result = sample(posterior, options);
  ASSERT_TRUE(result.observed.draws.has_value());
  const DrawStore& store = *result.observed.draws;
  EXPECT_EQ(store.shape().keep_every, 7U);  // 37 draws, 5 kept
  const auto executor = make_executor(posterior, result.run, options);
  executor->start();
  for (std::uint64_t i = 0; i < 5; ++i) {
    const Schedule& schedule = result.run.plan.schedule;
    executor->advance(schedule.passes_until(7 * (i + 1)));
    const ChainBlock block = executor->export_chains(0, 0, 100);
    for (std::uint64_t c = 0; c < 100; ++c) {
      EXPECT_EQ(store.size()[c * 5 + i], block.size[c]);
      for (std::uint32_t k = 0; k < 9; ++k) {
        ASSERT_EQ(store.d(3 + c, i, k), block.d[c * 9 + k]) << c << " " << i << " " << k;
      }
    }
  }
}

TEST(Observation, EveryMeasurementGivesTheMomentsAgain) {
  SamplerOptions options = all_observed("perfect");
  options.observe.every = 1;
  const SampleResult result = sample(small_posterior(), options);
  const ObservedSummary& seen = result.observed_summary;
  EXPECT_EQ(seen.cumulants->draws, static_cast<double>(result.summary.draws));  // refused ones left out
  EXPECT_NEAR(seen.size->cumulants.mean.value, result.summary.mean_size, 1e-3 * result.summary.mean_size);
  EXPECT_NEAR(seen.size->cumulants.variance.value, result.summary.variance_size,
              1e-2 * result.summary.variance_size);
  EXPECT_LE(seen.least_acceptance, result.summary.acceptance);
  EXPECT_GE(seen.largest_acceptance, result.summary.acceptance);
  EXPECT_LT(seen.least_acceptance, seen.largest_acceptance);
}

ShapeComparison compared(const Posterior& sampled, const Posterior& truth, std::uint64_t draws,
                         const char* integrator = "adjusted") {
  SamplerOptions options;
  options.integrator = integrator;
  options.backend = Backend::kCpu;
  options.chains = 256;
  options.draws = draws;
  options.seed = 4;
  options.observe.cumulants = true;
  options.observe.pairs = {{0, 1}, {0, 3}, {1, 2}};
  return compare_shape(sample(sampled, options).observed_summary, truth);
}

void expect_agreement(const ShapeComparison& shape, const std::string& what) {
  for (const double p :
       {shape.third.p_value, shape.fourth.p_value, shape.size.p_value, shape.pairs.p_value}) {
    EXPECT_GT(p, 1e-3) << what;
    EXPECT_LT(p, 1 - 1e-6) << what;
  }
  for (const double z : shape.z_size) {
    EXPECT_LT(std::abs(z), 4.5) << what;
  }
}

TEST(Observation, WithoutInteractionModesAreGaussianAndRIsGeneralizedChiSquared) {
  const Posterior free = test::standard_posterior(60, test::kStandardKappa, 0.0);
  const ShapeComparison shape = compared(free, free, 200'000);
  expect_agreement(shape, "u = 0");
  for (std::size_t k = 0; k < 60; ++k) {
    EXPECT_EQ(shape.exact.fourth[k], 0.0);
  }
  EXPECT_FALSE(shape.most_resolved.resolved);
}

TEST(Observation, AtStrongCouplingAllIsTheExactAverage) {
  const Posterior posterior = test::standard_posterior(6, 2.0, 20.0);
  for (const char* integrator : {"adjusted", "perfect"}) {
    const ShapeComparison shape = compared(posterior, posterior, 1'000'000, integrator);
    expect_agreement(shape, integrator);
    EXPECT_TRUE(shape.most_resolved.resolved);
    EXPECT_TRUE(shape.most_resolved.by_kurtosis);
  }
}

TEST(Observation, AWrongCouplingIsSeenInEveryOne) {
  const Posterior truth = test::standard_posterior(6, 2.0, 20.0);
  const Posterior wrong = test::standard_posterior(6, 2.0, 24.0);
  const ShapeComparison shape = compared(wrong, truth, 1'000'000);
  EXPECT_LT(shape.fourth.p_value, 1e-6);
  EXPECT_LT(shape.size.p_value, 1e-6);
  EXPECT_GT(std::abs(shape.z_size[1]), 6.0);
}

template <class Set>
std::string refusal(Set set) {
  SamplerOptions options = all_observed();
  options.observe = {};
  set(options.observe);
  try {
    resolve(options, small_posterior());
  } catch (const InvalidInput& problem) {
    return problem.what();
  }
  return "";
}

TEST(Observation, RefusesWithTheProblemAndTheWayOut) {
  EXPECT_EQ(refusal([](auto&) {}), "");
  EXPECT_THAT(refusal([](auto& o) { o.every = 0; }), HasSubstr("observe-every = 0"));
  EXPECT_EQ(refusal([](auto& o) { o.every = 38; }), "");  // nothing is observed
  EXPECT_THAT(refusal([](auto& o) {
                o.every = 38;
                o.cumulants = true;
              }),
              HasSubstr("a chain makes 37 draws"));
  const auto pairs = [](std::vector<ModePair> list) {
    return refusal([&](auto& o) { o.pairs = std::move(list); });
  };
  EXPECT_THAT(pairs({{0, 9}}), HasSubstr("pair 1:10: the posterior has modes 1 to 9"));
  EXPECT_THAT(pairs({{4, 4}}), HasSubstr("pair 5:5: names one mode twice"));
  EXPECT_THAT(pairs({{0, 1}, {1, 0}}), HasSubstr("pair 2:1: is listed twice"));
  EXPECT_THAT(refusal([](auto& o) { o.keep = 38; }), HasSubstr("keep = 38: a chain makes 37 draws"));
  EXPECT_EQ(refusal([](auto& o) { o.keep = 37; }), "");
  EXPECT_THAT(refusal([](auto& o) {
                o.keep = 37;
                o.keep_limit = 1e-4;
              }),
              HasSubstr("raise the limit with --keep-limit"));
  EXPECT_THAT(refusal([](auto& o) { o.keep_limit = std::nan(""); }), HasSubstr("keep-limit"));
}

TEST(Observation, MoreThanTheMachineHasIsRefused) {
  SamplerOptions options = all_observed();
  options.chains = 1'000'000'000;
  options.draws = 1'000'000'000'000'000;
  options.observe.keep_limit = 1e12;
  options.observe.keep = 100'000;
  const ResolvedRun run = resolve(options, small_posterior());
  try {
    require_observation_memory(run, 9, false);
    FAIL();
  } catch (const InvalidInput& problem) {
    EXPECT_THAT(problem.what(), HasSubstr("keep fewer draws or use fewer chains"));
  }
}

}  // namespace
}  // namespace ridgeflow
