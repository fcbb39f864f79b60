// Comparisons, and what is done with predicates.
#include <string_view>

#include "decoder.hpp"
#include "numbers.hpp"

namespace emu {

using ptx::Operand;
using ptx::Type;

namespace {

// clang-format off
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

void select_setp(Decoder& d, Ref result, Ref other, std::size_t first) {
  const Type type = d.type(d.statement().parts[0] == "set" ? 1 : 0);
  Handler handler = setp_handler(d.opcode_part(1), type);
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

bool select_predicate(Decoder& d) {
  const std::string_view name = d.statement().parts[0];
  if (name == "setp") {
    const Operand& to = d.operand(0);
    const bool pair = to.kind == Operand::Kind::kVector;
    select_setp(d, d.predicate_result(pair ? d.part_of(to, 0) : to),
                pair ? d.predicate_result(d.part_of(to, 1)) : kTrash, 1);
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
  if (d.type() == Type::kPred && name == "mov") {
    d.emit(predicate_move, {d.predicate_result(d.operand(0))}, {d.predicate_source(d.operand(1))});
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

}  // namespace emu
