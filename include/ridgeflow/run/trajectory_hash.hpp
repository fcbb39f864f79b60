/// \file
/// One number for the bits of a trajectory.
#pragma once

#include <cstdint>

#include "ridgeflow/chain/chain_block.hpp"

namespace ridgeflow {

/// XXH3 (64 bits) over everything that a block of chains holds, in the order of its declaration: modes,
/// first_chain, chains and passes_done as 64-bit integers, then every array; all little-endian
/// (docs/trajectory.md, "Golden trajectories"). Two blocks of equal hash are taken to be equal to the bit.
std::uint64_t trajectory_hash(const ChainBlock& block);

}  // namespace ridgeflow
