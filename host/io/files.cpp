#include "ridgeflow/io/files.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {
namespace {

namespace fs = std::filesystem;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using FileHandle = std::unique_ptr<std::FILE, CloseFile>;

std::string system_reason(int error) {
  return std::generic_category().message(error);
}

/// Where a rename must land: a link's target, so that the link survives.
fs::path final_place(const std::string& path) {
  std::error_code ignored;
  if (fs::is_symlink(path, ignored)) {
    const fs::path target = fs::weakly_canonical(path, ignored);
    return ignored ? fs::path(path) : target;
  }
  return fs::absolute(path);
}

std::string temporary_name(const fs::path& place) {
  return place.string() + fmt::format(".{}.tmp", ::getpid());
}

}  // namespace

std::string read_whole_file(const std::string& path, std::size_t limit, std::string_view what) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    throw InvalidInput(fmt::format("{} {}: there is no such file; check the path", what, path));
  }
  if (!fs::is_regular_file(status)) {
    throw InvalidInput(fmt::format("{} {}: {}; give a regular file", what, path,
                                   fs::is_directory(status) ? "is a directory" : "is not a regular file"));
  }
  const FileHandle file(std::fopen(path.c_str(), "rb"));
  if (!file) {
    throw InvalidInput(fmt::format("{} {}: cannot be read ({})", what, path, system_reason(errno)));
  }
  // Read rather than trust the size: some file systems report none.
  std::string text;
  const auto size = fs::file_size(path, error);
  const auto refuse_size = [&] {
    throw InvalidInput(fmt::format("{} {}: larger than the limit of {} bytes", what, path, limit));
  };
  if (!error) {
    if (size > limit) {
      refuse_size();
    }
    text.reserve(static_cast<std::size_t>(size));
  }
  char buffer[1 << 16];
  while (true) {
    const std::size_t got = std::fread(buffer, 1, sizeof buffer, file.get());
    if (got == 0) {
      break;
    }
    if (text.size() + got > limit) {
      refuse_size();
    }
    text.append(buffer, got);
  }
  if (std::ferror(file.get()) != 0) {
    throw InvalidInput(fmt::format("{} {}: reading failed ({})", what, path, system_reason(errno)));
  }
  return text;
}

void check_writable(const std::string& path) {
  validate(!path.empty(), "the output file has an empty name: give --out FILE");
  const fs::path place = final_place(path);
  const fs::path directory = place.parent_path();
  std::error_code error;
  if (!fs::is_directory(directory, error)) {
    throw InvalidInput(fmt::format("cannot write {}: the directory {} does not exist; make it first", path,
                                   directory.string()));
  }
  const fs::file_status status = fs::status(place, error);
  if (fs::is_directory(status)) {
    throw InvalidInput(fmt::format("cannot write {}: it is a directory; name a file in it", path));
  }
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    throw InvalidInput(fmt::format("cannot write {}: it is not a regular file", path));
  }
  if (fs::exists(status) && ::access(place.c_str(), W_OK) != 0) {
    throw InvalidInput(fmt::format("cannot write {}: {}", path, system_reason(errno)));
  }
  const std::string probe = temporary_name(place);
  const int handle = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (handle < 0) {
    throw InvalidInput(fmt::format("cannot write {}: {}", path, system_reason(errno)));
  }
  ::close(handle);
  ::unlink(probe.c_str());
}

PendingFile::PendingFile(const std::string& path) {
  check_writable(path);
  const fs::path place = final_place(path);
  this->final_ = place.string();
  this->temporary_ = temporary_name(place);
}

PendingFile::~PendingFile() {
  if (!this->committed_) {
    ::unlink(this->temporary_.c_str());
  }
}

void PendingFile::commit() {
  if (std::rename(this->temporary_.c_str(), this->final_.c_str()) != 0) {
    throw DeviceError(fmt::format("cannot put {} in place: {}", this->final_, system_reason(errno)));
  }
  this->committed_ = true;
}

void write_whole_file(const std::string& path, std::string_view text) {
  PendingFile pending(path);
  FileHandle file(std::fopen(pending.temporary().c_str(), "wb"));
  if (!file) {
    throw DeviceError(fmt::format("cannot write {}: {}", path, system_reason(errno)));
  }
  const bool written = std::fwrite(text.data(), 1, text.size(), file.get()) == text.size();
  const int error = errno;
  // Closing is where a full disk shows.
  if (std::fclose(file.release()) != 0 || !written) {
    throw DeviceError(fmt::format("cannot write {}: {}", path, system_reason(written ? errno : error)));
  }
  pending.commit();
}

}  // namespace ridgeflow
