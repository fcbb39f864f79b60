/// \file
/// The order of summation of R = sum_k d_k^2, the one sum on which a trajectory depends.
#pragma once

#include <cstdint>

#include "ridgeflow/base/arithmetic.hpp"
#include "ridgeflow/base/macros.hpp"

namespace ridgeflow {

/// Modes in a block: the four normals of one Philox counter.
inline constexpr std::uint32_t kBlockModes = 4;

/// Blocks that hold \p modes modes; the last is padded with modes that stay zero.
RIDGEFLOW_FUNCTION std::uint32_t blocks_of(std::uint32_t modes) {
  return (modes + kBlockModes - 1) / kBlockModes;
}

/// Smallest power of two >= n, n >= 1.
RIDGEFLOW_FUNCTION std::uint32_t tree_width(std::uint32_t n) {
  std::uint32_t width = 1;
  while (width < n) {
    width *= 2;
  }
  return width;
}

/// Sum of squares of a block, in the order of its modes: fma(d3, d3, fma(d2, d2, fma(d1, d1, d0 d0))).
template <class Real>
RIDGEFLOW_FUNCTION Real block_size(Real d0, Real d1, Real d2, Real d3) {
  return fused(d3, d3, fused(d2, d2, fused(d1, d1, d0 * d0)));
}

/// Full strided binary tree over block sums, in place; returns the root. With n the power of two that holds
/// all blocks, block b takes b + n/2, then b takes b + n/4, and so on; what lies beyond the last block is
/// zero and is skipped. A device that gives block b to thread b mod L finds the last log2 L rounds to be
/// butterflies between threads and those before to lie within one.
template <class Real>
RIDGEFLOW_FUNCTION Real reduce_size_tree(Real* sums, std::uint32_t blocks) {
  std::uint32_t count = blocks;
  for (std::uint32_t half = tree_width(blocks) / 2; half > 0; half /= 2) {
    for (std::uint32_t b = 0; b + half < count; ++b) {
      sums[b] = sums[b] + sums[b + half];
    }
    count = count < half ? count : half;
  }
  return sums[0];
}

}  // namespace ridgeflow
