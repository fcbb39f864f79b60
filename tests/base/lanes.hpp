// Every operation of a vector lane type against the scalar one, lane by lane, bit by bit.
//
// One source for each width includes this and is compiled for that width, so nothing of the standard library
// or of GoogleTest is in it: an inline function compiled here could be linked in where no such processor is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "ridgeflow/base/arithmetic.hpp"
#include "ridgeflow/random/normal.hpp"

#include "cpu/lanes_scalar.hpp"

namespace ridgeflow::test {

/// The first operation whose lanes differ from the scalar; null if none does.
struct LaneFailure {
  const char* what = nullptr;
  std::size_t lane = 0;
  std::size_t checks = 0;  ///< vectors compared
};

/// \p words: a multiple of 16 operands, read as integers and as floats.
using LaneCheckFunction = LaneFailure (*)(const std::uint32_t* words, std::size_t count);
#if defined(__x86_64__)
LaneFailure check_avx2_float(const std::uint32_t* words, std::size_t count);
LaneFailure check_avx2_double(const std::uint32_t* words, std::size_t count);
LaneFailure check_avx512_float(const std::uint32_t* words, std::size_t count);
LaneFailure check_avx512_double(const std::uint32_t* words, std::size_t count);
#endif

// Equal bits; any two NaN count as equal, since IEEE-754 leaves their payload open.
RIDGEFLOW_FUNCTION bool same(std::uint32_t a, std::uint32_t b) {
  return a == b;
}
RIDGEFLOW_FUNCTION bool same(float a, float b) {
  return bits_of(a) == bits_of(b) || (a != a && b != b);
}
RIDGEFLOW_FUNCTION bool same(double a, double b) {
  return std::memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b);
}

template <class Real>
class LaneCheck {
  using Traits = LaneTraits<Real>;
  using Scalar = typename Traits::Scalar;
  using Word = typename Traits::Word;
  using Noise = typename Traits::Noise;
  static constexpr std::size_t kWidth = static_cast<std::size_t>(Traits::width);
  template <class T>
  struct alignas(64) Lanes {
    T v[kWidth];
  };

  static Real of(const Lanes<Scalar>& x) { return load(x.v, Real(0)); }
  static Lanes<Scalar> out(Real x) {
    Lanes<Scalar> lanes;
    store(lanes.v, x);
    return lanes;
  }
  // words travel as floats: load and store move bits only
  static Word word(const Lanes<std::uint32_t>& w) {
    Lanes<float> f;
    std::memcpy(f.v, w.v, sizeof f.v);
    return bits_of(load(f.v, Noise(0)));
  }
  static Lanes<float> out_noise(Noise x) {
    Lanes<float> lanes;
    store(lanes.v, x);
    return lanes;
  }
  static Lanes<std::uint32_t> out_word(Word w) {
    const Lanes<float> f = out_noise(float_of_bits(w));
    Lanes<std::uint32_t> lanes;
    std::memcpy(lanes.v, f.v, sizeof f.v);
    return lanes;
  }

  template <class T, class Expected>
  void expect(const char* what, const T& found, const Expected& expected) {
    ++this->failure_.checks;
    for (std::size_t i = 0; i < kWidth; ++i) {
      if (!same(found.v[i], expected(i)) && this->failure_.what == nullptr) {
        this->failure_.what = what;
        this->failure_.lane = i;
      }
    }
  }
  template <class Mask, class Expected>
  void expect_bits(const char* what, Mask mask, const Expected& expected) {
    Lanes<std::uint32_t> lanes;
    for (std::size_t i = 0; i < kWidth; ++i) {
      lanes.v[i] = (lane_bits(mask) >> i) & 1U;
    }
    expect(what, lanes, [&](std::size_t i) { return expected(i) ? 1U : 0U; });
    if (static_cast<std::uint64_t>(lane_bits(mask)) >> kWidth != 0) {
      this->failure_.what = what;
    }
  }

  static Scalar scalar_of(std::uint32_t w, std::uint32_t low) {
    if constexpr (std::is_same_v<Scalar, float>) {
      static_cast<void>(low);
      return float_of_bits(w);
    } else {
      const std::uint64_t pattern = (std::uint64_t{w} << 32) | low;
      double x = 0;
      std::memcpy(&x, &pattern, sizeof x);
      return x;
    }
  }

 public:
  LaneFailure run(const std::uint32_t* words, std::size_t count) {
    constexpr std::size_t kShifts[] = {0, 1, 7, 16, 29, 40};
    // three operands that slide along each other, so that edge cases meet in all combinations
    for (const std::size_t shift : kShifts) {
      for (std::size_t at = 0; at + kWidth <= count; at += kWidth) {
        Lanes<std::uint32_t> w0, w1, w2;
        Lanes<Scalar> x0, x1, x2;
        for (std::size_t i = 0; i < kWidth; ++i) {
          w0.v[i] = words[at + i];
          w1.v[i] = words[(at + i + shift) % count];
          w2.v[i] = words[(at + i + 2 * shift) % count];
          x0.v[i] = scalar_of(w0.v[i], w1.v[i]);
          x1.v[i] = scalar_of(w1.v[i], w2.v[i]);
          x2.v[i] = scalar_of(w2.v[i], w0.v[i]);
        }
        check_reals(x0, x1, x2, w0);
        check_words(w0, w1);
      }
    }
    const Lanes<std::uint32_t> chains = out_word(consecutive(0xFFFFFFF9U, Word{}));
    expect("consecutive", chains, [](std::size_t i) { return 0xFFFFFFF9U + static_cast<std::uint32_t>(i); });
    expect("broadcast", out(Real(Scalar(1.25F))), [](std::size_t) { return Scalar(1.25F); });
    expect("broadcast of an integer", out(Real(-3)), [](std::size_t) { return Scalar(-3); });
    return this->failure_;
  }

 private:
  void check_reals(const Lanes<Scalar>& x0, const Lanes<Scalar>& x1, const Lanes<Scalar>& x2,
                   const Lanes<std::uint32_t>& w0) {
    const Real a = of(x0);
    const Real b = of(x1);
    const Real c = of(x2);
    expect("a + b", out(a + b), [&](std::size_t i) { return x0.v[i] + x1.v[i]; });
    expect("a - b", out(a - b), [&](std::size_t i) { return x0.v[i] - x1.v[i]; });
    expect("a * b", out(a * b), [&](std::size_t i) { return x0.v[i] * x1.v[i]; });
    expect("-a", out(-a), [&](std::size_t i) { return -x0.v[i]; });
    expect("fused", out(fused(a, b, c)), [&](std::size_t i) { return fused(x0.v[i], x1.v[i], x2.v[i]); });
    expect("root", out(root(a)), [&](std::size_t i) { return root(x0.v[i]); });
    expect("quotient", out(quotient(a, b)), [&](std::size_t i) { return quotient(x0.v[i], x1.v[i]); });
    expect("select", out(select(a <= b, b, c)),
           [&](std::size_t i) { return x0.v[i] <= x1.v[i] ? x1.v[i] : x2.v[i]; });
    expect_bits("a <= b", a <= b, [&](std::size_t i) { return x0.v[i] <= x1.v[i]; });
    expect_bits("is_finite", is_finite(a), [&](std::size_t i) { return is_finite(x0.v[i]); });
    expect("widen", out(widen(float_of_bits(word(w0)), Real(0))),
           [&](std::size_t i) { return widen(float_of_bits(w0.v[i]), Scalar(0)); });
  }

  void check_words(const Lanes<std::uint32_t>& w0, const Lanes<std::uint32_t>& w1) {
    const Word a = word(w0);
    const Word b = word(w1);
    expect("a ^ b", out_word(a ^ b), [&](std::size_t i) { return w0.v[i] ^ w1.v[i]; });
    expect("a & b", out_word(a & b), [&](std::size_t i) { return w0.v[i] & w1.v[i]; });
    expect("a | b", out_word(a | b), [&](std::size_t i) { return w0.v[i] | w1.v[i]; });
    expect("a + b", out_word(a + b), [&](std::size_t i) { return w0.v[i] + w1.v[i]; });
    expect("a - b", out_word(a - b), [&](std::size_t i) { return w0.v[i] - w1.v[i]; });
    expect("a << 1", out_word(a << 1), [&](std::size_t i) { return w0.v[i] << 1; });
    expect("a >> 7", out_word(a >> 7), [&](std::size_t i) { return w0.v[i] >> 7; });
    const std::uint32_t factors[] = {philox::kMultiplier0, philox::kMultiplier1, w1.v[0]};
    for (const std::uint32_t factor : factors) {
      const WideProduct<Word> product = wide_product(a, factor);
      expect("high", out_word(product.high),
             [&](std::size_t i) { return wide_product(w0.v[i], factor).high; });
      expect("low", out_word(product.low), [&](std::size_t i) { return wide_product(w0.v[i], factor).low; });
    }
    const Noise x = float_of_bits(a);
    expect("to_float_toward_zero", out_noise(to_float_toward_zero(a)),
           [&](std::size_t i) { return to_float_toward_zero(w0.v[i]); });
    expect("to_float_signed", out_noise(to_float_signed(a)),
           [&](std::size_t i) { return to_float_signed(w0.v[i]); });
    expect("bits_of", out_word(bits_of(x)), [&](std::size_t i) { return w0.v[i]; });
    expect("flip_sign", out_noise(flip_sign(x, b & Word(0x80000000U))),
           [&](std::size_t i) { return flip_sign(float_of_bits(w0.v[i]), w1.v[i] & 0x80000000U); });
    const Pair<Noise> normals = scaled_normal_pair<Noise>(a, b);
    expect("first normal", out_noise(normals.first),
           [&](std::size_t i) { return scaled_normal_pair<float>(w0.v[i], w1.v[i]).first; });
    expect("second normal", out_noise(normals.second),
           [&](std::size_t i) { return scaled_normal_pair<float>(w0.v[i], w1.v[i]).second; });
  }

  LaneFailure failure_;
};

}  // namespace ridgeflow::test
