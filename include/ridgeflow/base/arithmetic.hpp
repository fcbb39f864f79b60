/// \file
/// The arithmetic in which every trajectory is written (docs/trajectory.md, "Arithmetic"), for scalars on
/// host and device. The vector lanes of the CPU executor overload the same names (host/cpu/lanes_*.hpp); the
/// functors call them unqualified, so one formula serves all.
///
/// Each operation is an IEEE-754 one, rounded to nearest even, so that its bits do not depend on the machine.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "ridgeflow/base/macros.hpp"

namespace ridgeflow {

/// High and low word of a 32 x 32 bit product.
template <class Word>
struct WideProduct {
  Word high;
  Word low;
};

RIDGEFLOW_FUNCTION WideProduct<std::uint32_t> wide_product(std::uint32_t a, std::uint32_t b) {
  const std::uint64_t product = static_cast<std::uint64_t>(a) * b;
  return {static_cast<std::uint32_t>(product >> 32), static_cast<std::uint32_t>(product)};
}

RIDGEFLOW_FUNCTION std::uint32_t bits_of(float x) {
#if RIDGEFLOW_DEVICE_PASS
  return __float_as_uint(x);
#else
  std::uint32_t bits = 0;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
#endif
}

RIDGEFLOW_FUNCTION float float_of_bits(std::uint32_t bits) {
#if RIDGEFLOW_DEVICE_PASS
  return __uint_as_float(bits);
#else
  float x = 0;
  std::memcpy(&x, &bits, sizeof x);
  return x;
#endif
}

/// Unsigned integer to float, rounded toward zero: 2^32 - 1 must not become 2^32.
/// Clearing the bits of w that lie 24 below its own makes the nearest float the one below.
RIDGEFLOW_FUNCTION float to_float_toward_zero(std::uint32_t w) {
#if RIDGEFLOW_DEVICE_PASS
  return __uint2float_rz(w);
#else
  return static_cast<float>(w & ~(w >> 24));
#endif
}

/// Two's-complement integer to float, to nearest.
RIDGEFLOW_FUNCTION float to_float_signed(std::uint32_t w) {
  return static_cast<float>(static_cast<std::int32_t>(w));
}

/// a b + c with one rounding.
RIDGEFLOW_FUNCTION float fused(float a, float b, float c) {
#if RIDGEFLOW_DEVICE_PASS
  return __fmaf_rn(a, b, c);
#else
  return std::fma(a, b, c);
#endif
}
RIDGEFLOW_FUNCTION double fused(double a, double b, double c) {
#if RIDGEFLOW_DEVICE_PASS
  return __fma_rn(a, b, c);
#else
  return std::fma(a, b, c);
#endif
}

/// Square root, correctly rounded.
RIDGEFLOW_FUNCTION float root(float x) {
#if RIDGEFLOW_DEVICE_PASS
  return __fsqrt_rn(x);
#else
  return std::sqrt(x);
#endif
}
RIDGEFLOW_FUNCTION double root(double x) {
#if RIDGEFLOW_DEVICE_PASS
  return __dsqrt_rn(x);
#else
  return std::sqrt(x);
#endif
}

/// Square root, correctly rounded, of x in [2^-24, 64): the radius of a normal pair. On the device this is
/// the straight-line part of sqrt.rn (reciprocal-root estimate and one fused correction) without the branch
/// that numbers outside of that range need; a GPU test compares it with sqrt.rn for every float of the range.
RIDGEFLOW_FUNCTION float root_of_radius(float x) {
#if RIDGEFLOW_DEVICE_PASS
  float y;
  asm("rsqrt.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  const float s = __fmul_rn(x, y);
  const float h = __fmul_rn(y, 0.5F);
  return __fmaf_rn(__fmaf_rn(-s, s, x), h, s);
#else
  return std::sqrt(x);
#endif
}

/// Quotient, correctly rounded.
RIDGEFLOW_FUNCTION float quotient(float a, float b) {
#if RIDGEFLOW_DEVICE_PASS
  return __fdiv_rn(a, b);
#else
  return a / b;
#endif
}
RIDGEFLOW_FUNCTION double quotient(double a, double b) {
  return a / b;
}

/// x with its sign flipped where the highest bit of \p sign is set; the other bits of \p sign must be zero.
RIDGEFLOW_FUNCTION float flip_sign(float x, std::uint32_t sign) {
  return float_of_bits(bits_of(x) ^ sign);
}

/// Condition ? a : b, lane by lane.
RIDGEFLOW_FUNCTION float select(bool condition, float a, float b) {
  return condition ? a : b;
}
RIDGEFLOW_FUNCTION double select(bool condition, double a, double b) {
  return condition ? a : b;
}

/// Exact conversion of noise to the precision of the state \p like. That of chains is always single.
RIDGEFLOW_FUNCTION float widen(float x, float /*like*/) {
  return x;
}
RIDGEFLOW_FUNCTION double widen(float x, double /*like*/) {
  return static_cast<double>(x);
}
RIDGEFLOW_FUNCTION double widen(double x, double /*like*/) {
  return x;
}

/// Whether x is a number below infinity.
RIDGEFLOW_FUNCTION bool is_finite(float x) {
  return x - x == 0.0F;
}
RIDGEFLOW_FUNCTION bool is_finite(double x) {
  return x - x == 0.0;
}

/// The types that belong to a lane type: \c Noise (its single-precision twin), \c Word (32-bit unsigned) and
/// \c Mask (result of a comparison), the \c Scalar in it and how many it holds.
template <class Real>
struct LaneTraits {
  using Noise = float;
  using Word = std::uint32_t;
  using Mask = bool;
  using Scalar = Real;
  static constexpr int width = 1;
};

}  // namespace ridgeflow
