/// \file
/// Covariances of chosen pairs of modes.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "ridgeflow/measure/block_sums.hpp"
#include "ridgeflow/model/mode_pair.hpp"

namespace ridgeflow {

/// A row of sums for pairs of modes: the number of draws, then x_j, x_k and x_j x_k for each pair, x = d -
/// centre.
class PairProducts {
 public:
  /// \p centres: m*_k of every mode [mode], finite.
  PairProducts(std::vector<ModePair> pairs, std::vector<double> centres)
      : pairs_(std::move(pairs)), centres_(std::move(centres)) {}
  const std::vector<ModePair>& pairs() const { return this->pairs_; }
  std::size_t length() const { return 1 + 3 * this->pairs_.size(); }
  /// Adds a draw d [mode] to \p row.
  void add(std::span<double> row, std::span<const double> d) const;
  /// Unbiased covariances with errors. [pair] \throws std::logic_error unless the sums are complete.
  std::vector<Measured> estimate(const BlockSums& sums) const;

 private:
  std::vector<ModePair> pairs_;
  std::vector<double> centres_;
};

}  // namespace ridgeflow
