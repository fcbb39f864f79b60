// Signals that end the program. The first asks a run that can be stopped to stop, so that what it has is
// kept; a second, or the first where there is no such run, ends the program as signals do, but for files
// under way, which go.
#pragma once

#include <stop_token>
#include <string_view>

#include <spawn.h>
#include <sys/types.h>

namespace ridgeflow::cli {

/// Takes SIGINT, SIGTERM and SIGHUP from all threads and gives them to one of their own. Those that the
/// parent had ignored stay ignored (nohup; what a shell runs in the background). From here on a write to a
/// reader that is gone (SIGPIPE) or beyond a limit (SIGXFSZ) fails in place of ending the program. To be
/// called once, before the first other thread starts, MPI's among them.
void take_over_signals();

/// From the first call on a first signal asks for a stop, through the token, in place of ending the program.
std::stop_token stop_on_signal();

/// The signal that asked for a stop, here or, once share_stop_signal() was called, on any rank; 0: none did.
int stop_signal();
/// Called by all ranks together: all of them then know of it.
void share_stop_signal();

/// "SIGINT".
std::string_view signal_name(int signal);
/// The exit status of a run that \p signal stopped, as shells have it.
inline int stopped_status(int signal) {
  return 128 + signal;
}

/// While it lives, signals go to a child as well, which ends in its own way.
class SignalledChild {
 public:
  explicit SignalledChild(pid_t child);
  SignalledChild(const SignalledChild&) = delete;
  SignalledChild& operator=(const SignalledChild&) = delete;
  SignalledChild(SignalledChild&&) = delete;
  SignalledChild& operator=(SignalledChild&&) = delete;
  ~SignalledChild();
};

/// Attributes of a child: signals as this process was given them.
class ChildAttributes {
 public:
  ChildAttributes();
  ChildAttributes(const ChildAttributes&) = delete;
  ChildAttributes& operator=(const ChildAttributes&) = delete;
  ChildAttributes(ChildAttributes&&) = delete;
  ChildAttributes& operator=(ChildAttributes&&) = delete;
  ~ChildAttributes();
  const posix_spawnattr_t* get() const { return &this->attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

}  // namespace ridgeflow::cli
