// Numbers in text: the one way in which flags, lists, ranges, `--set` and spectrum files read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ridgeflow/io/run_config.hpp"

namespace ridgeflow::io {

/// What keeps a text from being a number.
enum class NumberFault {
  kNone,
  kNotANumber,
  kLeadingZero,  ///< "05": half of a decimal comma, more often than five
  kTooLarge,     ///< beyond the largest double
  kTooSmall,     ///< not zero, but nearer to zero than to the smallest double; the number is 0 then
};

/// Who wrote the number.
enum class NumberStyle {
  kSetting,  ///< what TOML takes, and `.5`, `5.`: 1e6, +5, 0x10, 1_000, inf, nan; no leading zeros
  kTable,    ///< what programs print: leading zeros and Fortran's 1d-3 as well, but nothing of TOML's own
};

struct ParsedNumber {
  std::variant<std::int64_t, std::uint64_t, double> value;  ///< the narrowest that holds it
  NumberFault fault = NumberFault::kNone;

  double real() const;
};

/// \p text to its last letter, without blanks around it.
ParsedNumber parse_number(std::string_view text, NumberStyle style);

/// The problem in words, with the text as it was written: "'1e999' is too large: ...". \p wanted: what it is
/// not where it is no number at all, such as "a whole number".
std::string fault_text(std::string_view text, NumberFault fault, std::string_view wanted);

/// The number in \p text, as a setting. \throws InvalidInput with fault_text().
KeyValue number_from(std::string_view text, std::string_view wanted = "a number");

/// A value that is a number. \throws InvalidInput for one that is none.
double real_of(const KeyValue& number);

/// \p text without blanks and tabs at its ends.
std::string_view trimmed(std::string_view text);

/// The parts of \p text between commas, trimmed. \throws InvalidInput for an empty part among several.
std::vector<std::string> split_list(std::string_view text);

/// What of \p text may stand in a message: short, and printable ASCII.
std::string shown(std::string_view text, std::size_t most = 60);

}  // namespace ridgeflow::io
