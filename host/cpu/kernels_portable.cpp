#include "cpu/advance.hpp"

namespace ridgeflow {
LaneKernels portable_kernels() {
  return make_lane_kernels<float, double>("portable");
}
}  // namespace ridgeflow
