/// \file
/// The floating-point environment that trajectories are defined in.
#pragma once

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace ridgeflow {

/// Sets round-to-nearest without flush-to-zero for the calling thread, and restores what was there. Any
/// linked library built with -Ofast may have changed it for the whole process.
class FloatEnvironment {
 public:
#if defined(__x86_64__)
  FloatEnvironment() : saved_(_mm_getcsr()) {
    _mm_setcsr(0x1F80U);
  }
  ~FloatEnvironment() {
    _mm_setcsr(saved_);
  }
#else
  FloatEnvironment() = default;
  ~FloatEnvironment() = default;
#endif
  FloatEnvironment(const FloatEnvironment&) = delete;
  FloatEnvironment& operator=(const FloatEnvironment&) = delete;

 private:
#if defined(__x86_64__)
  unsigned saved_;
#endif
};

}  // namespace ridgeflow
