// A run that is stopped holds what a run of as many draws would have measured.
#include <barrier>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "ridgeflow/run/sampler.hpp"
#include "ridgeflow/run/step_bias.hpp"

#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

Posterior small_posterior() {
  return test::standard_posterior(12, 4.0, 0.3);
}

/// A run that is far from its end when a test has stopped it.
SamplerOptions long_options(const char* integrator = "adjusted") {
  SamplerOptions options;
  options.integrator = integrator;
  options.chains = 64;
  options.steps = 50'000'000;
  options.seed = 77;
  options.threads = 2;
  options.backend = Backend::kCpu;
  return options;
}

/// Stops a run at the first report for which \p when holds.
class StopAt {
 public:
  template <class Condition>
  explicit StopAt(const Condition& when) {
    control_.stop = source_.get_token();
    control_.progress = [this, when](const ProgressReport& report) {
      if (when(report)) {
        source_.request_stop();
      }
    };
  }
  const RunControl& control() const { return control_; }
  std::stop_source& source() { return source_; }

 private:
  std::stop_source source_;
  RunControl control_;
};

void expect_near(const std::vector<double>& found, const std::vector<double>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t k = 0; k < found.size(); ++k) {
    EXPECT_NEAR(found[k], expected[k], 1e-10 * std::abs(expected[k])) << "mode " << k + 1;
  }
}

// The middle of a run, at which its sums are split, is elsewhere in the shorter one: digits, not bits.
TEST(Stop, LeavesTheDigitsOfARunOfSoManyDraws) {
  for (const char* integrator : {"adjusted", "hartree", "perfect", "euler", "mala"}) {
    for (const Precision precision : {Precision::kSingle, Precision::kDouble}) {
      SCOPED_TRACE(std::string(integrator) + (precision == Precision::kSingle ? ", single" : ", double"));
      SamplerOptions options = long_options(integrator);
      options.precision = precision;
      options.burn_in = 50;
      options.every = 3;
      const StopAt stop([](const ProgressReport& report) { return report.fraction > 1e-5; });
      const SampleResult part = sample(small_posterior(), options, stop.control());
      ASSERT_TRUE(part.partial() && part.measured());
      ASSERT_GT(part.draws_per_chain(), 100U);
      EXPECT_EQ(part.run.plan.schedule.draws, *options.steps / options.every) << "what was asked for";
      EXPECT_LT(part.timing.mode_updates, 0.1 * 64 * 12 * static_cast<double>(*options.steps));

      SamplerOptions shorter = options;
      shorter.steps = part.draws_per_chain() * options.every;
      if (part.adapted) {
        shorter.step = part.adapted->step;
      }
      const SampleResult whole = sample(small_posterior(), shorter);
      EXPECT_FALSE(whole.partial());
      EXPECT_EQ(part.summary.draws, whole.summary.draws);
      expect_near(part.summary.mean, whole.summary.mean);
      expect_near(part.summary.mcse_mean, whole.summary.mcse_mean);
      expect_near(part.summary.variance, whole.summary.variance);
      expect_near(part.summary.mcse_variance, whole.summary.mcse_variance);
      EXPECT_NEAR(part.summary.mean_size, whole.summary.mean_size, 1e-10 * whole.summary.mean_size);
      EXPECT_NEAR(worst_r_hat(part.summary).value, 1.0, 0.2);
    }
  }
}

TEST(Stop, LeavesWhatWasObserved) {
  SamplerOptions options = long_options();
  options.steps = 200'000;
  options.burn_in = 5;
  options.observe.cumulants = true;
  options.observe.pairs = {{0, 1}, {2, 11}};
  options.observe.every = 2;
  options.observe.keep = 2'000;  // every 100th
  const StopAt stop([](const ProgressReport& report) { return report.fraction > 0.002; });
  const SampleResult part = sample(small_posterior(), options, stop.control());
  ASSERT_TRUE(part.partial());
  ASSERT_GT(part.draws_per_chain(), 300U);

  SamplerOptions shorter = options;
  shorter.steps = part.draws_per_chain() / 100 * 100;  // to keep every 100th of this run too
  shorter.observe.keep = *shorter.steps / 100;
  const SampleResult whole = sample(small_posterior(), shorter);
  EXPECT_EQ(part.observed.draws->serialize(), whole.observed.draws->serialize());
  shorter.steps = part.draws_per_chain();
  shorter.observe.keep = 0;
  const SampleResult sums = sample(small_posterior(), shorter);
  EXPECT_EQ(part.observed.powers->serialize(), sums.observed.powers->serialize());
  EXPECT_EQ(part.observed.size->serialize(), sums.observed.size->serialize());
  EXPECT_EQ(part.observed.products->serialize(), sums.observed.products->serialize());
  EXPECT_TRUE(part.observed_summary.has_shape());
}

TEST(Stop, BeforeTheFirstDrawLeavesNothingMeasured) {
  SamplerOptions options = long_options();
  options.burn_in = 10'000'000;
  options.observe.cumulants = true;
  options.observe.keep = 5;
  const StopAt at_once([](const ProgressReport&) { return true; });
  const SampleResult burning = sample(small_posterior(), options, at_once.control());
  EXPECT_TRUE(burning.partial());
  EXPECT_EQ(burning.passes, 1U);
  EXPECT_EQ(burning.draws_per_chain(), 0U);
  EXPECT_FALSE(burning.measured());
  EXPECT_TRUE(std::isnan(burning.summary.mean.at(11)));
  EXPECT_FALSE(burning.observed.draws.has_value());
  EXPECT_FALSE(burning.observed.powers.has_value());

  StopAt before([](const ProgressReport&) { return false; });
  before.source().request_stop();
  for (const char* integrator : {"adjusted", "mala"}) {  // of which the second looks for its step first
    const SampleResult none = sample(small_posterior(), long_options(integrator), before.control());
    EXPECT_EQ(none.passes, 0U);
    EXPECT_FALSE(none.measured());
  }
}

TEST(Stop, LeavesLaunchesThatAreOverWhole) {
  const Posterior posterior = small_posterior();
  std::vector<SystemRequest> systems(3, {&posterior, long_options()});
  systems[0].options.steps = 640;
  systems[0].options.seed = 1;  // a launch for each
  systems[1].options.seed = 2;
  systems[2].options.seed = 3;
  double updates = 0;
  const StopAt stop([](const ProgressReport& report) { return report.fraction > 2e-5; });
  const std::vector<SampleResult> results = sample_systems(systems, stop.control());
  EXPECT_FALSE(results[0].partial());
  EXPECT_EQ(results[0].summary.mean, sample(posterior, systems[0].options).summary.mean);
  EXPECT_TRUE(results[1].partial() && results[1].measured());
  EXPECT_TRUE(results[2].partial() && !results[2].measured());
  EXPECT_EQ(results[2].passes, 0U);
  for (const SampleResult& each : results) {
    updates += each.timing.mode_updates;
  }
  EXPECT_GT(updates, 0);
}

// Two processes, of which one is asked: both stop at one pass, and what they have merges.
TEST(Stop, IsOneForAllThatShareARun) {
  constexpr std::size_t kRanks = 2;
  SamplerOptions whole = long_options();
  whole.chains = 200;
  whole.threads = 1;
  std::barrier<> together(kRanks);
  std::vector<double> handed_in(kRanks);
  StopAt stop([](const ProgressReport& report) { return report.fraction > 1e-5; });
  std::vector<SampleResult> results(kRanks);
  {
    std::vector<std::jthread> ranks;
    for (std::size_t rank = 0; rank < kRanks; ++rank) {
      ranks.emplace_back([&, rank] {
        RunControl control = rank == 1 ? stop.control() : RunControl{};
        control.largest = [&, rank](double number) {
          handed_in[rank] = number;
          together.arrive_and_wait();
          const double largest = std::max(handed_in[0], handed_in[1]);
          together.arrive_and_wait();
          return largest;
        };
        results[rank] = sample(small_posterior(), share_of(whole, rank, kRanks), control);
      });
    }
  }
  ASSERT_EQ(results[0].passes, results[1].passes);
  ASSERT_TRUE(results[0].partial() && results[0].measured());
  Moments all = results[0].moments;
  all.merge(results[1].moments);
  SamplerOptions shorter = whole;
  shorter.steps = results[0].draws_per_chain();
  const SampleResult alone = sample(small_posterior(), shorter);
  const MomentSummary merged =
      summarize_run(all, small_posterior(), resolve(whole, small_posterior()), results[0].passes);
  expect_near(merged.mean, alone.summary.mean);
  expect_near(merged.mcse_variance, alone.summary.mcse_variance);
}

TEST(Stop, EndsAStudyThatIsWorthNothingUnfinished) {
  StopAt stop([](const ProgressReport&) { return false; });
  stop.source().request_stop();
  const Posterior posterior = small_posterior();
  EXPECT_THROW(adapt_step(posterior, long_options("mala"), stop.control()), RunStopped);
  EXPECT_THROW(
      measure_bias(posterior, ExactMoments(posterior), long_options("euler"), nullptr, stop.control()),
      RunStopped);
}

/// Takes note of where it is stopped at.
class CountingExecutor final : public Executor {
 public:
  std::vector<std::uint64_t> ends;

  void start() override {}
  void advance(std::uint64_t pass_end) override { ends.push_back(pass_end); }
  std::uint64_t passes_done() const override { return ends.empty() ? 0 : ends.back(); }
  ChainBlock export_chains(std::size_t, std::uint64_t, std::uint64_t) const override { return {}; }
  void export_states(std::size_t, std::uint64_t, std::uint64_t, const StateBuffers&) const override {}
  void import_chains(std::size_t, const ChainBlock&) override {}
  std::vector<Divergence> divergences() const override { return {}; }
  ExecutorInfo info() const override { return {}; }

 protected:
  std::vector<SystemExtent> extents() const override { return {}; }
};

TEST(Slices, BeginWithOnePassAndFollowTheClock) {
  double seconds = 1e-3;  // what the slowest process took for a slice
  bool asks = true;       // every second number handed in is a time
  RunControl control;
  control.largest = [&](double number) {
    asks = !asks;
    return asks ? seconds : number;
  };
  CountingExecutor executor;
  Slices slices(control);
  const Schedule schedule{1000, 1, 100'000};
  EXPECT_TRUE(slices.advance(executor, schedule, 10'000));
  std::uint64_t before = 0;
  std::uint64_t last = 0;
  for (const std::uint64_t end : executor.ends) {
    const std::uint64_t length = end - before;
    EXPECT_LE(length, last == 0 ? 1 : 8 * last);
    EXPECT_TRUE(before >= 1000 || end <= 1000) << "a slice of burn-in and draws";
    before = end;
    last = length;
  }
  seconds = 5.0;  // a busy machine: ten times what a slice may take
  executor.ends.clear();
  EXPECT_TRUE(slices.advance(executor, schedule, 2));
  EXPECT_TRUE(slices.advance(executor, schedule, 100));
  const std::size_t slow = executor.ends.size();
  EXPECT_GE(slow, 2U);
  EXPECT_EQ(executor.ends[slow - 1] - executor.ends[slow - 2], 1U) << "never less than a pass";
}

}  // namespace
}  // namespace ridgeflow
