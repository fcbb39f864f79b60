// Types, and what an immediate is as one of them.
#include <algorithm>
#include <bit>
#include <unordered_map>

#include "syntax.hpp"

namespace emu::ptx {

std::uint64_t bits_as(const Operand& value, Type type) {
  if (value.kind == Operand::Kind::kFloat64 && type == Type::kF32) {
    return std::bit_cast<std::uint32_t>(static_cast<float>(std::bit_cast<double>(value.bits)));
  }
  if (value.kind == Operand::Kind::kFloat32 && type == Type::kF64) {
    const auto narrow = std::bit_cast<float>(static_cast<std::uint32_t>(value.bits));
    return std::bit_cast<std::uint64_t>(static_cast<double>(narrow));
  }
  return value.bits;
}

std::uint32_t bytes_of(Type type) {
  switch (type) {
    case Type::kNone:
      return 0;
    case Type::kPred:
    case Type::kB8:
    case Type::kU8:
    case Type::kS8:
      return 1;
    case Type::kB16:
    case Type::kU16:
    case Type::kS16:
    case Type::kF16:
    case Type::kBF16:
      return 2;
    case Type::kB32:
    case Type::kU32:
    case Type::kS32:
    case Type::kF32:
    case Type::kF16x2:
    case Type::kBF16x2:
      return 4;
    case Type::kB64:
    case Type::kU64:
    case Type::kS64:
    case Type::kF64:
      return 8;
    case Type::kB128:
      return 16;
  }
  return 0;
}

bool is_signed(Type type) {
  return type == Type::kS8 || type == Type::kS16 || type == Type::kS32 || type == Type::kS64;
}
bool is_float(Type type) {
  return type == Type::kF16 || type == Type::kBF16 || type == Type::kF32 || type == Type::kF64;
}

Type type_named(std::string_view name) {
  static const std::unordered_map<std::string_view, Type> kTypes = {
      {"pred", Type::kPred}, {"b8", Type::kB8},       {"u8", Type::kU8},         {"s8", Type::kS8},
      {"b16", Type::kB16},   {"u16", Type::kU16},     {"s16", Type::kS16},       {"f16", Type::kF16},
      {"bf16", Type::kBF16}, {"b32", Type::kB32},     {"u32", Type::kU32},       {"s32", Type::kS32},
      {"f32", Type::kF32},   {"f16x2", Type::kF16x2}, {"bf16x2", Type::kBF16x2}, {"b64", Type::kB64},
      {"u64", Type::kU64},   {"s64", Type::kS64},     {"f64", Type::kF64},       {"b128", Type::kB128}};
  const auto found = kTypes.find(name);
  return found == kTypes.end() ? Type::kNone : found->second;
}

bool Statement::has(std::string_view part) const {
  return std::find(parts.begin() + 1, parts.end(), part) != parts.end();
}

}  // namespace emu::ptx
