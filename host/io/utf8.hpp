// Letters of UTF-8, as TOML takes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ridgeflow::io {

struct Letter {
  std::uint32_t code_point = 0;
  std::size_t bytes = 1;
};

/// The first letter of \p text; nothing where it begins with none: no surrogates, nothing above U+10FFFF, no
/// longer form than needed.
std::optional<Letter> first_letter(std::string_view text);

/// Whether \p text is letters to its end.
bool is_utf8(std::string_view text);

}  // namespace ridgeflow::io
