#include "device_chains.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <type_traits>

#include "ridgeflow/chain/chain_arrays.hpp"

#include "split_tables.hpp"

namespace ridgeflow::kernels {

template <class Scalar>
DeviceModeTables<Scalar>::DeviceModeTables(const ModeTables<Scalar>& tables, std::uint32_t group_size,
                                           std::uint32_t rounds, std::uint32_t lanes)
    : block_count_(tables.block_count()), modes_(tables.modes), constants_(tables.constants) {
  const SplitTables<Scalar> split(tables, group_size, rounds, lanes);
  coefficients_ = DeviceArray<Quad<Scalar>>(split.coefficients);
  set_stride_ = split.set_stride;
}

template <class Scalar>
DeviceTables<Scalar> DeviceModeTables<Scalar>::view() const {
  return {coefficients_.get(), set_stride_, block_count_, modes_, constants_};
}

template <class Scalar>
DeviceChains<Scalar>::DeviceChains(const SystemSetup<Scalar>& setup, const ChainNeeds& needs)
    : modes_(setup.step.modes),
      padded_modes_(setup.step.block_count() * kBlockModes),
      first_chain_(setup.first_chain),
      chains_(setup.chains) {
  visit_arrays(chains_, modes_, needs, [this](auto member, std::uint64_t size) {
    using Array = std::remove_reference_t<decltype(this->*member)>;
    this->*member = Array(size);
  });
}

template <class Scalar>
template <class Visitor>
void DeviceChains<Scalar>::visit_arrays(std::uint64_t chains, std::uint32_t modes, const ChainNeeds& needs,
                                        const Visitor& visitor) {
  using Chains = DeviceChains;
  const std::uint64_t cells = chains * blocks_of(modes) * kBlockModes;
  for (auto member : {&Chains::d_, &Chains::recent_sum_, &Chains::recent_square_}) {
    visitor(member, cells);
  }
  if (needs.in_memory && needs.refuses) {
    visitor(&Chains::previous_, cells);
  }
  if (needs.ends_halfway) {
    visitor(&Chains::step_end_, cells);
    visitor(&Chains::step_end_size_, chains);
  }
  // the initial state is drawn in memory always
  visitor(&Chains::block_sums_,
          cells / kBlockModes * (needs.in_memory ? static_cast<std::uint64_t>(needs.sums) : 1));
  for (auto member : {&Chains::sum_, &Chains::square_, &Chains::first_sum_, &Chains::first_square_,
                      &Chains::batch_origin_, &Chains::batch_square_}) {
    visitor(member, cells);
  }
  visitor(&Chains::size_, chains);
  for (auto member : {&Chains::size_sum_, &Chains::size_square_}) {
    visitor(member, chains);
  }
  for (auto member :
       {&Chains::accepted_, &Chains::measured_, &Chains::first_measured_, &Chains::batch_measured_}) {
    visitor(member, chains);
  }
  visitor(&Chains::divergence_, chains);
}

template <class Scalar>
double DeviceChains<Scalar>::bytes(std::uint64_t chains, std::uint32_t modes, const ChainNeeds& needs) {
  double bytes = 0;
  visit_arrays(chains, modes, needs,
               [&]<class T>(DeviceArray<T> DeviceChains::* /*member*/, std::uint64_t size) {
                 bytes += static_cast<double>(size) * sizeof(T);
               });
  return bytes;
}

template <class Scalar>
ChainArrays<Scalar> DeviceChains<Scalar>::arrays() const {
  return {d_.get(),
          previous_.get(),
          step_end_.get(),
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
          step_end_size_.get(),
          size_sum_.get(),
          size_square_.get(),
          accepted_.get(),
          measured_.get(),
          first_measured_.get(),
          batch_measured_.get(),
          divergence_.get()};
}

template <class Scalar>
ChainBlock DeviceChains<Scalar>::export_chains(std::uint64_t first, std::uint64_t count,
                                               std::uint64_t passes_done) const {
  ChainBlock block;
  block.resize(count, modes_, step_end_.get() != nullptr);
  block.first_chain = first_chain_ + first;
  block.passes_done = passes_done;
  visit_chain_arrays(
      block, this->arrays(),
      [&](std::vector<double>& to, const auto* from) {
        const auto rows = download(from + first * padded_modes_, count * padded_modes_);
        for (std::uint64_t c = 0; c < count; ++c) {
          std::copy_n(rows.data() + c * padded_modes_, modes_, to.data() + c * modes_);
        }
      },
      [&](auto& to, const auto* from) {
        const auto values = download(from + first, count);
        to.assign(values.begin(), values.end());
      });
  return block;
}

template <class Scalar>
void DeviceChains<Scalar>::export_states(std::uint64_t first, std::uint64_t count,
                                         const StateBuffers& to) const {
  const bool halfway = step_end_.get() != nullptr;
  const std::vector<Scalar> rows =
      download((halfway ? step_end_ : d_).get() + first * padded_modes_, count * padded_modes_);
  for (std::uint64_t c = 0; c < count; ++c) {
    std::copy_n(rows.data() + c * padded_modes_, modes_, to.d.data() + c * modes_);
  }
  const std::vector<Scalar> size = download((halfway ? step_end_size_ : size_).get() + first, count);
  std::copy(size.begin(), size.end(), to.size.begin());
  const std::vector<std::uint64_t> second_half = download(measured_.get() + first, count);
  const std::vector<std::uint64_t> first_half = download(first_measured_.get() + first, count);
  std::transform(second_half.begin(), second_half.end(), first_half.begin(), to.measured.begin(),
                 std::plus<>());
}

template <class Scalar>
void DeviceChains<Scalar>::import_chains(const ChainBlock& block) {
  if (block.modes != modes_ || block.first_chain < first_chain_ ||
      block.first_chain + block.chains > first_chain_ + chains_) {
    throw std::logic_error("a block of chains is imported into a system that does not hold them");
  }
  if (block.carried.empty() != (step_end_.get() == nullptr)) {
    throw std::logic_error("a block of chains is imported that another kind of integrator exported");
  }
  const std::uint64_t first = block.first_chain - first_chain_;
  visit_chain_arrays(
      block, this->arrays(),
      [&](const std::vector<double>& from, auto* to) {
        using T = std::remove_reference_t<decltype(*to)>;
        std::vector<T> rows(block.chains * padded_modes_, T(0));
        for (std::uint64_t c = 0; c < block.chains; ++c) {
          std::transform(from.data() + c * modes_, from.data() + (c + 1) * modes_,
                         rows.data() + c * padded_modes_, [](double x) { return static_cast<T>(x); });
        }
        upload(to + first * padded_modes_, rows);
      },
      [&](const auto& from, auto* to) {
        using T = std::remove_reference_t<decltype(*to)>;
        std::vector<T> values(from.size());
        std::transform(from.begin(), from.end(), values.begin(), [](auto x) { return static_cast<T>(x); });
        upload(to + first, values);
      });
  upload(divergence_.get() + first, std::vector<DivergenceMark>(block.chains));
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
