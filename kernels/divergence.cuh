/// \file
/// Where a chain left the finite numbers, found by the threads that share it.
#pragma once

#include <cstdint>

#include "ridgeflow/base/arithmetic.hpp"
#include "ridgeflow/base/macros.hpp"

#include "arguments.hpp"

namespace ridgeflow::kernels {

/// Marks \p chain, whose state lies in \p store, unless it is marked already: \p step, and the mode that the
/// CPU executor names, the first that is not finite, else the first of the largest. All threads of \p group
/// call it.
template <class Scalar, class Group, class Store>
RIDGEFLOW_FUNCTION void mark_divergence(Group& group, const ChainPlace<Scalar>& chain, Store& store,
                                        std::uint64_t step) {
  DivergenceMark& mark = chain.arrays().divergence[chain.chain];
  group.sync();  // an earlier mark is there to see; shuffles order no memory
  const bool marked = mark.step != 0;
  group.sync();  // all have read it
  if (marked) {
    return;
  }
  // Larger is worse: a non-finite mode beats all, then magnitude; of equals the mode of lowest index.
  std::uint32_t first_bad = 0;  // ~mode of the first non-finite mode, 0 without any
  Scalar largest = 0;
  for (int j = 0; j < store.count(); ++j) {
    for (std::uint32_t i = 0; store.holds(j) && i < kBlockModes; ++i) {
      const Scalar value = store.d(j).v[i];
      const std::uint32_t mode = store.block(j) * kBlockModes + i;
      if (!is_finite(value)) {
        first_bad = first_bad > ~mode ? first_bad : ~mode;
      } else {
        const Scalar magnitude = value < 0 ? -value : value;
        largest = magnitude > largest ? magnitude : largest;
      }
    }
  }
  first_bad = group.largest(first_bad);
  largest = group.largest(largest);
  std::uint32_t holder = 0;
  for (int j = 0; j < store.count(); ++j) {
    for (std::uint32_t i = 0; store.holds(j) && i < kBlockModes; ++i) {
      const Scalar value = store.d(j).v[i];
      const std::uint32_t mode = store.block(j) * kBlockModes + i;
      if (value == largest || value == -largest) {
        holder = holder > ~mode ? holder : ~mode;
      }
    }
  }
  holder = group.largest(holder);
  if (group.lane() == 0) {
    mark = {step, (first_bad != 0 ? ~first_bad : ~holder) + 1};
  }
}

}  // namespace ridgeflow::kernels
