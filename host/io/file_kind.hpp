// Files that were given in place of others: what they are, and where they belong.
#pragma once

#include <string>
#include <string_view>

namespace ridgeflow::io {

/// What a file is by its first bytes.
enum class FileKind {
  kUnknown,   ///< text of some kind, or nothing
  kSettings,  ///< lines such as `[model]` or `samples = 5`
  kTable,     ///< text whose first line is neither: columns, as a spectrum's
  kNpy,
  kArchive,  ///< .npz, or any other zip
  kNetcdf,
  kJson,
  kUtf16,
  kBinary,
};

/// How many bytes of a file are looked at.
inline constexpr std::size_t kKindBytes = 4096;

/// \p bytes: the first of a file, kKindBytes or all of them.
FileKind kind_of(std::string_view bytes);
/// Of the file at \p path; unknown where it cannot be read.
FileKind kind_of_file(const std::string& path);

/// Refuses, as a run file, what is certainly none. \p name: the file's, for the message. \throws
/// InvalidInput.
void require_run_file(FileKind kind, const std::string& name);
/// The same for a spectrum.
void require_spectrum(FileKind kind, const std::string& name);

}  // namespace ridgeflow::io
