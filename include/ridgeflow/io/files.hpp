/// \file
/// Reading whole files and writing them so that no reader ever sees half of one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ridgeflow {

/// The contents of a regular file of at most \p limit bytes. \p what names it in messages ("spectrum").
/// \throws InvalidInput if it is missing, a directory, anything but a regular file, unreadable or larger.
std::string read_whole_file(const std::string& path, std::size_t limit, std::string_view what);

/// Asks, before hours of work, whether a file can be written at \p path: creates and removes one next to it.
/// \throws InvalidInput if its directory is missing or not writable, or if \p path is a directory, a device
/// or a file that is write-protected.
void check_writable(const std::string& path);

/// A file under way: written under temporary(), in the directory of its final name, and renamed by commit().
/// Without a commit the temporary is removed.
class PendingFile {
 public:
  /// \throws InvalidInput as check_writable() does.
  explicit PendingFile(const std::string& path);
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;
  PendingFile(PendingFile&&) = delete;
  PendingFile& operator=(PendingFile&&) = delete;
  ~PendingFile();

  /// Absolute path of the temporary.
  const std::string& temporary() const { return this->temporary_; }
  /// \throws DeviceError if the system refuses the rename.
  void commit();

 private:
  std::string final_;
  std::string temporary_;
  bool committed_ = false;
};

/// Writes \p text to \p path in one piece. \throws InvalidInput as check_writable() does, DeviceError where
/// writing fails.
void write_whole_file(const std::string& path, std::string_view text);

}  // namespace ridgeflow
