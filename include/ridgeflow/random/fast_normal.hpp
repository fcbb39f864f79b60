/// \file
/// Which normals a kernel draws: the reproducible ones of random/normal.hpp, or, on request (`--math fast`),
/// those of the device's own functions.
#pragma once

#include <cmath>
#include <cstdint>

#include "ridgeflow/base/arithmetic.hpp"
#include "ridgeflow/base/macros.hpp"
#include "ridgeflow/random/normal.hpp"

namespace ridgeflow {

/// Which functions make normals out of bits.
enum class Math : std::uint32_t {
  kReproducible,  ///< polynomials with fixed coefficients: the same bits everywhere
  kFast,          ///< the device's own logarithm, root, sine and cosine: its own bits, the same law
};

/// The policy of Math::kReproducible: scaled_normals().
struct ReproducibleNormals {
  RIDGEFLOW_FUNCTION static BlockNormals<float> of(const Words<std::uint32_t>& words) {
    return scaled_normals<float>(words);
  }
};

/// The policy of Math::kFast: Box and Muller's transform of the same uniforms, radius sqrt(-log2 u), angle pi
/// 2^-31 w for a word w read as two's complement.
///
/// On a device by its special-function unit. Errors by the PTX ISA: log2 2^-22 absolute for u in (1/2, 1) and
/// relative below, root 2^-23 relative, sine and cosine 2^-20.9 absolute; so a normal is within 6e-7 of its
/// radius, and the least of 2^24 radii, below 3e-4 of a standard deviation, are known to some 5e-4. A loop on
/// the host (tests) takes the C library's functions.
struct FastNormals {
  RIDGEFLOW_FUNCTION static Pair<float> pair(std::uint32_t radius_word, std::uint32_t angle_word) {
    const float u = uniform_inside<float>(radius_word);
    const float angle = to_float_signed(angle_word) * 0x1.921fb6p-30F;
#if RIDGEFLOW_DEVICE_PASS
    float log2 = 0;
    float radius = 0;
    asm("lg2.approx.ftz.f32 %0, %1;" : "=f"(log2) : "f"(u));
    asm("sqrt.approx.ftz.f32 %0, %1;" : "=f"(radius) : "f"(fabsf(log2)));  // |x|: no NaN from a rounded-up 0
    return {radius * __cosf(angle), radius * __sinf(angle)};
#else
    const float radius = std::sqrt(std::fabs(std::log2(u)));
    return {radius * std::cos(angle), radius * std::sin(angle)};
#endif
  }

  RIDGEFLOW_FUNCTION static BlockNormals<float> of(const Words<std::uint32_t>& words) {
    const Pair<float> low = pair(words.w0, words.w1);
    const Pair<float> high = pair(words.w2, words.w3);
    return {{low.first, low.second, high.first, high.second}};
  }
};

}  // namespace ridgeflow
