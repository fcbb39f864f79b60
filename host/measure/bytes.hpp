// Objects as bytes in this machine's own form, for another process of the same build.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <vector>

namespace ridgeflow {

inline void put(std::vector<std::byte>& bytes, const void* from, std::size_t size) {
  const std::size_t at = bytes.size();
  bytes.resize(at + size);
  if (size > 0) {
    std::memcpy(bytes.data() + at, from, size);
  }
}

/// \throws std::logic_error where fewer bytes are left.
inline void take(std::span<const std::byte>& bytes, void* to, std::size_t size) {
  if (bytes.size() < size) {
    throw std::logic_error("the bytes of a measurement end too early");
  }
  if (size > 0) {
    std::memcpy(to, bytes.data(), size);
  }
  bytes = bytes.subspan(size);
}

/// Numbers, or structs of them without padding: that is never written, so equal objects have equal bytes.
template <class Number>
inline constexpr bool kIsAllValue =
    std::is_floating_point_v<Number> || std::has_unique_object_representations_v<Number>;

template <class Number>
void put_number(std::vector<std::byte>& bytes, Number number) {
  static_assert(kIsAllValue<Number>);
  put(bytes, &number, sizeof number);
}
template <class Number>
Number take_number(std::span<const std::byte>& bytes) {
  Number number{};
  take(bytes, &number, sizeof number);
  return number;
}

/// A vector with its length before it.
template <class Number>
void put_vector(std::vector<std::byte>& bytes, const std::vector<Number>& numbers) {
  static_assert(kIsAllValue<Number>);
  put_number(bytes, static_cast<std::uint64_t>(numbers.size()));
  put(bytes, numbers.data(), numbers.size() * sizeof(Number));
}
template <class Number>
std::vector<Number> take_vector(std::span<const std::byte>& bytes) {
  const auto size = take_number<std::uint64_t>(bytes);
  if (size > bytes.size() / sizeof(Number)) {
    throw std::logic_error("the bytes of a measurement end too early");
  }
  std::vector<Number> numbers(size);
  take(bytes, numbers.data(), size * sizeof(Number));
  return numbers;
}

}  // namespace ridgeflow
