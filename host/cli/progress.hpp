// How far a run is, on standard error.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>

#include "ridgeflow/run/sampler.hpp"

namespace ridgeflow::cli {

/// The time that a run still takes, by its speed of late.
class RemainingTime {
 public:
  /// \p fraction of the run was done after \p seconds; both rise from call to call.
  void add(double fraction, double seconds);
  /// Nothing while the speed is not settled: a run begins with tables, memory and threads, and short slices.
  std::optional<double> seconds() const;

 private:
  struct Point {
    double fraction;
    double seconds;
  };
  std::deque<Point> points_;  ///< the last kWindow seconds
};

/// \p report in one line of at most \p columns columns, \p left the time that remains where it is known: the
/// share done always, then, as far as they fit, the time left, a bar, the rate and R-hat. \p columns >= 20.
std::string progress_line(const ProgressReport& report, std::optional<double> left, std::size_t columns);

/// Columns of the terminal on standard error, by itself or by COLUMNS; 80 where neither knows.
std::size_t terminal_columns();

/// Takes the progress line off the screen where one stands there: what is written next begins a line.
void erase_progress_line();

/// On a terminal one line, drawn again, as wide as the terminal then is and never wider; elsewhere a line
/// each minute, the first after ten seconds, and at the end of a run of a second or more. Nothing where the
/// log does not tell information (--quiet).
class Progress {
 public:
  Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  Progress(Progress&&) = delete;
  Progress& operator=(Progress&&) = delete;
  /// Clears the line, so that what follows starts on an empty one.
  ~Progress();

  void show(const ProgressReport& report);

 private:
  void tell(const ProgressReport& report);

  bool terminal_;
  RemainingTime remaining_;
  double next_line_;  ///< seconds of the run at which the next plain line is due
  bool ended_ = false;
};

}  // namespace ridgeflow::cli
