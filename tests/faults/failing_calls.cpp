// A library to preload (LD_PRELOAD): counts the system calls on the files of one folder, and makes those fail
// that the environment names.
//
//   FAULT_FOLDER  absolute, without links: calls on what lies in it are counted
//   FAULT_LOG     a file elsewhere, which gets the name of each such call, one a line
//   FAULT_AT      number of the first call that fails, from 1; none fails without it
//   FAULT_UNTIL   number of the last one (as FAULT_AT, unless set); of the later ones only those fail that a
//                 full or broken disk refuses: not closing and removing
//   FAULT_ERROR   errno of those; 0: a write that takes half of its bytes, and other calls do well
//   FAULT_SIZE    bytes: what a write would put beyond them fails with FAULT_ERROR, as on a full disk
//   FAULT_LOCKS   anything: no file can be locked, in whatever folder
//   FAULT_DONE    anything: what fails is done all the same
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

long number_of(const char* name, long otherwise) {
  const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody writes the environment
  return text == nullptr ? otherwise : std::strtol(text, nullptr, 10);
}

const char* text_of(const char* name) {
  const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return text == nullptr ? "" : text;
}

bool flag(const char* name) {
  return text_of(name)[0] != '\0';
}

bool counts(const char* path) {
  const char* folder = text_of("FAULT_FOLDER");
  const std::size_t length = std::strlen(folder);
  return length > 0 && path != nullptr && std::strncmp(path, folder, length) == 0 &&
         (path[length] == '/' || path[length] == '\0');
}

bool counts(int handle) {
  char link[64];
  char path[PATH_MAX];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
  const ssize_t length = ::syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
  path[std::max<ssize_t>(length, 0)] = '\0';
  return counts(path);
}

/// Without the 64 of names for large files.
int length_of(const char* name) {
  const std::size_t length = std::strlen(name);
  const bool large = length > 2 && std::strcmp(name + length - 2, "64") == 0;
  return static_cast<int>(large ? length - 2 : length);
}

void log_call(const char* name) {
  const char* path = text_of("FAULT_LOG");
  const long log = ::syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (log >= 0) {
    char line[64];
    const int length = std::snprintf(line, sizeof line, "%.*s\n", length_of(name), name);
    ::syscall(SYS_write, log, line, static_cast<std::size_t>(length));
    ::syscall(SYS_close, log);
  }
}

enum class Kind { kOrdinary, kTidying };

std::atomic<long> calls = 0;

/// Counts a call on \p what, a path or a handle. The error with which it is to fail; -1: none, 0: half a
/// write.
template <class What>
int fault(const char* name, What what, Kind kind = Kind::kOrdinary) {
  const int before = errno;
  const bool counted = counts(what);
  if (counted) {
    log_call(name);
  }
  errno = before;
  if (!counted) {
    return -1;
  }
  const long call = ++calls;
  const long first = number_of("FAULT_AT", 0);
  const long last = number_of("FAULT_UNTIL", first);
  const bool fails = first > 0 && call >= first && call <= last && (call == first || kind == Kind::kOrdinary);
  return fails ? static_cast<int>(number_of("FAULT_ERROR", ENOSPC)) : -1;
}

template <class Function>
Function* real(const char* name, Function* /*its type*/) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

/// The real call on \p what, a path or a handle, unless it is to fail.
template <Kind kind = Kind::kOrdinary, class What, class Function, class... Arguments>
auto attempt(const char* name, What what, Function* type, Arguments... arguments)
    -> decltype(type(arguments...)) {
  const int error = fault(name, what, kind);
  if (error > 0 && !flag("FAULT_DONE")) {
    errno = error;
    return -1;
  }
  const auto result = real(name, type)(arguments...);
  if (error > 0) {
    errno = error;
    return -1;
  }
  return result;
}

mode_t mode_of(int flags, std::va_list rest) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(rest, mode_t) : 0;
}

/// How many of \p count bytes from \p offset on are written, or -1.
ssize_t writable(const char* name, int handle, std::size_t count, off_t offset) {
  const int error = fault(name, handle);
  if (error > 0) {
    errno = error;
    return -1;
  }
  if (error == 0) {
    return static_cast<ssize_t>((count + 1) / 2);
  }
  const long size = number_of("FAULT_SIZE", LONG_MAX);
  if (size == LONG_MAX || !counts(handle)) {
    return static_cast<ssize_t>(count);
  }
  const off_t room = size - offset;
  if (room <= 0 && count > 0) {
    errno = static_cast<int>(number_of("FAULT_ERROR", ENOSPC));
    return -1;
  }
  return std::min(static_cast<ssize_t>(count), static_cast<ssize_t>(room));
}

/// So that a test knows that it was.
__attribute__((constructor)) void say_loaded() {
  log_call("loaded");
}

}  // namespace

// Names and exceptions as the system's headers declare them.
extern "C" {

int open(const char* path, int flags, ...) {
  std::va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return attempt("open", path, &::open, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  std::va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_of(flags, rest);
  va_end(rest);
  return attempt("open64", path, &::open64, path, flags, mode);
}
int close(int handle) {
  const int error = fault("close", handle, Kind::kTidying);
  const int result = real("close", &::close)(handle);  // the handle is gone, whatever is said
  if (error > 0) {
    errno = error;
    return -1;
  }
  return result;
}

ssize_t write(int handle, const void* bytes, size_t count) {
  const ssize_t some = writable("write", handle, count, ::lseek(handle, 0, SEEK_CUR));
  return some < 0 ? -1 : real("write", &::write)(handle, bytes, static_cast<size_t>(some));
}
ssize_t pwrite(int handle, const void* bytes, size_t count, off_t offset) {
  const ssize_t some = writable("pwrite", handle, count, offset);
  return some < 0 ? -1 : real("pwrite", &::pwrite)(handle, bytes, static_cast<size_t>(some), offset);
}
ssize_t pwrite64(int handle, const void* bytes, size_t count, off64_t offset) {
  const ssize_t some = writable("pwrite64", handle, count, offset);
  return some < 0 ? -1 : real("pwrite64", &::pwrite64)(handle, bytes, static_cast<size_t>(some), offset);
}
ssize_t writev(int handle, const iovec* pieces, int count) {
  return attempt("writev", handle, &::writev, handle, pieces, count);
}
int ftruncate(int handle, off_t size) noexcept {
  return attempt("ftruncate", handle, &::ftruncate, handle, size);
}
int ftruncate64(int handle, off64_t size) noexcept {
  return attempt("ftruncate64", handle, &::ftruncate64, handle, size);
}
int fsync(int handle) {
  return attempt("fsync", handle, &::fsync, handle);
}
int fdatasync(int handle) {
  return attempt("fdatasync", handle, &::fdatasync, handle);
}

int rename(const char* from, const char* to) noexcept {
  return attempt("rename", to, &::rename, from, to);
}
int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
  return attempt("renameat", to, &::renameat, from_folder, from, to_folder, to);
}
int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned how) noexcept {
  return attempt("renameat2", to, &::renameat2, from_folder, from, to_folder, to, how);
}
int link(const char* from, const char* to) noexcept {
  return attempt("link", to, &::link, from, to);
}
int linkat(int from_folder, const char* from, int to_folder, const char* to, int how) noexcept {
  return attempt("linkat", to, &::linkat, from_folder, from, to_folder, to, how);
}
int unlink(const char* path) noexcept {
  return attempt<Kind::kTidying>("unlink", path, &::unlink, path);
}

int fchmod(int handle, mode_t mode) noexcept {
  return attempt("fchmod", handle, &::fchmod, handle, mode);
}
int fchown(int handle, uid_t owner, gid_t group) noexcept {
  return attempt("fchown", handle, &::fchown, handle, owner, group);
}

int stat(const char* path, struct stat* status) noexcept {
  return attempt("stat", path, &::stat, path, status);
}
int stat64(const char* path, struct stat64* status) noexcept {
  return attempt("stat64", path, &::stat64, path, status);
}
int lstat(const char* path, struct stat* status) noexcept {
  return attempt("lstat", path, &::lstat, path, status);
}
int lstat64(const char* path, struct stat64* status) noexcept {
  return attempt("lstat64", path, &::lstat64, path, status);
}
int fstat(int handle, struct stat* status) noexcept {
  return attempt("fstat", handle, &::fstat, handle, status);
}
int fstat64(int handle, struct stat64* status) noexcept {
  return attempt("fstat64", handle, &::fstat64, handle, status);
}
int statx(int folder, const char* path, int flags, unsigned mask, struct statx* status) noexcept {
  return attempt("statx", path, &::statx, folder, path, flags, mask, status);
}
int faccessat(int folder, const char* path, int mode, int flags) noexcept {
  return attempt("faccessat", path, &::faccessat, folder, path, mode, flags);
}

int flock(int handle, int operation) noexcept {
  if (flag("FAULT_LOCKS")) {
    errno = ENOLCK;
    return -1;
  }
  return real("flock", &::flock)(handle, operation);
}

}  // extern "C"
