// Compiled with -mavx2 -mfma (host/CMakeLists.txt).
#if defined(__x86_64__)
#include "cpu/advance.hpp"
#include "cpu/lanes_avx2.hpp"

namespace ridgeflow {
LaneKernels avx2_kernels() {
  return make_lane_kernels<avx2::Float, avx2::Double>("avx2");
}
}  // namespace ridgeflow
#endif
