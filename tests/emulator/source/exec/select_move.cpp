// mov: special registers, the parts of a number, and plain copies.
#include <cstring>
#include <string_view>
#include <unordered_map>

#include "decoder.hpp"
#include "integers.hpp"

namespace emu {

using ptx::Operand;
using ptx::Type;

namespace {

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

}  // namespace

bool select_move(Decoder& d) {
  if (d.statement().parts[0] != "mov") {
    return false;
  }
  const Type type = d.type();
  const Operand& to = d.operand(0);
  const Operand& from = d.operand(1);
  const bool wide = ptx::bytes_of(type) == 8;
  for (const Operand* each : {&to, &from}) {
    const std::size_t parts = each->parts.size();
    if (each->kind == Operand::Kind::kVector && ((parts != 2 && parts != 4) || ptx::bytes_of(type) < parts)) {
      d.unsupported("a vector of " + std::to_string(parts) + " parts");
    }
  }
  if (type == Type::kNone || type == Type::kB128) {
    d.unsupported("for this type");
  }
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
    return true;
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
    return true;
  }
  if (from.kind == Operand::Kind::kSpecial) {
    const auto [which, known] = special_named(from.name);
    if (!known) {
      d.unsupported(std::string(from.name));
    }
    const Ref result = d.target(to, type);
    d.emit(wide ? special<u64> : special<u32>, {result}, {}).extra = static_cast<u32>(which);
    d.finish(to, type, result);
    return true;
  }
  d.emit_result(wide ? map1<integers::Same, u64, u64> : map1<integers::Same, u32, u32>,
                wide                       ? Type::kU64
                : ptx::bytes_of(type) == 2 ? Type::kU16
                                           : Type::kU32,
                {d.source(1, type)});
  return true;
}

}  // namespace emu
