#include "ridgeflow/run/clock.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {
namespace {

bool has_fma() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("fma") != 0;
#else
  return false;
#endif
}

// No processor has a clock outside of these bounds, and none starts fewer than one multiply-add in two clocks
// or more than eight in one: units and counts are right. How fast this one is is no matter of a test.
TEST(Clock, IsAClock) {
  if (!has_fma()) {
    EXPECT_TRUE(std::isnan(measure_clock()));
    EXPECT_TRUE(std::isnan(measure_fma_rate(1)));
    EXPECT_TRUE(std::isnan(measure_thread_scaling(2)));
    return;
  }
  const double clock = measure_clock();
  EXPECT_GT(clock, 1e8);
  EXPECT_LT(clock, 2e10);
  const double rate = measure_fma_rate(1);
  EXPECT_GT(rate, 0.5e8);
  EXPECT_LT(rate, 1.6e11);
  EXPECT_GT(measure_thread_scaling(2), 0);
}

TEST(Clock, RefusesNoThreads) {
  EXPECT_THROW(measure_fma_rate(0), InvalidInput);
  EXPECT_THROW(measure_thread_scaling(-1), InvalidInput);
}

TEST(Clock, ProcessorTimeGoesOn) {
  const double before = processor_seconds();
  double x = 1;
  for (int i = 0; i < 1'000'000; ++i) {
    x = std::sqrt(x + 1);
  }
  EXPECT_GT(x, 1);
  EXPECT_GT(processor_seconds(), before);
}

}  // namespace
}  // namespace ridgeflow
