#include "base/lanes.hpp"

#include <random>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "cpu/lane_kernels.hpp"

namespace ridgeflow {
namespace {

/// Words whose bits matter as integers and as floats: ends, powers, NaN, infinities, denormals, then random
/// ones, a quarter of them near 1.
std::vector<std::uint32_t> lane_inputs() {
  std::vector<std::uint32_t> words{
      0U,          1U,          0xFFU,       0x100U,      0xFFFFU,     0x10000U,    0x7FFFFFU,   0x800000U,
      0xFFFFFFU,   0x1000000U,  0x1000001U,  0x3F800000U, 0x3F800001U, 0x3F7FFFFFU, 0x3F3504F2U, 0x3F3504F3U,
      0x7F7FFFFFU, 0x7F800000U, 0x7FC00000U, 0x7FFFFFFFU, 0x80000000U, 0x80000001U, 0x807FFFFFU, 0xBF800000U,
      0xFF7FFFFFU, 0xFF800000U, 0xFFFFFF00U, 0xFFFFFEFFU, 0xFFFFFF7FU, 0xFFFFFFFFU};
  std::mt19937 generator(3);
  while (words.size() % 16 != 0 || words.size() < 40000) {
    const auto w = static_cast<std::uint32_t>(generator());
    words.push_back((words.size() & 3U) == 0 ? (w & 0x80FFFFFFU) + 0x3F000000U : w);
  }
  return words;
}

void expect_scalar(std::string_view width, test::LaneCheckFunction check) {
  bool can_run = false;
  for (const LaneKernels& kernels : available_lane_kernels()) {
    can_run = can_run || kernels.name == width;
  }
  if (!can_run) {
    GTEST_SKIP() << "this processor has no " << width;
  }
  const std::vector<std::uint32_t> words = lane_inputs();
  const test::LaneFailure failure = check(words.data(), words.size());
  EXPECT_EQ(failure.what, nullptr) << (failure.what ? failure.what : "") << ", lane " << failure.lane;
  EXPECT_GT(failure.checks, words.size());
}

#if defined(__x86_64__)
TEST(Lanes, FloatsOfAvx2) {
  expect_scalar("avx2", test::check_avx2_float);
}
TEST(Lanes, DoublesOfAvx2) {
  expect_scalar("avx2", test::check_avx2_double);
}
TEST(Lanes, FloatsOfAvx512) {
  expect_scalar("avx512", test::check_avx512_float);
}
TEST(Lanes, DoublesOfAvx512) {
  expect_scalar("avx512", test::check_avx512_double);
}
#endif

}  // namespace
}  // namespace ridgeflow
