/// \file
/// Which kernel a number of modes gets: plain data, chosen at compile time or run time alike.
#pragma once

#include <cstdint>

#include "ridgeflow/base/macros.hpp"
#include "ridgeflow/chain/size_tree.hpp"

namespace ridgeflow::kernels {

enum class StoreKind : std::uint32_t {
  kWarp,    ///< registers of up to 32 threads a chain
  kBlock,   ///< registers of a block a chain
  kShared,  ///< registers of a block a chain, moments in its shared memory
  kMemory,  ///< device memory, a block a chain
};

struct Variant {
  StoreKind kind;
  std::uint32_t group_size;  ///< threads a chain, a power of two
  std::uint32_t blocks;      ///< mode blocks a thread holds; 0 in memory
  std::uint32_t threads;     ///< of a thread block

  /// Blocks that a thread has places for; group_size times that is at least \p block_count.
  RIDGEFLOW_FUNCTION constexpr std::uint32_t rounds(std::uint32_t block_count) const {
    return this->kind == StoreKind::kMemory ? (block_count + this->group_size - 1) / this->group_size
                                            : this->blocks;
  }
  RIDGEFLOW_FUNCTION constexpr std::uint32_t chains_per_block() const {
    return this->threads / this->group_size;
  }
  /// Lanes in a row of coefficients (DeviceTables).
  RIDGEFLOW_FUNCTION constexpr std::uint32_t lanes() const;
};

/// Most mode blocks a thread holds in registers: 16 registers a block in single precision and twice that in
/// double leave room for the step itself below the limit of 255.
template <class Scalar>
RIDGEFLOW_FUNCTION constexpr std::uint32_t max_register_blocks() {
  return sizeof(Scalar) == sizeof(float) ? 8 : 3;
}

/// Numbers of mode blocks that a thread of a kernel that holds chains in registers has places for. A place
/// beyond the last block is stepped like any other: one in six or fewer of them may be empty, never one in
/// three.
inline constexpr std::uint32_t kRegisterBlocks[] = {1, 2, 3, 4, 6, 8};

/// The smallest of them that holds \p wanted blocks.
RIDGEFLOW_FUNCTION constexpr std::uint32_t register_blocks_for(std::uint32_t wanted) {
  for (const std::uint32_t blocks : kRegisterBlocks) {
    if (blocks >= wanted) {
      return blocks;
    }
  }
  return wanted;  // choose_variant() asks for no more than max_register_blocks()
}

/// Mode blocks a thread holds where moments lie in shared memory, at most and one less: 8 registers a block
/// in single precision. 256 threads then hold 12 288 modes, whose moments take 96 KiB; in double 6144 and 96
/// KiB.
template <class Scalar>
RIDGEFLOW_FUNCTION constexpr std::uint32_t max_shared_blocks() {
  return sizeof(Scalar) == sizeof(float) ? 12 : 6;
}
template <class Scalar>
RIDGEFLOW_FUNCTION constexpr std::uint32_t fewer_shared_blocks() {
  return sizeof(Scalar) == sizeof(float) ? 10 : 4;
}

/// Threads of a block of kernels that hold chains in registers of warps, and of those that give a block a
/// chain.
inline constexpr std::uint32_t kWarpThreads = 64;
inline constexpr std::uint32_t kBlockThreads = 256;
/// Most threads a chain of kernels that hold chains in registers of warps.
inline constexpr std::uint32_t kWarpLanes = 32;

RIDGEFLOW_FUNCTION constexpr std::uint32_t Variant::lanes() const {
  return this->kind == StoreKind::kWarp ? kWarpLanes : kBlockThreads;
}

/// As few threads a chain as its registers allow: every halving saves a round of the size tree.
template <class Scalar>
RIDGEFLOW_FUNCTION constexpr Variant choose_variant(std::uint32_t block_count) {
  const std::uint32_t most = max_register_blocks<Scalar>();
  std::uint32_t group = 1;
  while (group < kBlockThreads && group * most < block_count) {
    group *= 2;
  }
  if (group * most < block_count) {
    for (const std::uint32_t blocks : {fewer_shared_blocks<Scalar>(), max_shared_blocks<Scalar>()}) {
      if (kBlockThreads * blocks >= block_count) {
        return {StoreKind::kShared, kBlockThreads, blocks, kBlockThreads};
      }
    }
    return {StoreKind::kMemory, kBlockThreads, 0, kBlockThreads};
  }
  const std::uint32_t blocks = register_blocks_for((block_count + group - 1) / group);
  return group > kWarpLanes ? Variant{StoreKind::kBlock, group, blocks, group}
                            : Variant{StoreKind::kWarp, group, blocks, kWarpThreads};
}

}  // namespace ridgeflow::kernels
