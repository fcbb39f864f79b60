/// \file
/// Per-mode numbers of a step, built on the host in double, rounded once, never changed: the Params of a
/// chain.
#pragma once

#include <cstdint>
#include <vector>

#include "ridgeflow/base/macros.hpp"
#include "ridgeflow/chain/schedule.hpp"
#include "ridgeflow/chain/size_tree.hpp"

namespace ridgeflow {

/// Scalars of a chain's step; an integrator uses those that its formula names. [dimensionless]
template <class Scalar>
struct ChainConstants {
  Scalar half_quartic_step;  ///< U h / 2
  Scalar hartree_size;       ///< R*
  Scalar size_decay;         ///< exp(-U R* h)
  Scalar acceptance_scale;   ///< (U/8) log2 e: acceptance is decided in units of bits
};

/// Coefficients of d <- decay d + drift + noise xi for one mode, in double. \c noise is the amplitude of a
/// standard normal.
struct ModeCoefficients {
  double decay;
  double drift;
  double noise;
};

/// What an integrator's coefficients are made from: numbers of the posterior and the step.
struct StepProblem {
  double ridge;          ///< r
  double quartic;        ///< U
  double hartree_ridge;  ///< rho*
  double hartree_size;   ///< R*
  double softest;        ///< min a_k
  double stiffest;       ///< max a_k
  double step;           ///< h; ignored by integrators without a step size
};

/// Coefficients of a block of four modes, next to each other: one cache line in single precision.
template <class Scalar>
struct alignas(4 * kBlockModes * sizeof(Scalar)) BlockCoefficients {
  Scalar decay[kBlockModes];
  Scalar drift[kBlockModes];
  Scalar noise[kBlockModes];   ///< times kNormalScale
  Scalar centre[kBlockModes];  ///< m*_k, from which moments are counted
};

/// Cheap look at the tables of one system.
template <class Scalar>
struct ModeTablesView {
  const BlockCoefficients<Scalar>* blocks;  ///< [set][block]
  std::uint32_t block_count;
  std::uint32_t modes;
  ChainConstants<Scalar> constants;

  RIDGEFLOW_FUNCTION const BlockCoefficients<Scalar>* set(std::uint32_t index) const {
    return this->blocks + static_cast<std::uint64_t>(index) * this->block_count;
  }
};

/// The tables, owned. The last block is padded with modes whose coefficients are all zero.
template <class Scalar>
struct ModeTables {
  std::vector<BlockCoefficients<Scalar>> blocks;  ///< [set][block]
  std::uint32_t modes = 0;
  std::uint32_t sets = 0;
  ChainConstants<Scalar> constants{};

  std::uint32_t block_count() const { return blocks_of(this->modes); }
  ModeTablesView<Scalar> view() const {
    return {this->blocks.data(), this->block_count(), this->modes, this->constants};
  }
};

}  // namespace ridgeflow
