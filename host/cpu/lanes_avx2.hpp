/// \file
/// Eight chains side by side: the arithmetic of base/arithmetic.hpp in AVX2 and FMA. Rules as in
/// lanes_avx512.hpp.
#pragma once

#include <cstdint>

#include <immintrin.h>

#include "ridgeflow/base/arithmetic.hpp"

namespace ridgeflow::avx2 {

#define RIDGEFLOW_LANE [[gnu::always_inline]] inline

struct Word {
  __m256i v;
  Word() = default;
  RIDGEFLOW_LANE explicit Word(__m256i x) : v(x) {}
  RIDGEFLOW_LANE explicit Word(std::uint32_t x) : v(_mm256_set1_epi32(static_cast<int>(x))) {}
};
RIDGEFLOW_LANE Word operator^(Word a, Word b) {
  return Word(_mm256_xor_si256(a.v, b.v));
}
RIDGEFLOW_LANE Word operator&(Word a, Word b) {
  return Word(_mm256_and_si256(a.v, b.v));
}
RIDGEFLOW_LANE Word operator|(Word a, Word b) {
  return Word(_mm256_or_si256(a.v, b.v));
}
RIDGEFLOW_LANE Word operator+(Word a, Word b) {
  return Word(_mm256_add_epi32(a.v, b.v));
}
RIDGEFLOW_LANE Word operator-(Word a, Word b) {
  return Word(_mm256_sub_epi32(a.v, b.v));
}
RIDGEFLOW_LANE Word operator<<(Word a, unsigned n) {
  return Word(_mm256_slli_epi32(a.v, static_cast<int>(n)));
}
RIDGEFLOW_LANE Word operator>>(Word a, unsigned n) {
  return Word(_mm256_srli_epi32(a.v, static_cast<int>(n)));
}

RIDGEFLOW_LANE WideProduct<Word> wide_product(Word a, std::uint32_t b) {
  const __m256i factor = _mm256_set1_epi32(static_cast<int>(b));
  const __m256i even = _mm256_mul_epu32(a.v, factor);
  const __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64(a.v, 32), factor);
  return {Word(_mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA)),
          Word(_mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA))};
}

/// All bits of a lane set, or none.
struct Mask {
  __m256i v;
  RIDGEFLOW_LANE explicit Mask(bool x) : v(_mm256_set1_epi32(x ? -1 : 0)) {}
  RIDGEFLOW_LANE explicit Mask(__m256i x) : v(x) {}
};
RIDGEFLOW_LANE std::uint32_t lane_bits(Mask m) {
  return static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(m.v)));
}

struct Float {
  __m256 v;
  Float() = default;
  RIDGEFLOW_LANE explicit Float(__m256 x) : v(x) {}
  RIDGEFLOW_LANE explicit Float(float x) : v(_mm256_set1_ps(x)) {}
  RIDGEFLOW_LANE explicit Float(int x) : v(_mm256_set1_ps(static_cast<float>(x))) {}
};
RIDGEFLOW_LANE Float operator+(Float a, Float b) {
  return Float(_mm256_add_ps(a.v, b.v));
}
RIDGEFLOW_LANE Float operator-(Float a, Float b) {
  return Float(_mm256_sub_ps(a.v, b.v));
}
RIDGEFLOW_LANE Float operator*(Float a, Float b) {
  return Float(_mm256_mul_ps(a.v, b.v));
}
RIDGEFLOW_LANE Float operator-(Float a) {
  return Float(_mm256_xor_ps(a.v, _mm256_set1_ps(-0.0F)));
}
RIDGEFLOW_LANE Mask operator<=(Float a, Float b) {
  return Mask(_mm256_castps_si256(_mm256_cmp_ps(a.v, b.v, _CMP_LE_OQ)));
}
RIDGEFLOW_LANE Float fused(Float a, Float b, Float c) {
  return Float(_mm256_fmadd_ps(a.v, b.v, c.v));
}
RIDGEFLOW_LANE Float root(Float x) {
  return Float(_mm256_sqrt_ps(x.v));
}
RIDGEFLOW_LANE Float root_of_radius(Float x) {
  return root(x);
}
RIDGEFLOW_LANE Float quotient(Float a, Float b) {
  return Float(_mm256_div_ps(a.v, b.v));
}
RIDGEFLOW_LANE Float select(Mask m, Float a, Float b) {
  return Float(_mm256_blendv_ps(b.v, a.v, _mm256_castsi256_ps(m.v)));
}
RIDGEFLOW_LANE Mask is_finite(Float x) {
  return Mask(_mm256_castps_si256(_mm256_cmp_ps(_mm256_sub_ps(x.v, x.v), _mm256_setzero_ps(), _CMP_EQ_OQ)));
}
RIDGEFLOW_LANE Word bits_of(Float x) {
  return Word(_mm256_castps_si256(x.v));
}
RIDGEFLOW_LANE Float float_of_bits(Word w) {
  return Float(_mm256_castsi256_ps(w.v));
}
RIDGEFLOW_LANE Float flip_sign(Float x, Word sign) {
  return float_of_bits(bits_of(x) ^ sign);
}
RIDGEFLOW_LANE Float to_float_signed(Word w) {
  return Float(_mm256_cvtepi32_ps(w.v));
}
/// AVX2 has no unsigned conversion: the high half times 2^16 plus the low half rounds once, and not up, since
/// the bit that would decide it is clear.
RIDGEFLOW_LANE Float to_float_toward_zero(Word w) {
  const __m256i cut = _mm256_andnot_si256(_mm256_srli_epi32(w.v, 24), w.v);
  const __m256 high = _mm256_cvtepi32_ps(_mm256_srli_epi32(cut, 16));
  const __m256 low = _mm256_cvtepi32_ps(_mm256_and_si256(cut, _mm256_set1_epi32(0xFFFF)));
  return Float(_mm256_fmadd_ps(high, _mm256_set1_ps(65536.0F), low));
}

struct Double {
  __m256d low;
  __m256d high;
  Double() = default;
  RIDGEFLOW_LANE Double(__m256d l, __m256d h) : low(l), high(h) {}
  RIDGEFLOW_LANE explicit Double(double x) : low(_mm256_set1_pd(x)), high(low) {}
  RIDGEFLOW_LANE explicit Double(int x) : Double(static_cast<double>(x)) {}
};
RIDGEFLOW_LANE Double operator+(Double a, Double b) {
  return {_mm256_add_pd(a.low, b.low), _mm256_add_pd(a.high, b.high)};
}
RIDGEFLOW_LANE Double operator-(Double a, Double b) {
  return {_mm256_sub_pd(a.low, b.low), _mm256_sub_pd(a.high, b.high)};
}
RIDGEFLOW_LANE Double operator*(Double a, Double b) {
  return {_mm256_mul_pd(a.low, b.low), _mm256_mul_pd(a.high, b.high)};
}
RIDGEFLOW_LANE Double operator-(Double a) {
  const __m256d sign = _mm256_set1_pd(-0.0);
  return {_mm256_xor_pd(a.low, sign), _mm256_xor_pd(a.high, sign)};
}
/// Eight 64-bit masks, narrowed to eight of 32 bits.
RIDGEFLOW_LANE Mask narrowed(__m256d low, __m256d high) {
  const __m256 even = _mm256_shuffle_ps(_mm256_castpd_ps(low), _mm256_castpd_ps(high), 0x88);
  return Mask(_mm256_permute4x64_epi64(_mm256_castps_si256(even), 0xD8));
}
RIDGEFLOW_LANE Mask operator<=(Double a, Double b) {
  return narrowed(_mm256_cmp_pd(a.low, b.low, _CMP_LE_OQ), _mm256_cmp_pd(a.high, b.high, _CMP_LE_OQ));
}
RIDGEFLOW_LANE Double fused(Double a, Double b, Double c) {
  return {_mm256_fmadd_pd(a.low, b.low, c.low), _mm256_fmadd_pd(a.high, b.high, c.high)};
}
RIDGEFLOW_LANE Double root(Double x) {
  return {_mm256_sqrt_pd(x.low), _mm256_sqrt_pd(x.high)};
}
RIDGEFLOW_LANE Double quotient(Double a, Double b) {
  return {_mm256_div_pd(a.low, b.low), _mm256_div_pd(a.high, b.high)};
}
RIDGEFLOW_LANE Double select(Mask m, Double a, Double b) {
  const __m256d low = _mm256_castsi256_pd(_mm256_cvtepi32_epi64(_mm256_castsi256_si128(m.v)));
  const __m256d high = _mm256_castsi256_pd(_mm256_cvtepi32_epi64(_mm256_extracti128_si256(m.v, 1)));
  return {_mm256_blendv_pd(b.low, a.low, low), _mm256_blendv_pd(b.high, a.high, high)};
}
RIDGEFLOW_LANE Mask is_finite(Double x) {
  const __m256d zero = _mm256_setzero_pd();
  return narrowed(_mm256_cmp_pd(_mm256_sub_pd(x.low, x.low), zero, _CMP_EQ_OQ),
                  _mm256_cmp_pd(_mm256_sub_pd(x.high, x.high), zero, _CMP_EQ_OQ));
}

RIDGEFLOW_LANE Float widen(Float x, Float /*like*/) {
  return x;
}
RIDGEFLOW_LANE Double widen(Float x, Double /*like*/) {
  return {_mm256_cvtps_pd(_mm256_castps256_ps128(x.v)), _mm256_cvtps_pd(_mm256_extractf128_ps(x.v, 1))};
}

RIDGEFLOW_LANE Float load(const float* p, Float /*like*/) {
  return Float(_mm256_load_ps(p));
}
RIDGEFLOW_LANE void store(float* p, Float x) {
  _mm256_store_ps(p, x.v);
}
RIDGEFLOW_LANE Double load(const double* p, Double /*like*/) {
  return {_mm256_load_pd(p), _mm256_load_pd(p + 4)};
}
RIDGEFLOW_LANE void store(double* p, Double x) {
  _mm256_store_pd(p, x.low);
  _mm256_store_pd(p + 4, x.high);
}
RIDGEFLOW_LANE Word consecutive(std::uint32_t first, Word /*like*/) {
  return Word(first) + Word(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

#undef RIDGEFLOW_LANE
}  // namespace ridgeflow::avx2

namespace ridgeflow {
template <>
struct LaneTraits<avx2::Float> {
  using Noise = avx2::Float;
  using Word = avx2::Word;
  using Mask = avx2::Mask;
  using Scalar = float;
  static constexpr int width = 8;
};
template <>
struct LaneTraits<avx2::Double> {
  using Noise = avx2::Float;
  using Word = avx2::Word;
  using Mask = avx2::Mask;
  using Scalar = double;
  static constexpr int width = 8;
};
}  // namespace ridgeflow
