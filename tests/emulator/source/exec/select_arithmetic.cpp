// Integers, bits and predicates.
#include <algorithm>
#include <array>
#include <string_view>

#include "decoder.hpp"
#include "numbers.hpp"

namespace emu {

using ptx::Operand;
using ptx::Type;

namespace {

using u32 = std::uint32_t;
using u64 = std::uint64_t;

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

struct Eq { template <class T> bool operator()(T a, T b) const { return a == b; } };
struct Ne { template <class T> bool operator()(T a, T b) const { if constexpr (std::is_floating_point_v<T>) { return a < b || a > b; } else { return a != b; } } };
struct Lt { template <class T> bool operator()(T a, T b) const { return a < b; } };
struct Le { template <class T> bool operator()(T a, T b) const { return a <= b; } };
struct Gt { template <class T> bool operator()(T a, T b) const { return a > b; } };
struct Ge { template <class T> bool operator()(T a, T b) const { return a >= b; } };
struct Equ { template <class T> bool operator()(T a, T b) const { return !(a < b || a > b); } };
struct Neu { template <class T> bool operator()(T a, T b) const { return !(a == b); } };
struct Ltu { template <class T> bool operator()(T a, T b) const { return !(a >= b); } };
struct Leu { template <class T> bool operator()(T a, T b) const { return !(a > b); } };
struct Gtu { template <class T> bool operator()(T a, T b) const { return !(a <= b); } };
struct Geu { template <class T> bool operator()(T a, T b) const { return !(a < b); } };
struct Num { template <class T> bool operator()(T a, T b) const { return a == a && b == b; } };
struct Nan { template <class T> bool operator()(T a, T b) const { return !(a == a && b == b); } };
// clang-format on

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

// Predicates
// ------------------------------------------------------------------------------------------------------

Mask combine(Mask a, Mask b, u32 how) {
  return how == 0 ? a : how == 1 ? a & b : how == 2 ? a | b : a ^ b;
}

/// extra: bits 0-1 the operation with predicate s[2], bit 2 its negation.
template <class F, class T>
void setp(Warp& w, const Instruction& in, Mask mask) {
  const Mask found = compare_lanes<F, T>(w, in);
  const Mask other = w.predicates[in.s[2]] ^ ((in.extra & 4U) != 0 ? kAllLanes : 0U);
  set_predicate(w, in.d[0], combine(found, other, in.extra & 3U), mask);
  set_predicate(w, in.d[1], combine(~found, other, in.extra & 3U), mask);
}

template <class F>
Handler setp_integer(Type type) {
  return for_integer(type, [](auto t) -> Handler { return setp<F, decltype(t)>; });
}
template <class F>
Handler setp_float(Type type) {
  return type == Type::kF32 ? setp<F, float> : type == Type::kF64 ? setp<F, double> : nullptr;
}

Handler setp_handler(std::string_view how, Type type) {
  const bool floats = ptx::is_float(type);
  // lo, ls, hi, hs: of numbers without sign
  if (how == "eq") {
    return floats ? setp_float<Eq>(type) : setp_integer<Eq>(type);
  }
  if (how == "ne") {
    return floats ? setp_float<Ne>(type) : setp_integer<Ne>(type);
  }
  if (how == "lt" || how == "lo") {
    return floats ? setp_float<Lt>(type) : setp_integer<Lt>(type);
  }
  if (how == "le" || how == "ls") {
    return floats ? setp_float<Le>(type) : setp_integer<Le>(type);
  }
  if (how == "gt" || how == "hi") {
    return floats ? setp_float<Gt>(type) : setp_integer<Gt>(type);
  }
  if (how == "ge" || how == "hs") {
    return floats ? setp_float<Ge>(type) : setp_integer<Ge>(type);
  }
  if (how == "equ") {
    return setp_float<Equ>(type);
  }
  if (how == "neu") {
    return setp_float<Neu>(type);
  }
  if (how == "ltu") {
    return setp_float<Ltu>(type);
  }
  if (how == "leu") {
    return setp_float<Leu>(type);
  }
  if (how == "gtu") {
    return setp_float<Gtu>(type);
  }
  if (how == "geu") {
    return setp_float<Geu>(type);
  }
  if (how == "num") {
    return setp_float<Num>(type);
  }
  if (how == "nan") {
    return setp_float<Nan>(type);
  }
  return nullptr;
}

template <u32 how>
void predicate_logic(Warp& w, const Instruction& in, Mask mask) {
  set_predicate(w, in.d[0], combine(w.predicates[in.s[0]], w.predicates[in.s[1]], how), mask);
}
void predicate_move(Warp& w, const Instruction& in, Mask mask) {
  set_predicate(w, in.d[0], w.predicates[in.s[0]], mask);
}
void predicate_not(Warp& w, const Instruction& in, Mask mask) {
  set_predicate(w, in.d[0], ~w.predicates[in.s[0]], mask);
}

template <class T>
void selp(Warp& w, const Instruction& in, Mask mask) {
  const Cell<T>* a = cells<T>(w, in.s[0]);
  const Cell<T>* b = cells<T>(w, in.s[1]);
  const Mask p = w.predicates[in.s[2]];
  Cell<T> t[kLanes];
  for (int i = 0; i < kLanes; ++i) {
    t[i] = ((p >> i) & 1U) != 0 ? a[i] : b[i];
  }
  blend(cells<T>(w, in.d[0]), t, mask);
}

struct IsNotNegative {
  template <class T>
  bool operator()(T a, T b) const {
    return a >= b;
  }
};

Handler selp_handler(Type type) {
  return ptx::bytes_of(type) == 8 ? selp<u64> : selp<u32>;
}

/// Of lanes; a special register for each number.
enum class Special : u32 {
  kTidX,
  kTidY,
  kTidZ,
  kNtidX,
  kNtidY,
  kNtidZ,
  kCtaidX,
  kCtaidY,
  kCtaidZ,
  kNctaidX,
  kNctaidY,
  kNctaidZ,
  kLane,
  kWarp,
  kWarps,
  kSm,
  kSms,
  kMaskEq,
  kMaskLt,
  kMaskLe,
  kMaskGt,
  kMaskGe,
  kClock,
  kDynamicShared,
  kTotalShared,
  kZero,
  kOne,
};

std::pair<Special, bool> special_named(std::string_view name) {
  static const std::unordered_map<std::string_view, Special> kNames = {
      {"%tid.x", Special::kTidX},
      {"%tid.y", Special::kTidY},
      {"%tid.z", Special::kTidZ},
      {"%ntid.x", Special::kNtidX},
      {"%ntid.y", Special::kNtidY},
      {"%ntid.z", Special::kNtidZ},
      {"%ctaid.x", Special::kCtaidX},
      {"%ctaid.y", Special::kCtaidY},
      {"%ctaid.z", Special::kCtaidZ},
      {"%nctaid.x", Special::kNctaidX},
      {"%nctaid.y", Special::kNctaidY},
      {"%nctaid.z", Special::kNctaidZ},
      {"%laneid", Special::kLane},
      {"%warpid", Special::kWarp},
      {"%nwarpid", Special::kWarps},
      {"%smid", Special::kSm},
      {"%nsmid", Special::kSms},
      {"%lanemask_eq", Special::kMaskEq},
      {"%lanemask_lt", Special::kMaskLt},
      {"%lanemask_le", Special::kMaskLe},
      {"%lanemask_gt", Special::kMaskGt},
      {"%lanemask_ge", Special::kMaskGe},
      {"%clock", Special::kClock},
      {"%clock64", Special::kClock},
      {"%clock_hi", Special::kZero},
      {"%globaltimer", Special::kClock},
      {"%globaltimer_lo", Special::kClock},
      {"%globaltimer_hi", Special::kZero},
      {"%dynamic_smem_size", Special::kDynamicShared},
      {"%total_smem_size", Special::kTotalShared},
      {"%gridid", Special::kZero},
      {"%cluster_ctaid.x", Special::kZero},
      {"%cluster_ctaid.y", Special::kZero},
      {"%cluster_ctaid.z", Special::kZero},
      {"%cluster_nctaid.x", Special::kOne},
      {"%cluster_nctaid.y", Special::kOne},
      {"%cluster_nctaid.z", Special::kOne},
      {"%cluster_ctarank", Special::kZero},
      {"%cluster_nctarank", Special::kOne}};
  const auto found = kNames.find(name);
  return found == kNames.end() ? std::pair{Special::kZero, false} : std::pair{found->second, true};
}

u64 special_value(const Warp& w, Special which, int lane) {
  const Block& b = *w.block;
  const Launch& launch = *b.launch;
  const u32 bit = 1U << lane;
  switch (which) {
    case Special::kTidX:
      return w.tid[0][lane];
    case Special::kTidY:
      return w.tid[1][lane];
    case Special::kTidZ:
      return w.tid[2][lane];
    case Special::kNtidX:
      return launch.threads.x;
    case Special::kNtidY:
      return launch.threads.y;
    case Special::kNtidZ:
      return launch.threads.z;
    case Special::kCtaidX:
      return b.index.x;
    case Special::kCtaidY:
      return b.index.y;
    case Special::kCtaidZ:
      return b.index.z;
    case Special::kNctaidX:
      return launch.grid.x;
    case Special::kNctaidY:
      return launch.grid.y;
    case Special::kNctaidZ:
      return launch.grid.z;
    case Special::kLane:
      return static_cast<u64>(lane);
    case Special::kWarp:
      return w.number;
    case Special::kWarps:
      return 64;
    case Special::kSm:
      return b.linear % static_cast<u64>(Settings::get().multiprocessors);
    case Special::kSms:
      return static_cast<u64>(Settings::get().multiprocessors);
    case Special::kMaskEq:
      return bit;
    case Special::kMaskLt:
      return bit - 1;
    case Special::kMaskLe:
      return bit | (bit - 1);
    case Special::kMaskGt:
      return ~(bit | (bit - 1));
    case Special::kMaskGe:
      return ~(bit - 1);
    case Special::kClock:
      return w.warp_instructions;
    case Special::kDynamicShared:
      return launch.dynamic_shared;
    case Special::kTotalShared:
      return launch.dynamic_shared + launch.program->static_shared;
    case Special::kZero:
      return 0;
    case Special::kOne:
      return 1;
  }
  return 0;
}

template <class T>
void special(Warp& w, const Instruction& in, Mask mask) {
  T* d = cells<T>(w, in.d[0]);
  for (int i = 0; i < kLanes; ++i) {
    if (((mask >> i) & 1U) != 0) {
      d[i] = static_cast<T>(special_value(w, static_cast<Special>(in.extra), i));
    }
  }
}

/// mov.b64 d, {a, b} and the like: extra parts of imm bits each.
template <class D, class S>
void pack(Warp& w, const Instruction& in, Mask mask) {
  D t[kLanes] = {};
  const auto keep = static_cast<u64>(in.imm == 64 ? ~u64{0} : (u64{1} << in.imm) - 1);
  for (u32 k = 0; k < in.extra; ++k) {
    const S* a = cells<S>(w, in.s[k]);
    for (int i = 0; i < kLanes; ++i) {
      t[i] |= static_cast<D>((a[i] & keep) << (static_cast<u32>(in.imm) * k));
    }
  }
  blend(cells<D>(w, in.d[0]), t, mask);
}
template <class S, class D>
void unpack(Warp& w, const Instruction& in, Mask mask) {
  S a[kLanes];
  std::memcpy(a, cells<S>(w, in.s[0]), sizeof a);
  const auto keep = static_cast<u64>(in.imm == 64 ? ~u64{0} : (u64{1} << in.imm) - 1);
  for (u32 k = 0; k < in.extra; ++k) {
    D t[kLanes];
    for (int i = 0; i < kLanes; ++i) {
      t[i] = static_cast<D>((a[i] >> (static_cast<u32>(in.imm) * k)) & keep);
    }
    blend(cells<D>(w, in.d[k]), t, mask);
  }
}

Type part_type(std::uint32_t bytes) {
  return bytes == 8 ? Type::kB64 : bytes == 4 ? Type::kB32 : bytes == 2 ? Type::kB16 : Type::kB8;
}

void select_move(Decoder& d) {
  const Type type = d.type();
  if (type == Type::kPred) {
    d.emit(predicate_move, {d.predicate_result(d.operand(0))}, {d.predicate_source(d.operand(1))});
    return;
  }
  const Operand& to = d.operand(0);
  const Operand& from = d.operand(1);
  const bool wide = ptx::bytes_of(type) == 8;
  if (from.kind == Operand::Kind::kVector) {
    const auto count = static_cast<u32>(from.parts.size());
    const Type part = part_type(ptx::bytes_of(type) / count);
    Ref s[4] = {};
    for (u32 k = 0; k < count; ++k) {
      s[k] = d.source(from.parts[k], part);
    }
    const Ref result = d.target(to, type);
    Instruction& in = d.emit(wide ? pack<u64, u32> : pack<u32, u32>, {result}, {s[0], s[1], s[2], s[3]});
    in.sources = static_cast<std::uint8_t>(count);
    in.extra = count;
    in.imm = 8 * ptx::bytes_of(part);
    d.finish(to, type, result);
    return;
  }
  if (to.kind == Operand::Kind::kVector) {
    const auto count = static_cast<u32>(to.parts.size());
    const Type part = part_type(ptx::bytes_of(type) / count);
    const Ref s = d.source(from, type);
    Ref r[4] = {};
    for (u32 k = 0; k < count; ++k) {
      r[k] = d.target(to.parts[k], part);
    }
    Instruction& in = d.emit(wide ? unpack<u64, u32> : unpack<u32, u32>, {r[0], r[1], r[2], r[3]}, {s});
    in.results = static_cast<std::uint8_t>(count);
    in.extra = count;
    in.imm = 8 * ptx::bytes_of(part);
    for (u32 k = 0; k < count; ++k) {
      d.finish(to.parts[k], part, r[k]);
    }
    return;
  }
  if (from.kind == Operand::Kind::kSpecial) {
    const auto [which, known] = special_named(from.name);
    if (!known) {
      d.unsupported(std::string(from.name));
    }
    const Ref result = d.target(to, type);
    d.emit(wide ? special<u64> : special<u32>, {result}, {}).extra = static_cast<u32>(which);
    d.finish(to, type, result);
    return;
  }
  d.emit_result(wide ? map1<Same, u64, u64> : map1<Same, u32, u32>,
                wide                       ? Type::kU64
                : ptx::bytes_of(type) == 2 ? Type::kU16
                                           : Type::kU32,
                {d.source(1, type)});
}

void select_setp(Decoder& d, Ref result, Ref other, std::size_t first) {
  const auto& parts = d.statement().parts;
  const Type type = d.type(d.statement().parts[0] == "set" ? 1 : 0);
  Handler handler = setp_handler(parts[1], type);
  if (handler == nullptr) {
    d.unsupported();
  }
  const u32 how = d.has("and") ? 1 : d.has("or") ? 2 : d.has("xor") ? 3 : 0;
  Ref a = d.source(first, type);
  Ref b = d.source(first + 1, type);
  if (d.has("ftz")) {
    struct Flush {
      float operator()(float x) const { return flushed(x); }
    };
    for (Ref* x : {&a, &b}) {
      const Ref t = d.temporary(type);
      d.emit(map1<Flush, float, float>, {t}, {*x});
      *x = t;
    }
  }
  Ref c = kTrue;
  u32 negated = 0;
  if (how != 0) {
    Operand third = d.operand(first + 2);
    negated = third.negated ? 4 : 0;
    third.negated = false;
    c = d.predicate_source(third);
  }
  d.emit(handler, {result, other}, {a, b, c}).extra = how | negated;
}

bool select_predicate(Decoder& d, std::string_view name) {
  if (name == "setp") {
    const Operand& to = d.operand(0);
    const bool pair = to.kind == Operand::Kind::kVector;
    select_setp(d, d.predicate_result(pair ? to.parts[0] : to),
                pair ? d.predicate_result(to.parts[1]) : kTrash, 1);
    return true;
  }
  if (name == "set") {
    const Ref p = d.temporary(Type::kPred);
    select_setp(d, p, kTrash, 1);
    const Type type = d.type(0);
    const u64 one = type == Type::kF32 ? 0x3F800000U : 0xFFFFFFFFU;
    d.emit_result(selp<u32>, type, {d.constant(one, type), d.constant(0, type), p});
    return true;
  }
  if (name == "selp") {
    const Type type = d.type();
    d.emit_result(selp_handler(type), type,
                  {d.source(1, type), d.source(2, type), d.predicate_source(d.operand(3))});
    return true;
  }
  if (name == "slct") {
    const Type type = d.type(0);
    const Type by = d.type(1);
    const Ref p = d.temporary(Type::kPred);
    d.emit(by == Type::kF32 ? setp<IsNotNegative, float> : setp<IsNotNegative, std::int32_t>, {p, kTrash},
           {d.source(3, by), d.constant(0, by), kTrue});
    d.emit_result(selp_handler(type), type, {d.source(1, type), d.source(2, type), p});
    return true;
  }
  if (d.type() == Type::kPred && (name == "and" || name == "or" || name == "xor" || name == "not")) {
    const Ref to = d.predicate_result(d.operand(0));
    const Ref a = d.predicate_source(d.operand(1));
    if (name == "not") {
      d.emit(predicate_not, {to}, {a});
    } else {
      const Ref b = d.predicate_source(d.operand(2));
      d.emit(name == "and"  ? predicate_logic<1>
             : name == "or" ? predicate_logic<2>
                            : predicate_logic<3>,
             {to}, {a, b});
    }
    return true;
  }
  return false;
}

bool select_carry(Decoder& d, std::string_view name) {
  const bool in = name == "addc" || name == "subc" || name == "madc";
  const bool out = d.has("cc");
  if (!in && !out) {
    return false;
  }
  const Type type = d.type();
  const bool wide = ptx::bytes_of(type) == 8;
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

Ref Decoder::predicate_source(const Operand& operand) {
  if (operand.kind == Operand::Kind::kInteger) {
    return (operand.bits != 0) != operand.negated ? kTrue : kFalse;
  }
  const Ref ref = this->predicate_result(operand);
  if (!operand.negated) {
    return ref;
  }
  const Ref inverse = this->temporary(Type::kPred);
  this->emit(predicate_not, {inverse}, {ref});
  return inverse;
}

bool select_arithmetic(Decoder& d) {
  const std::string_view name = d.statement().parts[0];
  const Type type = d.type();
  if (name == "mov") {
    select_move(d);
    return true;
  }
  if (select_predicate(d, name)) {
    return true;
  }
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
