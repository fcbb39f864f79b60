/// \file
/// Where a thread keeps its share of a chain: block b of four modes belongs to thread b mod L of its group,
/// as the thread's block b / L.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ridgeflow/base/macros.hpp"
#include "ridgeflow/chain/size_tree.hpp"

#include "arguments.hpp"

namespace ridgeflow::kernels {

/// In registers, for kBlocks blocks a thread, over all passes of a launch. Places beyond the last block are
/// stepped with coefficients that are zero (DeviceTables), and neither read nor written. State, sums and,
/// where steps may be refused, the previous state: 12 or 16 registers a block in single precision.
template <class Scalar, int kBlocks, bool kPrevious>
class RegisterStore {
 public:
  RIDGEFLOW_FUNCTION RegisterStore(const ChainPlace<Scalar>& chain, std::uint32_t lane, std::uint32_t size)
      : lane_(lane), size_(size), block_count_(chain.block_count()) {
    const ChainArrays<Scalar>& arrays = chain.arrays();
#pragma unroll
    for (int j = 0; j < kBlocks; ++j) {
      const Quad<Scalar> zero{};
      const bool here = this->holds(j);
      d_[j] = here ? chain.quad(arrays.d, this->block(j)) : zero;
      recent_sum_[j] = here ? chain.quad(arrays.recent_sum, this->block(j)) : zero;
      recent_square_[j] = here ? chain.quad(arrays.recent_square, this->block(j)) : zero;
      if constexpr (kPrevious) {
        previous_[j] = d_[j];
      }
    }
  }
  /// Writes the settled state and the running sums back.
  RIDGEFLOW_FUNCTION void write_back(const ChainPlace<Scalar>& chain) const {
    const ChainArrays<Scalar>& arrays = chain.arrays();
#pragma unroll
    for (int j = 0; j < kBlocks; ++j) {
      if (this->holds(j)) {
        chain.quad(arrays.d, this->block(j)) = d_[j];
        chain.quad(arrays.recent_sum, this->block(j)) = recent_sum_[j];
        chain.quad(arrays.recent_square, this->block(j)) = recent_square_[j];
      }
    }
  }

  static constexpr bool kMayBeEmpty = true;  ///< places may have no block in any thread
  static constexpr int kUnroll = kBlocks;    ///< registers have no run-time index
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
    return this->recent_sum_[j];
  }
  RIDGEFLOW_FUNCTION Quad<Scalar>& recent_square(int j) {
    return this->recent_square_[j];
  }
  RIDGEFLOW_FUNCTION Scalar& part(int j) {
    return this->part_[j];
  }

  /// The rounds of the size tree that pair blocks of one thread.
  RIDGEFLOW_FUNCTION Scalar reduce_parts() {
#pragma unroll
    for (int half = kWidth / 2; half > 0; half /= 2) {
#pragma unroll
      for (int j = 0; j < half; ++j) {
        if (j + half < kBlocks) {
          part_[j] = part_[j] + part_[j + half];
        }
      }
    }
    return part_[0];
  }

 private:
  /// Width of the tree within a thread.
  static constexpr int kWidth = kBlocks <= 1 ? 1 : kBlocks <= 2 ? 2 : kBlocks <= 4 ? 4 : 8;
  static_assert(kBlocks <= 8);
  std::uint32_t lane_;
  std::uint32_t size_;
  std::uint32_t block_count_;
  static constexpr std::size_t kHeld = kBlocks;
  Quad<Scalar> d_[kHeld];
  Quad<Scalar> previous_[kPrevious ? kHeld : 1];
  Quad<Scalar> recent_sum_[kHeld];
  Quad<Scalar> recent_square_[kHeld];
  Scalar part_[kHeld];
};

/// In device memory, for chains larger than registers: any number of modes.
template <class Scalar>
class MemoryStore {
 public:
  RIDGEFLOW_FUNCTION MemoryStore(const ChainPlace<Scalar>& chain, std::uint32_t lane, std::uint32_t size)
      : chain_(chain),
        lane_(lane),
        size_(size),
        count_(lane < chain.block_count() ? static_cast<int>((chain.block_count() - lane + size - 1) / size)
                                          : 0) {}
  RIDGEFLOW_FUNCTION void write_back(const ChainPlace<Scalar>& /*chain*/) const {}

  static constexpr bool kMayBeEmpty = false;
  static constexpr int kUnroll = 1;
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
  RIDGEFLOW_FUNCTION Scalar& part(int j) {
    return this->chain_.arrays().block_sums[this->chain_.chain * this->chain_.block_count() + this->block(j)];
  }

  RIDGEFLOW_FUNCTION Scalar reduce_parts() {
    const std::uint32_t width = tree_width(this->chain_.block_count());
    int count = this->count_;
    for (std::uint32_t half = width > this->size_ ? width / this->size_ / 2 : 0; half > 0; half /= 2) {
      const int h = static_cast<int>(half);
      for (int j = 0; j + h < count; ++j) {
        this->part(j) = this->part(j) + this->part(j + h);
      }
      count = count < h ? count : h;
    }
    return this->count_ > 0 ? this->part(0) : Scalar(0);
  }

 private:
  ChainPlace<Scalar> chain_;
  std::uint32_t lane_;
  std::uint32_t size_;
  int count_;
};

}  // namespace ridgeflow::kernels
