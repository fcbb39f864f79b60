/// \file
/// One chain at a time: what base/arithmetic.hpp lacks for the CPU executor's loop. Any x86-64 or other
/// machine.
#pragma once

#include <cstdint>

#include "ridgeflow/base/arithmetic.hpp"

namespace ridgeflow {

RIDGEFLOW_FUNCTION std::uint32_t lane_bits(bool m) {
  return m ? 1U : 0U;
}
RIDGEFLOW_FUNCTION float load(const float* p, float /*like*/) {
  return *p;
}
RIDGEFLOW_FUNCTION double load(const double* p, double /*like*/) {
  return *p;
}
RIDGEFLOW_FUNCTION void store(float* p, float x) {
  *p = x;
}
RIDGEFLOW_FUNCTION void store(double* p, double x) {
  *p = x;
}
RIDGEFLOW_FUNCTION std::uint32_t consecutive(std::uint32_t first, std::uint32_t /*like*/) {
  return first;
}

}  // namespace ridgeflow
