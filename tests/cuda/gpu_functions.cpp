// The arithmetic and noise of a device against the host's, word by word.
#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <random>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/random/fast_normal.hpp"

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

TEST_F(GpuFunctions, PhiloxHasTheWordsOfCurand) {
  for (const std::uint64_t seed :
       {std::uint64_t{0}, std::uint64_t{0x299F31D0A4093822ULL}, ~std::uint64_t{0}}) {
    EXPECT_EQ(test::device_philox(10000, seed), test::curand_philox(10000, seed));
  }
}

// Against double precision, all of a range of words near both ends of the uniform and words at random. The
// bounds are those of the PTX ISA as random/fast_normal.hpp states them.
TEST_F(GpuFunctions, FastNormalsAreAsAccurateAsStated) {
  std::mt19937 generator(11);
  std::vector<std::uint32_t> words;
  for (std::uint32_t i = 0; i < 200'000; ++i) {
    words.insert(words.end(), {i, static_cast<std::uint32_t>(generator())});
    words.insert(words.end(), {~i, static_cast<std::uint32_t>(generator())});
    words.insert(words.end(),
                 {static_cast<std::uint32_t>(generator()), static_cast<std::uint32_t>(generator())});
  }
  const std::vector<float> found = test::device_fast_normals(words);
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const double u = static_cast<double>(uniform_inside<float>(words[i]));
    const double exponential = -std::log2(u);
    const double radius = std::sqrt(exponential);
    const double angle =
        std::numbers::pi * static_cast<double>(static_cast<std::int32_t>(words[i + 1])) / 0x1p31;
    // an error e of the logarithm is at most e / radius of the radius (the root falls faster than it rises),
    // and at most sqrt(e) where that is small
    const double log_error = u > 0.5 ? 0x1p-22 : 0x1p-22 * exponential;
    const double radius_error = std::min(std::sqrt(log_error), log_error / radius) + 3e-7 * radius;
    const double bound = radius_error + radius * 6e-7;
    ASSERT_NEAR(static_cast<double>(found[i]), radius * std::cos(angle), bound) << words[i];
    ASSERT_NEAR(static_cast<double>(found[i + 1]), radius * std::sin(angle), bound) << words[i];
  }
}

TEST_F(GpuFunctions, ABadLaunchThrowsAndLeavesNoErrorBehind) {
  EXPECT_THROW(test::launch_badly(), DeviceError);
  EXPECT_EQ(test::device_philox(1, 0).size(), 4U);  // the next call is not blamed
}

}  // namespace
}  // namespace ridgeflow
