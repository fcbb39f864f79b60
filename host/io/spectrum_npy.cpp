#include "io/spectrum_npy.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow::io {
namespace {

static_assert(std::endian::native == std::endian::little, "values are copied as they stand");

constexpr std::size_t kMaxHeader = 1 << 16;

[[noreturn]] void refuse(const std::string& path, const std::string& problem) {
  throw InvalidInput(
      fmt::format("spectrum {}: {}; numpy.save('spectrum.npy', x) with x of shape (M, 2) and "
                  "dtype float64 writes what is read",
                  path, problem));
}

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  }
  return value;
}

/// The text after `'key':` in the header, a Python dictionary, blanks skipped; empty if there is none.
std::string_view value_of(std::string_view header, std::string_view key) {
  for (const char quote : {'\'', '"'}) {
    const std::string quoted = fmt::format("{}{}{}", quote, key, quote);
    const std::size_t place = header.find(quoted);
    if (place != std::string_view::npos) {
      const std::size_t start = header.find_first_not_of(" :", place + quoted.size());
      return start == std::string_view::npos ? std::string_view{} : header.substr(start);
    }
  }
  return {};
}

/// "(M, 2)" to M; false for any other shape.
bool parse_shape(std::string_view text, std::uint64_t& rows) {
  std::vector<std::uint64_t> sizes;
  const std::size_t end = text.find(')');
  if (text.empty() || text.front() != '(' || end == std::string_view::npos) {
    return false;
  }
  text = text.substr(1, end - 1);
  while (!text.empty()) {
    if (text.front() == ' ' || text.front() == ',') {
      text.remove_prefix(1);
      continue;
    }
    std::uint64_t size = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (error != std::errc{}) {
      return false;
    }
    sizes.push_back(size);
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  }
  rows = sizes.empty() ? 0 : sizes[0];
  return sizes.size() == 2 && sizes[1] == 2;
}

template <class Value>
double value_at(std::string_view data, std::size_t index) {
  Value value;
  std::memcpy(&value, data.data() + index * sizeof value, sizeof value);
  return static_cast<double>(value);
}

}  // namespace

Spectrum parse_npy(std::string_view bytes, const std::string& path) {
  if (!bytes.starts_with(kNpyMagic)) {
    refuse(path, "does not begin as an .npy file does");
  }
  if (bytes.size() < 10) {
    refuse(path, "is truncated in its first 10 bytes");
  }
  const int major = static_cast<unsigned char>(bytes[6]);
  const std::size_t length_bytes = major == 1 ? 2 : 4;
  if (major < 1 || major > 3) {
    refuse(path, fmt::format("has the unknown .npy format version {}", major));
  }
  if (bytes.size() < 8 + length_bytes) {
    refuse(path, "is truncated in its header");
  }
  const std::size_t header_length = little_endian(bytes.substr(8, length_bytes));
  const std::size_t data_start = 8 + length_bytes + header_length;
  if (header_length > kMaxHeader || data_start > bytes.size()) {
    refuse(path, fmt::format("is truncated in its header of {} bytes", header_length));
  }
  const std::string_view header = bytes.substr(8 + length_bytes, header_length);

  const std::string_view type = value_of(header, "descr").substr(0, 5);
  const bool is_double = type == "'<f8'" || type == "\"<f8\"";
  if (!is_double && type != "'<f4'" && type != "\"<f4\"") {
    refuse(path, fmt::format("has dtype {} in place of little-endian float64 ('<f8') or float32 ('<f4')",
                             type.empty() ? "missing" : type.substr(0, type.find(','))));
  }
  const std::string_view order = value_of(header, "fortran_order");
  const bool fortran = order.starts_with("True");
  if (!fortran && !order.starts_with("False")) {
    refuse(path, "does not say its fortran_order");
  }
  const std::string_view shape = value_of(header, "shape");
  std::uint64_t rows = 0;
  if (!parse_shape(shape, rows) || rows == 0) {
    refuse(path, fmt::format("has shape {} in place of (M, 2), columns a and y",
                             shape.empty() ? "missing"
                                           : shape.substr(0, std::min(shape.find(')') + 1, shape.size()))));
  }
  if (rows > kMaxModes) {
    refuse(path, fmt::format("has {} modes, more than the limit of {}", rows, kMaxModes));
  }
  const std::size_t modes = static_cast<std::size_t>(rows);
  const std::string_view data = bytes.substr(data_start);
  const std::size_t expected = modes * 2 * (is_double ? 8 : 4);
  if (data.size() != expected) {
    refuse(path, fmt::format("has {} bytes of data where {} modes need {}: {}", data.size(), modes, expected,
                             data.size() < expected ? "it is truncated" : "something follows them"));
  }
  Spectrum spectrum;
  spectrum.a.resize(modes);
  spectrum.y.resize(modes);
  for (std::size_t k = 0; k < modes; ++k) {
    const std::size_t a_index = fortran ? k : 2 * k;
    const std::size_t y_index = fortran ? modes + k : 2 * k + 1;
    spectrum.a[k] = is_double ? value_at<double>(data, a_index) : value_at<float>(data, a_index);
    spectrum.y[k] = is_double ? value_at<double>(data, y_index) : value_at<float>(data, y_index);
    if (!std::isfinite(spectrum.a[k]) || !(spectrum.a[k] > 0) || !std::isfinite(spectrum.y[k])) {
      throw InvalidInput(
          fmt::format("spectrum {}, row {}: a = {}, y = {}: a must be finite and positive, y "
                      "finite; leave such modes out",
                      path, k, spectrum.a[k], spectrum.y[k]));
    }
  }
  return spectrum;
}

}  // namespace ridgeflow::io
