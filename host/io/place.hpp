// Where a file will be, and what stands there.
#pragma once

#include <cerrno>
#include <string>

#include <sys/stat.h>

#include "ridgeflow/io/files.hpp"

namespace ridgeflow::io {

/// "No space left on device".
std::string system_reason(int error);

/// Does \p call again while a signal interrupts it; its result, with errno.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) {
    result = call();
  }
  return result;
}

/// A place for a file, with every link followed.
struct Place {
  std::string path;         ///< absolute, in a directory that exists
  bool exists = false;      ///< whether something is there
  struct stat status = {};  ///< of what is there
};

/// \throws InvalidInput saying what is wrong with \p path as the name of a file to write; DeviceError where
/// the system fails.
Place find_place(const std::string& path);

/// A file of our own next to \p place, open for writing, under a name that nobody else has, with the
/// permissions \p mode.
struct Temporary {
  std::string path;
  int handle = -1;
};
/// \returns a handle below 0, with errno set, where the system refuses.
Temporary make_temporary(const std::string& place, mode_t mode);

/// Removes it; what fails once is tried again. \returns 0, or the system's error: then it is still there.
int remove_temporary(const std::string& path);

/// The end of an error message where it is.
std::string left_behind(const std::string& path, int error);

}  // namespace ridgeflow::io
