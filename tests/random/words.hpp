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
