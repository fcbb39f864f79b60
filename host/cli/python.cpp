#include "cli/python.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/run/control.hpp"

#include "cli/signals.hpp"

extern char** environ;

namespace ridgeflow::cli {
namespace {

/// Streams of a child; destroys what POSIX allocated.
class FileActions {
 public:
  FileActions() { ::posix_spawn_file_actions_init(&this->actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  FileActions(FileActions&&) = delete;
  FileActions& operator=(FileActions&&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&this->actions_); }

  void silence(int stream) {
    ::posix_spawn_file_actions_addopen(&this->actions_, stream, "/dev/null", O_WRONLY, 0);
  }
  const posix_spawn_file_actions_t* get() const { return &this->actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

}  // namespace

int run_program(const std::vector<std::string>& words, bool silent) {
  std::vector<std::string> copies = words;  // POSIX asks for mutable text
  std::vector<char*> arguments;
  arguments.reserve(copies.size() + 1);
  for (std::string& word : copies) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  FileActions streams;
  if (silent) {
    streams.silence(STDOUT_FILENO);
    streams.silence(STDERR_FILENO);
  }
  const ChildAttributes attributes;
  const auto stopped = [&] { return RunStopped(fmt::format("{} was stopped", words[0])); };
  if (stop_on_signal().stop_requested()) {  // the child's end is waited for
    throw stopped();
  }
  pid_t child = -1;
  if (::posix_spawnp(&child, arguments[0], streams.get(), attributes.get(), arguments.data(), environ) != 0) {
    return 127;
  }
  const SignalledChild signalled(child);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      throw DeviceError(fmt::format("lost sight of {}", words[0]));
    }
  }
  const bool done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (stop_signal() != 0 && !done) {  // one that was done all the same has left what it makes
    throw stopped();
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string find_python(const std::string& script, const std::string& modules) {
  std::vector<std::string> candidates{"python3", "/usr/bin/python3"};
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing else runs yet
  if (const char* chosen = std::getenv("RIDGEFLOW_PYTHON"); chosen != nullptr && *chosen != '\0') {
    candidates = {chosen};
  }
  for (const std::string& candidate : candidates) {
    if (run_program({candidate, kIsolated, script, "--check-libraries"}, true) == 0) {
      return candidate;
    }
  }
  throw InvalidInput(
      fmt::format("no Python that can import {}: tried {}; on Debian, apt-get install python3-xarray "
                  "python3-netcdf4 python3-matplotlib, or name one in RIDGEFLOW_PYTHON",
                  modules, fmt::join(candidates, " and ")));
}

std::string find_shared_file(const std::string& name) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path installed = (program.parent_path() / "../share/ridgeflow" / name).lexically_normal();
  const fs::path source = fs::path(RIDGEFLOW_SOURCE_DIR) / "share/ridgeflow" / name;
  for (const fs::path& place : {installed, source}) {
    if (fs::is_regular_file(place, error)) {
      return place.string();
    }
  }
  throw DeviceError(fmt::format("{} is missing: looked for {} and {}; install RidgeFlow anew", name,
                                installed.string(), source.string()));
}

}  // namespace ridgeflow::cli
