/// \file
/// Reading whole files and writing them so that no reader ever sees half of one, and nothing that was there
/// is lost unless its owner said so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

struct stat;

namespace ridgeflow {

/// The contents of a regular file of at most \p limit bytes. \p what names it in messages ("spectrum").
/// \throws InvalidInput if it is missing, a directory, anything but a regular file, protected or larger;
/// DeviceError where the system fails to read it.
std::string read_whole_file(const std::string& path, std::size_t limit, std::string_view what);

/// What becomes of a file that has the name of a new one.
enum class Existing { kKeep, kReplace };

/// Whether both paths name one file, or would once it is made: through links of either kind, and however they
/// are spelled. \throws DeviceError where the system fails to say.
bool same_file(const std::string& one, const std::string& other);

/// Asks, before hours of work, whether a file can be written at \p path: creates and removes one next to it.
/// A link is followed to where the file will be. \throws InvalidInput if the place is one where nothing can
/// be written (no such directory, a protected one, a directory, a device, a write-protected file, links in a
/// circle, too long a name) or if a file is there and \p existing is kKeep; DeviceError where the system
/// fails.
void check_writable(const std::string& path, Existing existing);

/// A file under way: written beside its place under a name that nobody else has, put in place by commit().
/// Without a commit nothing is left of it. A file that is replaced hands on its permissions, and its owner
/// where the system lets it; a new one has those of the umask. Whatever goes wrong is a DeviceError that
/// names the file: that it can be written is to be asked before, of check_writable().
class PendingFile {
 public:
  /// \p existing: see commit(). \throws DeviceError.
  PendingFile(std::string path, Existing existing);
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;
  PendingFile(PendingFile&&) = delete;
  PendingFile& operator=(PendingFile&&) = delete;
  ~PendingFile();

  /// Appends \p bytes. \throws DeviceError.
  void write(std::string_view bytes);
  /// Waits until the disk has it, and gives it its name. Where a file has appeared there that must be kept,
  /// it is put beside that one ("x.2.nc"), and the error says so. \throws DeviceError.
  void commit();

 private:
  [[noreturn]] void fail(int error);
  /// Closes it, and removes it if it is not in place. \returns 0, or the system's error.
  int abandon();
  void take_permissions(const struct ::stat& of);
  void close();
  /// 0, or the system's error.
  int put_at(const std::string& place, Existing existing) const;
  /// Whether this very file is at \p place.
  bool is_at(const std::string& place) const;
  [[noreturn]] void put_beside();

  std::string path_;  ///< as it was asked for
  std::string final_;
  std::string temporary_;
  Existing existing_;
  std::uint64_t device_ = 0;  ///< with the next one, what it is whatever its name
  std::uint64_t inode_ = 0;
  int handle_ = -1;
  bool in_place_ = false;
};

/// Writes \p text to \p path in one piece. \throws DeviceError as PendingFile does.
void write_whole_file(const std::string& path, std::string_view text, Existing existing);

/// Removes the files under way of all threads, for a process that is about to end without them: whoever
/// begins another one waits for ever.
void remove_pending_files();

}  // namespace ridgeflow
