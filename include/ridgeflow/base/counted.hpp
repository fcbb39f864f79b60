/// \file
/// Counts in words.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace ridgeflow {

/// "1 thread", "8 threads": \p count and what it counts. \p noun is the singular; \p plural where it is not
/// the singular and an s.
template <std::integral Count>
std::string counted(Count count, std::string_view noun, std::string_view plural = {}) {
  const std::string many = plural.empty() ? std::string(noun) + "s" : std::string(plural);
  return std::to_string(count) + " " + (count == 1 ? std::string(noun) : many);
}

}  // namespace ridgeflow
