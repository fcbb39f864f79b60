// Values by chain, and what the diagnostics make of them before they look at means and autocorrelations.
#pragma once

#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include "ridgeflow/measure/draws.hpp"

namespace ridgeflow {

// Mean about the first value: exact for a chain that stands still, and no digits are lost to a common offset.
inline double mean_of(std::span<const double> values) {
  const double pivot = values[0];
  const double sum = std::accumulate(values.begin(), values.end(), 0.0,
                                     [pivot](double s, double x) { return s + (x - pivot); });
  return pivot + sum / static_cast<double>(values.size());
}

// Unbiased; 0 for a single value.
inline double variance_of(std::span<const double> values) {
  const double mean = mean_of(values);
  const double square = std::accumulate(values.begin(), values.end(), 0.0,
                                        [mean](double s, double x) { return s + (x - mean) * (x - mean); });
  return values.size() < 2 ? 0.0 : square / static_cast<double>(values.size() - 1);
}

struct ChainTable {
  std::vector<double> values;  // [chain][draw]
  std::size_t draws;           // in a chain

  std::size_t chains() const { return this->values.size() / this->draws; }
  std::span<const double> chain(std::size_t c) const {
    return std::span(this->values).subspan(c * this->draws, this->draws);
  }
};

// The draws times 2^-e (Draws::exponent), which changes no ratio and no digit: squares stay in range.
ChainTable scaled(const Draws& draws);

// Both halves of every chain as chains of their own; the middle one of an odd number of draws is left out.
ChainTable split(const ChainTable& table);

// Each value replaced by the normal quantile of (rank - 3/8)/(n + 1/4), equal values by that of their mean
// rank (Blom 1958; Vehtari et al. 2021, eq. 14).
ChainTable rank_normalized(ChainTable table);

// The middle value, or the mean of the middle two.
double median_of(std::span<const double> values);

// Interpolated linearly between order statistics (type 7 of Hyndman and Fan 1996); 0 <= probability <= 1.
double quantile_of(std::span<const double> values, double probability);

}  // namespace ridgeflow
