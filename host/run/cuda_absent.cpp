// Stands in for kernels/ where the program is built without CUDA, so that callers need no preprocessor.
#include "ridgeflow/base/error.hpp"
#include "ridgeflow/run/executor.hpp"

namespace ridgeflow {
namespace {
constexpr const char* kAbsent =
    "this build has no CUDA executor: configure it where nvcc is found (cmake --preset cuda), or use "
    "--backend cpu";
}

// The signatures are those of the executor that takes its setup over.
// NOLINTNEXTLINE(performance-unnecessary-value-param)
std::unique_ptr<Executor> make_cuda_executor(EnsembleSetup<float> /*setup*/) {
  throw DeviceError(kAbsent);
}
// NOLINTNEXTLINE(performance-unnecessary-value-param)
std::unique_ptr<Executor> make_cuda_executor(EnsembleSetup<double> /*setup*/) {
  throw DeviceError(kAbsent);
}

std::vector<std::string> cuda_devices(std::string* why) {
  if (why != nullptr) {
    *why = kAbsent;
  }
  return {};
}
bool built_with_cuda() {
  return false;
}

}  // namespace ridgeflow
