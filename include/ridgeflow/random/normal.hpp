/// \file
/// From bits to normals: Box and Muller's transform in polynomials with fixed coefficients
/// (docs/trajectory.md, "Normals"), the same bits on every machine.
///
/// Uniform: u = RN(RZ(w) 2^-32 + 2^-33) for a word w, strictly inside (0, 1): from 2^-33 to 1 - 2^-24.
/// Radius: sqrt(-log2 u), at most sqrt(33) = 6.76 sigma / 1.1774. The factor sqrt(2 ln 2) = 1.1774 that makes
/// it a normal's radius is folded into the noise amplitudes of the mode tables (kNormalScale). Angle: bits 31
/// and 30 of the second word are signs, bits 8..29 a place in the quadrant; 2^22 places, placed
/// symmetrically, so that the discrete average of cos^n is the circle's for every n used here.
///
/// Accuracy, over all inputs (tests/random/exhaustive.cpp): -log2 u within 1.56e-7 relative (1.64 ulp), the
/// radius within 1.14e-7 relative, cos and sin within 1.5e-7 absolute; a normal therefore within 3.3e-7 of
/// its radius. Over all words E r^2, E r^4, E r^6 are those of the exact radius to 4.1e-8 relative and E
/// cos^2, E cos^4, E cos^6 those of the circle to 3.2e-8, so the second moment of a normal is 1 + 6.9e-8.
#pragma once

#include <cstdint>

#include "ridgeflow/base/arithmetic.hpp"
#include "ridgeflow/base/macros.hpp"
#include "ridgeflow/random/philox.hpp"

namespace ridgeflow {

/// sqrt(2 ln 2): what turns the output of scaled_normals() into standard normals [dimensionless].
inline constexpr double kNormalScale = 1.17741002251547469101;

/// Uniform strictly inside (0, 1).
template <class Real, class Word>
RIDGEFLOW_FUNCTION Real uniform_inside(Word w) {
  return fused(to_float_toward_zero(w), Real(0x1p-32F), Real(0x1p-33F));
}

/// -log2(u) for u = uniform_inside(w): an exponential variate of mean 1/ln 2, between 8.6e-8 and 33.
///
/// u = 2^k (1 + t), 1 + t in [sqrt(1/2), sqrt(2)); -log2 u = -k + t q(t), q of degree 8 (minimax; relative
/// error 4.5e-8 with its coefficients rounded, in exact arithmetic). One rounding of the sum keeps the
/// relative error where u is close to 1.
template <class Real, class Word>
RIDGEFLOW_FUNCTION Real negative_log2_uniform(Word w) {
  const Real u = uniform_inside<Real>(w);
  const Word exponent = (bits_of(u) - Word(0x3F3504F3U)) & Word(0xFF800000U);
  const Real t = float_of_bits(bits_of(u) - exponent) - Real(1.0F);
  Real q = Real(-0x1.01b6d6p-3F);
  q = fused(q, t, Real(0x1.a87d08p-3F));
  q = fused(q, t, Real(-0x1.b9c91ap-3F));
  q = fused(q, t, Real(0x1.e95be8p-3F));
  q = fused(q, t, Real(-0x1.26d384p-2F));
  q = fused(q, t, Real(0x1.715c4ep-2F));
  q = fused(q, t, Real(-0x1.ec73d6p-2F));
  q = fused(q, t, Real(0x1.715470p-1F));
  q = fused(q, t, Real(-0x1.715476p+0F));
  return fused(t, q, to_float_signed(exponent) * Real(-0x1p-23F));
}

/// Two numbers.
template <class Real>
struct Pair {
  Real first;
  Real second;
};

/// cos and sin of an angle uniform on the circle, from one word.
///
/// In the quadrant the angle is pi/4 + pi x / 2, x in (-1/2, 1/2) an odd multiple of 2^-23;
/// cos = C - S, sin = C + S with C = cos(pi x/2)/sqrt(2), S = sin(pi x/2)/sqrt(2) by polynomials in x^2
/// (minimax; absolute error 2.8e-8 and 1.4e-8 with their coefficients rounded, in exact arithmetic).
template <class Real, class Word>
RIDGEFLOW_FUNCTION Pair<Real> circle_point(Word w) {
  const Real x = float_of_bits(((w >> 7) & Word(0x007FFFFEU)) | Word(0x3F800001U)) - Real(1.5F);
  const Real x2 = x * x;
  Real s = Real(-0x1.aa89dcp-9F);
  s = fused(s, x2, Real(0x1.cd8ea4p-5F));
  s = fused(s, x2, Real(-0x1.d3ba3ep-2F));
  s = fused(s, x2, Real(0x1.1c5832p+0F));
  s = s * x;
  Real c = Real(-0x1.d8df08p-7F);
  c = fused(c, x2, Real(0x1.6f4004p-3F));
  c = fused(c, x2, Real(-0x1.bea562p-1F));
  c = fused(c, x2, Real(0x1.6a09e6p-1F));
  return {flip_sign(c - s, w & Word(0x80000000U)), flip_sign(c + s, (w << 1) & Word(0x80000000U))};
}

/// Two independent normals, each divided by kNormalScale, from two words.
template <class Real, class Word>
RIDGEFLOW_FUNCTION Pair<Real> scaled_normal_pair(Word radius_word, Word angle_word) {
  const Real radius = root_of_radius(negative_log2_uniform<Real>(radius_word));
  const Pair<Real> point = circle_point<Real>(angle_word);
  return {radius * point.first, radius * point.second};
}

/// The noise of the four modes of a block, each divided by kNormalScale.
template <class Real>
struct BlockNormals {
  Real xi[4];
};

template <class Real, class Word>
RIDGEFLOW_FUNCTION BlockNormals<Real> scaled_normals(const Words<Word>& words) {
  const Pair<Real> low = scaled_normal_pair<Real>(words.w0, words.w1);
  const Pair<Real> high = scaled_normal_pair<Real>(words.w2, words.w3);
  return {{low.first, low.second, high.first, high.second}};
}

}  // namespace ridgeflow
