/// \file
/// PTX arithmetic where it is not C++'s.
#pragma once

#include <bit>
#include <cfenv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "warp.hpp"

namespace emu {

using u32 = std::uint32_t;
using u64 = std::uint64_t;

__extension__ typedef __int128 Signed128;  // an extension, which -Wpedantic would tell of
__extension__ typedef unsigned __int128 Unsigned128;

/// Results that are no number have one bit pattern in single precision.
inline float canonical(float x) {
  return x == x ? x : std::bit_cast<float>(0x7FFFFFFFU);
}
inline double canonical(double x) {
  return x;
}

/// .ftz: subnormal numbers become zeros of their sign.
inline float flushed(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  return std::bit_cast<float>((bits & 0x7F800000U) == 0 ? bits & 0x80000000U : bits);
}

/// A handler run under another rounding mode of the host.
template <Handler handler, int mode>
void rounded(Warp& w, const Instruction& in, Mask mask) {
  std::fesetround(mode);
  handler(w, in, mask);
  std::fesetround(FE_TONEAREST);
}

/// Calls \p f with a value of the C++ type of \p type: of its bits where \p f does not care for the sign.
template <class F>
Handler for_integer(ptx::Type type, F f) {
  using ptx::Type;
  switch (type) {
    case Type::kB8:
    case Type::kU8:
      return f(std::uint8_t{});
    case Type::kS8:
      return f(std::int8_t{});
    case Type::kB16:
    case Type::kU16:
      return f(std::uint16_t{});
    case Type::kS16:
      return f(std::int16_t{});
    case Type::kB32:
    case Type::kU32:
      return f(std::uint32_t{});
    case Type::kS32:
      return f(std::int32_t{});
    case Type::kB64:
    case Type::kU64:
      return f(std::uint64_t{});
    case Type::kS64:
      return f(std::int64_t{});
    default:
      return nullptr;
  }
}

}  // namespace emu
