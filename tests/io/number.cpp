// Numbers in text: what is one, what is none, and what the reader is told.
#include "io/number.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/io/run_file.hpp"

#include "io/sweep.hpp"
#include "io/utf8.hpp"

namespace ridgeflow::io {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Number, IsWhatTomlTakesAndADecimalPointAtEitherEnd) {
  const std::vector<std::pair<std::string, double>> texts{
      {"0", 0},
      {"+5", 5},
      {"-5", -5},
      {".5", 0.5},
      {"5.", 5},
      {"-.5e1", -5},
      {"1e3", 1000},
      {"1E+3", 1000},
      {"1e-03", 1e-3},
      {"0.05", 0.05},
      {"1_000", 1e3},
      {"0x10", 16},
      {"0o17", 15},
      {"0b101", 5},
      {"0e5", 0},
      {"inf", kInfinity},
      {"-inf", -kInfinity},
      {"+Infinity", kInfinity},
      {"4.9406564584124654e-324", 4.9406564584124654e-324},
      {"1e-310", 1e-310},
      {"1.7976931348623157e308", 1.7976931348623157e308},
      {"0.00000000000000000000000000000000000000001e41", 1.0},
      {"0e-999999999999999999999", 0}};
  for (const auto& [text, value] : texts) {
    const ParsedNumber number = parse_number(text, NumberStyle::kSetting);
    EXPECT_EQ(number.fault, NumberFault::kNone) << text;
    EXPECT_EQ(number.real(), value) << text;
  }
  EXPECT_TRUE(std::isnan(parse_number("nan", NumberStyle::kSetting).real()));
  EXPECT_TRUE(std::isnan(parse_number("-NaN", NumberStyle::kTable).real()));
}

TEST(Number, KeepsAllBitsOfWholeNumbers) {
  EXPECT_EQ(number_from("9223372036854775807"), KeyValue(std::int64_t{9223372036854775807}));
  EXPECT_EQ(number_from("-9223372036854775808"), KeyValue(std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(number_from("18446744073709551615"), KeyValue(std::uint64_t{18446744073709551615U}));
  EXPECT_EQ(number_from("0xFFFFFFFFFFFFFFFF"), KeyValue(std::uint64_t{18446744073709551615U}));
  EXPECT_EQ(number_from("18446744073709551616"), KeyValue(18446744073709551616.0));
}

TEST(Number, NamesTheTrueFaultAndQuotesTheText) {
  const std::vector<std::pair<std::string, std::string>> texts{
      {"", "'' is not a number"},
      {"x", "'x' is not a number"},
      {"1x", "'1x' is not a number"},
      {"1 2", "is not a number"},
      {"--1", "is not a number"},
      {"+-1", "is not a number"},
      {"1e", "is not a number"},
      {"1e+", "is not a number"},
      {".", "is not a number"},
      {"e5", "is not a number"},
      {"1d3", "is not a number"},
      {"1__0", "is not a number"},
      {"_1", "is not a number"},
      {"1_", "is not a number"},
      {"0x", "is not a number"},
      {"0xg", "is not a number"},
      {"-0x1", "is not a number"},
      {"1.5.2", "is not a number"},
      {"infinit", "is not a number"},
      {"nan(1)", "is not a number"},
      {"05", "'05' begins with a zero"},
      {"-05", "'-05' begins with a zero"},
      {"00", "'00' begins with a zero"},
      {"1e999", "'1e999' is too large"},
      {"-1e999", "'-1e999' is too large"},
      {"1e99999999999999999999999", "is too large"},
      {"1" + std::string(400, '0') + ".5", "is too large"},
      {"1" + std::string(400, '0') + "e-10", "is too large"},
      {"0x1" + std::string(16, '0'), "is too large"},
      {"1e-400", "'1e-400' is too small"},
      {"-.1e-400", "'-.1e-400' is too small"},
      {"1e-99999999999999999999999", "is too small"},
      {"0." + std::string(400, '0') + "1e10", "is too small"},
      {std::string("1\n\0", 3),
       "'1?"
       "?' is not a number"},
      {"\xC3\xA4",
       "'?"
       "?' is not a number"},
  };
  for (const auto& [text, problem] : texts) {
    EXPECT_THAT([&] { number_from(text); }, ThrowsMessage<InvalidInput>(HasSubstr(problem))) << text;
  }
}

TEST(Number, OfATableMayHaveLeadingZerosAndFortransExponent) {
  for (const auto& [text, value] : std::vector<std::pair<std::string, double>>{
           {"05", 5}, {"1d-3", 1e-3}, {"1.5D+02", 150}, {"007.5e0", 7.5}, {"-00.5", -0.5}}) {
    const ParsedNumber number = parse_number(text, NumberStyle::kTable);
    EXPECT_EQ(number.fault, NumberFault::kNone) << text;
    EXPECT_EQ(number.real(), value) << text;
  }
  EXPECT_EQ(parse_number("0x10", NumberStyle::kTable).fault, NumberFault::kNotANumber);
  EXPECT_EQ(parse_number("1_0", NumberStyle::kTable).fault, NumberFault::kNotANumber);
}

RC_GTEST_PROP(Number, WrittenAndReadIsTheSame, ()) {
  // all patterns of bits, so that denormals and the largest numbers come up
  const auto bits = *rc::gen::arbitrary<std::uint64_t>() * 0x9E3779B97F4A7C15U;
  double value = 0;
  std::memcpy(&value, &bits, sizeof value);
  RC_PRE(std::isfinite(value));
  for (const NumberStyle style : {NumberStyle::kSetting, NumberStyle::kTable}) {
    for (const std::string& text : {fmt::format("{:.17g}", value), fmt::format("{}", value),
                                    fmt::format("{:.16e}", value), fmt::format("{:+.17g}", value)}) {
      const ParsedNumber number = parse_number(text, style);
      RC_ASSERT(number.fault == NumberFault::kNone);
      RC_ASSERT(number.real() == value);
    }
  }
}

RC_GTEST_PROP(Number, WholeOnesAreKeptToTheLastDigit, ()) {
  const auto value = *rc::gen::arbitrary<std::uint64_t>() * 0x9E3779B97F4A7C15U;
  RunConfig config;
  set_from_text(config, *find_run_key("sampler.seed"), fmt::format("{}", value), "--seed");
  RC_ASSERT(config.seed == value);
  set_from_text(config, *find_run_key("sampler.seed"), fmt::format("{:#x}", value), "--seed");
  RC_ASSERT(config.seed == value);
}

// No text is read as a number without being one: what is read can be written and read again.
RC_GTEST_PROP(Number, AnyTextIsRefusedOrHasAValue, ()) {
  const auto letters = rc::gen::elementOf(std::string("0123456789.eE+-_xdinfa,: "));
  const auto text = *rc::gen::container<std::string>(letters);
  for (const NumberStyle style : {NumberStyle::kSetting, NumberStyle::kTable}) {
    const ParsedNumber number = parse_number(text, style);
    if (number.fault == NumberFault::kNone) {
      RC_ASSERT(!text.empty());
      RC_ASSERT(text.find_first_of(",: ") == std::string::npos);
      const ParsedNumber again = parse_number(fmt::format("{:.17g}", number.real()), style);
      RC_ASSERT(again.real() == number.real() || std::isnan(number.real()));
    }
  }
}

RC_GTEST_PROP(Lists, AreReadAsTheyWereWritten, ()) {
  const auto values = *rc::gen::unique<std::vector<double>>(
      rc::gen::suchThat(rc::gen::arbitrary<double>(), [](double x) { return std::isfinite(x); }));
  RC_PRE(values.size() >= 2U);
  std::string text;
  for (const double value : values) {
    text += fmt::format("{}{:.17g}", text.empty() ? "" : ", ", value);
  }
  RunConfig config;
  set_from_text(config, *find_run_key("model.u"), text, "--u");
  RC_ASSERT(config.sweep.size() == 1U);
  RC_ASSERT(config.sweep[0].values.size() == values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    RC_ASSERT(std::get<double>(config.sweep[0].values[i]) == values[i]);
  }
}

TEST(Lists, AreSplitAtCommasAndHaveNoEmptyPlaces) {
  EXPECT_EQ(split_list("1, 2 ,\t3"), (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_EQ(split_list(""), std::vector<std::string>{""});
  for (const char* text : {"1,", ",1", "1,,2", ",", "1, ,2"}) {
    EXPECT_THAT([&] { split_list(text); }, ThrowsMessage<InvalidInput>(HasSubstr("empty place"))) << text;
  }
}

TEST(Ranges, KeepTheirEndsToTheLastDigit) {
  const std::vector<KeyValue> values = range_values("1:18446744073709551615:2", true);
  EXPECT_EQ(values.back(), KeyValue(std::uint64_t{18446744073709551615U}));
  for (const char* text :
       {"nan:1:3", "1:inf:3", "0:1:1", "0:1:2.5", "0:1:1e9", "0:1:nan", "-1.7e308:1.7e308:3"}) {
    EXPECT_THAT([&] { range_values(text, false); }, ThrowsMessage<InvalidInput>(HasSubstr("finite ends")))
        << text;
  }
  for (const char* text : {"0:1", "0:1:3:lin", "0:1:3:log:4", "::", ":"}) {
    EXPECT_THROW(range_values(text, false), InvalidInput) << text;
  }
}

TEST(Ranges, OfAllMagnitudesAreFinite) {
  const std::vector<KeyValue> values = range_values("1e-300:1e300:3:log", false);
  EXPECT_NEAR(std::get<double>(values.at(1)), 1.0, 1e-12);
  EXPECT_NEAR(std::get<double>(range_values("1e300:1e-300:3:log", false).at(1)), 1.0, 1e-12);
}

TEST(Text, IsUtf8WhereTomlTakesIt) {
  for (const char* text : {"", "a.nc", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  for (const char* text : {"\xE9", "\x80", "a\xC3", "\xC3(", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80",
                           "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xFF", "\xF8\x88\x80\x80\x80"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

// A name that the record of the run could not hold would be lost, or stand for another one.
RC_GTEST_PROP(Text, ThatIsTakenIsReadBackFromTheRecord, (const std::string& text)) {
  RunConfig config;
  try {
    set_from_text(config, *find_run_key("output.file"), text, "--out");
  } catch (const InvalidInput&) {
    RC_ASSERT(!is_utf8(text) || text.find('\0') != std::string::npos);
    return;
  }
  RunConfig again;
  parse_run_file(to_toml(config), "again.toml", "", again);
  RC_ASSERT(again.out == text);
}

}  // namespace
}  // namespace ridgeflow::io
