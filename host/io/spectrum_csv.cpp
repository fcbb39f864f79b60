#include "io/spectrum_csv.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

#include "io/number.hpp"

namespace ridgeflow::io {
namespace {

constexpr std::size_t kMaxColumns = 1000;
constexpr std::size_t kShownLine = 40;  ///< letters of a line in a message

struct Line {
  std::string_view text;   ///< without comment and blanks at its ends
  std::string_view whole;  ///< with them, for messages
  std::size_t number = 0;  ///< from 1
};

/// The lines of a text, ended by LF, CRLF or CR alone.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  /// The next one; false at the end.
  bool next(Line& line) {
    if (rest_.empty()) {
      return false;
    }
    const std::size_t end = rest_.find_first_of("\r\n");
    line.whole = rest_.substr(0, end);
    line.number = ++number_;
    rest_.remove_prefix(std::min(end, rest_.size()));
    rest_.remove_prefix(rest_.starts_with("\r\n") ? 2 : rest_.empty() ? 0 : 1);
    line.text = trimmed(line.whole.substr(0, comment_start(line.whole)));
    return true;
  }

 private:
  /// Where a comment begins, outside of quotes.
  static std::size_t comment_start(std::string_view text) {
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (quote == 0 && c == '#') {
        return i;
      }
      if (c == '"' || c == '\'') {
        quote = quote == 0 ? c : quote == c ? 0 : quote;
      }
    }
    return text.size();
  }

  std::string_view rest_;
  std::size_t number_ = 0;
};

/// \p field without blanks and the quotes around it.
std::string_view bare(std::string_view field) {
  field = trimmed(field);
  if (field.size() >= 2 && (field.front() == '"' || field.front() == '\'') && field.back() == field.front()) {
    field = trimmed(field.substr(1, field.size() - 2));
  }
  return field;
}

/// The fields of a line, without quotes: between semicolons, else tabs, else commas, else blanks, whatever
/// the line has. A line of more than kMaxColumns is cut.
void split_fields(std::string_view text, std::vector<std::string_view>& fields) {
  fields.clear();
  char separator = ' ';
  for (const char candidate : {';', '\t', ','}) {
    if (separator == ' ' && text.find(candidate) != std::string_view::npos) {
      separator = candidate;
    }
  }
  char quote = 0;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size() && fields.size() <= kMaxColumns; ++i) {
    const bool ends = i == text.size();
    if (!ends && (text[i] == '"' || text[i] == '\'')) {
      quote = quote == 0 ? text[i] : quote == text[i] ? 0 : quote;
    }
    if (ends || (text[i] == separator && quote == 0)) {
      const std::string_view field = bare(text.substr(start, i - start));
      if (separator != ' ' || !field.empty() || i > start) {  // any number of blanks separates
        fields.push_back(field);
      }
      start = i + 1;
    }
  }
}

bool is_name(std::string_view field, std::string_view name) {
  return std::equal(field.begin(), field.end(), name.begin(), name.end(), [](char one, char other) {
    return (one >= 'A' && one <= 'Z' ? static_cast<char>(one | 0x20) : one) == other;
  });
}

/// Which columns hold what.
struct Header {
  std::size_t columns = 0;
  std::size_t first = 0;  ///< of a or lambda
  std::size_t y = 0;
  bool inverse = false;  ///< the first is a, 1/lambda

  std::string_view first_name() const { return this->inverse ? "a" : "lambda"; }
};

/// The header in \p fields; nothing if they do not name a or lambda, and y. \p problem: what is ambiguous.
std::optional<Header> header_of(const std::vector<std::string_view>& fields, std::string& problem) {
  Header header{fields.size(), 0, 0, false};
  int first = 0;
  int y = 0;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (is_name(fields[i], "a") || is_name(fields[i], "lambda")) {
      ++first;
      header.first = i;
      header.inverse = is_name(fields[i], "a");
    } else if (is_name(fields[i], "y")) {
      ++y;
      header.y = i;
    }
  }
  if (first > 1 || y > 1) {
    problem = "names a, lambda or y more than once; leave one column out";
  }
  return first == 1 && y == 1 ? std::optional<Header>(header) : std::nullopt;
}

class Reader {
 public:
  Reader(std::string_view text, const std::string& path) : lines_(text), path_(path) {}

  Spectrum read() {
    this->read_header();
    Line line;
    while (lines_.next(line)) {
      if (!line.text.empty()) {
        this->read_mode(line);
      }
    }
    validate(spectrum_.size() > 0,
             fmt::format("spectrum {}: has a header but no modes; add a line for each mode", path_));
    return std::move(spectrum_);
  }

 private:
  [[noreturn]] void refuse(const Line& line, const std::string& problem) const {
    throw InvalidInput(
        fmt::format("spectrum {}:{}: '{}' {}", path_, line.number, shown(line.whole, kShownLine), problem));
  }

  /// The first line that is more than a comment; or, where that is of numbers, the last comment before it
  /// that is a header, as numpy.savetxt writes it.
  void read_header() {
    Line line;
    std::string problem;
    std::optional<Header> commented;
    while (lines_.next(line)) {
      const std::string_view trimmed_line = trimmed(line.whole);
      if (is_name(trimmed_line.substr(0, 4), "sep=") && trimmed_line.size() <= 5) {
        continue;  // spreadsheets
      }
      if (line.text.empty()) {
        const std::size_t mark = trimmed_line.find_first_not_of("# \t");
        if (mark != std::string_view::npos) {
          std::string ignored;
          split_fields(trimmed_line.substr(mark), fields_);
          const std::optional<Header> header = header_of(fields_, ignored);
          commented = header ? header : commented;
        }
        continue;
      }
      split_fields(line.text, fields_);
      if (const std::optional<Header> header = header_of(fields_, problem); header) {
        header_ = *header;
        return;
      }
      const bool numbers =
          parse_number(fields_.front(), NumberStyle::kTable).fault != NumberFault::kNotANumber;
      if (commented && numbers) {
        header_ = *commented;
        this->read_mode(line);
        return;
      }
      if (!problem.empty()) {
        this->refuse(line, problem);
      }
      throw InvalidInput(fmt::format(
          "spectrum {}:{}: the header is '{}'; it must be a,y or lambda,y, or name these columns among "
          "others{} "
          "(or the file an .npy of shape (M, 2))",
          path_, line.number, shown(line.whole, kShownLine),
          numbers ? ": add it as a first line, numbers do not say whether they are a or lambda" : ""));
    }
    throw InvalidInput(
        fmt::format("spectrum {}: is empty{}; it needs the header a,y or lambda,y and a line for each mode",
                    path_, commented ? " but for its header" : ""));
  }

  /// \p field as it is taken; quoted where it is no number, or none that a double holds.
  double number(const Line& line, std::string_view field, std::string_view name) const {
    const ParsedNumber parsed = parse_number(field, NumberStyle::kTable);
    if (parsed.fault == NumberFault::kNotANumber) {
      this->refuse(line, "has something that is not a number; decimal points, no units, no thousands");
    }
    if (parsed.fault == NumberFault::kTooLarge) {
      this->refuse(line, fmt::format("has {} = {}", name, fault_text(field, parsed.fault, "a number")));
    }
    return parsed.real();  // 0 where it is too small: the nearest double
  }

  void read_mode(const Line& line) {
    split_fields(line.text, fields_);
    if (fields_.size() > kMaxColumns) {
      this->refuse(line, fmt::format("has more than {} columns", kMaxColumns));
    }
    while (fields_.size() > header_.columns && fields_.back().empty()) {
      fields_.pop_back();  // a comma at the end
    }
    // Statistics programs write the names of rows before the columns, and no header above them.
    const std::size_t names = fields_.size() == header_.columns + 1 ? 1 : 0;
    const bool row_name =
        names == 1 && (line.text.front() == '"' || line.text.front() == '\'' ||
                       parse_number(fields_.front(), NumberStyle::kTable).fault == NumberFault::kNotANumber);
    if (fields_.size() != header_.columns && !row_name) {
      this->refuse(line,
                   fmt::format("does not have the two numbers {},y: {} columns where the header has {}; "
                               "decimals have points",
                               header_.first_name(), fields_.size(), header_.columns));
    }
    const std::size_t shift = row_name ? 1 : 0;
    const std::string_view first_text = fields_[header_.first + shift];
    const double first = this->number(line, first_text, header_.first_name());
    const double y = this->number(line, fields_[header_.y + shift], "y");
    const double a = header_.inverse ? first : 1.0 / first;
    if (!std::isfinite(first) || !(first > 0) || !std::isfinite(y)) {
      throw InvalidInput(
          fmt::format("spectrum {}:{}: {} = {}, y = {}: {} must be finite and positive, y finite; "
                      "leave such modes out",
                      path_, line.number, header_.first_name(), shown(first_text, kShownLine),
                      shown(fields_[header_.y + shift], kShownLine), header_.first_name()));
    }
    if (!std::isfinite(a)) {
      throw InvalidInput(
          fmt::format("spectrum {}:{}: lambda = {} is too small: 1/lambda is too large for a "
                      "number; leave such modes out",
                      path_, line.number, shown(first_text, kShownLine)));
    }
    if (spectrum_.size() == kMaxModes) {
      throw InvalidInput(fmt::format("spectrum {}: more than {} modes, the limit", path_, kMaxModes));
    }
    spectrum_.a.push_back(a);
    spectrum_.y.push_back(y);
  }

  Lines lines_;
  const std::string& path_;
  Header header_;
  Spectrum spectrum_;
  std::vector<std::string_view> fields_;  ///< of the line under way
};

}  // namespace

Spectrum parse_csv(std::string_view text, const std::string& path) {
  if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);  // a byte-order mark, as spreadsheets write it
  }
  return Reader(text, path).read();
}

}  // namespace ridgeflow::io
