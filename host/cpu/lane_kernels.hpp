/// \file
/// What a source compiled for one vector width hands to the rest of the program: pointers to its loops.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "ridgeflow/chain/chain_view.hpp"
#include "ridgeflow/integrate/list.hpp"

namespace ridgeflow {

/// Takes one group of chains through passes begin .. end - 1. \c scratch holds a vector for each block
/// and sum (kSumsOf).
template <class Scalar>
using AdvanceFunction = void (*)(const ChainView<Scalar>& chains, const ModeTablesView<Scalar>& tables,
                                 const RunPlan& plan, std::uint64_t begin, std::uint64_t end,
                                 Scalar* scratch);

/// Draws the initial state of one group of chains.
template <class Scalar>
using StartFunction = void (*)(const ChainView<Scalar>& chains, const ModeTablesView<Scalar>& tables,
                               const RunPlan& plan, Scalar* scratch);

struct LaneKernels {
  const char* name;
  std::uint32_t width;  ///< chains in a group
  std::array<AdvanceFunction<float>, kIntegratorCount> advance_float;
  std::array<AdvanceFunction<double>, kIntegratorCount> advance_double;
  StartFunction<float> start_float;
  StartFunction<double> start_double;

  AdvanceFunction<float> advance(std::size_t integrator, float /*like*/) const {
    return this->advance_float[integrator];
  }
  AdvanceFunction<double> advance(std::size_t integrator, double /*like*/) const {
    return this->advance_double[integrator];
  }
  StartFunction<float> start(float /*like*/) const { return this->start_float; }
  StartFunction<double> start(double /*like*/) const { return this->start_double; }
};

LaneKernels portable_kernels();
#if defined(__x86_64__)
LaneKernels avx2_kernels();
LaneKernels avx512_kernels();
#endif

/// The vector widths that this processor can run, widest first; the portable one is always there.
std::vector<LaneKernels> available_lane_kernels();
/// The one called \p name, or the widest where \p name is empty or "auto".
/// \throws InvalidInput naming those that this processor has.
LaneKernels find_lane_kernels(std::string_view name);

}  // namespace ridgeflow
