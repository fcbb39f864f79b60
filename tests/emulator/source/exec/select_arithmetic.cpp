// Integers and bits.
#include <array>
#include <string_view>

#include "decoder.hpp"
#include "integers.hpp"

namespace emu {

using ptx::Type;

using namespace integers;

namespace {

template <class F>
Handler map1_of(Type type) {
  return for_integer(type, [](auto t) -> Handler { return map1<F, decltype(t), decltype(t)>; });
}
template <class F>
Handler map2_of(Type type) {
  return for_integer(type, [](auto t) -> Handler { return map2<F, decltype(t), decltype(t), decltype(t)>; });
}
template <class F>
Handler map3_of(Type type) {
  return for_integer(
      type, [](auto t) -> Handler { return map3<F, decltype(t), decltype(t), decltype(t), decltype(t)>; });
}

Type widened(Type type) {
  switch (type) {
    case Type::kU16:
      return Type::kU32;
    case Type::kS16:
      return Type::kS32;
    case Type::kU32:
      return Type::kU64;
    case Type::kS32:
      return Type::kS64;
    default:
      return Type::kNone;
  }
}

/// lop3: extra is the table.
template <class T>
void lop3(Warp& w, const Instruction& in, Mask mask) {
  const T* a = cells<T>(w, in.s[0]);
  const T* b = cells<T>(w, in.s[1]);
  const T* c = cells<T>(w, in.s[2]);
  T t[kLanes];
  for (int i = 0; i < kLanes; ++i) {
    T r = 0;
    for (u32 k = 0; k < 8; ++k) {
      if ((in.extra >> k & 1U) != 0) {
        r |= ((k & 4U) != 0 ? a[i] : ~a[i]) & ((k & 2U) != 0 ? b[i] : ~b[i]) & ((k & 1U) != 0 ? c[i] : ~c[i]);
      }
    }
    t[i] = r;
  }
  blend(cells<T>(w, in.d[0]), t, mask);
}

/// add.cc and its kin; extra: bit 0 carry in, bit 1 carry out, bit 2 subtract.
template <class T>
void add_with_carry(Warp& w, const Instruction& in, Mask mask) {
  const T* a = cells<T>(w, in.s[0]);
  const T* b = cells<T>(w, in.s[1]);
  const bool subtracts = (in.extra & 4U) != 0;
  T t[kLanes];
  Mask carry = 0;
  for (int i = 0; i < kLanes; ++i) {
    const T in_carry = (in.extra & 1U) != 0 ? static_cast<T>((w.carry >> i) & 1U) : T(0);
    const Unsigned128 wide = subtracts ? static_cast<Unsigned128>(a[i]) - b[i] - in_carry
                                       : static_cast<Unsigned128>(a[i]) + b[i] + in_carry;
    t[i] = static_cast<T>(wide);
    carry |= static_cast<Mask>((wide >> (8 * sizeof(T))) & 1U) << i;
  }
  blend(cells<T>(w, in.d[0]), t, mask);
  if ((in.extra & 2U) != 0) {
    w.carry = (w.carry & ~mask) | (carry & mask);
  }
}

bool select_carry(Decoder& d, std::string_view name) {
  const bool in = name == "addc" || name == "subc" || name == "madc";
  const bool out = d.has("cc");
  if (!in && !out) {
    return false;
  }
  const Type type = d.type();
  const bool wide = ptx::bytes_of(type) == 8;
  if (map2_of<Mul>(type) == nullptr) {
    d.unsupported("for this type");
  }
  Ref a = d.source(1, type);
  Ref b = d.source(2, type);
  if (name == "mad" || name == "madc") {
    const Ref product = d.temporary(type);
    d.emit(d.has("hi") ? map2_of<MulHi>(type) : map2_of<Mul>(type), {product}, {a, b});
    a = product;
    b = d.source(3, type);
  }
  const Ref result = d.target(d.operand(0), type);
  d.emit(wide ? add_with_carry<u64> : add_with_carry<u32>, {result}, {a, b}).extra =
      (in ? 1U : 0U) | (out ? 2U : 0U) | (name.starts_with("sub") ? 4U : 0U);
  d.finish(d.operand(0), type, result);
  return true;
}

bool select_multiply(Decoder& d, std::string_view name) {
  if (name != "mul" && name != "mad" && name != "mul24" && name != "mad24") {
    return false;
  }
  const Type type = d.type();
  const bool adds = name.starts_with("mad");
  if (name.ends_with("24")) {
    d.unsupported();
  }
  const Ref a = d.source(1, type);
  const Ref b = d.source(2, type);
  if (d.has("wide")) {
    const Type wide = widened(type);
    const auto handler = [&]() -> Handler {
      switch (type) {
        case Type::kU16:
          return adds ? map3<MadWide<u32>, u32, std::uint16_t, std::uint16_t, u32>
                      : map2<MulWide<u32>, u32, std::uint16_t, std::uint16_t>;
        case Type::kS16:
          return adds ? map3<MadWide<std::int32_t>, std::int32_t, std::int16_t, std::int16_t, std::int32_t>
                      : map2<MulWide<std::int32_t>, std::int32_t, std::int16_t, std::int16_t>;
        case Type::kU32:
          return adds ? map3<MadWide<u64>, u64, u32, u32, u64> : map2<MulWide<u64>, u64, u32, u32>;
        case Type::kS32:
          return adds ? map3<MadWide<std::int64_t>, std::int64_t, std::int32_t, std::int32_t, std::int64_t>
                      : map2<MulWide<std::int64_t>, std::int64_t, std::int32_t, std::int32_t>;
        default:
          return nullptr;
      }
    }();
    if (adds) {
      d.emit_result(handler, wide, {a, b, d.source(3, wide)});
    } else {
      d.emit_result(handler, wide, {a, b});
    }
    return true;
  }
  const bool high = d.has("hi");
  if (adds) {
    d.emit_result(high ? map3_of<MadHi>(type) : map3_of<Mad>(type), type, {a, b, d.source(3, type)});
  } else {
    d.emit_result(high ? map2_of<MulHi>(type) : map2_of<Mul>(type), type, {a, b});
  }
  return true;
}

bool select_bits(Decoder& d, std::string_view name) {
  const Type type = d.type();
  const bool wide = ptx::bytes_of(type) == 8;
  if (name == "shl" || name == "shr") {
    const Handler handler = for_integer(type, [&](auto t) -> Handler {
      using T = decltype(t);
      return name == "shl" ? map2<Shl, T, T, u32> : map2<Shr, T, T, u32>;
    });
    d.emit_result(handler, type, {d.source(1, type), d.source(2, Type::kU32)});
  } else if (name == "popc") {
    d.emit_result(wide ? map1<Popc, u32, u64> : map1<Popc, u32, u32>, Type::kU32, {d.source(1, type)});
  } else if (name == "clz") {
    d.emit_result(wide ? map1<Clz, u32, u64> : map1<Clz, u32, u32>, Type::kU32, {d.source(1, type)});
  } else if (name == "brev") {
    d.emit_result(wide ? map1<Brev, u64, u64> : map1<Brev, u32, u32>, type, {d.source(1, type)});
  } else if (name == "bfind") {
    const bool amount = d.has("shiftamt");
    const Handler handler = for_integer(type, [&](auto t) -> Handler {
      using T = decltype(t);
      return amount ? map1<Bfind<true>, u32, T> : map1<Bfind<false>, u32, T>;
    });
    d.emit_result(handler, Type::kU32, {d.source(1, type)});
  } else if (name == "bfe") {
    const Handler handler =
        for_integer(type, [](auto t) -> Handler { return map3<Bfe, decltype(t), decltype(t), u32, u32>; });
    d.emit_result(handler, type, {d.source(1, type), d.source(2, Type::kU32), d.source(3, Type::kU32)});
  } else if (name == "bfi") {
    d.emit_result(wide ? bfi<u64> : bfi<u32>, type,
                  {d.source(1, type), d.source(2, type), d.source(3, Type::kU32), d.source(4, Type::kU32)});
  } else if (name == "shf") {
    const bool left = d.has("l");
    const bool wraps = d.has("wrap");
    const Handler handler = left ? (wraps ? map3<Funnel<true, true>, u32, u32, u32, u32>
                                          : map3<Funnel<true, false>, u32, u32, u32, u32>)
                                 : (wraps ? map3<Funnel<false, true>, u32, u32, u32, u32>
                                          : map3<Funnel<false, false>, u32, u32, u32, u32>);
    d.emit_result(handler, type, {d.source(1, type), d.source(2, type), d.source(3, Type::kU32)});
  } else if (name == "prmt") {
    if (d.statement().parts.size() != 2) {
      d.unsupported("modes of prmt");
    }
    d.emit_result(map3<Prmt, u32, u32, u32, u32>, type,
                  {d.source(1, type), d.source(2, type), d.source(3, type)});
  } else if (name == "lop3") {
    const Ref to = d.target(d.operand(0), type);
    d.emit(lop3<u32>, {to}, {d.source(1, type), d.source(2, type), d.source(3, type)}).extra =
        static_cast<u32>(d.operand(4).bits);
    d.finish(d.operand(0), type, to);
  } else {
    return false;
  }
  return true;
}

}  // namespace

bool select_arithmetic(Decoder& d) {
  const std::string_view name = d.statement().parts[0];
  const Type type = d.type();
  if (ptx::is_float(type) || type == Type::kF16x2 || type == Type::kBF16x2) {
    return false;
  }
  if ((name == "add" || name == "addc" || name == "sub" || name == "subc" || name == "mad" ||
       name == "madc") &&
      select_carry(d, name)) {
    return true;
  }
  if (select_multiply(d, name) || select_bits(d, name)) {
    return true;
  }
  struct Binary {
    std::string_view name;
    Handler (*handler)(Type);
  };
  static constexpr std::array kBinary = {
      Binary{"add", map2_of<Add>}, Binary{"sub", map2_of<Sub>}, Binary{"div", map2_of<Div>},
      Binary{"rem", map2_of<Rem>}, Binary{"min", map2_of<Min>}, Binary{"max", map2_of<Max>},
      Binary{"and", map2_of<And>}, Binary{"or", map2_of<Or>},   Binary{"xor", map2_of<Xor>}};
  static constexpr std::array kUnary = {Binary{"not", map1_of<Not>}, Binary{"cnot", map1_of<Cnot>},
                                        Binary{"neg", map1_of<Neg>}, Binary{"abs", map1_of<Abs>}};
  for (const Binary& one : kBinary) {
    if (name == one.name) {
      if (d.has("sat")) {
        d.unsupported();
      }
      d.emit_result(one.handler(type), type, {d.source(1, type), d.source(2, type)});
      return true;
    }
  }
  for (const Binary& one : kUnary) {
    if (name == one.name) {
      d.emit_result(one.handler(type), type, {d.source(1, type)});
      return true;
    }
  }
  if (name == "sad") {
    d.emit_result(map3_of<Sad>(type), type, {d.source(1, type), d.source(2, type), d.source(3, type)});
    return true;
  }
  return false;
}

}  // namespace emu
