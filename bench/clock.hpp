/// \file
/// How fast this core runs right now: shared machines change clock and share by the millisecond, so every
/// rate is given with the clock measured beside it.
#pragma once

#include <chrono>
#include <cmath>

namespace ridgeflow::bench {

/// Cycles of one dependent fused multiply-add: 4 on every x86-64 core since Skylake and Zen.
inline constexpr double kFmaLatency = 4.0;

/// Clock of the calling core in Hz, from a chain of dependent fused multiply-adds of about a millisecond.
#if defined(__x86_64__)
[[gnu::target("fma")]]
#endif
inline double
measure_clock() {
  constexpr long kSteps = 1'000'000;
  double x = 1.0;
  const auto begin = std::chrono::steady_clock::now();
  for (long i = 0; i < kSteps; ++i) {
    x = __builtin_fma(x, 0.999999, 1e-6);
    asm volatile("" : "+x"(x));  // one step must wait for the one before
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return kFmaLatency * static_cast<double>(kSteps) / seconds;
}

}  // namespace ridgeflow::bench
