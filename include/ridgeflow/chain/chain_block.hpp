/// \file
/// Chains outside of an executor: what is exported, imported, and made into moments.
#pragma once

#include <cstdint>
#include <vector>

namespace ridgeflow {

/// State and sums of consecutive chains of one system, in an order that no executor's layout shows. Single
/// precision is held in double, which is exact: a block imported and exported again is the same to the bit.
///
/// Sums count from m*_k. "Half" is the half of the measurements that is under way (MeasurePlan::first_half).
struct ChainBlock {
  std::uint32_t modes = 0;
  std::uint64_t first_chain = 0;
  std::uint64_t chains = 0;
  std::uint64_t passes_done = 0;

  // [chain][mode]
  std::vector<double> d;              ///< the state, at the end of the last step
  std::vector<double> recent_sum;     ///< single-precision sums since the last flush: of d - m*
  std::vector<double> recent_square;  ///< ... and of its square
  std::vector<double> sum;            ///< of the half under way
  std::vector<double> square;
  std::vector<double> first_sum;  ///< of the first half, once it is over
  std::vector<double> first_square;
  std::vector<double> batch_origin;  ///< value of sum when the batch under way began
  std::vector<double> batch_square;  ///< sum over finished batches of (sum of the batch)^2 / (draws in it)

  /// Of integrators whose steps end half way through a flow (IntegratorDefaults::kEndsHalfway), else empty:
  /// the state to which the flow leads, from which the next step goes on.
  std::vector<double> carried;

  // [chain]
  std::vector<double> size;                   ///< R of the state, as the integrator holds it
  std::vector<double> carried_size;           ///< R of \c carried; empty where that is
  std::vector<double> size_sum;               ///< of R - R* over all measurements
  std::vector<double> size_square;            ///< of (R - R*)^2
  std::vector<std::uint64_t> accepted;        ///< passes whose proposal was accepted
  std::vector<std::uint64_t> measured;        ///< measurements counted in the half under way
  std::vector<std::uint64_t> first_measured;  ///< in the first half, once it is over
  std::vector<std::uint64_t> batch_measured;  ///< value of measured when the batch under way began

  /// Sizes every array for \p chain_count chains of \p mode_count modes, zero; those of the carried state
  /// where \p carries.
  void resize(std::uint64_t chain_count, std::uint32_t mode_count, bool carries = false) {
    this->chains = chain_count;
    this->modes = mode_count;
    for (auto* array : {&this->d, &this->recent_sum, &this->recent_square, &this->sum, &this->square,
                        &this->first_sum, &this->first_square, &this->batch_origin, &this->batch_square}) {
      array->assign(chain_count * mode_count, 0.0);
    }
    this->carried.assign(carries ? chain_count * mode_count : 0, 0.0);
    this->carried_size.assign(carries ? chain_count : 0, 0.0);
    for (auto* array : {&this->size, &this->size_sum, &this->size_square}) {
      array->assign(chain_count, 0.0);
    }
    for (auto* array : {&this->accepted, &this->measured, &this->first_measured, &this->batch_measured}) {
      array->assign(chain_count, 0);
    }
  }
};

/// A chain that left the finite numbers.
struct Divergence {
  std::uint32_t system = 0;
  std::uint64_t chain = 0;
  std::uint64_t step = 0;  ///< first step after which R was not finite
  std::uint32_t mode = 0;  ///< k, from 1: the first non-finite mode then, or the largest
};

}  // namespace ridgeflow
