#include "ridgeflow/io/spectrum_file.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/io/files.hpp"

#include "io/spectrum_npy.hpp"

namespace ridgeflow {
namespace {

/// Cuts the first line off \p text, without its end.
std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

/// What of a line may stand in a message: short and printable.
std::string shown(std::string_view line) {
  std::string text;
  for (const char c : line.substr(0, 40)) {
    text += c >= ' ' && c <= '~' ? c : '?';
  }
  return line.size() > 40 ? text + "..." : text;
}

bool parse_number(std::string_view text, double& value) {
  const std::size_t first = text.find_first_not_of(" \t");
  const std::size_t last = text.find_last_not_of(" \t");
  if (first == std::string_view::npos) {
    return false;
  }
  text = text.substr(first, last - first + 1);
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') {
    text.remove_prefix(1);
  }
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    value = std::numeric_limits<double>::quiet_NaN();  // refused as not finite
    return rest == text.data() + text.size();
  }
  return error == std::errc{} && rest == text.data() + text.size();
}

Spectrum parse_csv(std::string_view text, const std::string& path) {
  if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);  // a byte-order mark, as spreadsheets write it
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  validate(!text.empty(), fmt::format("spectrum {}: is empty; it needs the header a,y or lambda,y and a line "
                                      "for each mode",
                                      path));
  const std::string_view header = next_line(text);
  const bool inverse = header == "a,y";
  if (!inverse && header != "lambda,y") {
    throw InvalidInput(
        fmt::format("spectrum {}:1: the header is '{}'; it must be a,y or lambda,y (or the file "
                    "an .npy of shape (M, 2))",
                    path, shown(header)));
  }
  const std::string_view first_name = inverse ? "a" : "lambda";
  Spectrum spectrum;
  std::size_t line_number = 1;
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    ++line_number;
    const std::size_t comma = line.find(',');
    double first = 0;
    double y = 0;
    if (comma == std::string_view::npos || line.find(',', comma + 1) != std::string_view::npos) {
      throw InvalidInput(fmt::format("spectrum {}:{}: '{}' does not have the two numbers {},y", path,
                                     line_number, shown(line), first_name));
    }
    if (!parse_number(line.substr(0, comma), first) || !parse_number(line.substr(comma + 1), y)) {
      throw InvalidInput(
          fmt::format("spectrum {}:{}: '{}' has something that is not a number; decimal points, "
                      "no units, no quotes",
                      path, line_number, shown(line)));
    }
    const double a = inverse ? first : 1.0 / first;
    if (!std::isfinite(a) || !(a > 0) || !std::isfinite(y)) {
      throw InvalidInput(
          fmt::format("spectrum {}:{}: {} = {}, y = {}: {} must be finite and positive, y finite; "
                      "leave such modes out",
                      path, line_number, first_name, first, y, first_name));
    }
    if (spectrum.size() == kMaxModes) {
      throw InvalidInput(fmt::format("spectrum {}: more than {} modes, the limit", path, kMaxModes));
    }
    spectrum.a.push_back(a);
    spectrum.y.push_back(y);
  }
  validate(spectrum.size() > 0,
           fmt::format("spectrum {}: has a header but no modes; add a line for each mode", path));
  return spectrum;
}

}  // namespace

Spectrum read_spectrum(const std::string& path) {
  const std::string text = read_whole_file(path, kMaxSpectrumBytes, "spectrum");
  const bool npy = text.starts_with(io::kNpyMagic) || path.ends_with(".npy");
  return npy ? io::parse_npy(text, path) : parse_csv(text, path);
}

}  // namespace ridgeflow
