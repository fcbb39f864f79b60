/// \file
/// A system laid out as the CUDA executor lays it out, in host memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "ridgeflow/chain/chain_arrays.hpp"
#include "ridgeflow/chain/chain_block.hpp"
#include "ridgeflow/run/executor.hpp"

#include "arguments.hpp"
#include "split_tables.hpp"

namespace ridgeflow::test {

template <class Scalar>
class HostChains {
 public:
  /// \p ends_halfway: IntegratorDefaults::kEndsHalfway.
  HostChains(const SystemSetup<Scalar>& setup, bool ends_halfway)
      : padded_(setup.step.block_count() * kBlockModes), chains_(setup.chains) {
    // one spare quad an array, to start it on 16 bytes
    for (auto* array : {&d_, &previous_, &recent_sum_, &recent_square_, &size_}) {
      array->resize(chains_ * padded_ + 4);
    }
    if (ends_halfway) {
      step_end_.resize(chains_ * padded_ + 4);
      step_end_size_.resize(chains_);
    }
    block_sums_.resize(chains_ * padded_ / kBlockModes * 8);  // more sums than any integrator takes
    for (auto* array : {&sum_, &square_, &first_sum_, &first_square_, &batch_origin_, &batch_square_,
                        &size_sum_, &size_square_}) {
      array->resize(chains_ * padded_ + 4);
    }
    for (auto* array : {&accepted_, &measured_, &first_measured_, &batch_measured_}) {
      array->resize(chains_);
    }
    divergence_.resize(chains_);
    system_ = {{}, this->arrays(), chains_, 0, static_cast<std::uint32_t>(setup.first_chain)};
  }

  /// Replaces the tables, keeps the chains; arguments as of SplitTables.
  void set_tables(const ModeTables<Scalar>& tables, std::uint32_t group_size, std::uint32_t rounds,
                  std::uint32_t lanes) {
    tables_ = std::make_unique<kernels::SplitTables<Scalar>>(tables, group_size, rounds, lanes);
    system_.tables = {tables_->coefficients.data(), tables_->set_stride, tables.block_count(), tables.modes,
                      tables.constants};
  }

  const kernels::SystemArguments<Scalar>& system() const { return system_; }

  ChainBlock export_chains(std::uint32_t modes) const {
    ChainBlock block;
    block.resize(chains_, modes, !step_end_.empty());
    block.first_chain = system_.first_chain;
    visit_chain_arrays(
        block, system_.chains,
        [&](std::vector<double>& to, const auto* from) {
          for (std::uint64_t c = 0; c < chains_; ++c) {
            std::copy_n(from + c * padded_, modes, to.begin() + static_cast<std::ptrdiff_t>(c * modes));
          }
        },
        [&](auto& to, const auto* from) { std::copy_n(from, chains_, to.begin()); });
    return block;
  }
  const std::vector<DivergenceMark>& divergence() const { return divergence_; }

 private:
  kernels::ChainArrays<Scalar> arrays() {
    return {d_.data(),
            previous_.data(),
            step_end_.empty() ? nullptr : step_end_.data(),
            recent_sum_.data(),
            recent_square_.data(),
            sum_.data(),
            square_.data(),
            first_sum_.data(),
            first_square_.data(),
            batch_origin_.data(),
            batch_square_.data(),
            block_sums_.data(),
            size_.data(),
            step_end_size_.empty() ? nullptr : step_end_size_.data(),
            size_sum_.data(),
            size_square_.data(),
            accepted_.data(),
            measured_.data(),
            first_measured_.data(),
            batch_measured_.data(),
            divergence_.data()};
  }

  std::uint64_t padded_;
  std::uint64_t chains_;
  std::unique_ptr<kernels::SplitTables<Scalar>> tables_;
  std::vector<Scalar> d_, previous_, step_end_, recent_sum_, recent_square_, block_sums_;
  std::vector<Scalar> size_, step_end_size_;
  std::vector<double> sum_, square_, first_sum_, first_square_, batch_origin_, batch_square_;
  std::vector<double> size_sum_, size_square_;
  std::vector<std::uint64_t> accepted_, measured_, first_measured_, batch_measured_;
  std::vector<DivergenceMark> divergence_;
  kernels::SystemArguments<Scalar> system_{};
};

}  // namespace ridgeflow::test
