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

/// Scalars of a chain's step; an integrator uses those that its formula names. V(R) = U R^2/8 + W R^3/48, and
/// where a formula is one in x = R - R*, the terms of W that are linear in x are in the coefficient of U.
/// [dimensionless]
template <class Scalar>
struct ChainConstants {
  Scalar half_quartic_step;  ///< U h / 2
  Scalar hartree_size;       ///< R*
  Scalar size_decay;         ///< exp(-U R* h)
  Scalar acceptance_scale;   ///< (U/8 + W R*/16) log2 e: acceptance is decided in units of bits
  Scalar half_quartic = 0;   ///< 2 V''(R*) = U/2 + W R*/4
  Scalar quartic_by_noise =
      0;  ///< V''(R*)/s^2, s = kNormalScale: turns a squared noise coefficient into a drift
  Scalar variance_by_noise = 0;  ///< 1 / (2 h s^2): turns a squared noise coefficient into a mobility
  Scalar gradient_scale = 0;     ///< (h/4) log2 e
  Scalar sextic_step = 0;        ///< W h / 8
  Scalar sextic_decay = 1;       ///< exp(-W R*^2 h / 4)
  Scalar cubic_acceptance = 0;   ///< (W/48) log2 e
  Scalar eighth_sextic = 0;      ///< W / 8
  Scalar sextic_by_noise = 0;    ///< W / (16 s^2)
};

/// Coefficients of d <- decay d + drift + noise xi for one mode, in double. \c noise is the amplitude of a
/// standard normal.
struct ModeCoefficients {
  double decay;
  double drift;
  double noise;
  double weight = 0;  ///< a fourth number, of integrators that need one (kWeighs)
};

/// What an integrator's coefficients are made from: numbers of the posterior and the step.
struct StepProblem {
  double ridge;          ///< r
  double quartic;        ///< U
  double hartree_ridge;  ///< rho*
  double hartree_size;   ///< R*
  double slowest_rate;   ///< min over modes of mu_k (a_k + rho*); 1 for kPreconditions
  double fastest_rate;   ///< max over modes of mu_k (a_k + rho*); 1 for kPreconditions
  double step;           ///< h; ignored by integrators without a step size
  double modes = 1;      ///< M
  double sextic = 0;     ///< W
};

/// One mode of the problem.
struct ModeProblem {
  double a;
  double y;
  double mobility = 1;  ///< mu_k > 0
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
  const Scalar* weights;                    ///< [mode], padded; null unless the integrator weighs its modes
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
  std::vector<Scalar> weights;                    ///< [mode], padded to whole blocks; or empty
  std::uint32_t modes = 0;
  std::uint32_t sets = 0;
  ChainConstants<Scalar> constants{};

  std::uint32_t block_count() const { return blocks_of(this->modes); }
  ModeTablesView<Scalar> view() const {
    return {this->blocks.data(), this->weights.empty() ? nullptr : this->weights.data(), this->block_count(),
            this->modes, this->constants};
  }
};

}  // namespace ridgeflow
