/// \file
/// What the system lets this process have, which may be less than the machine has.
#pragma once

#include <string>

namespace ridgeflow {

/// A number, and what sets it.
struct SystemLimit {
  double value = 0;
  std::string set_by;  ///< "this machine", "OMP_NUM_THREADS", "/sys/fs/cgroup/job/memory.max"
};

/// Processors that a control group's quota of processor time is worth (cpu.max, or cpu.cfs_quota_us), the
/// smallest on the way up from the group of this process; infinite without one. \p root: before the names of
/// all files that are read, for tests.
SystemLimit processor_quota(const std::string& root = "");

/// Bytes of memory for this process: the smallest of the machine's, of what its control groups allow
/// (memory.max, or memory.limit_in_bytes) and of its address space (ulimit -v).
SystemLimit memory_limit(const std::string& root = "");

/// Threads that a run takes where nobody says how many: the smallest of the processors that this process may
/// use, OMP_NUM_THREADS, OMP_THREAD_LIMIT and the quota, rounded up.
SystemLimit default_threads(const std::string& root = "");

/// Threads for a run that asks for \p asked, 0: default_threads(). OpenMP ends the program, with a status of
/// its own, where the system does not start a thread, so they are started once here: of the default as many
/// as there can be. \throws DeviceError where a number was asked for and cannot be had.
int threads_for(int asked);

}  // namespace ridgeflow
