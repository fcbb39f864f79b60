// Compiled with -mavx512f -mavx512bw -mavx512dq -mavx512vl (host/CMakeLists.txt).
#if defined(__x86_64__)
#include "cpu/advance.hpp"
#include "cpu/lanes_avx512.hpp"

namespace ridgeflow {
LaneKernels avx512_kernels() {
  return make_lane_kernels<avx512::Float, avx512::Double>("avx512");
}
}  // namespace ridgeflow
#endif
