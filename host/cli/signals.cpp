#include "cli/signals.hpp"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>
#include <system_error>
#include <thread>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "ridgeflow/io/files.hpp"

#include "cli/ranks.hpp"

namespace ridgeflow::cli {
namespace {

constexpr int kEnding[] = {SIGINT, SIGTERM, SIGHUP};
constexpr int kWritesThatFail[] = {SIGPIPE, SIGXFSZ};

/// What the watching thread and the others share. It outlives all of them: nobody waits for that thread.
struct Watch {
  sigset_t before{};          ///< the mask that the process was started with
  sigset_t ignored_writes{};  ///< of kWritesThatFail, those that it was not started with as ignored
  std::stop_source stop;
  std::atomic<bool> stoppable{false};
  std::atomic<int> signal{0};
  std::atomic<pid_t> child{0};
};

Watch& watch() {
  static auto* const one = new Watch;  // NOLINT(cppcoreguidelines-owning-memory): for ever
  return *one;
}

bool is_ignored(int signal) {
  struct sigaction action = {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

/// As if nobody had taken it over.
[[noreturn]] void die_of(int signal) {
  remove_pending_files();
  sigset_t this_one;
  ::sigemptyset(&this_one);
  ::sigaddset(&this_one, signal);
  std::signal(signal, SIG_DFL);
  ::pthread_sigmask(SIG_UNBLOCK, &this_one, nullptr);
  std::raise(signal);
  std::_Exit(stopped_status(signal));  // not reached
}

/// Says so unless that could take time: whoever reads may have stopped.
void say_the_end(int signal) {
  pollfd error_stream{STDERR_FILENO, POLLOUT, 0};
  if (::poll(&error_stream, 1, 0) != 1 || (error_stream.revents & POLLOUT) == 0) {
    return;
  }
  std::string text = ::isatty(STDERR_FILENO) == 1 ? "\r\033[K" : "";  // a progress line
  text += fmt::format("warning: {}: ended at once; no part of a result is kept\n", signal_name(signal));
  static_cast<void>(::write(STDERR_FILENO, text.data(), text.size()) >= 0);
}

[[noreturn]] void wait_for(const sigset_t& signals) {
  Watch& shared = watch();
  while (true) {
    int signal = 0;
    if (::sigwait(&signals, &signal) != 0) {
      continue;
    }
    const pid_t child = shared.child.load();
    if (child > 0) {
      ::kill(child, signal);
    }
    if (!shared.stoppable.load()) {
      say_the_end(signal);
      die_of(signal);
    }
    if (shared.signal.load() != 0) {
      die_of(signal);
    }
    shared.signal.store(signal);
    shared.stop.request_stop();
  }
}

}  // namespace

void take_over_signals() {
  Watch& shared = watch();
  ::sigemptyset(&shared.ignored_writes);
  for (const int signal : kWritesThatFail) {
    if (!is_ignored(signal)) {
      ::sigaddset(&shared.ignored_writes, signal);
      std::signal(signal, SIG_IGN);
    }
  }
  sigset_t ending;
  ::sigemptyset(&ending);
  for (const int signal : kEnding) {
    if (!is_ignored(signal)) {
      ::sigaddset(&ending, signal);
    }
  }
  ::pthread_sigmask(SIG_BLOCK, &ending, &shared.before);
  try {
    std::thread([ending] { wait_for(ending); }).detach();
  } catch (const std::system_error&) {  // no thread may be started: signals end the program as always
    ::pthread_sigmask(SIG_SETMASK, &shared.before, nullptr);
  }
}

std::stop_token stop_on_signal() {
  watch().stoppable.store(true);
  return watch().stop.get_token();
}

int stop_signal() {
  return watch().signal.load();
}

void share_stop_signal() {
  const auto known = static_cast<int>(largest_over_ranks(stop_signal()));
  watch().signal.store(known);
}

std::string_view signal_name(int signal) {
  switch (signal) {
    case SIGINT:
      return "SIGINT";
    case SIGTERM:
      return "SIGTERM";
    case SIGHUP:
      return "SIGHUP";
    default:
      return "a signal";
  }
}

SignalledChild::SignalledChild(pid_t child) {
  watch().child.store(child);
}
SignalledChild::~SignalledChild() {
  watch().child.store(0);
}

ChildAttributes::ChildAttributes() {
  ::posix_spawnattr_init(&this->attributes_);
  ::posix_spawnattr_setsigmask(&this->attributes_, &watch().before);
  ::posix_spawnattr_setsigdefault(&this->attributes_, &watch().ignored_writes);
  ::posix_spawnattr_setflags(&this->attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}
ChildAttributes::~ChildAttributes() {
  ::posix_spawnattr_destroy(&this->attributes_);
}

}  // namespace ridgeflow::cli
