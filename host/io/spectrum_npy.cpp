#include "io/spectrum_npy.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

#include "io/number.hpp"

namespace ridgeflow::io {
namespace {

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

/// "(M, 2)" to M, 2; empty for what is no shape.
std::vector<std::uint64_t> parse_shape(std::string_view text) {
  std::vector<std::uint64_t> sizes;
  const std::size_t end = text.find(')');
  if (text.empty() || text.front() != '(' || end == std::string_view::npos) {
    return {};
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
      return {};
    }
    sizes.push_back(size);
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  }
  return sizes;
}

/// A plain number of an array: '<f8', '>i4', '|u1'.
struct ElementType {
  char kind = 0;         ///< f, i or u
  std::size_t size = 0;  ///< bytes
  bool big_endian = false;
};

/// The type that \p text, the value of 'descr', begins with; nothing for one that is not read.
std::optional<ElementType> parse_type(std::string_view text) {
  if (text.size() < 5 || (text[0] != '\'' && text[0] != '"') || text[4] != text[0]) {
    return std::nullopt;
  }
  const ElementType type{text[2], static_cast<std::size_t>(text[3] - '0'), text[1] == '>'};
  const bool order = text[1] == '<' || text[1] == '>' || (text[1] == '|' && type.size == 1);
  const bool real = type.kind == 'f' && (type.size == 4 || type.size == 8);
  const bool whole = (type.kind == 'i' || type.kind == 'u') &&
                     (type.size == 1 || type.size == 2 || type.size == 4 || type.size == 8);
  return order && (real || whole) ? std::optional<ElementType>(type) : std::nullopt;
}

double value_at(std::string_view data, std::size_t index, const ElementType& type) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < type.size; ++i) {
    const std::size_t place = type.big_endian ? i : type.size - 1 - i;  // from the highest byte
    bits = bits << 8 | static_cast<unsigned char>(data[index * type.size + place]);
  }
  if (type.kind == 'f') {
    return type.size == 8 ? std::bit_cast<double>(bits)
                          : static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  }
  if (type.kind == 'u') {
    return static_cast<double>(bits);
  }
  const std::size_t unused = 64 - 8 * type.size;  // the sign is the highest bit of the element
  return static_cast<double>(std::bit_cast<std::int64_t>(bits << unused) >> unused);
}

/// What to do about a shape that is not (M, 2).
std::string_view shape_remedy(const std::vector<std::uint64_t>& sizes) {
  if (sizes.size() == 2 && sizes[0] == 2) {
    return "; these are rows: save x.T";
  }
  return sizes.size() == 1 ? "; join the columns with numpy.column_stack((a, y))" : "";
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

  const std::string_view descr = value_of(header, "descr");
  const std::optional<ElementType> type = parse_type(descr);
  if (descr.starts_with('[')) {
    refuse(path, "is an array of records: join its columns with numpy.column_stack((x['a'], x['y']))");
  }
  if (!type) {
    refuse(path,
           fmt::format("has dtype {} in place of real or whole numbers such as '<f8': save x.astype('<f8')",
                       descr.empty() ? "missing" : shown(descr.substr(0, descr.find(',')), 20)));
  }
  const std::string_view order = value_of(header, "fortran_order");
  const bool fortran = order.starts_with("True");
  if (!fortran && !order.starts_with("False")) {
    refuse(path, "does not say its fortran_order");
  }
  const std::string_view shape = value_of(header, "shape");
  const std::vector<std::uint64_t> sizes = parse_shape(shape);
  if (sizes.size() != 2 || sizes[1] != 2 || sizes[0] == 0) {
    refuse(path,
           fmt::format("has shape {} in place of (M, 2), columns a and y{}",
                       shape.empty() ? "missing"
                                     : shown(shape.substr(0, std::min(shape.find(')') + 1, shape.size()))),
                       shape_remedy(sizes)));
  }
  const std::uint64_t rows = sizes[0];
  if (rows > kMaxModes) {
    refuse(path, fmt::format("has {} modes, more than the limit of {}", rows, kMaxModes));
  }
  const std::size_t modes = static_cast<std::size_t>(rows);
  const std::string_view data = bytes.substr(data_start);
  const std::size_t expected = modes * 2 * type->size;
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
    spectrum.a[k] = value_at(data, a_index, *type);
    spectrum.y[k] = value_at(data, y_index, *type);
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
