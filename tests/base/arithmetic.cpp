#include "ridgeflow/base/arithmetic.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace ridgeflow {
namespace {

// The largest float that is not above w, found without any rounding mode.
float float_below(std::uint32_t w) {
  float x = static_cast<float>(w);
  if (static_cast<double>(x) > static_cast<double>(w)) {
    x = std::nextafter(x, 0.0F);
  }
  return x;
}

TEST(Arithmetic, ToFloatTowardZeroByHand) {
  EXPECT_EQ(to_float_toward_zero(0U), 0.0F);
  EXPECT_EQ(to_float_toward_zero(1U), 1.0F);
  EXPECT_EQ(to_float_toward_zero((1U << 24) - 1), 0x1.fffffep+23F);
  EXPECT_EQ(to_float_toward_zero(1U << 24), 0x1p24F);
  EXPECT_EQ(to_float_toward_zero((1U << 24) + 1), 0x1p24F);
  EXPECT_EQ(to_float_toward_zero((1U << 25) - 1), 0x1.fffffep+24F);
  EXPECT_EQ(to_float_toward_zero(0xFFFFFFFFU), 0x1.fffffep+31F);
  EXPECT_EQ(to_float_toward_zero(0xFFFFFF00U), 0x1.fffffep+31F);
  EXPECT_EQ(to_float_toward_zero(0xFFFFFEFFU), 0x1.fffffcp+31F);
  EXPECT_EQ(to_float_toward_zero(0x80000000U), 0x1p31F);
  EXPECT_EQ(to_float_toward_zero(0x800000FFU), 0x1p31F);
}

TEST(Arithmetic, ToFloatTowardZeroAroundEveryPowerAndAtRandom) {
  for (int bit = 0; bit < 32; ++bit) {
    for (std::uint32_t offset = 0; offset < 1024; ++offset) {
      for (const std::uint32_t w : {(1U << bit) + offset, (1U << bit) - 1U - offset}) {
        ASSERT_EQ(to_float_toward_zero(w), float_below(w)) << w;
      }
    }
  }
  std::mt19937 generator(1);
  for (int i = 0; i < 1000000; ++i) {
    const auto w = static_cast<std::uint32_t>(generator()) >> (generator() % 32U);
    ASSERT_EQ(to_float_toward_zero(w), float_below(w)) << w;
  }
}

RC_GTEST_PROP(Arithmetic, WideProduct, (std::uint32_t a, std::uint32_t b)) {
  const WideProduct<std::uint32_t> product = wide_product(a, b);
  // long multiplication in half-words
  const std::uint64_t low = std::uint64_t{a & 0xFFFFU} * (b & 0xFFFFU);
  const std::uint64_t cross = std::uint64_t{a & 0xFFFFU} * (b >> 16);
  const std::uint64_t crossed = std::uint64_t{a >> 16} * (b & 0xFFFFU);
  const std::uint64_t middle = (low >> 16) + (cross & 0xFFFFU) + (crossed & 0xFFFFU);
  const std::uint64_t high =
      std::uint64_t{a >> 16} * (b >> 16) + (cross >> 16) + (crossed >> 16) + (middle >> 16);
  RC_ASSERT(product.low == static_cast<std::uint32_t>((middle << 16) | (low & 0xFFFFU)));
  RC_ASSERT(product.high == static_cast<std::uint32_t>(high));
}

TEST(Arithmetic, WideProductAtTheEnds) {
  constexpr std::uint32_t kOnes = 0xFFFFFFFFU;
  EXPECT_EQ(wide_product(kOnes, kOnes).high, kOnes - 1);
  EXPECT_EQ(wide_product(kOnes, kOnes).low, 1U);
  EXPECT_EQ(wide_product(0U, kOnes).high, 0U);
  EXPECT_EQ(wide_product(0x10000U, 0x10000U).high, 1U);
  EXPECT_EQ(wide_product(0x10000U, 0x10000U).low, 0U);
}

// Were the build to contract a b + c, or to leave out the fused operation, one of these would fail.
TEST(Arithmetic, FusedIsFusedAndNothingElseIs) {
  volatile float a = 1.0F + 0x1p-12F;
  volatile float c = -(1.0F + 0x1p-11F);
  EXPECT_EQ(fused(a, a, c), 0x1p-24F);
  const float x = a;
  const float z = c;
  EXPECT_EQ(x * x + z, 0.0F);
  volatile double da = 1.0 + 0x1p-27;
  volatile double dc = -(1.0 + 0x1p-26);
  EXPECT_EQ(fused(da, da, dc), 0x1p-54);
  const double dx = da;
  const double dz = dc;
  EXPECT_EQ(dx * dx + dz, 0.0);
}

TEST(Arithmetic, RootAndQuotientAreCorrectlyRounded) {
  std::mt19937 generator(2);
  for (int i = 0; i < 200000; ++i) {
    const float x = float_of_bits((static_cast<std::uint32_t>(generator()) & 0x3FFFFFFFU) + 0x20000000U);
    const float y = float_of_bits((static_cast<std::uint32_t>(generator()) & 0x3FFFFFFFU) + 0x20000000U);
    // binary64 carries more than twice the digits, so rounding its result again is innocuous
    ASSERT_EQ(root(x), static_cast<float>(std::sqrt(static_cast<double>(x))));
    ASSERT_EQ(root_of_radius(x), root(x));
    ASSERT_EQ(quotient(x, y), static_cast<float>(static_cast<double>(x) / static_cast<double>(y)));
  }
}

TEST(Arithmetic, SignsBitsAndSelection) {
  EXPECT_EQ(flip_sign(1.5F, 0x80000000U), -1.5F);
  EXPECT_EQ(flip_sign(-1.5F, 0x80000000U), 1.5F);
  EXPECT_EQ(flip_sign(1.5F, 0U), 1.5F);
  EXPECT_EQ(bits_of(-0.0F), 0x80000000U);
  EXPECT_EQ(float_of_bits(0x3F800000U), 1.0F);
  EXPECT_EQ(to_float_signed(0xFF800000U), -8388608.0F);
  EXPECT_EQ(to_float_signed(0x7FFFFFFFU), 0x1p31F);
  EXPECT_EQ(select(true, 1.0F, 2.0F), 1.0F);
  EXPECT_EQ(select(false, 1.0, 2.0), 2.0);
  EXPECT_EQ(widen(0x1.234568p-3F, 0.0), 0x1.234568p-3);
}

TEST(Arithmetic, Finiteness) {
  using Limits = std::numeric_limits<float>;
  for (const float x : {0.0F, -0.0F, 1.0F, Limits::max(), Limits::lowest(), Limits::denorm_min()}) {
    EXPECT_TRUE(is_finite(x)) << x;
    EXPECT_TRUE(is_finite(static_cast<double>(x))) << x;
  }
  for (const float x : {Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN()}) {
    EXPECT_FALSE(is_finite(x)) << x;
    EXPECT_FALSE(is_finite(static_cast<double>(x))) << x;
  }
}

}  // namespace
}  // namespace ridgeflow
