/// \file
/// The CPU executor's memory: one system's chains in groups of vector width, [group][mode][lane].
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "ridgeflow/chain/chain_block.hpp"
#include "ridgeflow/chain/chain_view.hpp"
#include "ridgeflow/chain/size_tree.hpp"
#include "ridgeflow/measure/observation.hpp"

namespace ridgeflow {

/// Zeroed memory on a cache line's boundary.
template <class T>
class AlignedArray {
 public:
  AlignedArray() = default;
  explicit AlignedArray(std::uint64_t size) : size_(size) {
    constexpr std::uint64_t kLine = 64;
    const std::uint64_t bytes = (size * sizeof(T) + kLine - 1) / kLine * kLine;
    if (bytes > 0) {
      data_.reset(static_cast<T*>(std::aligned_alloc(kLine, bytes)));
      if (!data_) {
        throw std::bad_alloc();
      }
      std::memset(data_.get(), 0, bytes);
    }
  }
  T* at(std::uint64_t i) const { return this->data_ ? this->data_.get() + i : nullptr; }
  std::uint64_t size() const { return this->size_; }
  std::uint64_t bytes() const { return this->size_ * sizeof(T); }

 private:
  struct Free {
    void operator()(T* p) const { std::free(p); }
  };
  std::unique_ptr<T[], Free> data_;
  std::uint64_t size_ = 0;
};

template <class Scalar>
class ChainStore {
 public:
  /// \p width chains to a group; \p keeps_previous for integrators that may refuse a step, \p ends_halfway
  /// for those of IntegratorDefaults::kEndsHalfway.
  ChainStore(std::uint32_t modes, std::uint64_t first_chain, std::uint64_t chains, std::uint32_t width,
             bool keeps_previous, bool ends_halfway);

  std::uint64_t groups() const { return this->groups_; }
  std::uint64_t first_chain() const { return this->first_chain_; }
  std::uint64_t chains() const { return this->chains_; }
  std::uint32_t modes() const { return this->modes_; }
  std::uint32_t width() const { return this->width_; }
  ChainView<Scalar> group(std::uint64_t g) const;
  std::uint64_t bytes() const;  ///< of all arrays

  /// Chains first .. first + count - 1, all at \p passes_done.
  ChainBlock export_chains(std::uint64_t first, std::uint64_t count, std::uint64_t passes_done) const;
  void import_chains(const ChainBlock& block);
  /// States of chains first .. first + count - 1.
  void export_states(std::uint64_t first, std::uint64_t count, const StateBuffers& to) const;
  /// Divergences of real chains (not of the lanes that fill the last group).
  void collect_divergences(std::uint32_t system, std::vector<Divergence>& found) const;

 private:
  std::uint64_t cell(std::uint64_t chain, std::uint32_t mode) const {
    const std::uint64_t g = chain / this->width_;
    return (g * this->padded_modes_ + mode) * this->width_ + chain % this->width_;
  }

  std::uint32_t modes_;
  std::uint32_t padded_modes_;
  std::uint64_t first_chain_;
  std::uint64_t chains_;
  std::uint32_t width_;
  std::uint64_t groups_;
  AlignedArray<Scalar> d_, previous_, step_end_, recent_sum_, recent_square_;
  AlignedArray<double> sum_, square_, first_sum_, first_square_, batch_origin_, batch_square_;
  AlignedArray<Scalar> size_, step_end_size_;
  AlignedArray<double> size_sum_, size_square_;
  AlignedArray<std::uint64_t> accepted_, measured_, first_measured_, batch_measured_;
  AlignedArray<DivergenceMark> divergence_;
};

extern template class ChainStore<float>;
extern template class ChainStore<double>;

}  // namespace ridgeflow
