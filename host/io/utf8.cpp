#include "io/utf8.hpp"

#include <array>

namespace ridgeflow::io {

std::optional<Letter> first_letter(std::string_view text) {
  constexpr std::array<std::uint32_t, 4> kLeast{0, 0x80, 0x800, 0x10000};  // of one byte, of two, ...
  if (text.empty()) {
    return std::nullopt;
  }
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t more = first < 0x80 ? 0 : first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  if ((first >= 0x80 && first < 0xC0) || first >= 0xF8 || text.size() - 1 < more) {
    return std::nullopt;
  }
  std::uint32_t point = more == 0 ? first : first & (0x3FU >> more);
  for (const char next : text.substr(1, more)) {
    const auto bits = static_cast<unsigned char>(next);
    if ((bits & 0xC0U) != 0x80) {
      return std::nullopt;
    }
    point = point << 6 | (bits & 0x3FU);
  }
  if (point < kLeast[more] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) {
    return std::nullopt;
  }
  return Letter{point, more + 1};
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::optional<Letter> letter = first_letter(text);
    if (!letter) {
      return false;
    }
    text.remove_prefix(letter->bytes);
  }
  return true;
}

}  // namespace ridgeflow::io
