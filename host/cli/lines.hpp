// Text in lines that a terminal of 80 columns shows without wrapping them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ridgeflow::cli {

/// No line that the program composes is wider, on standard output or standard error.
inline constexpr std::size_t kColumns = 80;

/// Columns that a terminal gives \p text, which is UTF-8: two for a wide character, none for one that
/// combines with the character before it, one for each byte that is no UTF-8.
std::size_t columns_of(std::string_view text);

/// \p text in lines of at most \p columns columns, the later ones indented by \p indent, with a line end. A
/// line ends at a blank, but not at one beside "=", "<", ">" or "+-", nor before "%": what belongs together
/// stays together. A word that is wider than a line, such as a path, has a line of its own and is left whole.
/// Line ends within \p text stay.
std::string wrapped(std::string_view text, std::size_t columns = kColumns, std::size_t indent = 2);

/// What a report says first: each of \p sentences wrapped(), then an empty line. Nothing where there is none.
std::string verdict_text(const std::vector<std::string>& sentences);

/// \p text, each of its lines that is wider than \p columns wrapped() and the others as they are.
std::string fitted(std::string_view text, std::size_t columns = kColumns);

}  // namespace ridgeflow::cli
