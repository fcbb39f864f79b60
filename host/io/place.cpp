#include "io/place.hpp"

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {
namespace io {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLinks = 40;  // as many as Linux follows

/// Temporaries of this process, for a thread that ends it while another one writes. A name that was put in
/// place since does no harm: nobody has it again.
struct Temporaries {
  std::mutex mutex;
  std::set<std::string> paths;
};
Temporaries& temporaries() {
  static auto* const all = new Temporaries;  // NOLINT(cppcoreguidelines-owning-memory): to the very end
  return *all;
}

/// What the user can mend is bad input; the rest is the system's failure.
[[noreturn]] void refuse(const std::string& message, int error) {
  switch (error) {
    case EACCES:
    case EPERM:
    case EROFS:
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
    case ENAMETOOLONG:
    case EINVAL:
    case ETXTBSY:
    case EBUSY:
      throw InvalidInput(message);
    default:
      throw DeviceError(message);
  }
}

/// The beginning of every message: the name as it was given, and where it leads if it is a link.
std::string cannot_write(const std::string& path, const fs::path& linked) {
  return linked.empty() ? fmt::format("cannot write {}: ", path)
                        : fmt::format("cannot write {}, a link to {}: ", path, linked.string());
}

/// The directory of \p place with no link in it.
fs::path directory_of(const fs::path& place, const std::string& problem) {
  fs::path directory = place.parent_path();
  if (directory.empty()) {
    directory = ".";
  }
  std::error_code error;
  fs::path canonical = fs::canonical(directory, error);
  if (error == std::errc::no_such_file_or_directory) {
    throw InvalidInput(problem +
                       fmt::format("the directory {} does not exist; make it first", directory.string()));
  }
  struct stat status = {};
  if (!error && uninterrupted([&] { return ::stat(canonical.c_str(), &status); }) != 0) {
    error.assign(errno, std::generic_category());
  }
  if (error == std::errc::not_a_directory || (!error && !S_ISDIR(status.st_mode))) {
    throw InvalidInput(problem + fmt::format("{} is not a directory", directory.string()));
  }
  if (error) {
    refuse(problem + system_reason(error.value()), error.value());
  }
  return canonical;
}

/// Whether only root, its owner or that of the directory may rename over \p place: /tmp is such a directory.
bool guarded_by_directory(const Place& place) {
  struct stat directory = {};
  const uid_t self = ::geteuid();
  return uninterrupted([&] { return ::stat(fs::path(place.path).parent_path().c_str(), &directory); }) == 0 &&
         (directory.st_mode & S_ISVTX) != 0 && self != 0 && self != place.status.st_uid &&
         self != directory.st_uid;
}

/// A file that was mounted alone, as into a container, cannot be renamed over.
bool is_mount_point(const std::string& path) {
  struct statx status = {};
  const auto look = [&] { return ::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_TYPE, &status); };
  return uninterrupted(look) == 0 && (status.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0 &&
         (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

/// \throws InvalidInput where what is at \p place cannot be replaced.
void check_replaceable(const Place& place, const std::string& problem) {
  validate(!S_ISDIR(place.status.st_mode), problem + "it is a directory; name a file in it");
  validate(S_ISREG(place.status.st_mode), problem + "it is not a regular file");
  const auto ask = [&] { return ::faccessat(AT_FDCWD, place.path.c_str(), W_OK, AT_EACCESS); };
  if (uninterrupted(ask) != 0) {
    const int error = errno;
    refuse(problem + system_reason(error), error);
  }
  validate(!guarded_by_directory(place),
           problem + "it belongs to somebody else, and its directory lets nobody else replace it");
  validate(!is_mount_point(place.path),
           problem + "it is mounted as a single file, which cannot be replaced; mount its directory");
}

}  // namespace

std::string system_reason(int error) {
  return std::generic_category().message(error);
}

Place find_place(const std::string& path) {
  validate(!path.empty(), "the output file has an empty name: give --out FILE");
  fs::path next = path;
  fs::path linked;
  for (int links = 0; links <= kMostLinks; ++links) {
    const std::string problem = cannot_write(path, linked);
    const fs::path name = next.filename();
    validate(!name.empty() && name != "." && name != "..", problem + "it names a directory, not a file");
    const fs::path directory = directory_of(next, problem);
    Place place{(directory / name).string(), true, {}};
    if (uninterrupted([&] { return ::lstat(place.path.c_str(), &place.status); }) != 0) {
      const int error = errno;
      if (error != ENOENT) {
        refuse(problem + system_reason(error), error);
      }
      place.exists = false;
      return place;
    }
    if (!S_ISLNK(place.status.st_mode)) {
      return place;
    }
    std::error_code error;
    const fs::path target = fs::read_symlink(place.path, error);
    if (error) {
      refuse(problem + system_reason(error.value()), error.value());
    }
    next = directory / target;  // an absolute target stands alone
    linked = next;
  }
  throw InvalidInput(cannot_write(path, {}) + "it is a link to a link without end; name a file");
}

Temporary make_temporary(const std::string& place, mode_t mode) {
  constexpr std::size_t kLongestStem = 100;  // some file systems know no name of more than 143 bytes
  constexpr int kAttempts = 100;
  const fs::path final(place);
  const std::string stem = final.filename().string().substr(0, kLongestStem);
  std::random_device system;
  const std::scoped_lock lock(temporaries().mutex);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    // A process number would be the same on two machines that share the directory.
    const auto number = static_cast<std::uint64_t>(system()) << 32 | system();
    Temporary temporary{(final.parent_path() / fmt::format("{}.{:016x}.tmp", stem, number)).string(), -1};
    const auto noted = temporaries().paths.insert(temporary.path).first;  // first: memory may end here
    // Interrupted, it may have been made all the same: then the next name is taken, and this one goes.
    temporary.handle = ::open(temporary.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (temporary.handle >= 0) {
      return temporary;
    }
    const int error = errno;
    temporaries().paths.erase(noted);
    if (error == EINTR) {
      static_cast<void>(remove_temporary(temporary.path));
      continue;
    }
    errno = error;
    if (error != EEXIST) {
      return temporary;
    }
  }
  return {};
}

int remove_temporary(const std::string& path) {
  constexpr int kAttempts = 3;  // a network's file system may fail once
  int error = 0;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (::unlink(path.c_str()) == 0 || errno == ENOENT) {
      return 0;
    }
    error = errno;
  }
  return error;
}

std::string left_behind(const std::string& path, int error) {
  return error == 0 ? "" : fmt::format("; {} is left and cannot be removed: {}", path, system_reason(error));
}

}  // namespace io

namespace {

/// Whether something is at \p path, with links followed, and what.
bool find_file(const std::string& path, struct stat& status) {
  if (io::uninterrupted([&] { return ::stat(path.c_str(), &status); }) == 0) {
    return true;
  }
  const int error = errno;
  if (error == EIO || error == ENOMEM || error == ESTALE) {
    throw DeviceError(fmt::format("cannot look at {}: {}", path, io::system_reason(error)));
  }
  return false;
}

}  // namespace

bool same_file(const std::string& one, const std::string& other) {
  struct stat first = {};
  struct stat second = {};
  const bool first_exists = find_file(one, first);
  if (first_exists != find_file(other, second)) {
    return false;
  }
  if (first_exists) {
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
  }
  try {
    return io::find_place(one).path == io::find_place(other).path;
  } catch (const InvalidInput&) {  // no place for a file, so no file
    return false;
  }
}

void check_writable(const std::string& path, Existing existing) {
  const io::Place place = io::find_place(path);
  const std::string problem = fmt::format("cannot write {}: ", path);
  if (place.exists) {
    io::check_replaceable(place, problem);
    validate(existing == Existing::kReplace,
             problem + "it exists already; --force replaces it, or name another file");
  }
  const io::Temporary probe = io::make_temporary(place.path, 0600);
  if (probe.handle < 0) {
    const int error = errno;
    io::refuse(problem + io::system_reason(error), error);
  }
  int error = ::close(probe.handle) != 0 && errno != EINTR ? errno : 0;
  const int kept = io::remove_temporary(probe.path);
  error = error == 0 ? kept : error;
  if (error != 0) {
    io::refuse(problem + io::system_reason(error) + io::left_behind(probe.path, kept), error);
  }
}

void remove_pending_files() {
  io::temporaries().mutex.lock();  // for good
  for (const std::string& path : io::temporaries().paths) {
    static_cast<void>(io::remove_temporary(path));
  }
}

}  // namespace ridgeflow
