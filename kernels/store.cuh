/// \file
/// Where a thread keeps its share of a chain: block b of four modes belongs to thread b mod L of its group,
/// as the thread's block b / L.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ridgeflow/base/macros.hpp"
#include "ridgeflow/chain/size_tree.hpp"

#include "arguments.hpp"
#include "variants.hpp"

namespace ridgeflow::kernels {

/// Where a store keeps the single-precision sums of its moments.
enum class MomentsIn { kRegisters, kSharedMemory };

/// In registers, for kBlocks blocks a thread, over all passes of a launch. Places beyond the last block are
/// stepped with coefficients that are zero (DeviceTables), and neither read nor written. State and, where
/// steps may be refused, the previous state: 4 or 8 registers a block in single precision; sums in 8 more, or
/// in 32 bytes of shared memory.
template <class Scalar, int kBlocks, bool kPrevious, std::uint32_t kRowLanes,
          MomentsIn kMoments = MomentsIn::kRegisters>
class RegisterStore {
 public:
  static constexpr std::uint32_t kLanes = kRowLanes;  ///< of a row of coefficients (DeviceTables)
  static constexpr bool kInRegisters = true;          ///< which have no run-time index
  static constexpr int kBlocksHeld = kBlocks;
  /// Width of the size tree within a thread.
  static constexpr int kWidth = kBlocks <= 1   ? 1
                                : kBlocks <= 2 ? 2
                                : kBlocks <= 4 ? 4
                                : kBlocks <= 8 ? 8
                                               : 16;
  static_assert(kBlocks <= 16);
  /// Blocks that there are registers to work on together.
  static constexpr int kBlocksAtOnce = kRowLanes == kWarpLanes ? 4 : 2;

  /// \p moments: [sum, square][block of the thread][lane] in shared memory, where they are kept there.
  RIDGEFLOW_FUNCTION RegisterStore(const ChainPlace<Scalar>& chain, std::uint32_t lane, std::uint32_t size,
                                   Quad<Scalar>* moments)
      : lane_(lane), size_(size), block_count_(chain.block_count()), moments_(moments) {
    const ChainArrays<Scalar>& arrays = chain.arrays();
#pragma unroll
    for (int j = 0; j < kBlocks; ++j) {
      const Quad<Scalar> zero{};
      const bool here = this->holds(j);
      d_[j] = here ? chain.quad(arrays.d, this->block(j)) : zero;
      this->recent_sum(j) = here ? chain.quad(arrays.recent_sum, this->block(j)) : zero;
      this->recent_square(j) = here ? chain.quad(arrays.recent_square, this->block(j)) : zero;
      if constexpr (kPrevious) {
        previous_[j] = d_[j];
      }
    }
  }
  /// Writes the settled state and the running sums back.
  RIDGEFLOW_FUNCTION void write_back(const ChainPlace<Scalar>& chain) {
    const ChainArrays<Scalar>& arrays = chain.arrays();
#pragma unroll
    for (int j = 0; j < kBlocks; ++j) {
      if (this->holds(j)) {
        chain.quad(arrays.d, this->block(j)) = d_[j];
        chain.quad(arrays.recent_sum, this->block(j)) = this->recent_sum(j);
        chain.quad(arrays.recent_square, this->block(j)) = this->recent_square(j);
      }
    }
  }

  RIDGEFLOW_FUNCTION static constexpr int count() {
    return kBlocks;
  }
  RIDGEFLOW_FUNCTION std::uint32_t block(int j) const {
    return this->lane_ + static_cast<std::uint32_t>(j) * this->size_;
  }
  RIDGEFLOW_FUNCTION bool holds(int j) const {
    return this->block(j) < this->block_count_;
  }
  RIDGEFLOW_FUNCTION Quad<Scalar>& d(int j) {
    return this->d_[j];
  }
  RIDGEFLOW_FUNCTION Quad<Scalar>& previous(int j) {
    return this->previous_[j];
  }
  RIDGEFLOW_FUNCTION Quad<Scalar>& recent_sum(int j) {
    if constexpr (kMoments == MomentsIn::kRegisters) {
      return this->sums_[j];
    } else {
      return this->moments_[static_cast<std::uint32_t>(j) * kRowLanes + this->lane_];
    }
  }
  RIDGEFLOW_FUNCTION Quad<Scalar>& recent_square(int j) {
    if constexpr (kMoments == MomentsIn::kRegisters) {
      return this->squares_[j];
    } else {
      return this->moments_[static_cast<std::uint32_t>(kBlocks + j) * kRowLanes + this->lane_];
    }
  }
  /// Bytes of shared memory that \c moments takes.
  static constexpr std::size_t moments_bytes() {
    return kMoments == MomentsIn::kRegisters ? 0 : 2 * sizeof(Quad<Scalar>) * kBlocks * kRowLanes;
  }

 private:
  static constexpr std::size_t kHeld = kBlocks;
  static constexpr std::size_t kSums = kMoments == MomentsIn::kRegisters ? kHeld : 1;
  std::uint32_t lane_;
  std::uint32_t size_;
  std::uint32_t block_count_;
  Quad<Scalar>* moments_;
  Quad<Scalar> d_[kHeld];
  Quad<Scalar> previous_[kPrevious ? kHeld : 1];
  Quad<Scalar> sums_[kSums];
  Quad<Scalar> squares_[kSums];
};

/// In device memory, for chains larger than registers: any number of modes. A chain has \p kSumRows rows of
/// block_sums, in every pass: as many as the pass that sums most. Chains are at different passes at a time,
/// so that a row must not depend on which pass its own is at.
template <class Scalar, int kSumRows>
class MemoryStore {
 public:
  static constexpr int kRows = kSumRows;
  static constexpr std::uint32_t kLanes = kBlockThreads;
  RIDGEFLOW_FUNCTION MemoryStore(const ChainPlace<Scalar>& chain, std::uint32_t lane, std::uint32_t size,
                                 Quad<Scalar>* /*moments*/)
      : chain_(chain),
        lane_(lane),
        size_(size),
        count_(lane < chain.block_count() ? static_cast<int>((chain.block_count() - lane + size - 1) / size)
                                          : 0) {}
  RIDGEFLOW_FUNCTION void write_back(const ChainPlace<Scalar>& /*chain*/) {}
  static constexpr std::size_t moments_bytes() { return 0; }

  static constexpr bool kInRegisters = false;
  RIDGEFLOW_FUNCTION int count() const { return this->count_; }
  RIDGEFLOW_FUNCTION std::uint32_t block(int j) const {
    return this->lane_ + static_cast<std::uint32_t>(j) * this->size_;
  }
  RIDGEFLOW_FUNCTION bool holds(int /*j*/) const { return true; }
  RIDGEFLOW_FUNCTION Quad<Scalar>& d(int j) {
    return this->chain_.quad(this->chain_.arrays().d, this->block(j));
  }
  RIDGEFLOW_FUNCTION Quad<Scalar>& previous(int j) {
    return this->chain_.quad(this->chain_.arrays().previous, this->block(j));
  }
  RIDGEFLOW_FUNCTION Quad<Scalar>& recent_sum(int j) {
    return this->chain_.quad(this->chain_.arrays().recent_sum, this->block(j));
  }
  RIDGEFLOW_FUNCTION Quad<Scalar>& recent_square(int j) {
    return this->chain_.quad(this->chain_.arrays().recent_square, this->block(j));
  }
  /// Block \p j's part of sum \p i.
  RIDGEFLOW_FUNCTION Scalar& part(int j, int i) {
    const std::uint64_t row =
        this->chain_.chain * static_cast<std::uint64_t>(kRows) + static_cast<std::uint64_t>(i);
    return this->chain_.arrays().block_sums[row * this->chain_.block_count() + this->block(j)];
  }

  RIDGEFLOW_FUNCTION Scalar reduce_parts(int i) {
    const std::uint32_t width = tree_width(this->chain_.block_count());
    int count = this->count_;
    for (std::uint32_t half = width > this->size_ ? width / this->size_ / 2 : 0; half > 0; half /= 2) {
      const int h = static_cast<int>(half);
      for (int j = 0; j + h < count; ++j) {
        this->part(j, i) = this->part(j, i) + this->part(j + h, i);
      }
      count = count < h ? count : h;
    }
    return this->count_ > 0 ? this->part(0, i) : Scalar(0);
  }

 private:
  ChainPlace<Scalar> chain_;
  std::uint32_t lane_;
  std::uint32_t size_;
  int count_;
};

}  // namespace ridgeflow::kernels
