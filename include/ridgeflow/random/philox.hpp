/// \file
/// Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011): noise
/// without state, a bijection of a 128-bit counter keyed by the 64-bit seed.
#pragma once

#include <cstdint>

#include "ridgeflow/base/arithmetic.hpp"
#include "ridgeflow/base/macros.hpp"
#include "ridgeflow/random/streams.hpp"

namespace ridgeflow {

/// Four 32-bit words: a counter, or what Philox makes of it.
template <class Word>
struct Words {
  Word w0;
  Word w1;
  Word w2;
  Word w3;
};

namespace philox {
inline constexpr std::uint32_t kMultiplier0 = 0xD2511F53U;
inline constexpr std::uint32_t kMultiplier1 = 0xCD9E8D57U;
inline constexpr std::uint32_t kWeyl0 = 0x9E3779B9U;
inline constexpr std::uint32_t kWeyl1 = 0xBB67AE85U;
inline constexpr int kRounds = 10;

template <class Word>
RIDGEFLOW_FUNCTION Words<Word> round(const Words<Word>& c, std::uint32_t key0, std::uint32_t key1) {
  const WideProduct<Word> p0 = wide_product(c.w0, kMultiplier0);
  const WideProduct<Word> p1 = wide_product(c.w2, kMultiplier1);
  return {p1.high ^ c.w1 ^ Word(key0), p1.low, p0.high ^ c.w3 ^ Word(key1), p0.low};
}

}  // namespace philox

/// The seed as Philox uses it: both key words of every round, low word first. Worked out once on the host: a
/// GPU reads them from its constant bank as operands, where computing them would cost two additions a round.
struct NoiseKey {
  std::uint32_t low[philox::kRounds];
  std::uint32_t high[philox::kRounds];
};
RIDGEFLOW_FUNCTION NoiseKey noise_key(std::uint64_t seed) {
  NoiseKey key{};
  for (int i = 0; i < philox::kRounds; ++i) {
    key.low[i] = static_cast<std::uint32_t>(seed) + static_cast<std::uint32_t>(i) * philox::kWeyl0;
    key.high[i] = static_cast<std::uint32_t>(seed >> 32) + static_cast<std::uint32_t>(i) * philox::kWeyl1;
  }
  return key;
}

namespace philox {
/// Rounds \p first .. 9 of a counter already taken through the rounds before.
template <int first, class Word>
RIDGEFLOW_FUNCTION Words<Word> rounds_from(Words<Word> c, const NoiseKey& key) {
  RIDGEFLOW_UNROLL
  for (int i = first; i < kRounds; ++i) {
    c = round(c, key.low[i], key.high[i]);
  }
  return c;
}
}  // namespace philox

/// Ten rounds of Philox4x32.
template <class Word>
RIDGEFLOW_FUNCTION Words<Word> philox4x32(const Words<Word>& counter, const NoiseKey& key) {
  return philox::rounds_from<0>(counter, key);
}

/// Counter word 3: stream id in the low 8 bits, bits 32..55 of the step above them.
RIDGEFLOW_FUNCTION std::uint32_t stream_word(Stream stream, std::uint64_t step) {
  return static_cast<std::uint32_t>(stream) | (static_cast<std::uint32_t>(step >> 32) << 8);
}

/// The words of one (chain, step, stream) for any mode block: philox4x32({chain, step, block, stream}).
///
/// Chain and step change rarely, the block always; with chain in word 0 and block in word 2, one product of
/// the first round and one of the second do not depend on the block, and the other two not on the chain. They
/// are taken out here: 16 of 20 products are left for each block, and the result is Philox to the bit.
template <class Word>
class StepNoise {
 public:
  RIDGEFLOW_FUNCTION StepNoise(Word chain, std::uint64_t step, Stream stream, const NoiseKey& key)
      : key_(key), step_low_(static_cast<std::uint32_t>(step)) {
    const WideProduct<Word> p0 = wide_product(chain, philox::kMultiplier0);
    // after round 0: w2 and w3 of the counter, the same for every block
    const Word w2 = p0.high ^ Word(stream_word(stream, step)) ^ Word(key.high[0]);
    const WideProduct<Word> p1 = wide_product(w2, philox::kMultiplier1);
    second_high_ = p1.high ^ Word(key.low[1]);
    second_low_ = p1.low;
    first_low_ = p0.low ^ Word(key.high[1]);
  }

  /// Words of mode block \p block (modes 4 block .. 4 block + 3).
  RIDGEFLOW_FUNCTION Words<Word> operator()(std::uint32_t block) const {
    const WideProduct<std::uint32_t> q1 = wide_product(block, philox::kMultiplier1);
    const std::uint32_t w0 = q1.high ^ this->step_low_ ^ this->key_.low[0];
    const WideProduct<std::uint32_t> q0 = wide_product(w0, philox::kMultiplier0);
    const Words<Word> c{this->second_high_ ^ Word(q1.low), this->second_low_,
                        this->first_low_ ^ Word(q0.high), Word(q0.low)};
    return philox::rounds_from<2>(c, this->key_);
  }

 private:
  const NoiseKey& key_;
  std::uint32_t step_low_;
  Word second_high_;
  Word second_low_;
  Word first_low_;
};

}  // namespace ridgeflow
