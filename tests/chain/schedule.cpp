#include "ridgeflow/chain/schedule.hpp"

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace ridgeflow {
namespace {

// The sequence of docs/trajectory.md, "Schedule", interval by interval.
std::vector<Pass> naive(const Schedule& s) {
  std::vector<Pass> passes;
  const auto interval = [&](std::uint64_t steps, bool sampling) {
    for (std::uint64_t j = 1; j <= steps; ++j) {
      passes.push_back({passes.size() + 1, sampling && j == steps});
    }
  };
  interval(s.burn_in, false);
  for (std::uint64_t draw = 0; draw < s.draws; ++draw) {
    interval(s.every, true);
  }
  return passes;
}

Pass pass_at(const Schedule& s, std::uint64_t index) {
  return ScheduleCursor(s, index).pass();
}

void expect_naive(const Schedule& s) {
  const std::vector<Pass> expected = naive(s);
  ASSERT_EQ(s.passes(), expected.size());
  std::uint64_t draws = 0;
  ScheduleCursor walker(s, 0);
  for (std::uint64_t i = 0; i < expected.size(); ++i, walker.next()) {
    ASSERT_EQ(s.draws_after(i), draws) << i;
    const Pass pass = walker.pass();
    ASSERT_EQ(pass.step, expected[i].step) << i;
    ASSERT_EQ(pass.measured, expected[i].measured) << i;
    const Pass placed = pass_at(s, i);  // a cursor set down in the middle, as after an import
    ASSERT_EQ(placed.step, expected[i].step) << i;
    ASSERT_EQ(placed.measured, expected[i].measured) << i;
    draws += pass.measured ? 1 : 0;
    if (pass.measured) {
      ASSERT_EQ(s.passes_until(draws), i + 1);
    }
  }
  ASSERT_EQ(draws, s.draws);
  ASSERT_EQ(s.draws_after(s.passes()), s.draws);
}

TEST(Schedule, ByHand) {
  const Schedule s{2, 3, 2};
  const bool measured[] = {false, false, false, false, true, false, false, true};
  for (std::uint64_t i = 0; i < 8; ++i) {
    EXPECT_EQ(pass_at(s, i).step, i + 1) << i;
    EXPECT_EQ(pass_at(s, i).measured, measured[i]) << i;
  }
  EXPECT_EQ(s.passes(), 8U);
  EXPECT_EQ(s.passes_until(1), 5U);
  EXPECT_EQ(s.draws_after(4), 0U);
  EXPECT_EQ(s.draws_after(5), 1U);
  EXPECT_EQ((Schedule{0, 1, 0}.passes()), 0U);
}

TEST(Schedule, SmallOnesExhaustively) {
  for (std::uint64_t burn_in = 0; burn_in < 5; ++burn_in) {
    for (std::uint64_t every = 1; every < 5; ++every) {
      for (std::uint64_t draws = 0; draws < 5; ++draws) {
        expect_naive({burn_in, every, draws});
      }
    }
  }
}

RC_GTEST_PROP(Schedule, EnumeratesTheIntendedSequence, ()) {
  expect_naive({*rc::gen::inRange<std::uint64_t>(0, 50), *rc::gen::inRange<std::uint64_t>(1, 20),
                *rc::gen::inRange<std::uint64_t>(0, 30)});
}

TEST(Schedule, FarBeyond32Bits) {
  constexpr std::uint64_t kFar = std::uint64_t{1} << 40;
  const Schedule s{kFar, 3, kFar};
  const Pass pass = pass_at(s, s.passes() - 1);
  EXPECT_EQ(pass.step, 4 * kFar);
  EXPECT_TRUE(pass.measured);
  EXPECT_EQ(s.draws_after(s.passes() - 1), kFar - 1);
}

void expect_plan(std::uint64_t draws) {
  const MeasurePlan plan = make_measure_plan(draws);
  ASSERT_EQ(plan.draws, draws);
  ASSERT_LE(plan.first_half, draws);
  if (draws >= 2) {
    ASSERT_GT(plan.first_half, 0U);
    ASSERT_LT(plan.first_half, draws);
  }
  ASSERT_TRUE(plan.flushes_after(draws));
  ASSERT_TRUE(plan.flushes_after(plan.first_half));
  if (plan.batch_length == 0) {
    ASSERT_LT(draws, 2 * MeasurePlan::kFlushInterval);
    ASSERT_FALSE(plan.ends_batch(MeasurePlan::kFlushInterval));
    return;
  }
  // a batch ends only where sums are flushed, and the middle only where a batch ends
  ASSERT_EQ(plan.batch_length % MeasurePlan::kFlushInterval, 0U);
  ASSERT_EQ(plan.first_half % plan.batch_length, 0U);
  const std::uint64_t from_middle =
      2 * plan.first_half > draws ? 2 * plan.first_half - draws : draws - 2 * plan.first_half;
  ASSERT_LE(from_middle, plan.batch_length);
  const std::uint64_t batches = draws / plan.batch_length;
  ASSERT_LT(batches, 2 * MeasurePlan::kBatchesWanted);
  ASSERT_GE(batches, draws < 1024 ? 2U : MeasurePlan::kBatchesWanted);
}

TEST(MeasurePlan, SmallOnes) {
  for (std::uint64_t draws = 0; draws < 5000; ++draws) {
    expect_plan(draws);
  }
}

RC_GTEST_PROP(MeasurePlan, Invariants, ()) {
  expect_plan(*rc::gen::inRange<std::uint64_t>(1, std::uint64_t{1} << 45));
}

TEST(MeasurePlan, ByHand) {
  EXPECT_EQ(make_measure_plan(10).first_half, 5U);
  EXPECT_EQ(make_measure_plan(127).batch_length, 0U);
  EXPECT_EQ(make_measure_plan(128).batch_length, 64U);
  EXPECT_EQ(make_measure_plan(128).first_half, 64U);
  EXPECT_EQ(make_measure_plan(4096).batch_length, 256U);
  EXPECT_EQ(make_measure_plan(4096).first_half, 2048U);
  const MeasurePlan plan = make_measure_plan(200);  // 3 batches and a rest
  EXPECT_EQ(plan.first_half, 128U);
  for (const std::uint64_t draw : {64U, 128U, 192U, 200U}) {
    EXPECT_TRUE(plan.flushes_after(draw));
  }
  EXPECT_FALSE(plan.flushes_after(100));
  EXPECT_TRUE(plan.ends_batch(192));
  EXPECT_FALSE(plan.ends_batch(200));
}

}  // namespace
}  // namespace ridgeflow
