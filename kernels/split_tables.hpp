/// \file
/// From tables by block to one array a coefficient: the layout of DeviceTables, on the host.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "ridgeflow/chain/mode_tables.hpp"

#include "arguments.hpp"

namespace ridgeflow::kernels {

template <class Scalar>
struct SplitTables {
  std::vector<Quad<Scalar>> decay;  ///< [set][block], zero beyond the last block
  std::vector<Quad<Scalar>> drift;
  std::vector<Quad<Scalar>> noise;
  std::vector<Quad<Scalar>> centre;

  /// \p places: blocks to pad every set to, at least as many as there are.
  SplitTables(const ModeTables<Scalar>& tables, std::uint32_t places) {
    const std::size_t count = tables.block_count();
    for (auto* array : {&decay, &drift, &noise, &centre}) {
      array->resize(static_cast<std::size_t>(tables.sets) * places);
    }
    for (std::size_t i = 0; i < tables.blocks.size(); ++i) {
      const BlockCoefficients<Scalar>& block = tables.blocks[i];
      const std::size_t at = i / count * places + i % count;
      std::copy_n(block.decay, kBlockModes, decay[at].v);
      std::copy_n(block.drift, kBlockModes, drift[at].v);
      std::copy_n(block.noise, kBlockModes, noise[at].v);
      std::copy_n(block.centre, kBlockModes, centre[at].v);
    }
  }
};

}  // namespace ridgeflow::kernels
