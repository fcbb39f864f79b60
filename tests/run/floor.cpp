#include "ridgeflow/run/floor.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace ridgeflow {
namespace {

ExecutorInfo cpu(const char* lanes, int threads) {
  ExecutorInfo info;
  info.backend = "cpu";
  info.variant = lanes;
  info.threads = threads;
  return info;
}

ExecutorInfo gpu(double clock, int multiprocessors) {
  ExecutorInfo info;
  info.backend = "cuda";
  info.variant = "avx512";  // not what counts here
  info.clock_hz = clock;
  info.multiprocessors = multiprocessors;
  return info;
}

TEST(Floor, OfACpuIsClocksOverClocksPerUpdate) {
  EXPECT_DOUBLE_EQ(cpu_floor(2.0, 3e9, 1), 1.5e9);
  EXPECT_DOUBLE_EQ(cpu_floor(2.0, 3e9, 4), 6e9);
  EXPECT_DOUBLE_EQ(floor_of(cpu("avx512", 2), Precision::kSingle, 1, 3.26e9), 4e9);  // 2 x 3.26/1.63
  EXPECT_DOUBLE_EQ(floor_of(cpu("avx2", 1), Precision::kSingle, 1, 2.9e9), 1e9);
}

// One multiprocessor: 4 warps x 32 lanes a clock; 128 instructions for 4 updates let through 4 updates a
// clock.
TEST(Floor, OfAGpuIsInstructionsIssued) {
  EXPECT_DOUBLE_EQ(gpu_floor(128.0, 1.0, 1), 4.0);
  EXPECT_DOUBLE_EQ(gpu_floor(128.0, 1e9, 10), 4e10);
  EXPECT_NEAR(floor_of(gpu(1.98e9, 132), Precision::kSingle, 1, 0), 8.98e11, 0.01e11);
  EXPECT_NEAR(gpu_floor(instructions_per_block(Math::kFast), 1.98e9, 132), 1.52e12, 0.005e12);
}

TEST(Floor, IsNotKnownWhereNothingWasCounted) {
  EXPECT_TRUE(std::isnan(floor_of(cpu("portable", 2), Precision::kSingle, 1, 3e9)));
  EXPECT_TRUE(std::isnan(floor_of(cpu("avx512", 2), Precision::kDouble, 1, 3e9)));
  EXPECT_TRUE(std::isnan(floor_of(cpu("avx512", 2), Precision::kSingle, 4, 3e9)));
  EXPECT_TRUE(std::isnan(
      floor_of(cpu("avx512", 2), Precision::kSingle, 1, std::numeric_limits<double>::quiet_NaN())));
  EXPECT_TRUE(std::isnan(floor_of(gpu(0, 132), Precision::kSingle, 1, 3e9)));
  EXPECT_TRUE(std::isnan(floor_of(gpu(1.98e9, 0), Precision::kSingle, 1, 3e9)));
  EXPECT_TRUE(std::isnan(floor_of(gpu(1.98e9, 132), Precision::kDouble, 1, 3e9)));
}

}  // namespace
}  // namespace ridgeflow
