#include "cli/lines.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "io/utf8.hpp"

namespace ridgeflow::cli {
namespace {

/// The first letter of \p text, which is not empty; a byte that begins none stands for itself.
io::Letter first_or_byte(std::string_view text) {
  return io::first_letter(text).value_or(io::Letter{static_cast<unsigned char>(text.front()), 1});
}

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// The blocks of combining marks, and those of East Asian wide characters (Unicode Annex 11), in broad
// strokes.
constexpr std::array kCombining{Range{0x0300, 0x036f}, Range{0x1ab0, 0x1aff}, Range{0x1dc0, 0x1dff},
                                Range{0x200b, 0x200f}, Range{0x20d0, 0x20ff}, Range{0xfe00, 0xfe0f},
                                Range{0xfe20, 0xfe2f}};
constexpr std::array kWide{Range{0x1100, 0x115f},   Range{0x2e80, 0x303e},  Range{0x3041, 0xa4cf},
                           Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},  Range{0xfe30, 0xfe6f},
                           Range{0xff00, 0xff60},   Range{0xffe0, 0xffe6},  Range{0x1f300, 0x1f64f},
                           Range{0x1f900, 0x1f9ff}, Range{0x20000, 0x3fffd}};

template <std::size_t Count>
bool lies_in(const std::array<Range, Count>& ranges, std::uint32_t value) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [value](const Range& range) { return value >= range.first && value <= range.last; });
}

bool joins_both_sides(std::string_view word) {
  return word == "=" || word == "<" || word == ">" || word == "<=" || word == ">=" || word == "+-";
}

/// Whether the blank between two words is no place to end a line.
bool is_tied(std::string_view before, std::string_view after) {
  return joins_both_sides(before) || joins_both_sides(after) || after.starts_with('%');
}

/// The words of a line, those that are tied joined by their blanks where they fit into \p columns.
std::vector<std::string> pieces_of(std::string_view line, std::size_t columns) {
  std::vector<std::string> pieces;
  std::string_view before;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    if (word.empty()) {
      continue;
    }
    if (!pieces.empty() && is_tied(before, word) &&
        columns_of(pieces.back()) + 1 + columns_of(word) <= columns) {
      pieces.back().append(" ").append(word);
    } else {
      pieces.emplace_back(word);
    }
    before = word;
  }
  return pieces;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const io::Letter letter = first_or_byte(text);
    columns += lies_in(kCombining, letter.code_point) ? 0U : lies_in(kWide, letter.code_point) ? 2U : 1U;
    text.remove_prefix(letter.bytes);
  }
  return columns;
}

std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent) {
  std::string out;
  std::string_view rest = text;
  while (!rest.empty() || out.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view given = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    std::string line(std::min(given.find_first_not_of(' '), given.size()), ' ');  // its own indentation
    line += out.empty() ? "" : std::string(line.empty() ? indent : 0, ' ');
    bool has_word = false;
    for (const std::string& piece : pieces_of(given, columns - indent)) {
      if (has_word && columns_of(line) + 1 + columns_of(piece) > columns) {
        out += line + "\n";
        line = std::string(indent, ' ') + piece;
      } else {
        line += (has_word ? " " : "") + piece;
      }
      has_word = true;
    }
    out += line + "\n";
  }
  return out;
}

std::string verdict_text(const std::vector<std::string>& sentences) {
  std::string out;
  for (const std::string& sentence : sentences) {
    out += wrapped(sentence);
  }
  return out.empty() ? out : out + "\n";
}

std::string fitted(std::string_view text, std::size_t columns) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (columns_of(line) > columns) {
      out += wrapped(line, columns, std::min(line.find_first_not_of(' '), columns / 2) + 2);
    } else {
      out.append(line).append("\n");
    }
    text.remove_prefix(std::min(end == std::string_view::npos ? end : end + 1, text.size()));
  }
  return out;
}

}  // namespace ridgeflow::cli
