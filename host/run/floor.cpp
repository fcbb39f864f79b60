#include "ridgeflow/run/floor.hpp"

#include <limits>

namespace ridgeflow {

std::optional<double> clocks_per_update(std::string_view lanes) {
  if (lanes == "avx512") {
    return 1.63;
  }
  if (lanes == "avx2") {
    return 2.9;
  }
  return std::nullopt;
}

double instructions_per_block(Math math) {
  return math == Math::kFast ? 88.0 : 149.0;
}

double cpu_floor(double clocks_per_update, double clock, int threads) {
  return threads * clock / clocks_per_update;
}

double gpu_floor(double instructions_per_block, double clock, int multiprocessors) {
  return multiprocessors * clock * kWarpsPerClock * kLanesPerWarp * kUpdatesPerBlock / instructions_per_block;
}

double floor_of(const ExecutorInfo& info, Precision precision, std::uint64_t every, double cpu_clock) {
  constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();
  if (precision != Precision::kSingle || every != 1) {
    return kNotKnown;
  }
  if (info.backend == "cuda") {
    return info.clock_hz > 0 && info.multiprocessors > 0
               ? gpu_floor(instructions_per_block(info.math), info.clock_hz, info.multiprocessors)
               : kNotKnown;
  }
  const std::optional<double> clocks = clocks_per_update(info.variant);
  return clocks ? cpu_floor(*clocks, cpu_clock, info.threads) : kNotKnown;
}

}  // namespace ridgeflow
