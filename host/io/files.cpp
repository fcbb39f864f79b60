#include "ridgeflow/io/files.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ridgeflow/base/error.hpp"

#include "io/place.hpp"

namespace ridgeflow {
namespace {

namespace fs = std::filesystem;

/// Closes a file that was read.
class OpenFile {
 public:
  explicit OpenFile(int handle) : handle_(handle) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  OpenFile(OpenFile&&) = delete;
  OpenFile& operator=(OpenFile&&) = delete;
  ~OpenFile() {
    if (this->handle_ >= 0) {
      ::close(this->handle_);
    }
  }
  int handle() const { return this->handle_; }

 private:
  int handle_;
};

}  // namespace

std::string read_whole_file(const std::string& path, std::size_t limit, std::string_view what) {
  const auto refuse = [&](const std::string& problem) {
    throw InvalidInput(fmt::format("{} {}: {}", what, path, problem));
  };
  const auto fail = [&](int error) {
    throw DeviceError(fmt::format("{} {}: reading failed ({})", what, path, io::system_reason(error)));
  };
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) {
    refuse("there is no such file; check the path");
  }
  if (error) {
    error.value() == EIO ? fail(EIO) : refuse(fmt::format("cannot be read ({})", error.message()));
  }
  if (!fs::is_regular_file(status)) {
    refuse(fmt::format("{}; give a regular file",
                       fs::is_directory(status) ? "is a directory" : "is not a regular file"));
  }
  const OpenFile file(io::uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
  if (file.handle() < 0) {
    const int reason = errno;
    reason == EACCES || reason == EPERM || reason == ENOENT
        ? refuse(fmt::format("cannot be read ({})", io::system_reason(reason)))
        : fail(reason);
  }
  // Read rather than trust the size: some file systems report none.
  std::string text;
  const auto refuse_size = [&] { refuse(fmt::format("larger than the limit of {} bytes", limit)); };
  if (const auto size = fs::file_size(path, error); !error) {
    if (size > limit) {
      refuse_size();
    }
    text.reserve(static_cast<std::size_t>(size));
  }
  char buffer[1 << 16];
  while (true) {
    const ssize_t got = io::uninterrupted([&] { return ::read(file.handle(), buffer, sizeof buffer); });
    if (got < 0) {
      fail(errno);
    }
    if (got == 0) {
      return text;
    }
    if (text.size() + static_cast<std::size_t>(got) > limit) {
      refuse_size();
    }
    text.append(buffer, static_cast<std::size_t>(got));
  }
}

PendingFile::PendingFile(std::string path, Existing existing) : path_(std::move(path)), existing_(existing) {
  io::Place place;
  try {
    place = io::find_place(this->path_);
  } catch (const InvalidInput& problem) {
    throw DeviceError(fmt::format("{} (all was well when the run began)", problem.what()));
  }
  this->final_ = place.path;
  const bool replaces = place.exists && S_ISREG(place.status.st_mode);
  // Until it has the permissions of the old one, nobody else may look into the new.
  io::Temporary temporary = io::make_temporary(place.path, replaces ? 0600 : 0666);
  if (temporary.handle < 0) {
    this->fail(errno);
  }
  this->temporary_ = std::move(temporary.path);
  this->handle_ = temporary.handle;
  struct stat own = {};
  if (io::uninterrupted([&] { return ::fstat(this->handle_, &own); }) != 0) {
    this->fail(errno);
  }
  this->device_ = own.st_dev;
  this->inode_ = own.st_ino;
  if (replaces) {
    this->take_permissions(place.status);
  }
}

PendingFile::~PendingFile() {
  static_cast<void>(this->abandon());
}

int PendingFile::abandon() {
  if (this->handle_ >= 0) {
    ::close(std::exchange(this->handle_, -1));
  }
  const std::string temporary = std::exchange(this->temporary_, {});
  return this->in_place_ || temporary.empty() ? 0 : io::remove_temporary(temporary);
}

void PendingFile::fail(int error) {
  const std::string temporary = this->temporary_;
  const int kept = this->abandon();
  throw DeviceError(fmt::format("cannot write {}: {}{}", this->path_, io::system_reason(error),
                                io::left_behind(temporary, kept)));
}

void PendingFile::take_permissions(const struct ::stat& of) {
  // Not every file system knows owners and permissions, and not everybody may give a file away.
  const mode_t mode = of.st_mode & 07777;
  const bool owned = io::uninterrupted([&] { return ::fchown(this->handle_, of.st_uid, of.st_gid); }) == 0;
  const auto change = [&] { return ::fchmod(this->handle_, owned ? mode : mode & 0777); };
  if (io::uninterrupted(change) != 0 && errno != EPERM && errno != ENOSYS && errno != ENOTSUP) {
    this->fail(errno);
  }
}

void PendingFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written =
        io::uninterrupted([&] { return ::write(this->handle_, bytes.data(), bytes.size()); });
    if (written <= 0) {
      this->fail(written == 0 ? EIO : errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void PendingFile::close() {
  if (io::uninterrupted([&] { return ::fsync(this->handle_); }) != 0 && errno != EINVAL &&
      errno != ENOTSUP) {  // some file systems know no fsync
    this->fail(errno);
  }
  // Closing is where a network's full disk shows. Whatever it says, the handle is gone.
  if (::close(std::exchange(this->handle_, -1)) != 0 && errno != EINTR) {
    this->fail(errno);
  }
}

bool PendingFile::is_at(const std::string& place) const {
  struct stat there = {};
  return io::uninterrupted([&] { return ::lstat(place.c_str(), &there); }) == 0 &&
         there.st_dev == this->device_ && there.st_ino == this->inode_;
}

int PendingFile::put_at(const std::string& place, Existing existing) const {
  const char* from = this->temporary_.c_str();
  // Over a network a renaming may be reported as failed, or be interrupted, and be done all the same.
  const auto renamed = [&](unsigned how) {
    const auto attempt = [&] { return ::renameat2(AT_FDCWD, from, AT_FDCWD, place.c_str(), how); };
    const int error = io::uninterrupted(attempt) == 0 ? 0 : errno;
    return error != 0 && this->is_at(place) ? 0 : error;
  };
  if (existing == Existing::kReplace) {
    return renamed(0);
  }
  const int error = renamed(RENAME_NOREPLACE);
  if (error != EINVAL && error != ENOSYS) {
    return error;
  }
  // A file system that cannot look and rename at once, such as NFS.
  struct stat status = {};
  if (io::uninterrupted([&] { return ::lstat(place.c_str(), &status); }) == 0) {
    return EEXIST;
  }
  return errno == ENOENT ? renamed(0) : errno;
}

void PendingFile::put_beside() {
  constexpr int kMost = 1000;
  const fs::path wanted(this->final_);
  for (int number = 2; number < kMost; ++number) {
    const fs::path other = wanted.parent_path() / fmt::format("{}.{}{}", wanted.stem().string(), number,
                                                              wanted.extension().string());
    const int error = this->put_at(other.string(), Existing::kKeep);
    if (error == 0) {
      this->in_place_ = true;
      throw DeviceError(
          fmt::format("{} was written by somebody else while this run was under way and is kept; "
                      "this result is in {}",
                      this->path_, other.string()));
    }
    if (error != EEXIST) {
      this->fail(error);
    }
  }
  this->fail(EEXIST);
}

void PendingFile::commit() {
  this->close();
  const int error = this->put_at(this->final_, this->existing_);
  if (error == EEXIST) {
    this->put_beside();
  }
  if (error != 0) {
    this->fail(error);
  }
  this->in_place_ = true;
}

void write_whole_file(const std::string& path, std::string_view text, Existing existing) {
  PendingFile pending(path, existing);
  pending.write(text);
  pending.commit();
}

}  // namespace ridgeflow
