/// \file
/// What a launch is given: plain structs of device pointers, read by host and device alike.
#pragma once

#include <cstdint>

#include "ridgeflow/base/macros.hpp"
#include "ridgeflow/chain/chain_view.hpp"

namespace ridgeflow::kernels {

/// Four neighbouring modes: one 16-byte access in single precision, two in double.
template <class Scalar>
struct alignas(16) Quad {
  Scalar v[kBlockModes];
};

/// Reads what no thread writes during a launch: on the device by way of the read-only cache, whose loads need
/// not be told from those of other memory.
template <class Scalar>
RIDGEFLOW_FUNCTION Quad<Scalar> load_constant(const Quad<Scalar>* p) {
#if RIDGEFLOW_DEVICE_PASS
  Quad<Scalar> quad;
  if constexpr (sizeof(Scalar) == sizeof(float)) {
    const float4 v = __ldg(reinterpret_cast<const float4*>(p));
    quad = {v.x, v.y, v.z, v.w};
  } else {
    const double2 low = __ldg(reinterpret_cast<const double2*>(p));
    const double2 high = __ldg(reinterpret_cast<const double2*>(p) + 1);
    quad = {low.x, low.y, high.x, high.y};
  }
  return quad;
#else
  return *p;
#endif
}

/// Arrays of all chains of a system, [chain][mode] padded to whole blocks; meanings as in
/// chain/chain_block.hpp.
template <class Scalar>
struct ChainArrays {
  Scalar* d;         ///< [chain][mode], as all down to block_sums
  Scalar* previous;  ///< scratch of MemoryStore where steps may be refused
  Scalar* step_end;  ///< null unless steps end half way through a pass
  Scalar* recent_sum;
  Scalar* recent_square;
  double* sum;
  double* square;
  double* first_sum;
  double* first_square;
  double* batch_origin;
  double* batch_square;
  Scalar* block_sums;  ///< [chain][sum of kRows][block] scratch of MemoryStore
  Scalar* size;        ///< [chain], as all below
  Scalar* step_end_size;
  double* size_sum;
  double* size_square;
  std::uint64_t* accepted;
  std::uint64_t* measured;
  std::uint64_t* first_measured;
  std::uint64_t* batch_measured;
  DivergenceMark* divergence;
};

/// The coefficients of a block of modes, in the order in which they lie.
enum Coefficient : std::uint32_t { kDecay, kDrift, kNoise, kCentre, kWeight, kCoefficients };

/// Mode tables as the device reads them, [set][round][coefficient][lane]: thread \c lane of a group steps
/// block round * group size + lane. Neighbouring threads read neighbouring 16 bytes, and since a row has a
/// fixed number of lanes (Store::kLanes), all that a thread reads lies at constant distances from one
/// pointer. Padded with zeros to as many blocks as the variant has places, so that the threads' loop need not
/// ask which are there: a mode whose coefficients are zero stays zero.
template <class Scalar>
struct DeviceTables {
  const Quad<Scalar>* coefficients;
  std::uint32_t set_stride;  ///< quads of a set, padding included
  std::uint32_t block_count;
  std::uint32_t modes;
  ChainConstants<Scalar> constants;
};

/// One system of a launch.
template <class Scalar>
struct SystemArguments {
  DeviceTables<Scalar> tables;
  ChainArrays<Scalar> chains;  ///< of its first chain
  std::uint64_t chain_count;
  std::uint64_t chains_before;  ///< chains of the systems before it: its place in the launch
  std::uint32_t first_chain;    ///< counter word 0 of its first chain
};

/// One chain of a system. Its arrays are worked out where they are used: twenty-one pointers held over a
/// launch would cost forty-two registers.
template <class Scalar>
struct ChainPlace {
  const SystemArguments<Scalar>* system;
  std::uint64_t chain;  ///< within the system

  RIDGEFLOW_FUNCTION const DeviceTables<Scalar>& tables() const { return this->system->tables; }
  RIDGEFLOW_FUNCTION std::uint32_t block_count() const { return this->system->tables.block_count; }
  RIDGEFLOW_FUNCTION const ChainArrays<Scalar>& arrays() const { return this->system->chains; }
  /// Counter word 0.
  RIDGEFLOW_FUNCTION std::uint32_t index() const {
    return this->system->first_chain + static_cast<std::uint32_t>(this->chain);
  }
  /// Block \p block of this chain in an array of modes of all chains.
  template <class T>
  RIDGEFLOW_FUNCTION Quad<T>& quad(T* modes, std::uint32_t block) const {
    return reinterpret_cast<Quad<T>*>(modes)[this->chain * this->block_count() + block];
  }
};

/// A launch: all chains of all systems through passes begin .. begin + passes - 1.
template <class Scalar>
struct LaunchArguments {
  const SystemArguments<Scalar>* systems;  ///< [system], in device memory
  std::uint32_t system_count;
  std::uint64_t chain_count;        ///< of all systems
  std::uint32_t group_size;         ///< threads a chain: a power of two
  std::uint32_t blocks_per_thread;  ///< that hold any modes in the largest system
  RunPlan plan;
  std::uint64_t begin;
  std::uint32_t passes;
};

}  // namespace ridgeflow::kernels
