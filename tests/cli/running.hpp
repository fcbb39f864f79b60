// The program while it runs: to be sent signals.
#pragma once

#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/program.hpp"

namespace ridgeflow::test {

/// A program under way, its standard output and error in files.
class Running {
 public:
  /// \p words: a program's path and its arguments. \p out, \p err: handles that take the streams; below 0:
  /// files of ours.
  explicit Running(std::vector<std::string> words, int out = -1, int err = -1) {
    std::vector<char*> pointers;
    for (std::string& word : words) {
      pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t streams;
    ::posix_spawn_file_actions_init(&streams);
    const auto lead = [&](int handle, int stream, const char* file) {
      if (handle >= 0) {
        ::posix_spawn_file_actions_adddup2(&streams, handle, stream);
      } else {
        ::posix_spawn_file_actions_addopen(&streams, stream, (folder_ / file).c_str(), O_WRONLY | O_CREAT,
                                           0600);
      }
    };
    lead(out, STDOUT_FILENO, "out");
    lead(err, STDERR_FILENO, "err");
    EXPECT_EQ(::posix_spawn(&child_, pointers[0], &streams, nullptr, pointers.data(), environ), 0);
    ::posix_spawn_file_actions_destroy(&streams);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  Running(Running&&) = delete;
  Running& operator=(Running&&) = delete;
  ~Running() {
    if (child_ > 0) {
      ::kill(child_, SIGKILL);
      ::waitpid(child_, nullptr, 0);
    }
  }

  pid_t id() const { return child_; }
  void send(int signal) const { ::kill(child_, signal); }

  /// Waits until the program has said \p text, and \p seconds more.
  void wait_until_said(const std::string& text, double seconds) const {
    constexpr int kMost = 6000;
    for (int i = 0; i < kMost && read_text(folder_ / "err").find(text) == std::string::npos; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  }

  /// Whether the program is still there.
  bool runs() {
    int status = 0;
    if (::waitpid(child_, &status, WNOHANG) == 0) {
      return true;
    }
    this->take(status);
    return false;
  }

  /// Waits for its end.
  const Outcome& outcome() {
    int status = 0;
    if (child_ > 0 && ::waitpid(child_, &status, 0) == child_) {
      this->take(status);
    }
    return outcome_;
  }
  /// Whether it was ended by a signal rather than of its own accord.
  bool was_killed() const { return killed_; }

 private:
  void take(int status) {
    child_ = -1;
    killed_ = WIFSIGNALED(status);
    outcome_.status = killed_ ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    outcome_.out = read_text(folder_ / "out");
    outcome_.err = read_text(folder_ / "err");
    outcome_.told = unwrapped(outcome_.err);
  }

  TemporaryFolder folder_;
  pid_t child_ = -1;
  bool killed_ = false;
  Outcome outcome_;
};

/// `ridgeflow` with \p arguments.
inline std::vector<std::string> program_words(const std::vector<std::string>& arguments) {
  std::vector<std::string> words{RIDGEFLOW_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

}  // namespace ridgeflow::test
