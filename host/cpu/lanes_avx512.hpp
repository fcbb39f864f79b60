/// \file
/// Sixteen chains side by side: the arithmetic of base/arithmetic.hpp in AVX-512. Include only from a source
/// compiled for it; everything is always inlined into templates of its own types, so nothing leaks to others.
#pragma once

#include <cstdint>

#include <immintrin.h>

#include "ridgeflow/base/arithmetic.hpp"

namespace ridgeflow::avx512 {

#define RIDGEFLOW_LANE [[gnu::always_inline]] inline

struct Word {
  __m512i v;
  Word() = default;
  RIDGEFLOW_LANE explicit Word(__m512i x) : v(x) {}
  RIDGEFLOW_LANE explicit Word(std::uint32_t x) : v(_mm512_set1_epi32(static_cast<int>(x))) {}
};
RIDGEFLOW_LANE Word operator^(Word a, Word b) {
  return Word(_mm512_xor_si512(a.v, b.v));
}
RIDGEFLOW_LANE Word operator&(Word a, Word b) {
  return Word(_mm512_and_si512(a.v, b.v));
}
RIDGEFLOW_LANE Word operator|(Word a, Word b) {
  return Word(_mm512_or_si512(a.v, b.v));
}
RIDGEFLOW_LANE Word operator+(Word a, Word b) {
  return Word(_mm512_add_epi32(a.v, b.v));
}
RIDGEFLOW_LANE Word operator-(Word a, Word b) {
  return Word(_mm512_sub_epi32(a.v, b.v));
}
RIDGEFLOW_LANE Word operator<<(Word a, unsigned n) {
  return Word(reinterpret_cast<__m512i>(reinterpret_cast<__v16su>(a.v) << n));
}
RIDGEFLOW_LANE Word operator>>(Word a, unsigned n) {
  return Word(reinterpret_cast<__m512i>(reinterpret_cast<__v16su>(a.v) >> n));
}

/// Even and odd lanes are multiplied apart; two masked shuffles put the halves together.
RIDGEFLOW_LANE WideProduct<Word> wide_product(Word a, std::uint32_t b) {
  const __m512i factor = _mm512_set1_epi32(static_cast<int>(b));
  const __m512i even = _mm512_mul_epu32(a.v, factor);
  const __m512i odd =
      _mm512_mul_epu32(reinterpret_cast<__m512i>(reinterpret_cast<__v8du>(a.v) >> 32), factor);
  return {Word(_mm512_mask_shuffle_epi32(odd, 0x5555, even, static_cast<_MM_PERM_ENUM>(0xF5))),
          Word(_mm512_mask_shuffle_epi32(even, 0xAAAA, odd, static_cast<_MM_PERM_ENUM>(0xA0)))};
}

struct Mask {
  __mmask16 v;
  RIDGEFLOW_LANE explicit Mask(bool x) : v(x ? 0xFFFF : 0) {}
  RIDGEFLOW_LANE explicit Mask(__mmask16 x) : v(x) {}
};
/// Bit l is lane l.
RIDGEFLOW_LANE std::uint32_t lane_bits(Mask m) {
  return m.v;
}

struct Float {
  __m512 v;
  Float() = default;
  RIDGEFLOW_LANE explicit Float(__m512 x) : v(x) {}
  RIDGEFLOW_LANE explicit Float(float x) : v(_mm512_set1_ps(x)) {}
  RIDGEFLOW_LANE explicit Float(int x) : v(_mm512_set1_ps(static_cast<float>(x))) {}
};
RIDGEFLOW_LANE Float operator+(Float a, Float b) {
  return Float(_mm512_add_ps(a.v, b.v));
}
RIDGEFLOW_LANE Float operator-(Float a, Float b) {
  return Float(_mm512_sub_ps(a.v, b.v));
}
RIDGEFLOW_LANE Float operator*(Float a, Float b) {
  return Float(_mm512_mul_ps(a.v, b.v));
}
RIDGEFLOW_LANE Float operator-(Float a) {
  return Float(_mm512_xor_ps(a.v, _mm512_set1_ps(-0.0F)));
}
RIDGEFLOW_LANE Mask operator<=(Float a, Float b) {
  return Mask(_mm512_cmp_ps_mask(a.v, b.v, _CMP_LE_OQ));
}
RIDGEFLOW_LANE Float fused(Float a, Float b, Float c) {
  return Float(_mm512_fmadd_ps(a.v, b.v, c.v));
}
RIDGEFLOW_LANE Float root(Float x) {
  return Float(_mm512_sqrt_ps(x.v));
}
RIDGEFLOW_LANE Float root_of_radius(Float x) {
  return root(x);
}
RIDGEFLOW_LANE Float quotient(Float a, Float b) {
  return Float(_mm512_div_ps(a.v, b.v));
}
RIDGEFLOW_LANE Float select(Mask m, Float a, Float b) {
  return Float(_mm512_mask_blend_ps(m.v, b.v, a.v));
}
RIDGEFLOW_LANE Mask is_finite(Float x) {
  return Mask(_mm512_cmp_ps_mask(_mm512_sub_ps(x.v, x.v), _mm512_setzero_ps(), _CMP_EQ_OQ));
}
RIDGEFLOW_LANE Word bits_of(Float x) {
  return Word(_mm512_castps_si512(x.v));
}
RIDGEFLOW_LANE Float float_of_bits(Word w) {
  return Float(_mm512_castsi512_ps(w.v));
}
RIDGEFLOW_LANE Float flip_sign(Float x, Word sign) {
  return float_of_bits(bits_of(x) ^ sign);
}
RIDGEFLOW_LANE Float to_float_toward_zero(Word w) {
  return Float(_mm512_cvt_roundepu32_ps(w.v, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC));
}
RIDGEFLOW_LANE Float to_float_signed(Word w) {
  return Float(_mm512_cvtepi32_ps(w.v));
}

struct Double {
  __m512d low;
  __m512d high;
  Double() = default;
  RIDGEFLOW_LANE Double(__m512d l, __m512d h) : low(l), high(h) {}
  RIDGEFLOW_LANE explicit Double(double x) : low(_mm512_set1_pd(x)), high(low) {}
  RIDGEFLOW_LANE explicit Double(int x) : Double(static_cast<double>(x)) {}
};
RIDGEFLOW_LANE Double operator+(Double a, Double b) {
  return {_mm512_add_pd(a.low, b.low), _mm512_add_pd(a.high, b.high)};
}
RIDGEFLOW_LANE Double operator-(Double a, Double b) {
  return {_mm512_sub_pd(a.low, b.low), _mm512_sub_pd(a.high, b.high)};
}
RIDGEFLOW_LANE Double operator*(Double a, Double b) {
  return {_mm512_mul_pd(a.low, b.low), _mm512_mul_pd(a.high, b.high)};
}
RIDGEFLOW_LANE Double operator-(Double a) {
  const __m512d sign = _mm512_set1_pd(-0.0);
  return {_mm512_xor_pd(a.low, sign), _mm512_xor_pd(a.high, sign)};
}
RIDGEFLOW_LANE Mask masks(__mmask8 low, __mmask8 high) {
  return Mask(static_cast<__mmask16>(static_cast<unsigned>(low) | (static_cast<unsigned>(high) << 8)));
}
RIDGEFLOW_LANE Mask operator<=(Double a, Double b) {
  return masks(_mm512_cmp_pd_mask(a.low, b.low, _CMP_LE_OQ), _mm512_cmp_pd_mask(a.high, b.high, _CMP_LE_OQ));
}
RIDGEFLOW_LANE Double fused(Double a, Double b, Double c) {
  return {_mm512_fmadd_pd(a.low, b.low, c.low), _mm512_fmadd_pd(a.high, b.high, c.high)};
}
RIDGEFLOW_LANE Double root(Double x) {
  return {_mm512_sqrt_pd(x.low), _mm512_sqrt_pd(x.high)};
}
RIDGEFLOW_LANE Double quotient(Double a, Double b) {
  return {_mm512_div_pd(a.low, b.low), _mm512_div_pd(a.high, b.high)};
}
RIDGEFLOW_LANE Double select(Mask m, Double a, Double b) {
  return {_mm512_mask_blend_pd(static_cast<__mmask8>(m.v), b.low, a.low),
          _mm512_mask_blend_pd(static_cast<__mmask8>(m.v >> 8), b.high, a.high)};
}
RIDGEFLOW_LANE Mask is_finite(Double x) {
  const __m512d zero = _mm512_setzero_pd();
  return masks(_mm512_cmp_pd_mask(_mm512_sub_pd(x.low, x.low), zero, _CMP_EQ_OQ),
               _mm512_cmp_pd_mask(_mm512_sub_pd(x.high, x.high), zero, _CMP_EQ_OQ));
}

RIDGEFLOW_LANE Float widen(Float x, Float /*like*/) {
  return x;
}
RIDGEFLOW_LANE Double widen(Float x, Double /*like*/) {
  return {_mm512_cvtps_pd(_mm512_castps512_ps256(x.v)),
          _mm512_cvtps_pd(_mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(x.v), 1)))};
}

RIDGEFLOW_LANE Float load(const float* p, Float /*like*/) {
  return Float(_mm512_load_ps(p));
}
RIDGEFLOW_LANE void store(float* p, Float x) {
  _mm512_store_ps(p, x.v);
}
RIDGEFLOW_LANE Double load(const double* p, Double /*like*/) {
  return {_mm512_load_pd(p), _mm512_load_pd(p + 8)};
}
RIDGEFLOW_LANE void store(double* p, Double x) {
  _mm512_store_pd(p, x.low);
  _mm512_store_pd(p + 8, x.high);
}
/// first, first + 1, ... in the lanes.
RIDGEFLOW_LANE Word consecutive(std::uint32_t first, Word /*like*/) {
  return Word(first) + Word(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
}

#undef RIDGEFLOW_LANE
}  // namespace ridgeflow::avx512

namespace ridgeflow {
template <>
struct LaneTraits<avx512::Float> {
  using Noise = avx512::Float;
  using Word = avx512::Word;
  using Mask = avx512::Mask;
  using Scalar = float;
  static constexpr int width = 16;
};
template <>
struct LaneTraits<avx512::Double> {
  using Noise = avx512::Float;
  using Word = avx512::Word;
  using Mask = avx512::Mask;
  using Scalar = double;
  static constexpr int width = 16;
};
}  // namespace ridgeflow
