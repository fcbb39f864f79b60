/// \file
/// The measured distribution of R = sum_k d_k^2.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "ridgeflow/measure/block_sums.hpp"
#include "ridgeflow/measure/cumulants.hpp"
#include "ridgeflow/model/posterior.hpp"

namespace ridgeflow {

/// Bins of equal width.
struct SizeGrid {
  static constexpr std::size_t kBins = 128;
  double lowest = 0;
  double width = 0;
  std::size_t bins = kBins;
  double centre = 0;  ///< R*, about which powers of R are summed

  double edge(std::size_t bin) const { return this->lowest + this->width * static_cast<double>(bin); }
};

/// 128 bins over R* +- 8 standard deviations (but not below 0), an eighth of one each. The deviation is that
/// of the Hartree Gaussian under the weight exp(-(U/8)(R - R*)^2), Var R = 1/(1/V + U/4) with V = sum_k 2c^2
/// + 4cm^2 at rho*. Fixed by the posterior, so that runs of it can be merged.
SizeGrid size_grid(const Posterior& posterior);

/// What was measured of R.
struct SizeEstimates {
  double draws = 0;  ///< observed in all chains
  SizeGrid grid;
  std::vector<double> counts;  ///< [bin] draws in it
  std::vector<double> errors;  ///< [bin] standard error of the count
  double below = 0;            ///< draws below the grid
  double above = 0;            ///< draws above it
  CumulantEstimate cumulants;
};

/// A row of sums for R: the number of draws, powers of R - R* to the fourth, draws below the grid, in each
/// bin, above it.
class SizeHistogram {
 public:
  explicit SizeHistogram(const SizeGrid& grid) : grid_(grid) {}
  std::size_t length() const { return 1 + 4 + 2 + this->grid_.bins; }
  /// Adds a draw of R to \p row.
  void add(std::span<double> row, double size) const;
  /// \throws std::logic_error unless the sums are complete.
  SizeEstimates estimate(const BlockSums& sums) const;

 private:
  SizeGrid grid_;
};

}  // namespace ridgeflow
