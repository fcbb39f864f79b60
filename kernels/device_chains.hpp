/// \file
/// One system of an ensemble on the device: tables and chains, [chain][mode].
#pragma once

#include "ridgeflow/chain/chain_block.hpp"
#include "ridgeflow/run/executor.hpp"

#include "arguments.hpp"
#include "device_array.hpp"

namespace ridgeflow::kernels {

/// A system's coefficients (DeviceTables).
template <class Scalar>
class DeviceModeTables {
 public:
  /// \p group_size, \p rounds, \p lanes: as in SplitTables.
  DeviceModeTables(const ModeTables<Scalar>& tables, std::uint32_t group_size, std::uint32_t rounds,
                   std::uint32_t lanes);
  DeviceTables<Scalar> view() const;

 private:
  std::uint32_t set_stride_ = 0;
  std::uint32_t block_count_;
  std::uint32_t modes_;
  ChainConstants<Scalar> constants_;
  DeviceArray<Quad<Scalar>> coefficients_;
};

/// What decides which arrays chains have.
struct ChainNeeds {
  bool in_memory;     ///< chains that do not fit registers need scratch
  bool refuses;       ///< steps may be refused
  bool ends_halfway;  ///< IntegratorDefaults::kEndsHalfway
  int sums;           ///< kSumsOf the integrator
};

template <class Scalar>
class DeviceChains {
 public:
  DeviceChains(const SystemSetup<Scalar>& setup, const ChainNeeds& needs);

  ChainArrays<Scalar> arrays() const;
  std::uint64_t chains() const { return this->chains_; }
  std::uint64_t first_chain() const { return this->first_chain_; }
  std::uint32_t modes() const { return this->modes_; }

  ChainBlock export_chains(std::uint64_t first, std::uint64_t count, std::uint64_t passes_done) const;
  void import_chains(const ChainBlock& block);
  /// States of chains first .. first + count - 1.
  void export_states(std::uint64_t first, std::uint64_t count, const StateBuffers& to) const;
  void collect_divergences(std::uint32_t system, std::vector<Divergence>& found) const;

  /// Bytes of device memory for \p chains chains of \p modes modes.
  static double bytes(std::uint64_t chains, std::uint32_t modes, const ChainNeeds& needs);

 private:
  /// Calls \p visitor with every array that chains have, as a pointer to the member, and its size.
  template <class Visitor>
  static void visit_arrays(std::uint64_t chains, std::uint32_t modes, const ChainNeeds& needs,
                           const Visitor& visitor);

  std::uint32_t modes_;
  std::uint32_t padded_modes_;
  std::uint64_t first_chain_;
  std::uint64_t chains_;
  DeviceArray<Scalar> d_, previous_, step_end_, recent_sum_, recent_square_, block_sums_;
  DeviceArray<Scalar> size_, step_end_size_;
  DeviceArray<double> sum_, square_, first_sum_, first_square_, batch_origin_, batch_square_;
  DeviceArray<double> size_sum_, size_square_;
  DeviceArray<std::uint64_t> accepted_, measured_, first_measured_, batch_measured_;
  DeviceArray<DivergenceMark> divergence_;
};

extern template class DeviceModeTables<float>;
extern template class DeviceModeTables<double>;
extern template class DeviceChains<float>;
extern template class DeviceChains<double>;

}  // namespace ridgeflow::kernels
