#include "io/file_kind.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

#include "io/number.hpp"
#include "io/spectrum_npy.hpp"

namespace ridgeflow::io {
namespace {

/// The first line with more than blanks and a comment, whole or not.
std::string_view first_line(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("\r\n");
    const std::string_view line = trimmed(text.substr(0, end));
    if (!line.empty() && line.front() != '#') {
      return line;
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return {};
}

}  // namespace

FileKind kind_of(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with(kNpyMagic)) {
    return FileKind::kNpy;
  }
  if (bytes.starts_with("PK\x03\x04"sv)) {
    return FileKind::kArchive;
  }
  if (bytes.starts_with("\x89HDF"sv) || bytes.starts_with("CDF\x01"sv) || bytes.starts_with("CDF\x02"sv) ||
      bytes.starts_with("CDF\x05"sv)) {
    return FileKind::kNetcdf;
  }
  if (bytes.starts_with("\xFF\xFE"sv) || bytes.starts_with("\xFE\xFF"sv)) {
    return FileKind::kUtf16;
  }
  if (const std::size_t nul = bytes.find('\0'); nul != std::string_view::npos) {
    // Letters of UTF-16 have every other byte empty.
    return bytes.size() >= 4 && nul < 2 && bytes[nul ^ 1U] != '\0' && bytes[nul + 2] == '\0'
               ? FileKind::kUtf16
               : FileKind::kBinary;
  }
  if (bytes.starts_with("\xEF\xBB\xBF"sv)) {
    bytes.remove_prefix(3);
  }
  const std::string_view line = first_line(bytes);
  if (line.empty()) {
    return FileKind::kUnknown;
  }
  if (line.front() == '{') {
    return FileKind::kJson;
  }
  const bool separator = line.starts_with("sep=") && line.size() <= 5;  // a spreadsheet's first line
  if (!separator && (line.front() == '[' || line.find('=') != std::string_view::npos)) {
    return FileKind::kSettings;
  }
  return separator || line.find_first_of(",;\t") != std::string_view::npos ||
                 parse_number(line.substr(0, line.find(' ')), NumberStyle::kTable).fault == NumberFault::kNone
             ? FileKind::kTable
             : FileKind::kUnknown;
}

FileKind kind_of_file(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return FileKind::kUnknown;
  }
  std::ifstream file(path, std::ios::binary);
  std::string bytes(kKindBytes, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return kind_of(bytes);
}

void require_run_file(FileKind kind, const std::string& name) {
  switch (kind) {
    case FileKind::kTable:
      throw InvalidInput(fmt::format(
          "{0}: is a table of numbers, not a run file; a spectrum is given as --spectrum {0}", name));
    case FileKind::kNpy:
      throw InvalidInput(
          fmt::format("{0}: is an .npy array, not a run file; a spectrum is given as --spectrum {0}", name));
    case FileKind::kNetcdf:
      throw InvalidInput(
          fmt::format("{0}: is a netCDF file, not a run file; ridgeflow plot {0} draws a result", name));
    case FileKind::kJson:
      throw InvalidInput(fmt::format(
          "{}: is JSON, not a run file; of a result in JSON, run_file is the text of the run file", name));
    case FileKind::kArchive:
    case FileKind::kBinary:
      throw InvalidInput(fmt::format("{}: is not text, so no run file", name));
    case FileKind::kUtf16:
      throw InvalidInput(fmt::format("{}: is UTF-16 text: save it as UTF-8", name));
    default:
      return;
  }
}

void require_spectrum(FileKind kind, const std::string& name) {
  switch (kind) {
    case FileKind::kSettings:
      throw InvalidInput(fmt::format(
          "spectrum {0}: is a run file; it is given by its name alone, without --spectrum", name));
    case FileKind::kNetcdf:
      throw InvalidInput(fmt::format(
          "spectrum {}: is a netCDF file; a spectrum is a CSV or .npy file of a or lambda, and y", name));
    case FileKind::kJson:
      throw InvalidInput(
          fmt::format("spectrum {}: is JSON; a spectrum is a CSV or .npy file of a or lambda, and y", name));
    case FileKind::kArchive:
      throw InvalidInput(fmt::format(
          "spectrum {}: is an archive, such as .npz or a workbook; numpy.save writes one array as .npy, and "
          "spreadsheets export CSV",
          name));
    case FileKind::kUtf16:
      throw InvalidInput(
          fmt::format("spectrum {}: is UTF-16 text: save it as UTF-8, in spreadsheets \"CSV UTF-8\"", name));
    default:
      return;
  }
}

}  // namespace ridgeflow::io
