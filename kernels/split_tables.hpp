/// \file
/// From tables by block to the layout of DeviceTables, on the host.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "ridgeflow/chain/mode_tables.hpp"

#include "arguments.hpp"

namespace ridgeflow::kernels {

template <class Scalar>
struct SplitTables {
  std::vector<Quad<Scalar>> coefficients;  ///< [set][round][coefficient][lane], zero beyond the last block
  std::uint32_t set_stride = 0;            ///< quads of a set

  /// \p group_size: threads a chain; \p rounds: blocks of a thread, enough for all; \p lanes: of a row, at
  /// least \p group_size.
  SplitTables(const ModeTables<Scalar>& tables, std::uint32_t group_size, std::uint32_t rounds,
              std::uint32_t lanes)
      : set_stride(rounds * kCoefficients * lanes) {
    const std::uint32_t count = tables.block_count();
    coefficients.resize(std::size_t{tables.sets} * set_stride);
    for (std::uint32_t set = 0; set < tables.sets; ++set) {
      for (std::uint32_t b = 0; b < count; ++b) {
        const BlockCoefficients<Scalar>& block = tables.blocks[std::size_t{set} * count + b];
        Quad<Scalar>* row = coefficients.data() + std::size_t{set} * set_stride +
                            std::size_t{b / group_size} * kCoefficients * lanes + b % group_size;
        std::copy_n(block.decay, kBlockModes, row[std::size_t{kDecay} * lanes].v);
        std::copy_n(block.drift, kBlockModes, row[std::size_t{kDrift} * lanes].v);
        std::copy_n(block.noise, kBlockModes, row[std::size_t{kNoise} * lanes].v);
        std::copy_n(block.centre, kBlockModes, row[std::size_t{kCentre} * lanes].v);
        if (!tables.weights.empty()) {
          std::copy_n(tables.weights.data() + std::size_t{b} * kBlockModes, kBlockModes,
                      row[std::size_t{kWeight} * lanes].v);
        }
      }
    }
  }
};

}  // namespace ridgeflow::kernels
