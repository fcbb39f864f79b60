/// \file
/// Two modes whose covariance is asked for.
#pragma once

#include <cstddef>

namespace ridgeflow {

/// Two mode indices, from 0.
struct ModePair {
  std::size_t first = 0;
  std::size_t second = 0;
  bool operator==(const ModePair&) const = default;
};

}  // namespace ridgeflow
