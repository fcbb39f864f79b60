/// \file
/// Cumulants to the fourth order, estimated from draws.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "ridgeflow/measure/block_sums.hpp"

namespace ridgeflow {

/// Cumulants of one quantity and their ratios. Dimensionless.
struct CumulantValues {
  double mean = 0;
  double variance = 0;
  double third = 0;            ///< kappa_3 = <(x - <x>)^3>
  double fourth = 0;           ///< kappa_4 = <(x - <x>)^4> - 3 Var^2
  double skewness = 0;         ///< kappa_3/Var^(3/2)
  double excess_kurtosis = 0;  ///< kappa_4/Var^2
};

/// Fisher's k-statistics of \p draws draws, unbiased where draws are independent, from sums of the first four
/// powers of x - \p centre. With the central moments m_i and n draws,
///
///     k_2 = n m_2/(n - 1),  k_3 = n^2 m_3/((n - 1)(n - 2)),
///     k_4 = n^2 [(n + 1) m_4 - 3(n - 1) m_2^2]/((n - 1)(n - 2)(n - 3)).
///
/// NaN for fewer than four draws. Correlated draws leave a bias of the order of the variance over their
/// effective number, far below the error.
CumulantValues k_statistics(double draws, const std::array<double, 4>& powers, double centre);

/// k_statistics() of one quantity, with errors.
struct CumulantEstimate {
  Measured mean;
  Measured variance;
  Measured third;
  Measured fourth;
  Measured skewness;
  Measured excess_kurtosis;
};

/// Those of every mode.
struct ModeCumulantEstimates {
  double draws = 0;  ///< observed in all chains
  // [mode]
  std::vector<Measured> third;
  std::vector<Measured> fourth;
  std::vector<Measured> skewness;
  std::vector<Measured> excess_kurtosis;
};

/// A row of sums for all modes: the number of draws, then [power][mode] of d - centre.
class ModePowers {
 public:
  /// \p centres: m*_k, about which powers are summed [mode].
  explicit ModePowers(std::vector<double> centres) : centres_(std::move(centres)) {}
  std::size_t length() const { return 1 + 4 * this->centres_.size(); }
  /// Adds a draw d [mode] to \p row.
  void add(std::span<double> row, std::span<const double> d) const;
  /// \throws std::logic_error unless the sums are complete.
  ModeCumulantEstimates estimate(const BlockSums& sums) const;

 private:
  std::vector<double> centres_;
};

/// Cumulants whose powers stand in a row from element \p begin on, the number of draws in element 0.
CumulantEstimate estimate_cumulants(const BlockSums& sums, std::size_t begin, double centre);

}  // namespace ridgeflow
