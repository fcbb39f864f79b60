/// \file
/// Watching a run, and ending it before its time.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <stop_token>

#include "ridgeflow/run/executor.hpp"

namespace ridgeflow {

/// How far a run is.
struct ProgressReport {
  double fraction = 0;            ///< of the passes, 0 to 1
  double seconds = 0;             ///< since the start
  double seconds_left = 0;        ///< at the rate so far
  double updates_per_second = 0;  ///< mode updates
  double worst_r_hat = 0;         ///< over modes, of the draws so far; NaN while not known
};
using ProgressSink = std::function<void(const ProgressReport&)>;

/// Who watches a run and who may end it. All may be left out.
struct RunControl {
  ProgressSink progress;
  /// Once a stop is requested, from whatever thread, the run ends at the next settled state: within about a
  /// second, or after one pass where that takes longer. What was measured until then is its result.
  std::stop_token stop;
  /// The largest of the numbers that the processes of a shared run hand in, on all of them: with it they take
  /// slices of one length and stop at one pass. Unset: this process is alone. Called by all of them equally
  /// often.
  std::function<double(double)> largest;
};

/// A stop was requested before there was anything to hand back.
class RunStopped : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Advances an executor in slices of about kSeconds, between which a run can be watched and stopped. Slices
/// do not change a trajectory. Another executor needs slices of its own: they learn how long a pass takes.
class Slices {
 public:
  static constexpr double kSeconds = 0.5;  ///< wall time that a slice aims at

  /// \p control outlives it.
  explicit Slices(const RunControl& control) : control_(control) {}

  /// Takes \p executor to \p pass_end passes done, showing it to the observer of \p what where there is one;
  /// \p after, where not empty, is called after each slice. \returns whether it came to the end: false where
  /// a stop was requested, with all chains settled after the passes that they have done.
  bool advance(Executor& executor, const Schedule& schedule, std::uint64_t pass_end,
               const Observation& what = {}, const std::function<void()>& after = {});

  /// Whether any process of the run has been asked to stop; from the first yes on it stays so.
  bool stop_requested();

 private:
  double largest(double number) const {
    return this->control_.largest ? this->control_.largest(number) : number;
  }

  const RunControl& control_;
  std::uint64_t passes_ = 1;  ///< of the next slice
  bool stopped_ = false;
};

}  // namespace ridgeflow
