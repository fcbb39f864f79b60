// cvt and cvta.
#include <limits>
#include <string_view>

#include "decoder.hpp"
#include "numbers.hpp"

namespace emu {

using ptx::Operand;
using ptx::Space;
using ptx::Type;

namespace {

enum class Round { kNearest, kZero, kDown, kUp };

template <Round how, class T>
T to_integral(T x) {
  if constexpr (how == Round::kNearest) {
    return std::nearbyint(x);
  } else if constexpr (how == Round::kZero) {
    return std::trunc(x);
  } else if constexpr (how == Round::kDown) {
    return std::floor(x);
  } else {
    return std::ceil(x);
  }
}

/// Float to integer: clamped; of no number 0, or 2^(bits - 1) where one of the two has 64 bits.
template <class D, class S, Round how>
struct FloatToInteger {
  D operator()(S x) const {
    if (x != x) {
      constexpr bool kZero = sizeof(S) < 8 && sizeof(D) < 8;
      return kZero ? D(0) : static_cast<D>(std::uint64_t{1} << (8 * sizeof(D) - 1));
    }
    const S y = to_integral<how>(x);
    constexpr auto kLow = std::numeric_limits<D>::min();
    constexpr auto kHigh = std::numeric_limits<D>::max();
    // 2^bits is a float, the largest integer may not be
    constexpr S above = static_cast<S>(kHigh / 2 + 1) * 2;
    return y >= above ? kHigh : y <= static_cast<S>(kLow) ? kLow : static_cast<D>(y);
  }
};

/// The float next to \p x toward zero, down or up, if \p x overshot \p exact.
template <Round how>
float directed(float x, double exact) {
  const auto wide = static_cast<double>(x);
  const auto bits = std::bit_cast<std::uint32_t>(x);
  if constexpr (how == Round::kZero) {
    return std::bit_cast<float>(std::fabs(wide) > std::fabs(exact) ? bits - 1 : bits);
  } else if constexpr (how == Round::kDown) {
    return wide > exact ? std::nextafter(x, -std::numeric_limits<float>::infinity()) : x;
  } else if constexpr (how == Round::kUp) {
    return wide < exact ? std::nextafter(x, std::numeric_limits<float>::infinity()) : x;
  } else {
    return x;
  }
}

/// To single precision from what double precision holds exactly.
template <class S, Round how>
struct ToSingle {
  float operator()(S x) const {
    const auto exact = static_cast<double>(x);
    return canonical(directed<how>(static_cast<float>(exact), exact));
  }
};

template <class D, class S>
struct Cast {
  D operator()(S x) const { return static_cast<D>(x); }
};
template <class D, class S>
struct Clamp {
  D operator()(S x) const {
    using Wide = Signed128;
    const Wide low = std::numeric_limits<D>::min();
    const Wide high = std::numeric_limits<D>::max();
    const Wide wide = x;
    return static_cast<D>(wide < low ? low : wide > high ? high : wide);
  }
};
template <class T, Round how>
struct Integral {
  T operator()(T x) const { return canonical(to_integral<how>(x)); }
};
struct Widen {
  double operator()(float x) const { return static_cast<double>(x); }
};

struct HalfToSingle {
  float operator()(std::uint16_t bits) const {
    return canonical(static_cast<float>(std::bit_cast<_Float16>(bits)));
  }
};
struct SingleToHalf {
  std::uint16_t operator()(float x) const {
    return x != x ? std::uint16_t{0x7FFF} : std::bit_cast<std::uint16_t>(static_cast<_Float16>(x));
  }
};
struct BrainToSingle {
  float operator()(std::uint16_t bits) const {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
  }
};
struct SingleToBrain {
  std::uint16_t operator()(float x) const {
    if (x != x) {
      return 0x7FFF;
    }
    const auto bits = std::bit_cast<std::uint32_t>(x);
    return static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16);
  }
};
struct Flush {
  float operator()(float x) const { return flushed(x); }
};
template <class T>
struct Saturate {
  T operator()(T x) const { return x > T(0) ? (x < T(1) ? x : T(1)) : T(0); }
};

/// Calls \p f with values of the C++ types of both.
template <class F>
Handler for_both_integers(Type to, Type from, F f) {
  return for_integer(
      to, [&](auto d) -> Handler { return for_integer(from, [&](auto s) -> Handler { return f(d, s); }); });
}

template <class S, Round how>
Handler float_to_integer(Type to) {
  return for_integer(to, [](auto d) -> Handler {
    using D = decltype(d);
    return map1<FloatToInteger<D, S, how>, D, S>;
  });
}

template <Round how>
Handler integer_to_float(Type to, Type from) {
  return for_integer(from, [&](auto s) -> Handler {
    using S = decltype(s);
    constexpr int kMode = how == Round::kNearest ? FE_TONEAREST
                          : how == Round::kZero  ? FE_TOWARDZERO
                          : how == Round::kDown  ? FE_DOWNWARD
                                                 : FE_UPWARD;
    if (to == Type::kF32) {
      if constexpr (sizeof(S) < 8) {
        return map1<ToSingle<S, how>, float, S>;
      } else {
        return rounded<map1<Cast<float, S>, float, S>, kMode>;
      }
    }
    return how == Round::kNearest || sizeof(S) < 8
               ? Handler{map1<Cast<double, S>, double, S>}
               : Handler{rounded<map1<Cast<double, S>, double, S>, kMode>};
  });
}

template <Round how>
Handler cvt_handler(Type to, Type from, bool integral) {
  const bool to_float = to == Type::kF32 || to == Type::kF64;
  const bool from_float = from == Type::kF32 || from == Type::kF64;
  if (!to_float && from_float && !ptx::is_float(to)) {
    return from == Type::kF32 ? float_to_integer<float, how>(to) : float_to_integer<double, how>(to);
  }
  if (to_float && !ptx::is_float(from)) {
    return integer_to_float<how>(to, from);
  }
  if (to == Type::kF64 && from == Type::kF64) {
    return integral ? map1<Integral<double, how>, double, double>
                    : map1<Cast<double, double>, double, double>;
  }
  if (to == Type::kF32 && from == Type::kF32) {
    return integral ? map1<Integral<float, how>, float, float> : map1<Cast<float, float>, float, float>;
  }
  if (to == Type::kF64 && from == Type::kF32) {
    return map1<Widen, double, float>;
  }
  if (to == Type::kF32 && from == Type::kF64) {
    return map1<ToSingle<double, how>, float, double>;
  }
  if (to == Type::kF32 && from == Type::kF16) {
    return map1<HalfToSingle, float, std::uint16_t>;
  }
  if (to == Type::kF32 && from == Type::kBF16) {
    return map1<BrainToSingle, float, std::uint16_t>;
  }
  if (how == Round::kNearest && from == Type::kF32) {
    return to == Type::kF16    ? Handler{map1<SingleToHalf, std::uint16_t, float>}
           : to == Type::kBF16 ? Handler{map1<SingleToBrain, std::uint16_t, float>}
                               : nullptr;
  }
  return nullptr;
}

void select_cvt(Decoder& d) {
  const Type to = d.type(0);
  const Type from = d.type(1);
  if (from == Type::kNone || d.type(2) != Type::kNone) {
    d.unsupported();
  }
  Ref a = d.source(1, from);
  const bool floats = ptx::is_float(to) || ptx::is_float(from);
  if (!floats) {
    const bool clamps = d.has("sat");
    d.emit_result(for_both_integers(to, from,
                                    [&](auto t, auto s) -> Handler {
                                      using D = decltype(t);
                                      using S = decltype(s);
                                      return clamps ? Handler{map1<Clamp<D, S>, D, S>}
                                                    : Handler{map1<Cast<D, S>, D, S>};
                                    }),
                  to, {a});
    return;
  }
  if (d.has("ftz") && from == Type::kF32) {
    const Ref t = d.temporary(from);
    d.emit(map1<Flush, float, float>, {t}, {a});
    a = t;
  }
  const bool integral = d.has("rni") || d.has("rzi") || d.has("rmi") || d.has("rpi");
  const Handler handler = d.has("rz") || d.has("rzi")   ? cvt_handler<Round::kZero>(to, from, integral)
                          : d.has("rm") || d.has("rmi") ? cvt_handler<Round::kDown>(to, from, integral)
                          : d.has("rp") || d.has("rpi") ? cvt_handler<Round::kUp>(to, from, integral)
                                                        : cvt_handler<Round::kNearest>(to, from, integral);
  if (handler == nullptr) {
    d.unsupported();
  }
  const Ref result = d.target(d.operand(0), to);
  d.emit(handler, {result}, {a});
  if (d.has("ftz") && to == Type::kF32) {
    d.emit(map1<Flush, float, float>, {result}, {result});
  }
  if (d.has("sat") && (to == Type::kF32 || to == Type::kF64)) {
    d.emit(to == Type::kF32 ? Handler{map1<Saturate<float>, float, float>}
                            : Handler{map1<Saturate<double>, double, double>},
           {result}, {result});
  }
  d.finish(d.operand(0), to, result);
}

struct AddTag {
  std::uint64_t operator()(std::uint64_t a, std::uint64_t tag) const { return a + tag; }
};

std::uint64_t tag_of(std::string_view space) {
  return space.starts_with("shared")  ? kSharedTag
         : space == "local"           ? kLocalTag
         : space.starts_with("param") ? kParamTag
                                      : 0;
}

void select_cvta(Decoder& d) {
  const bool to_space = d.opcode_part(1) == "to";
  const std::string_view space = d.opcode_part(to_space ? 2 : 1);
  const std::uint64_t tag = tag_of(space);
  d.emit_result(map2<AddTag, std::uint64_t, std::uint64_t, std::uint64_t>, Type::kU64,
                {d.source(1, Type::kU64), d.constant(to_space ? 0 - tag : tag, Type::kU64)});
}

struct HasTag {
  bool operator()(std::uint64_t a, std::uint64_t tag) const { return (a & kTagMask) == tag; }
};
void is_space(Warp& w, const Instruction& in, Mask mask) {
  set_predicate(w, in.d[0], compare_lanes<HasTag, std::uint64_t>(w, in), mask);
}

}  // namespace

Handler conversion(Type to, Type from) {
  return for_both_integers(to, from, [](auto t, auto s) -> Handler {
    using D = decltype(t);
    using S = decltype(s);
    return map1<Cast<D, S>, D, S>;
  });
}

bool select_convert(Decoder& d) {
  const std::string_view name = d.statement().parts[0];
  if (name == "cvt") {
    select_cvt(d);
  } else if (name == "cvta") {
    select_cvta(d);
  } else if (name == "isspacep") {
    const std::string_view space = d.opcode_part(1);
    const std::uint64_t tag = space == "global" || space == "const" ? kGlobalTag : tag_of(space);
    d.emit(is_space, {d.predicate_result(d.operand(0))},
           {d.source(1, Type::kU64), d.constant(tag, Type::kU64)});
  } else {
    return false;
  }
  return true;
}

}  // namespace emu
