#include "cpu/chain_store.hpp"

#include <stdexcept>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {

template <class Scalar>
ChainStore<Scalar>::ChainStore(std::uint32_t modes, std::uint64_t first_chain, std::uint64_t chains,
                               std::uint32_t width, bool keeps_previous)
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
ChainView<Scalar> ChainStore<Scalar>::group(std::uint64_t g) const {
  const std::uint64_t lane = g * width_;
  const std::uint64_t at = lane * padded_modes_;
  return {d_.at(at),
          previous_.at(at),
          recent_sum_.at(at),
          recent_square_.at(at),
          sum_.at(at),
          square_.at(at),
          first_sum_.at(at),
          first_square_.at(at),
          batch_origin_.at(at),
          batch_square_.at(at),
          size_.at(lane),
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
  block.resize(count, modes_);
  block.first_chain = first_chain_ + first;
  block.passes_done = passes_done;
  const auto copy_modes = [&](const auto& from, std::vector<double>& to) {
    for (std::uint64_t c = 0; c < count; ++c) {
      for (std::uint32_t k = 0; k < modes_; ++k) {
        to[c * modes_ + k] = static_cast<double>(*from.at(cell(first + c, k)));
      }
    }
  };
  copy_modes(d_, block.d);
  copy_modes(recent_sum_, block.recent_sum);
  copy_modes(recent_square_, block.recent_square);
  copy_modes(sum_, block.sum);
  copy_modes(square_, block.square);
  copy_modes(first_sum_, block.first_sum);
  copy_modes(first_square_, block.first_square);
  copy_modes(batch_origin_, block.batch_origin);
  copy_modes(batch_square_, block.batch_square);
  for (std::uint64_t c = 0; c < count; ++c) {
    block.size[c] = static_cast<double>(*size_.at(first + c));
    block.size_sum[c] = *size_sum_.at(first + c);
    block.size_square[c] = *size_square_.at(first + c);
    block.accepted[c] = *accepted_.at(first + c);
    block.measured[c] = *measured_.at(first + c);
    block.first_measured[c] = *first_measured_.at(first + c);
    block.batch_measured[c] = *batch_measured_.at(first + c);
  }
  return block;
}

template <class Scalar>
void ChainStore<Scalar>::import_chains(const ChainBlock& block) {
  if (block.modes != modes_ || block.first_chain < first_chain_ ||
      block.first_chain + block.chains > first_chain_ + chains_) {
    throw std::logic_error("a block of chains is imported into a system that does not hold them");
  }
  const std::uint64_t first = block.first_chain - first_chain_;
  const auto copy_modes = [&](const std::vector<double>& from, const auto& to) {
    for (std::uint64_t c = 0; c < block.chains; ++c) {
      for (std::uint32_t k = 0; k < modes_; ++k) {
        auto& target = *to.at(cell(first + c, k));
        target = static_cast<std::remove_reference_t<decltype(target)>>(from[c * modes_ + k]);
      }
    }
  };
  copy_modes(block.d, d_);
  copy_modes(block.recent_sum, recent_sum_);
  copy_modes(block.recent_square, recent_square_);
  copy_modes(block.sum, sum_);
  copy_modes(block.square, square_);
  copy_modes(block.first_sum, first_sum_);
  copy_modes(block.first_square, first_square_);
  copy_modes(block.batch_origin, batch_origin_);
  copy_modes(block.batch_square, batch_square_);
  for (std::uint64_t c = 0; c < block.chains; ++c) {
    *size_.at(first + c) = static_cast<Scalar>(block.size[c]);
    *size_sum_.at(first + c) = block.size_sum[c];
    *size_square_.at(first + c) = block.size_square[c];
    *accepted_.at(first + c) = block.accepted[c];
    *measured_.at(first + c) = block.measured[c];
    *first_measured_.at(first + c) = block.first_measured[c];
    *batch_measured_.at(first + c) = block.batch_measured[c];
    *divergence_.at(first + c) = {};
  }
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
