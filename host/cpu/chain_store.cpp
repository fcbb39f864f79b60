#include "cpu/chain_store.hpp"

#include <algorithm>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/chain/chain_arrays.hpp"

namespace ridgeflow {

template <class Scalar>
ChainStore<Scalar>::ChainStore(std::uint32_t modes, std::uint64_t first_chain, std::uint64_t chains,
                               std::uint32_t width, bool keeps_previous, bool ends_halfway)
    : modes_(modes),
      padded_modes_(blocks_of(modes) * kBlockModes),
      first_chain_(first_chain),
      chains_(chains),
      width_(width),
      groups_((chains + width - 1) / width) {
  const std::uint64_t lanes = groups_ * width;
  const std::uint64_t cells = lanes * padded_modes_;
  for (auto* array : {&d_, &recent_sum_, &recent_square_}) {
    *array = AlignedArray<Scalar>(cells);
  }
  if (keeps_previous) {
    previous_ = AlignedArray<Scalar>(cells);
  }
  if (ends_halfway) {
    step_end_ = AlignedArray<Scalar>(cells);
    step_end_size_ = AlignedArray<Scalar>(lanes);
  }
  for (auto* array : {&sum_, &square_, &first_sum_, &first_square_, &batch_origin_, &batch_square_}) {
    *array = AlignedArray<double>(cells);
  }
  size_ = AlignedArray<Scalar>(lanes);
  size_sum_ = AlignedArray<double>(lanes);
  size_square_ = AlignedArray<double>(lanes);
  for (auto* array : {&accepted_, &measured_, &first_measured_, &batch_measured_}) {
    *array = AlignedArray<std::uint64_t>(lanes);
  }
  divergence_ = AlignedArray<DivergenceMark>(lanes);
}

template <class Scalar>
std::uint64_t ChainStore<Scalar>::bytes() const {
  const auto all = [](const auto&... array) { return (array.bytes() + ...); };
  return all(d_, previous_, step_end_, recent_sum_, recent_square_, sum_, square_, first_sum_, first_square_,
             batch_origin_, batch_square_, size_, step_end_size_, size_sum_, size_square_, accepted_,
             measured_, first_measured_, batch_measured_, divergence_);
}

template <class Scalar>
ChainView<Scalar> ChainStore<Scalar>::group(std::uint64_t g) const {
  const std::uint64_t lane = g * width_;
  const std::uint64_t at = lane * padded_modes_;
  return {d_.at(at),
          previous_.at(at),
          step_end_.at(at),
          recent_sum_.at(at),
          recent_square_.at(at),
          sum_.at(at),
          square_.at(at),
          first_sum_.at(at),
          first_square_.at(at),
          batch_origin_.at(at),
          batch_square_.at(at),
          size_.at(lane),
          step_end_size_.at(lane),
          size_sum_.at(lane),
          size_square_.at(lane),
          accepted_.at(lane),
          measured_.at(lane),
          first_measured_.at(lane),
          batch_measured_.at(lane),
          divergence_.at(lane),
          static_cast<std::uint32_t>(first_chain_ + lane)};
}

template <class Scalar>
ChainBlock ChainStore<Scalar>::export_chains(std::uint64_t first, std::uint64_t count,
                                             std::uint64_t passes_done) const {
  RIDGEFLOW_EXPECT(first + count <= chains_);
  ChainBlock block;
  block.resize(count, modes_, step_end_.size() > 0);
  block.first_chain = first_chain_ + first;
  block.passes_done = passes_done;
  visit_chain_arrays(
      block, this->group(0),
      [&](std::vector<double>& to, const auto* from) {
        for (std::uint64_t c = 0; c < count; ++c) {
          for (std::uint32_t k = 0; k < modes_; ++k) {
            to[c * modes_ + k] = static_cast<double>(from[cell(first + c, k)]);
          }
        }
      },
      [&](auto& to, const auto* from) { std::copy_n(from + first, count, to.begin()); });
  return block;
}

template <class Scalar>
void ChainStore<Scalar>::export_states(std::uint64_t first, std::uint64_t count,
                                       const StateBuffers& to) const {
  RIDGEFLOW_EXPECT(first + count <= chains_ && to.d.size() == count * modes_ && to.size.size() == count &&
                   to.measured.size() == count);
  constexpr std::uint32_t kLine = 8;  // modes of a chain that fill a cache line of the buffer
  const bool halfway = step_end_.size() > 0;
  std::vector<const Scalar*> from(count);
  for (std::uint64_t c = 0; c < count; ++c) {
    from[c] = (halfway ? step_end_ : d_).at(cell(first + c, 0));
  }
  const std::uint64_t width = width_;
  std::uint32_t begin = 0;
  for (; begin + kLine <= modes_; begin += kLine) {
    for (std::uint64_t c = 0; c < count; ++c) {
      const Scalar* column = from[c] + begin * width;
      double* row = to.d.data() + c * modes_ + begin;
      for (std::uint32_t k = 0; k < kLine; ++k) {
        row[k] = static_cast<double>(column[k * width]);
      }
    }
  }
  for (; begin < modes_; ++begin) {
    for (std::uint64_t c = 0; c < count; ++c) {
      to.d[c * modes_ + begin] = static_cast<double>(from[c][begin * width]);
    }
  }
  for (std::uint64_t c = 0; c < count; ++c) {
    to.size[c] = static_cast<double>(*(halfway ? step_end_size_ : size_).at(first + c));
    to.measured[c] = *measured_.at(first + c) + *first_measured_.at(first + c);
  }
}

template <class Scalar>
void ChainStore<Scalar>::import_chains(const ChainBlock& block) {
  if (block.modes != modes_ || block.first_chain < first_chain_ ||
      block.first_chain + block.chains > first_chain_ + chains_) {
    throw std::logic_error("a block of chains is imported into a system that does not hold them");
  }
  if (block.carried.empty() != (step_end_.size() == 0)) {
    throw std::logic_error("a block of chains is imported that another kind of integrator exported");
  }
  const std::uint64_t first = block.first_chain - first_chain_;
  visit_chain_arrays(
      block, this->group(0),
      [&](const std::vector<double>& from, auto* to) {
        for (std::uint64_t c = 0; c < block.chains; ++c) {
          for (std::uint32_t k = 0; k < modes_; ++k) {
            to[cell(first + c, k)] =
                static_cast<std::remove_reference_t<decltype(*to)>>(from[c * modes_ + k]);
          }
        }
      },
      [&](const auto& from, auto* to) {
        for (std::uint64_t c = 0; c < block.chains; ++c) {
          to[first + c] = static_cast<std::remove_reference_t<decltype(*to)>>(from[c]);
        }
      });
  std::fill_n(divergence_.at(first), block.chains, DivergenceMark{});
}

template <class Scalar>
void ChainStore<Scalar>::collect_divergences(std::uint32_t system, std::vector<Divergence>& found) const {
  for (std::uint64_t c = 0; c < chains_; ++c) {
    const DivergenceMark& mark = *divergence_.at(c);
    if (mark.step != 0) {
      found.push_back({system, first_chain_ + c, mark.step, mark.mode});
    }
  }
}

template class ChainStore<float>;
template class ChainStore<double>;

}  // namespace ridgeflow
