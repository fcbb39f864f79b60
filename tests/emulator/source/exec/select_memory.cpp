// Loads, stores and atomic operations.
#include <atomic>
#include <string_view>

#include "access.hpp"
#include "decoder.hpp"
#include "numbers.hpp"

namespace emu {

using ptx::Operand;
using ptx::Space;
using ptx::Type;

namespace {

/// \tparam n numbers a lane: .v2, .v4.
template <class T, std::size_t n>
void load(Warp& w, const Instruction& in, Mask mask) {
  std::byte* at[kLanes];
  Cell<T> t[n][kLanes];
  if (resolve(w, in, mask, sizeof(T) * n, Access::kRead, at)) {
    T value[n];
    std::memcpy(value, at[0], sizeof value);
    for (std::size_t k = 0; k < n; ++k) {
      std::fill_n(t[k], kLanes, cell_of<T>(value[k]));
    }
  } else {
    for (int i = 0; i < kLanes; ++i) {
      T value[n];
      std::memcpy(value, at[i], sizeof value);
      for (std::size_t k = 0; k < n; ++k) {
        t[k][i] = cell_of<T>(value[k]);
      }
    }
  }
  for (std::size_t k = 0; k < n; ++k) {
    if (mask == kAllLanes) {
      std::memcpy(cells<T>(w, in.d[k]), t[k], sizeof t[k]);
    } else {
      blend(cells<T>(w, in.d[k]), t[k], mask);
    }
  }
}

template <class T, std::size_t n>
void store(Warp& w, const Instruction& in, Mask mask) {
  std::byte* at[kLanes];
  resolve(w, in, mask, sizeof(T) * n, Access::kWrite, at);
  for (int i = 0; i < kLanes; ++i) {
    if (((mask >> i) & 1U) != 0) {
      T value[n];
      for (std::size_t k = 0; k < n; ++k) {
        value[k] = static_cast<T>(cells<T>(w, in.s[1 + k])[i]);
      }
      std::memcpy(at[i], value, sizeof value);
    }
  }
}

template <class T>
Handler load_of(std::size_t count) {
  return count == 1                     ? load<T, 1>
         : count == 2                   ? load<T, 2>
         : count == 4 && sizeof(T) <= 8 ? load<T, 4>
                                        : nullptr;
}
template <class T>
Handler store_of(std::size_t count) {
  return count == 1 ? store<T, 1> : count == 2 ? store<T, 2> : count == 4 ? store<T, 4> : nullptr;
}

Handler access_handler(Type type, std::size_t count, bool loads) {
  switch (ptx::bytes_of(type)) {
    case 1:
      return loads ? load_of<std::uint8_t>(count) : store_of<std::uint8_t>(count);
    case 2:
      return loads ? load_of<std::uint16_t>(count) : store_of<std::uint16_t>(count);
    case 4:
      return loads ? load_of<std::uint32_t>(count) : store_of<std::uint32_t>(count);
    case 8:
      return loads ? load_of<std::uint64_t>(count) : store_of<std::uint64_t>(count);
    default:
      return nullptr;
  }
}

Space space_of(const Decoder& d) {
  for (const std::string_view part : d.statement().parts) {
    if (part == "global") {
      return Space::kGlobal;
    }
    if (part.starts_with("shared") && part != "shared::cluster") {
      return Space::kShared;
    }
    if (part == "local") {
      return Space::kLocal;
    }
    if (part == "param" || part == "param::entry") {
      return Space::kParam;
    }
    if (part == "const") {
      return Space::kConst;
    }
  }
  return Space::kGeneric;
}

/// The space of an access: .param of a call is the thread's own memory.
Space space_of(const Decoder& d, const Operand& address, bool is_call_parameter) {
  const Space space = space_of(d);
  return space == Space::kParam && is_call_parameter && address.kind == Operand::Kind::kMemory ? Space::kLocal
                                                                                               : space;
}

Type last_type(const Decoder& d) {
  Type type = Type::kNone;
  for (std::size_t i = 0; d.type(i) != Type::kNone; ++i) {
    type = d.type(i);
  }
  return type;
}

bool is_own_parameter(const Decoder& d, const Operand& address);

void select_access(Decoder& d, bool loads) {
  const Type type = last_type(d);
  const Operand& memory = d.operand(loads ? 1 : 0);
  const Operand& data = d.operand(loads ? 0 : 1);
  const std::vector<Operand> single{data};
  const std::vector<Operand>& parts = data.kind == Operand::Kind::kVector ? data.parts : single;
  const Handler handler = access_handler(type, parts.size(), loads);
  if (handler == nullptr) {
    d.unsupported();
  }
  std::int64_t plus = 0;
  std::uint32_t narrow = 0;
  const Ref address = d.address(memory, &plus, &narrow);
  Ref refs[4] = {};
  for (std::size_t k = 0; k < parts.size(); ++k) {
    refs[k] = loads ? d.target(parts[k], type) : d.source(parts[k], type);
  }
  const auto count = static_cast<std::uint8_t>(parts.size());
  Instruction& in = loads ? d.emit(handler, {refs[0], refs[1], refs[2], refs[3]}, {address})
                          : d.emit(handler, {}, {address, refs[0], refs[1], refs[2], refs[3]});
  in.results = loads ? count : 0;
  in.sources = static_cast<std::uint8_t>(loads ? 1 : 1 + count);
  in.imm = plus;
  in.extra = narrow;
  in.space = space_of(d, memory, is_own_parameter(d, memory));
  for (std::size_t k = 0; loads && k < parts.size(); ++k) {
    d.finish(parts[k], type, refs[k]);
  }
}

bool is_own_parameter(const Decoder& d, const Operand& address) {
  return d.is_body_variable(address.name);
}

// clang-format off
struct AddTo { template <class T> T operator()(T old, T b, T) const { return static_cast<T>(old + b); } };
struct AndTo { template <class T> T operator()(T old, T b, T) const { return static_cast<T>(old & b); } };
struct OrTo { template <class T> T operator()(T old, T b, T) const { return static_cast<T>(old | b); } };
struct XorTo { template <class T> T operator()(T old, T b, T) const { return static_cast<T>(old ^ b); } };
struct MinTo { template <class T> T operator()(T old, T b, T) const { return b < old ? b : old; } };
struct MaxTo { template <class T> T operator()(T old, T b, T) const { return b > old ? b : old; } };
struct IncTo { template <class T> T operator()(T old, T b, T) const { return old >= b ? T(0) : static_cast<T>(old + 1); } };
struct DecTo { template <class T> T operator()(T old, T b, T) const { return old == 0 || old > b ? b : static_cast<T>(old - 1); } };
struct Exchange { template <class T> T operator()(T, T b, T) const { return b; } };
struct CompareAndSwap { template <class T> T operator()(T old, T b, T c) const { return old == b ? c : old; } };
// clang-format on

template <class F, class T>
void atomic(Warp& w, const Instruction& in, Mask mask) {
  std::byte* at[kLanes];
  resolve(w, in, mask, sizeof(T), Access::kAtomic, at);
  const Cell<T>* b = cells<T>(w, in.s[1]);
  const Cell<T>* c = cells<T>(w, in.s[2]);
  Cell<T> t[kLanes] = {};
  for (int i = 0; i < kLanes; ++i) {
    if (((mask >> i) & 1U) != 0) {
      const std::atomic_ref<T> place(*reinterpret_cast<T*>(at[i]));
      T old = place.load();
      while (!place.compare_exchange_weak(old, F{}(old, value_of<T>(b[i]), value_of<T>(c[i])))) {
      }
      t[i] = cell_of<T>(old);
    }
  }
  if (in.results > 0) {
    blend(cells<T>(w, in.d[0]), t, mask);
  }
}

template <class F>
Handler atomic_integer(Type type) {
  switch (type) {
    case Type::kU32:
    case Type::kB32:
      return atomic<F, std::uint32_t>;
    case Type::kS32:
      return atomic<F, std::int32_t>;
    case Type::kU64:
    case Type::kB64:
      return atomic<F, std::uint64_t>;
    case Type::kS64:
      return atomic<F, std::int64_t>;
    case Type::kB16:
      return atomic<F, std::uint16_t>;
    default:
      return nullptr;
  }
}

Handler atomic_handler(const Decoder& d, Type type) {
  if (d.has("add")) {
    return type == Type::kF32   ? atomic<AddTo, float>
           : type == Type::kF64 ? atomic<AddTo, double>
                                : atomic_integer<AddTo>(type);
  }
  return d.has("and")    ? atomic_integer<AndTo>(type)
         : d.has("or")   ? atomic_integer<OrTo>(type)
         : d.has("xor")  ? atomic_integer<XorTo>(type)
         : d.has("min")  ? atomic_integer<MinTo>(type)
         : d.has("max")  ? atomic_integer<MaxTo>(type)
         : d.has("inc")  ? atomic_integer<IncTo>(type)
         : d.has("dec")  ? atomic_integer<DecTo>(type)
         : d.has("exch") ? atomic_integer<Exchange>(type)
         : d.has("cas")  ? atomic_integer<CompareAndSwap>(type)
                         : nullptr;
}

void select_atomic(Decoder& d, bool returns) {
  const Type type = last_type(d);
  const Handler handler = atomic_handler(d, type);
  const std::size_t first = returns ? 1 : 0;
  if (handler == nullptr || d.operand(first + 1).kind == Operand::Kind::kVector) {
    d.unsupported();
  }
  std::int64_t plus = 0;
  std::uint32_t narrow = 0;
  const Ref address = d.address(d.operand(first), &plus, &narrow);
  const Ref b = d.source(first + 1, type);
  const Ref c = d.has("cas") ? d.source(first + 2, type) : b;
  const bool keeps = returns && d.operand(0).kind != Operand::Kind::kSink;
  const Ref to = keeps ? d.target(d.operand(0), type) : 0;
  Instruction& in = keeps ? d.emit(handler, {to}, {address, b, c}) : d.emit(handler, {}, {address, b, c});
  in.imm = plus;
  in.extra = narrow;
  in.space = space_of(d);
  if (keeps) {
    d.finish(d.operand(0), type, to);
  }
}

}  // namespace

bool select_memory(Decoder& d) {
  const std::string_view name = d.statement().parts[0];
  if (name == "ld" || name == "ldu" || name == "st") {
    select_access(d, name != "st");
  } else if (name == "atom" || name == "red") {
    select_atomic(d, name == "atom");
  } else if (name == "membar" || name == "fence" || name == "prefetch" || name == "prefetchu" ||
             name == "discard" || name == "applypriority" || name == "nanosleep" || name == "pmevent" ||
             name == "griddepcontrol") {
    // nothing to do: memory is of one order here
  } else {
    return false;
  }
  return true;
}

}  // namespace emu
