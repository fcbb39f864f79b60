#include "cpu/lane_kernels.hpp"

#include <string>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {

std::vector<LaneKernels> available_lane_kernels() {
  std::vector<LaneKernels> kernels;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    kernels.push_back(avx512_kernels());
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    kernels.push_back(avx2_kernels());
  }
#endif
  kernels.push_back(portable_kernels());
  return kernels;
}

LaneKernels find_lane_kernels(std::string_view name) {
  const std::vector<LaneKernels> kernels = available_lane_kernels();
  if (name.empty() || name == "auto") {
    return kernels.front();
  }
  std::string known;
  for (const LaneKernels& k : kernels) {
    if (name == k.name) {
      return k;
    }
    known += known.empty() ? k.name : std::string(", ") + k.name;
  }
  throw InvalidInput(fmt::format("lanes '{}': this processor has {}", name, known));
}

}  // namespace ridgeflow
