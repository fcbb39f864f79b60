#include "io/number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <system_error>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow::io {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Whether \p text is \p word, in letters of any case.
bool is_word(std::string_view text, std::string_view word) {
  return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                    [](char one, char other) { return (one | 0x20) == other; });
}

/// The parts of [sign] whole [. fraction] [e exponent].
struct Decimal {
  bool negative = false;
  std::string_view magnitude;  ///< all but the sign
  std::string_view whole;
  std::string_view fraction;
  std::string_view exponent;  ///< with its sign
  bool has_point = false;
};

/// Cuts digits off \p text, with single underscores between digits where \p underscores.
std::string_view take_digits(std::string_view& text, bool underscores) {
  std::size_t end = 0;
  while (end < text.size()) {
    const bool between = underscores && text[end] == '_' && end > 0 && is_digit(text[end - 1]) &&
                         end + 1 < text.size() && is_digit(text[end + 1]);
    if (!is_digit(text[end]) && !between) {
      break;
    }
    ++end;
  }
  const std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  return digits;
}

std::optional<Decimal> split_decimal(std::string_view text, bool setting) {
  Decimal parts;
  if (text.starts_with('+') || text.starts_with('-')) {
    parts.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  parts.magnitude = text;
  parts.whole = take_digits(text, setting);
  if (text.starts_with('.')) {
    parts.has_point = true;
    text.remove_prefix(1);
    parts.fraction = take_digits(text, setting);
  }
  if (parts.whole.empty() && parts.fraction.empty()) {
    return std::nullopt;
  }
  if (!text.empty()) {
    const char mark = static_cast<char>(text.front() | 0x20);
    if (mark != 'e' && (setting || mark != 'd')) {
      return std::nullopt;
    }
    text.remove_prefix(1);
    const std::string_view sign = text.substr(0, text.starts_with('+') || text.starts_with('-') ? 1 : 0);
    std::string_view rest = text.substr(sign.size());
    const std::string_view digits = take_digits(rest, setting);
    if (digits.empty() || !rest.empty()) {
      return std::nullopt;
    }
    parts.exponent = text;
  }
  return parts;
}

std::string without_underscores(std::string_view text) {
  std::string out(text);
  out.erase(std::remove(out.begin(), out.end(), '_'), out.end());
  return out;
}

/// Whether a number that no double holds is too large rather than too small: whether its first digit that is
/// not zero stands before the decimal point, once the point is moved by the exponent.
bool is_large(std::string_view whole, std::string_view fraction, std::string_view exponent) {
  const std::size_t leading = whole.find_first_not_of('0');
  const double place = leading != std::string_view::npos
                           ? static_cast<double>(whole.size() - leading)
                           : -static_cast<double>(std::min(fraction.find_first_not_of('0'), fraction.size()));
  exponent.remove_prefix(exponent.starts_with('+') ? 1 : 0);
  std::int64_t shift = 0;
  const auto [rest, error] = std::from_chars(exponent.data(), exponent.data() + exponent.size(), shift);
  if (error == std::errc::result_out_of_range) {
    return !exponent.starts_with('-');
  }
  return place + static_cast<double>(shift) > 0;
}

/// What std::from_chars reads: an e before the exponent, no underscores.
std::string plain(std::string_view magnitude) {
  std::string out = without_underscores(magnitude);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == 'd' || c == 'D'; }, 'e');
  return out;
}

ParsedNumber real_number(const Decimal& parts) {
  std::string copy;
  std::string_view text = parts.magnitude;
  if (text.find_first_of("_dD") != std::string_view::npos) {
    copy = plain(text);
    text = copy;
  }
  double value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool vanished = value == 0 && (parts.whole.find_first_of("123456789") != std::string_view::npos ||
                                       parts.fraction.find_first_of("123456789") != std::string_view::npos);
  if (error == std::errc::result_out_of_range || vanished) {
    const bool large = is_large(without_underscores(parts.whole), without_underscores(parts.fraction),
                                without_underscores(parts.exponent));
    return {0.0, large ? NumberFault::kTooLarge : NumberFault::kTooSmall};
  }
  return {parts.negative ? -value : value, NumberFault::kNone};
}

template <class Integer>
bool read_whole(std::string_view digits, int base, Integer& value) {
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  return error == std::errc{} && rest == digits.data() + digits.size();
}

/// 0x10, 0o17, 0b11 as TOML has them; nothing where \p text does not begin as one.
std::optional<ParsedNumber> prefixed_number(std::string_view text) {
  if (text.size() < 2 || text[0] != '0') {
    return std::nullopt;
  }
  const int base = text[1] == 'x' ? 16 : text[1] == 'o' ? 8 : text[1] == 'b' ? 2 : 0;
  if (base == 0) {
    return std::nullopt;
  }
  const std::string_view digits = text.substr(2);
  const bool underscores_between =
      !digits.starts_with('_') && !digits.ends_with('_') && digits.find("__") == std::string_view::npos;
  std::uint64_t value = 0;
  const std::string plain = without_underscores(digits);
  if (!underscores_between || plain.empty()) {
    return ParsedNumber{0.0, NumberFault::kNotANumber};
  }
  if (!read_whole(plain, base, value)) {
    const std::string_view digits_known = base == 2   ? "01"
                                          : base == 8 ? "01234567"
                                                      : "0123456789abcdefABCDEF";
    const bool all_digits = plain.find_first_not_of(digits_known) == std::string::npos;
    return ParsedNumber{0.0, all_digits ? NumberFault::kTooLarge : NumberFault::kNotANumber};
  }
  if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return ParsedNumber{static_cast<std::int64_t>(value), NumberFault::kNone};
  }
  return ParsedNumber{value, NumberFault::kNone};
}

/// inf and nan, with or without a sign.
std::optional<double> named_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) {
    text.remove_prefix(1);
  }
  if (is_word(text, "inf") || is_word(text, "infinity")) {
    return negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  }
  if (is_word(text, "nan")) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return std::nullopt;
}

}  // namespace

double ParsedNumber::real() const {
  return std::visit([](auto held) { return static_cast<double>(held); }, this->value);
}

ParsedNumber parse_number(std::string_view text, NumberStyle style) {
  const bool setting = style == NumberStyle::kSetting;
  if (setting) {
    if (const auto prefixed = prefixed_number(text)) {
      return *prefixed;
    }
  }
  const std::optional<Decimal> parts = split_decimal(text, setting);
  if (!parts) {
    const std::optional<double> named = named_number(text);
    return named ? ParsedNumber{*named, NumberFault::kNone} : ParsedNumber{0.0, NumberFault::kNotANumber};
  }
  if (setting && parts->whole.size() > 1 && parts->whole.front() == '0') {
    return {0.0, NumberFault::kLeadingZero};
  }
  if (!parts->has_point && parts->exponent.empty() && setting) {
    std::string digits = without_underscores(parts->whole);
    if (parts->negative) {
      digits.insert(digits.begin(), '-');
    }
    std::int64_t value = 0;
    if (read_whole(digits, 10, value)) {
      return {value, NumberFault::kNone};
    }
    std::uint64_t wide = 0;
    if (read_whole(digits, 10, wide)) {
      return {wide, NumberFault::kNone};
    }
  }
  return real_number(*parts);
}

std::string fault_text(std::string_view text, NumberFault fault, std::string_view wanted) {
  const std::string quoted = fmt::format("'{}'", shown(text));
  switch (fault) {
    case NumberFault::kLeadingZero:
      return fmt::format(
          "{} begins with a zero: leave it out; decimals have a point, 0.5, for a comma makes a list",
          quoted);
    case NumberFault::kTooLarge:
      return fmt::format("{} is too large: numbers end at 1.8e308", quoted);
    case NumberFault::kTooSmall:
      return fmt::format("{} is too small: numbers other than 0 begin at 4.9e-324; write 0 if that is meant",
                         quoted);
    default:
      return fmt::format("{} is not {}", quoted, wanted);
  }
}

KeyValue number_from(std::string_view text, std::string_view wanted) {
  const ParsedNumber number = parse_number(text, NumberStyle::kSetting);
  if (number.fault != NumberFault::kNone) {
    throw InvalidInput(fault_text(text, number.fault, wanted));
  }
  return std::visit([](auto held) { return KeyValue(held); }, number.value);
}

double real_of(const KeyValue& number) {
  return std::visit(
      [](const auto& held) -> double {
        if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(held)>>) {
          return static_cast<double>(held);
        } else {
          throw InvalidInput("is no number");
        }
      },
      number);
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  for (std::string_view rest = text;;) {
    const std::size_t comma = rest.find(',');
    parts.emplace_back(trimmed(rest.substr(0, comma)));
    if (comma == std::string_view::npos) {
      break;
    }
    rest.remove_prefix(comma + 1);
  }
  if (parts.size() > 1 && std::find(parts.begin(), parts.end(), "") != parts.end()) {
    throw InvalidInput(fmt::format("'{}' is a list with an empty place: leave out the comma", shown(text)));
  }
  return parts;
}

std::string shown(std::string_view text, std::size_t most) {
  std::string out;
  for (const char c : text.substr(0, most)) {
    out += c >= ' ' && c <= '~' ? c : '?';
  }
  return text.size() > most ? out + "..." : out;
}

}  // namespace ridgeflow::io
