#include "ridgeflow/random/normal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <random>

#include <gtest/gtest.h>

namespace ridgeflow {
namespace {

constexpr std::uint32_t kOnes = 0xFFFFFFFFU;

TEST(Uniform, StrictlyInside) {
  EXPECT_EQ(uniform_inside<float>(0U), 0x1p-33F);
  EXPECT_EQ(uniform_inside<float>(1U), 0x1.8p-32F);
  EXPECT_EQ(uniform_inside<float>(0x80000000U), 0.5F);
  EXPECT_EQ(uniform_inside<float>(kOnes), 1.0F - 0x1p-24F);
  std::mt19937 generator(1);
  for (int i = 0; i < 1000000; ++i) {
    const float u = uniform_inside<float>(static_cast<std::uint32_t>(generator()));
    ASSERT_GT(u, 0.0F);
    ASSERT_LT(u, 1.0F);
  }
}

// In long double, against the exact value of the float u. The bound is the one that random/normal.hpp states.
TEST(NegativeLog2, AccurateEverywhere) {
  const auto relative_error = [](std::uint32_t w) {
    const long double expected = -std::log2(static_cast<long double>(uniform_inside<float>(w)));
    return static_cast<double>(
        std::abs((static_cast<long double>(negative_log2_uniform<float>(w)) - expected) / expected));
  };
  double worst = 0;
  for (int bit = 0; bit < 32; ++bit) {
    for (std::uint32_t offset = 0; offset < 256; ++offset) {
      worst =
          std::max({worst, relative_error((1U << bit) + offset), relative_error((1U << bit) - 1U - offset)});
    }
  }
  for (std::uint32_t offset = 0; offset < 0x20000U;
       ++offset) {  // u close to 1, and where the exponent changes
    worst =
        std::max({worst, relative_error(kOnes - offset), relative_error(0xB504F333U - 0x10000U + offset)});
  }
  std::mt19937 generator(2);
  for (int i = 0; i < 1000000; ++i) {
    worst = std::max(worst, relative_error(static_cast<std::uint32_t>(generator())));
  }
  std::printf("largest relative error %.3e\n", worst);
  EXPECT_LT(worst, 1.56e-7);
  EXPECT_EQ(negative_log2_uniform<float>(0U), 33.0F);
  EXPECT_EQ(negative_log2_uniform<float>(0x80000000U), 1.0F);
  EXPECT_NEAR(negative_log2_uniform<float>(kOnes), 8.6e-8, 1e-9);
}

TEST(CirclePoint, SignsAndPlace) {
  const Pair<float> first = circle_point<float>(0U);
  EXPECT_GT(first.first, 0.999F);
  EXPECT_GT(first.second, 0.0F);
  const std::uint32_t place = 0x155555U << 8;
  const Pair<float> plain = circle_point<float>(place);
  const double angle = 0.5 * std::numbers::pi * (0x155555 + 0.5) / 0x1p22;
  EXPECT_NEAR(plain.first, std::cos(angle), 1.5e-7);
  EXPECT_NEAR(plain.second, std::sin(angle), 1.5e-7);
  EXPECT_EQ(circle_point<float>(place | 0x80000000U).first, -plain.first);
  EXPECT_EQ(circle_point<float>(place | 0x80000000U).second, plain.second);
  EXPECT_EQ(circle_point<float>(place | 0x40000000U).first, plain.first);
  EXPECT_EQ(circle_point<float>(place | 0x40000000U).second, -plain.second);
  for (std::uint32_t low = 0; low < 256; ++low) {  // bits that the angle does not use
    EXPECT_EQ(circle_point<float>(place | low).first, plain.first);
  }
}

TEST(ScaledNormals, WhichWordsMakeWhichNormals) {
  const Words<std::uint32_t> words{0x12345678U, 0x9ABCDEF0U, 0x0FEDCBA9U, 0x87654321U};
  const BlockNormals<float> block = scaled_normals<float>(words);
  const Pair<float> low = scaled_normal_pair<float>(words.w0, words.w1);
  const Pair<float> high = scaled_normal_pair<float>(words.w2, words.w3);
  EXPECT_EQ(block.xi[0], low.first);
  EXPECT_EQ(block.xi[1], low.second);
  EXPECT_EQ(block.xi[2], high.first);
  EXPECT_EQ(block.xi[3], high.second);
  const float radius = std::sqrt(negative_log2_uniform<float>(words.w0));
  EXPECT_EQ(low.first, radius * circle_point<float>(words.w1).first);
}

TEST(ScaledNormals, ScaleIsTheRootOfTwiceLn2) {
  EXPECT_DOUBLE_EQ(kNormalScale, std::sqrt(2.0 * std::numbers::ln2));
}

using Block = std::array<double, 4>;
using BlockSource = std::function<Block(std::uint32_t chain, std::uint64_t step, std::uint32_t block)>;

Block normals_of(std::uint32_t chain, std::uint64_t step, std::uint32_t block) {
  const BlockNormals<float> xi =
      scaled_normals<float>(StepNoise<std::uint32_t>(chain, step, Stream::kStep, noise_key(20251021))(block));
  Block x{};
  for (std::size_t j = 0; j < 4; ++j) {
    x[j] = kNormalScale * static_cast<double>(xi.xi[j]);
  }
  return x;
}

struct Deviation {
  double z = 0;
  const char* what = "";
};

// The largest |z| of: moments one to six, tails, and correlations within a block, between blocks, steps and
// chains. All z are standard normal for a perfect source.
Deviation largest_deviation(const BlockSource& source) {
  constexpr int kChains = 16;
  constexpr int kSteps = 4096;
  constexpr int kBlocks = 64;
  constexpr double kCount = 4.0 * kChains * kSteps * kBlocks;
  std::array<double, 7> power{};
  std::array<double, 6> tail{};
  std::array<double, 6> pairs{};
  std::array<double, 6> square_pairs{};
  double between_blocks = 0;
  double between_steps = 0;
  double between_chains = 0;
  std::array<Block, kBlocks> last_step{};
  for (std::uint32_t chain = 0; chain < kChains; ++chain) {
    for (std::uint64_t step = 1; step <= kSteps; ++step) {
      Block last{};
      for (std::uint32_t block = 0; block < kBlocks; ++block) {
        const Block x = source(chain, step, block);
        std::size_t pair = 0;
        for (std::size_t j = 0; j < 4; ++j) {
          const double x2 = x[j] * x[j];
          power[1] += x[j];
          power[2] += x2;
          power[3] += x2 * x[j];
          power[4] += x2 * x2;
          power[5] += x2 * x2 * x[j];
          power[6] += x2 * x2 * x2;
          for (std::size_t t = 1; t < tail.size(); ++t) {
            tail[t] += std::abs(x[j]) > static_cast<double>(t) ? 1.0 : 0.0;
          }
          for (std::size_t i = 0; i < j; ++i, ++pair) {
            pairs[pair] += x[i] * x[j];
            square_pairs[pair] += (x[i] * x[i] - 1) * (x2 - 1);
          }
          between_blocks += x[j] * last[j];
          between_steps += step > 1 ? x[j] * last_step[block][j] : 0.0;
          between_chains += (block & 15U) == 0 ? x[j] * source(chain + 1, step, block)[j] : 0.0;
        }
        last = x;
        last_step[block] = x;
      }
    }
  }
  Deviation worst;
  const auto note = [&worst](const char* what, double z) {
    if (std::abs(z) > std::abs(worst.z)) {
      worst = {z, what};
    }
  };
  const double expected[] = {1, 0, 1, 0, 3, 0, 15};
  const double variance[] = {0, 1, 2, 15, 96, 945, 10170};
  for (std::size_t n = 1; n <= 6; ++n) {
    note("moment", (power[n] - kCount * expected[n]) / std::sqrt(kCount * variance[n]));
  }
  for (std::size_t t = 1; t < tail.size(); ++t) {
    const double p = std::erfc(static_cast<double>(t) / std::numbers::sqrt2);
    note("tail", (tail[t] - kCount * p) / std::sqrt(kCount * p * (1 - p)));
  }
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    note("pair", pairs[i] / std::sqrt(kCount / 4));
    note("squares of a pair", square_pairs[i] / std::sqrt(4.0 * kCount / 4));
  }
  note("neighbouring blocks", between_blocks / std::sqrt(kCount * (kBlocks - 1) / kBlocks));
  note("successive steps", between_steps / std::sqrt(kCount * (kSteps - 1) / kSteps));
  note("neighbouring chains", between_chains / std::sqrt(kCount / 16));
  return worst;
}

double size_of(const BlockSource& source) {
  return std::abs(largest_deviation(source).z);
}

// 26 numbers, so 5 sigma is one in 6e4; the seed is fixed.
constexpr double kThreshold = 5.0;

TEST(ScaledNormals, MomentsTailsAndCorrelations) {
  const Deviation worst = largest_deviation(normals_of);
  EXPECT_LT(std::abs(worst.z), kThreshold) << worst.what;
}

TEST(ScaledNormals, PlantedErrorsAreFound) {
  const auto size_of_planted = [](const auto& change) {
    return size_of([&change](std::uint32_t chain, std::uint64_t step, std::uint32_t block) {
      Block x = normals_of(chain, step, block);
      change(x);
      return x;
    });
  };
  const auto all = [](const auto& f) {
    return [f](Block& x) {
      for (double& each : x) {
        each = f(each);
      }
    };
  };
  EXPECT_GT(size_of_planted(all([](double x) { return 1.001 * x; })), kThreshold) << "scale";
  EXPECT_GT(size_of_planted(all([](double x) { return x + 0.0015; })), kThreshold) << "mean";
  EXPECT_GT(size_of_planted(all([](double x) { return std::clamp(x, -4.0, 4.0); })), kThreshold)
      << "cut tails";
  EXPECT_GT(size_of_planted([](Block& x) { x[1] = x[1] + 0.004 * x[0]; }), kThreshold) << "correlated pair";
  EXPECT_GT(size_of_planted([](Block& x) { x[2] = x[0]; }), kThreshold) << "radius used twice";
}

TEST(ScaledNormals, ForgottenBlockOrStepIsFound) {
  EXPECT_GT(size_of([](auto chain, auto step, auto) { return normals_of(chain, step, 0); }), kThreshold);
  EXPECT_GT(size_of([](auto chain, auto, auto block) { return normals_of(chain, 1, block); }), kThreshold);
  EXPECT_GT(size_of([](auto, auto step, auto block) { return normals_of(0, step, block); }), kThreshold);
}

}  // namespace
}  // namespace ridgeflow
