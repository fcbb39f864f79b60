// Sums over ranges of words in vector lanes. One source for each width includes this (rules as in
// base/lanes.hpp: nothing of the standard library).
#pragma once

#include <cstddef>
#include <cstdint>

#include "ridgeflow/random/normal.hpp"

#include "cpu/lanes_scalar.hpp"

namespace ridgeflow::test {

/// Power sums of radii or of points over words; ends and what is not finite.
struct WordSums {
  double second = 0;
  double fourth = 0;
  double sixth = 0;
  double smallest = 1e300;
  double largest = -1e300;
  std::uint64_t not_finite = 0;

  [[gnu::always_inline]] inline void merge(const WordSums& other) {
    this->second += other.second;
    this->fourth += other.fourth;
    this->sixth += other.sixth;
    this->smallest = other.smallest < this->smallest ? other.smallest : this->smallest;
    this->largest = other.largest > this->largest ? other.largest : this->largest;
    this->not_finite += other.not_finite;
  }
};

/// Power sums and tail counts of normals.
struct NormalSums {
  double power[7] = {};          ///< sum of x^n
  double beyond[3] = {};         ///< how many |x| exceed 3, 4, 5
  std::uint64_t not_finite = 0;  ///< vectors that hold one

  [[gnu::always_inline]] inline void merge(const NormalSums& other) {
    for (int n = 0; n < 7; ++n) {
      this->power[n] += other.power[n];
    }
    for (int t = 0; t < 3; ++t) {
      this->beyond[t] += other.beyond[t];
    }
    this->not_finite += other.not_finite;
  }
};

/// Normals of \p chains chains from \p first_chain on, a multiple of 16 of them, 4096 steps and 64 blocks
/// each, times \p factor (1, but for planted errors).
using NormalSumsFunction = NormalSums (*)(std::uint32_t first_chain, std::uint32_t chains, float factor);
inline constexpr std::uint64_t kDrawsPerChain = 4096ULL * 64 * 4;
NormalSums normal_sums_portable(std::uint32_t first_chain, std::uint32_t chains, float factor);
#if defined(__x86_64__)
NormalSums normal_sums_avx2(std::uint32_t first_chain, std::uint32_t chains, float factor);
NormalSums normal_sums_avx512(std::uint32_t first_chain, std::uint32_t chains, float factor);
#endif

template <class FloatLane, class DoubleLane>
class NormalMoments {
  using Word = typename LaneTraits<FloatLane>::Word;
  static constexpr std::uint32_t kWidth = static_cast<std::uint32_t>(LaneTraits<FloatLane>::width);

 public:
  static NormalSums of(std::uint32_t first_chain, std::uint32_t chains, float factor) {
    NormalSums total;
    const NoiseKey key = noise_key(20251025);
    for (std::uint32_t chain = first_chain; chain < first_chain + chains; chain += kWidth) {
      for (std::uint64_t step = 1; step <= 4096; ++step) {
        total.merge(one_step(StepNoise<Word>(consecutive(chain, Word{}), step, Stream::kStep, key), factor));
      }
    }
    return total;
  }

 private:
  static NormalSums one_step(const StepNoise<Word>& noise, float factor) {
    const FloatLane scale(static_cast<float>(kNormalScale) * factor);
    DoubleLane power[7];
    for (DoubleLane& each : power) {
      each = DoubleLane(0);
    }
    NormalSums sums;
    const std::uint32_t all = (1U << kWidth) - 1U;
    for (std::uint32_t block = 0; block < 64; ++block) {
      const BlockNormals<FloatLane> normals = scaled_normals<FloatLane>(noise(block));
      for (const FloatLane& xi : normals.xi) {
        const FloatLane scaled = xi * scale;
        if (lane_bits(is_finite(scaled)) != all) {
          ++sums.not_finite;
        }
        const FloatLane square = scaled * scaled;
        for (int t = 0; t < 3; ++t) {
          const float bound = static_cast<float>((t + 3) * (t + 3));
          sums.beyond[t] +=
              static_cast<double>(__builtin_popcount(all & ~lane_bits(square <= FloatLane(bound))));
        }
        const DoubleLane x = widen(scaled, DoubleLane(0));
        const DoubleLane x2 = x * x;
        const DoubleLane x3 = x2 * x;
        power[1] = power[1] + x;
        power[2] = power[2] + x2;
        power[3] = power[3] + x3;
        power[4] = fused(x2, x2, power[4]);
        power[5] = fused(x3, x2, power[5]);
        power[6] = fused(x3, x3, power[6]);
      }
    }
    alignas(64) double lanes[kWidth];
    for (int n = 1; n < 7; ++n) {
      store(lanes, power[n]);
      for (const double each : lanes) {
        sums.power[n] += each;
      }
    }
    return sums;
  }
};

/// Radii sqrt(-log2 u) of words begin .. end - 1, a multiple of 16 of them.
using RadiusSumsFunction = WordSums (*)(std::uint64_t begin, std::uint64_t end);
WordSums radius_sums_portable(std::uint64_t begin, std::uint64_t end);
#if defined(__x86_64__)
WordSums radius_sums_avx2(std::uint64_t begin, std::uint64_t end);
WordSums radius_sums_avx512(std::uint64_t begin, std::uint64_t end);
#endif

template <class FloatLane, class DoubleLane>
class RadiusSums {
  using Word = typename LaneTraits<FloatLane>::Word;
  static constexpr std::uint32_t kWidth = static_cast<std::uint32_t>(LaneTraits<FloatLane>::width);

 public:
  /// Partial sums over 2^16 words each, so that no more than a few digits of the total are lost.
  static WordSums of(std::uint64_t begin, std::uint64_t end) {
    WordSums total;
    for (std::uint64_t at = begin; at < end; at += 1U << 16) {
      const std::uint64_t stop = end - at < (1U << 16) ? end : at + (1U << 16);
      total.merge(chunk(at, stop));
    }
    return total;
  }

 private:
  static WordSums chunk(std::uint64_t begin, std::uint64_t end) {
    DoubleLane second(0);
    DoubleLane fourth(0);
    DoubleLane sixth(0);
    FloatLane smallest(1e30F);
    FloatLane largest(-1e30F);
    WordSums sums;
    for (std::uint64_t w = begin; w < end; w += kWidth) {
      const Word words = consecutive(static_cast<std::uint32_t>(w), Word{});
      const FloatLane radius = root_of_radius(negative_log2_uniform<FloatLane>(words));
      const std::uint32_t all = (1U << kWidth) - 1U;
      if (lane_bits(is_finite(radius)) != all) {
        ++sums.not_finite;
      }
      smallest = select(radius <= smallest, radius, smallest);
      largest = select(radius <= largest, largest, radius);
      const DoubleLane r = widen(radius, DoubleLane(0));
      const DoubleLane r2 = r * r;
      const DoubleLane r4 = r2 * r2;
      second = second + r2;
      fourth = fourth + r4;
      sixth = fused(r4, r2, sixth);
    }
    alignas(64) double s2[kWidth];
    alignas(64) double s4[kWidth];
    alignas(64) double s6[kWidth];
    alignas(64) float low[kWidth];
    alignas(64) float high[kWidth];
    store(s2, second);
    store(s4, fourth);
    store(s6, sixth);
    store(low, smallest);
    store(high, largest);
    for (std::uint32_t i = 0; i < kWidth; ++i) {
      sums.merge({s2[i], s4[i], s6[i], static_cast<double>(low[i]), static_cast<double>(high[i]), 0});
    }
    return sums;
  }
};

}  // namespace ridgeflow::test
