/// \file
/// Moments compared to the last bit.
#pragma once

#include <cstring>
#include <vector>

#include "ridgeflow/measure/moments.hpp"

namespace ridgeflow::test {

/// Whether all sums of \p a and \p b are the same bits.
inline bool same_bits(const Moments& a, const Moments& b) {
  const std::vector<ModeSums> x = a.mode_sums();
  const std::vector<ModeSums> y = b.mode_sums();
  const ChainSums c = a.chain_sums();
  const ChainSums d = b.chain_sums();
  return x.size() == y.size() && std::memcmp(x.data(), y.data(), x.size() * sizeof(ModeSums)) == 0 &&
         std::memcmp(&c, &d, sizeof c) == 0;
}

}  // namespace ridgeflow::test
