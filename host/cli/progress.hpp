// How far a run is, on standard error.
#pragma once

#include "ridgeflow/run/sampler.hpp"

namespace ridgeflow::cli {

/// On a terminal one line, drawn again; elsewhere a line for each tenth of a run that takes
/// more than a second.
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
  bool terminal_;
  bool drawn_ = false;
  int tenths_ = 0;
};

}  // namespace ridgeflow::cli
