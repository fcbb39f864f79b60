/// \file
/// What instructions do with integers and bits, one lane at a time.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <type_traits>

#include "numbers.hpp"

namespace emu::integers {

// clang-format off
struct Add { template <class T> T operator()(T a, T b) const { return static_cast<T>(a + b); } };
struct Sub { template <class T> T operator()(T a, T b) const { return static_cast<T>(a - b); } };
struct Mul { template <class T> T operator()(T a, T b) const { return static_cast<T>(a * b); } };
struct Div { template <class T> T operator()(T a, T b) const {
  if (b == 0) { return static_cast<T>(-1); }
  if constexpr (std::is_signed_v<T>) { if (b == -1) { return static_cast<T>(T(0) - a); } }
  return static_cast<T>(a / b); } };
struct Rem { template <class T> T operator()(T a, T b) const {
  if (b == 0) { return a; }
  if constexpr (std::is_signed_v<T>) { if (b == -1) { return 0; } }
  return static_cast<T>(a % b); } };
struct Min { template <class T> T operator()(T a, T b) const { return b < a ? b : a; } };
struct Max { template <class T> T operator()(T a, T b) const { return a < b ? b : a; } };
struct And { template <class T> T operator()(T a, T b) const { return static_cast<T>(a & b); } };
struct Or { template <class T> T operator()(T a, T b) const { return static_cast<T>(a | b); } };
struct Xor { template <class T> T operator()(T a, T b) const { return static_cast<T>(a ^ b); } };
struct Not { template <class T> T operator()(T a) const { return static_cast<T>(~a); } };
struct Cnot { template <class T> T operator()(T a) const { return static_cast<T>(a == 0 ? 1 : 0); } };
struct Neg { template <class T> T operator()(T a) const { return static_cast<T>(T(0) - a); } };
struct Abs { template <class T> T operator()(T a) const { return static_cast<T>(a < 0 ? T(0) - a : a); } };
struct Same { template <class T> T operator()(T a) const { return a; } };
struct Mad { template <class T> T operator()(T a, T b, T c) const { return static_cast<T>(a * b + c); } };
struct Sad { template <class T> T operator()(T a, T b, T c) const { return static_cast<T>(c + (a < b ? b - a : a - b)); } };
struct Shl { template <class T> T operator()(T a, u32 n) const { return n >= 8 * sizeof(T) ? T(0) : static_cast<T>(a << n); } };
struct Shr { template <class T> T operator()(T a, u32 n) const {
  constexpr u32 kBits = 8 * sizeof(T);
  if constexpr (std::is_signed_v<T>) { return static_cast<T>(a >> (n >= kBits ? kBits - 1 : n)); }
  else { return n >= kBits ? T(0) : static_cast<T>(a >> n); } } };
/// High half of a product.
struct MulHi { template <class T> T operator()(T a, T b) const {
  if constexpr (sizeof(T) == 8) {
    using Wide = std::conditional_t<std::is_signed_v<T>, Signed128, Unsigned128>;
    return static_cast<T>((static_cast<Wide>(a) * static_cast<Wide>(b)) >> 64);
  } else {
    using Wide = std::conditional_t<std::is_signed_v<T>, std::int64_t, u64>;
    return static_cast<T>((static_cast<Wide>(a) * static_cast<Wide>(b)) >> (8 * sizeof(T)));
  } } };
struct MadHi { template <class T> T operator()(T a, T b, T c) const { return static_cast<T>(MulHi{}(a, b) + c); } };
template <class Wide> struct MulWide { template <class T> Wide operator()(T a, T b) const { return static_cast<Wide>(static_cast<Wide>(a) * static_cast<Wide>(b)); } };
template <class Wide> struct MadWide { template <class T> Wide operator()(T a, T b, Wide c) const { return static_cast<Wide>(static_cast<Wide>(a) * static_cast<Wide>(b) + c); } };
struct Popc { template <class T> u32 operator()(T a) const { return static_cast<u32>(std::popcount(a)); } };
struct Clz { template <class T> u32 operator()(T a) const { return static_cast<u32>(std::countl_zero(a)); } };
struct Brev { template <class T> T operator()(T a) const {
  T r = 0;
  for (u32 i = 0; i < 8 * sizeof(T); ++i) { r = static_cast<T>(r | (((a >> i) & 1U) << (8 * sizeof(T) - 1 - i))); }
  return r; } };
template <bool shift> struct Bfind { template <class T> u32 operator()(T a) const {
  using U = std::make_unsigned_t<T>;
  const U v = static_cast<U>(std::is_signed_v<T> && a < 0 ? ~a : a);
  if (v == 0) { return ~u32{0}; }
  const u32 top = static_cast<u32>(8 * sizeof(T) - 1) - static_cast<u32>(std::countl_zero(v));
  return shift ? static_cast<u32>(8 * sizeof(T) - 1) - top : top; } };
struct Bfe { template <class T> T operator()(T a, u32 b, u32 c) const {
  constexpr int kTop = 8 * sizeof(T) - 1;
  const int pos = static_cast<int>(b & 0xFFU);
  const int len = static_cast<int>(c & 0xFFU);
  using U = std::make_unsigned_t<T>;
  const int at = std::min(pos + len - 1, kTop);
  const bool sign = std::is_signed_v<T> && len != 0 && (static_cast<U>(a) >> at & 1U) != 0;
  U d = 0;
  for (int i = 0; i <= kTop; ++i) {
    const bool bit = i < len && pos + i <= kTop ? (static_cast<U>(a) >> (pos + i) & 1U) != 0 : sign;
    d |= static_cast<U>(bit) << i;
  }
  return static_cast<T>(d); } };
/// Four sources: f inserted into a.
template <class T> void bfi(Warp& w, const Instruction& in, Mask mask) {
  const T* f = cells<T>(w, in.s[0]);
  const T* a = cells<T>(w, in.s[1]);
  const u32* pos = cells<u32>(w, in.s[2]);
  const u32* len = cells<u32>(w, in.s[3]);
  T t[kLanes];
  for (int i = 0; i < kLanes; ++i) {
    t[i] = a[i];
    for (u32 k = 0; k < (len[i] & 0xFFU) && (pos[i] & 0xFFU) + k < 8 * sizeof(T); ++k) {
      const u32 at = (pos[i] & 0xFFU) + k;
      t[i] = static_cast<T>((t[i] & ~(T{1} << at)) | (((f[i] >> k) & 1U) << at));
    }
  }
  blend(cells<T>(w, in.d[0]), t, mask);
}
/// d = pieces of the pair b:a, shifted.
template <bool left, bool wrap> struct Funnel { u32 operator()(u32 a, u32 b, u32 c) const {
  const u32 n = wrap ? c & 31U : std::min(c, 32U);
  const u64 pair = (static_cast<u64>(b) << 32) | a;
  return left ? static_cast<u32>((pair << n) >> 32) : static_cast<u32>(pair >> n); } };
struct Prmt { u32 operator()(u32 a, u32 b, u32 c) const {
  const u64 pair = (static_cast<u64>(b) << 32) | a;
  u32 d = 0;
  for (u32 i = 0; i < 4; ++i) {
    const u32 sel = (c >> (4 * i)) & 0xFU;
    u32 byte = static_cast<u32>(pair >> (8 * (sel & 7U))) & 0xFFU;
    if ((sel & 8U) != 0) { byte = (byte & 0x80U) != 0 ? 0xFFU : 0U; }
    d |= byte << (8 * i);
  }
  return d; } };
// clang-format on

}  // namespace emu::integers
