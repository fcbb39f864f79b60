// How the value of a setting reaches a member of RunConfig, by the member's type.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/io/run_config.hpp"

#include "io/number.hpp"
#include "io/utf8.hpp"

namespace ridgeflow::io {

template <class Type>
struct Unwrapped {
  using type = Type;
};
template <class Type>
struct Unwrapped<std::optional<Type>> {
  using type = Type;
};

/// How a member of this type is written and read.
template <class Member>
struct Conversion;

template <>
struct Conversion<bool> {
  static constexpr KeyType type = KeyType::kSwitch;
  static bool from(const KeyValue& value) {
    validate(std::holds_alternative<bool>(value), "must be true or false");
    return std::get<bool>(value);
  }
  static KeyValue to(bool value) { return value; }
};

/// A whole number from whatever holds one.
template <class Integer>
struct WholeNumber {
  static constexpr KeyType type = KeyType::kInteger;
  static constexpr Integer low = std::numeric_limits<Integer>::min();
  static constexpr Integer high = std::numeric_limits<Integer>::max();

  template <class Whole>
  static Integer in_range(Whole number) {
    validate(std::in_range<Integer>(number), fmt::format("must lie in {} ... {}", low, high));
    return static_cast<Integer>(number);
  }
  static Integer from(const KeyValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value); number != nullptr) {
      return in_range(*number);
    }
    if (const auto* number = std::get_if<std::uint64_t>(&value); number != nullptr) {
      return in_range(*number);
    }
    const auto* number = std::get_if<double>(&value);
    validate(number != nullptr, "must be a whole number");
    validate(*number == std::floor(*number) && std::isfinite(*number),
             fmt::format("must be a whole number, not {}", *number));
    validate(*number >= static_cast<double>(low) &&
                 *number < std::ldexp(1.0, std::numeric_limits<Integer>::digits),
             fmt::format("must lie in {} ... {}", low, high));
    validate(std::abs(*number) < 9007199254740992.0,
             fmt::format("must be written in digits: as {} it is known to 53 bits", *number));
    return in_range(static_cast<std::int64_t>(*number));
  }
  static KeyValue to(Integer value) {
    if constexpr (std::is_signed_v<Integer>) {
      return static_cast<std::int64_t>(value);
    } else {
      return static_cast<std::uint64_t>(value);
    }
  }
};
template <>
struct Conversion<int> : WholeNumber<int> {};
template <>
struct Conversion<std::int64_t> : WholeNumber<std::int64_t> {};
template <>
struct Conversion<std::uint64_t> : WholeNumber<std::uint64_t> {};

template <>
struct Conversion<double> {
  static constexpr KeyType type = KeyType::kReal;
  static double from(const KeyValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value); number != nullptr) {
      return static_cast<double>(*number);
    }
    if (const auto* number = std::get_if<std::uint64_t>(&value); number != nullptr) {
      return static_cast<double>(*number);
    }
    validate(std::holds_alternative<double>(value), "must be a number");
    return std::get<double>(value) + 0.0;  // a zero has no sign: TOML's reader drops it
  }
  static KeyValue to(double value) { return value; }
};

template <>
struct Conversion<std::string> {
  static constexpr KeyType type = KeyType::kText;
  static std::string from(const KeyValue& value) {
    validate(std::holds_alternative<std::string>(value), "must be text in quotes");
    const std::string& text = std::get<std::string>(value);
    validate(is_utf8(text), fmt::format("'{}' is not UTF-8, so that no run file or result could hold it: "
                                        "rename the file, or give it a link with another name",
                                        shown(text)));
    validate(text.find('\0') == std::string::npos,
             fmt::format("'{}' holds a zero byte, where names end", shown(text)));
    return text;
  }
  static KeyValue to(const std::string& value) { return value; }
};

/// A name of an enumeration.
template <class Enumeration, Enumeration (*Parse)(std::string_view)>
struct Named {
  static constexpr KeyType type = KeyType::kText;
  static Enumeration from(const KeyValue& value) { return Parse(Conversion<std::string>::from(value)); }
  static KeyValue to(Enumeration value) { return std::string(to_string(value)); }
};
template <>
struct Conversion<Start> : Named<Start, start_from_string> {};
template <>
struct Conversion<Precision> : Named<Precision, precision_from_string> {};
template <>
struct Conversion<Mobility> : Named<Mobility, mobility_from_string> {};
template <>
struct Conversion<Math> : Named<Math, math_from_string> {};
template <>
struct Conversion<Backend> : Named<Backend, backend_from_string> {};
template <>
struct Conversion<Format> : Named<Format, format_from_string> {};

template <>
struct Conversion<std::vector<Theory>> {
  static constexpr KeyType type = KeyType::kList;
  static std::vector<Theory> from(const KeyValue& value) {
    validate(std::holds_alternative<std::vector<std::string>>(value), "must be a list of names");
    std::vector<Theory> theories;
    for (const std::string& name : std::get<std::vector<std::string>>(value)) {
      const Theory theory = theory_from_string(name);
      validate(std::find(theories.begin(), theories.end(), theory) == theories.end(),
               fmt::format("names {} twice", name));
      theories.push_back(theory);
    }
    validate(!theories.empty(), "must name at least one theory");
    return theories;
  }
  static KeyValue to(const std::vector<Theory>& theories) {
    std::vector<std::string> names;
    names.reserve(theories.size());
    for (const Theory theory : theories) {
      names.emplace_back(to_string(theory));
    }
    return names;
  }
};

/// "1:2,1:10": modes count from 1.
template <>
struct Conversion<std::vector<ModePair>> {
  static constexpr KeyType type = KeyType::kList;
  static std::size_t mode_from(std::string_view text) {
    const ParsedNumber number = parse_number(trimmed(text), NumberStyle::kSetting);
    validate(number.fault == NumberFault::kNone && number.real() >= 1,
             fmt::format("'{}' is no mode: modes count from 1, and a pair is written 1:2", shown(text, 40)));
    const KeyValue value = std::visit([](auto held) { return KeyValue(held); }, number.value);
    return static_cast<std::size_t>(WholeNumber<std::uint64_t>::from(value) - 1);
  }
  static std::vector<ModePair> from(const KeyValue& value) {
    validate(std::holds_alternative<std::vector<std::string>>(value), "must be a list of pairs such as 1:2");
    std::vector<ModePair> pairs;
    for (const std::string& text : std::get<std::vector<std::string>>(value)) {
      const std::size_t colon = text.find(':');
      validate(colon != std::string::npos,
               fmt::format("'{}' is no pair of modes: write 1:2", shown(text, 40)));
      pairs.push_back({mode_from(std::string_view(text).substr(0, colon)),
                       mode_from(std::string_view(text).substr(colon + 1))});
    }
    return pairs;
  }
  static KeyValue to(const std::vector<ModePair>& pairs) {
    std::vector<std::string> names;
    names.reserve(pairs.size());
    for (const ModePair& pair : pairs) {
      names.push_back(fmt::format("{}:{}", pair.first + 1, pair.second + 1));
    }
    return names;
  }
};

}  // namespace ridgeflow::io
