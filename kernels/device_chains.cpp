#include "device_chains.hpp"

#include <stdexcept>

#include "split_tables.hpp"

namespace ridgeflow::kernels {

template <class Scalar>
DeviceModeTables<Scalar>::DeviceModeTables(const ModeTables<Scalar>& tables, std::uint32_t places)
    : places_(places),
      block_count_(tables.block_count()),
      modes_(tables.modes),
      constants_(tables.constants) {
  const SplitTables<Scalar> split(tables, places);
  decay_ = DeviceArray<Quad<Scalar>>(split.decay);
  drift_ = DeviceArray<Quad<Scalar>>(split.drift);
  noise_ = DeviceArray<Quad<Scalar>>(split.noise);
  centre_ = DeviceArray<Quad<Scalar>>(split.centre);
}

template <class Scalar>
DeviceTables<Scalar> DeviceModeTables<Scalar>::view() const {
  return {decay_.get(), drift_.get(), noise_.get(), centre_.get(), places_, block_count_, modes_, constants_};
}

template <class Scalar>
DeviceChains<Scalar>::DeviceChains(const SystemSetup<Scalar>& setup, bool in_memory, bool keeps_previous)
    : modes_(setup.step.modes),
      padded_modes_(setup.step.block_count() * kBlockModes),
      first_chain_(setup.first_chain),
      chains_(setup.chains) {
  const std::uint64_t cells = chains_ * padded_modes_;
  for (auto* array : {&d_, &recent_sum_, &recent_square_}) {
    *array = DeviceArray<Scalar>(cells);
  }
  if (in_memory && keeps_previous) {
    previous_ = DeviceArray<Scalar>(cells);
  }
  block_sums_ = DeviceArray<Scalar>(cells / kBlockModes);  // the initial state is drawn in memory always
  for (auto* array : {&sum_, &square_, &first_sum_, &first_square_, &batch_origin_, &batch_square_}) {
    *array = DeviceArray<double>(cells);
  }
  size_ = DeviceArray<Scalar>(chains_);
  size_sum_ = DeviceArray<double>(chains_);
  size_square_ = DeviceArray<double>(chains_);
  for (auto* array : {&accepted_, &measured_, &first_measured_, &batch_measured_}) {
    *array = DeviceArray<std::uint64_t>(chains_);
  }
  divergence_ = DeviceArray<DivergenceMark>(chains_);
}

template <class Scalar>
double DeviceChains<Scalar>::bytes(std::uint64_t chains, std::uint32_t modes, bool in_memory,
                                   bool keeps_previous) {
  const double per_mode = (in_memory && keeps_previous ? 4.25 : 3.25) * sizeof(Scalar) + 6.0 * sizeof(double);
  return static_cast<double>(chains) * static_cast<double>(blocks_of(modes) * kBlockModes) * per_mode;
}

template <class Scalar>
ChainArrays<Scalar> DeviceChains<Scalar>::arrays() const {
  return {d_.get(),
          previous_.get(),
          recent_sum_.get(),
          recent_square_.get(),
          sum_.get(),
          square_.get(),
          first_sum_.get(),
          first_square_.get(),
          batch_origin_.get(),
          batch_square_.get(),
          block_sums_.get(),
          size_.get(),
          size_sum_.get(),
          size_square_.get(),
          accepted_.get(),
          measured_.get(),
          first_measured_.get(),
          batch_measured_.get(),
          divergence_.get()};
}

namespace {

/// Rows of \p from without their padding, as doubles.
template <class T>
void copy_rows(const DeviceArray<T>& from, std::uint64_t first, std::uint64_t count, std::uint32_t padded,
               std::uint32_t modes, std::vector<double>& to) {
  const std::vector<T> rows = from.download(first * padded, count * padded);
  for (std::uint64_t c = 0; c < count; ++c) {
    for (std::uint32_t k = 0; k < modes; ++k) {
      to[c * modes + k] = static_cast<double>(rows[c * padded + k]);
    }
  }
}

template <class T>
void put_rows(DeviceArray<T>& to, std::uint64_t first, std::uint64_t count, std::uint32_t padded,
              std::uint32_t modes, const std::vector<double>& from) {
  std::vector<T> rows(count * padded, T(0));
  for (std::uint64_t c = 0; c < count; ++c) {
    for (std::uint32_t k = 0; k < modes; ++k) {
      rows[c * padded + k] = static_cast<T>(from[c * modes + k]);
    }
  }
  to.upload(first * padded, rows);
}

}  // namespace

template <class Scalar>
ChainBlock DeviceChains<Scalar>::export_chains(std::uint64_t first, std::uint64_t count,
                                               std::uint64_t passes_done) const {
  ChainBlock block;
  block.resize(count, modes_);
  block.first_chain = first_chain_ + first;
  block.passes_done = passes_done;
  const auto rows = [&](const auto& from, std::vector<double>& to) {
    copy_rows(from, first, count, padded_modes_, modes_, to);
  };
  rows(d_, block.d);
  rows(recent_sum_, block.recent_sum);
  rows(recent_square_, block.recent_square);
  rows(sum_, block.sum);
  rows(square_, block.square);
  rows(first_sum_, block.first_sum);
  rows(first_square_, block.first_square);
  rows(batch_origin_, block.batch_origin);
  rows(batch_square_, block.batch_square);
  const std::vector<Scalar> size = size_.download(first, count);
  block.size.assign(size.begin(), size.end());
  block.size_sum = size_sum_.download(first, count);
  block.size_square = size_square_.download(first, count);
  block.accepted = accepted_.download(first, count);
  block.measured = measured_.download(first, count);
  block.first_measured = first_measured_.download(first, count);
  block.batch_measured = batch_measured_.download(first, count);
  return block;
}

template <class Scalar>
void DeviceChains<Scalar>::import_chains(const ChainBlock& block) {
  if (block.modes != modes_ || block.first_chain < first_chain_ ||
      block.first_chain + block.chains > first_chain_ + chains_) {
    throw std::logic_error("a block of chains is imported into a system that does not hold them");
  }
  const std::uint64_t first = block.first_chain - first_chain_;
  const auto rows = [&](auto& to, const std::vector<double>& from) {
    put_rows(to, first, block.chains, padded_modes_, modes_, from);
  };
  rows(d_, block.d);
  rows(recent_sum_, block.recent_sum);
  rows(recent_square_, block.recent_square);
  rows(sum_, block.sum);
  rows(square_, block.square);
  rows(first_sum_, block.first_sum);
  rows(first_square_, block.first_square);
  rows(batch_origin_, block.batch_origin);
  rows(batch_square_, block.batch_square);
  std::vector<Scalar> size(block.size.size());
  for (std::size_t c = 0; c < size.size(); ++c) {
    size[c] = static_cast<Scalar>(block.size[c]);
  }
  size_.upload(first, size);
  size_sum_.upload(first, block.size_sum);
  size_square_.upload(first, block.size_square);
  accepted_.upload(first, block.accepted);
  measured_.upload(first, block.measured);
  first_measured_.upload(first, block.first_measured);
  batch_measured_.upload(first, block.batch_measured);
  divergence_.upload(first, std::vector<DivergenceMark>(block.chains));
}

template <class Scalar>
void DeviceChains<Scalar>::collect_divergences(std::uint32_t system, std::vector<Divergence>& found) const {
  const std::vector<DivergenceMark> marks = divergence_.download(0, chains_);
  for (std::uint64_t c = 0; c < chains_; ++c) {
    if (marks[c].step != 0) {
      found.push_back({system, first_chain_ + c, marks[c].step, marks[c].mode});
    }
  }
}

template class DeviceModeTables<float>;
template class DeviceModeTables<double>;
template class DeviceChains<float>;
template class DeviceChains<double>;

}  // namespace ridgeflow::kernels
