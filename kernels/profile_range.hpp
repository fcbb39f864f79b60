/// \file
/// A named range on the time line of a profiler (Nsight Systems and others that read NVTX); next to nothing
/// where none is attached.
#pragma once

#include <nvtx3/nvToolsExt.h>

namespace ridgeflow::kernels {

class ProfileRange {
 public:
  explicit ProfileRange(const char* name) { nvtxRangePushA(name); }
  ~ProfileRange() { nvtxRangePop(); }
  ProfileRange(const ProfileRange&) = delete;
  ProfileRange& operator=(const ProfileRange&) = delete;
};

}  // namespace ridgeflow::kernels
