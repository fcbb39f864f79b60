// The program while it runs: to be sent signals.
#pragma once

#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/program.hpp"

namespace ridgeflow::test {

/// A program under way, its standard output and error in files.
class Running {
 public:
  /// \p words: a program's path and its arguments. \p out, \p err: handles that take the streams; below 0:
  /// files of ours.
  explicit Running(std::vector<std::string> words, int out = -1, int err = -1)
      : child_(start(std::move(words), this->stream(out, "out"), this->stream(err, "err"))) {
    EXPECT_GE(child_, 0);
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
    outcome_ = outcome_of(status, folder_ / "out", folder_ / "err");
  }
  Stream stream(int handle, const char* file) const {
    return handle >= 0 ? Stream(handle) : Stream(folder_ / file);
  }

  TemporaryFolder folder_;
  pid_t child_ = -1;
  bool killed_ = false;
  Outcome outcome_;
};

}  // namespace ridgeflow::test
