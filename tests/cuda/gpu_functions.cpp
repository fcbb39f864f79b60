// The arithmetic and noise of a device against the host's, word by word.
#include <bit>
#include <random>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/random/normal.hpp"

#include "cuda/device_functions.hpp"
#include "support/gpu.hpp"

namespace ridgeflow {
namespace {

using GpuFunctions = test::Gpu;

TEST_F(GpuFunctions, RootOfRadiusIsCorrectlyRoundedForEveryFloatOfItsRange) {
  EXPECT_EQ(
      test::count_wrong_roots(std::bit_cast<std::uint32_t>(0x1p-24F), std::bit_cast<std::uint32_t>(64.0F)),
      0U);
}

TEST_F(GpuFunctions, NormalsHaveTheBitsOfTheHost) {
  std::mt19937 generator(7);
  std::vector<std::uint32_t> words{0U, 0U, ~0U, ~0U, 0U, ~0U, ~0U, 0U, 0x80000000U, 0x7FFFFFFFU};
  while (words.size() < 2'000'000) {
    words.push_back(static_cast<std::uint32_t>(generator()));
  }
  const std::vector<std::uint32_t> bits = test::device_normal_bits(words);
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const Pair<float> xi = scaled_normal_pair<float>(words[i], words[i + 1]);
    ASSERT_EQ(bits[i], bits_of(xi.first)) << "words " << words[i] << ", " << words[i + 1];
    ASSERT_EQ(bits[i + 1], bits_of(xi.second)) << "words " << words[i] << ", " << words[i + 1];
  }
}

TEST_F(GpuFunctions, PhiloxHasTheWordsOfTheHost) {
  constexpr std::uint64_t kSeed = 0x299F31D0A4093822ULL;
  const std::vector<std::uint32_t> words = test::device_philox(10000, kSeed);
  for (std::uint32_t i = 0; i < 10000; ++i) {
    const Words<std::uint32_t> w = philox4x32(Words<std::uint32_t>{i, i + 1, i + 2, i + 3}, noise_key(kSeed));
    ASSERT_EQ(words[4 * i], w.w0);
    ASSERT_EQ(words[4 * i + 1], w.w1);
    ASSERT_EQ(words[4 * i + 2], w.w2);
    ASSERT_EQ(words[4 * i + 3], w.w3);
  }
}

TEST_F(GpuFunctions, ABadLaunchThrowsAndLeavesNoErrorBehind) {
  EXPECT_THROW(test::launch_badly(), DeviceError);
  EXPECT_EQ(test::device_philox(1, 0).size(), 4U);  // the next call is not blamed
}

}  // namespace
}  // namespace ridgeflow
