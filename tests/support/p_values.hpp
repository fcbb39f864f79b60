// How improbable a sample is: p-values of the tests of distributions that the suites labelled `validate` rest
// on.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include <boost/math/distributions/chi_squared.hpp>

namespace ridgeflow::test {

/// Sample mean and its standard error.
struct MeanError {
  double mean = 0;
  double error = 0;
  double z(double expected) const { return (this->mean - expected) / this->error; }
};

inline MeanError mean_error(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double square = 0;
  for (const double x : values) {
    square += (x - mean) * (x - mean);
  }
  return {mean, std::sqrt(square / (n - 1) / n)};
}

/// Two-sided p-value of a standard normal deviate.
inline double normal_p(double z) {
  return std::erfc(std::abs(z) / std::sqrt(2.0));
}

/// The smallest p-value of several tests, corrected for their number (Bonferroni).
inline double smallest_p(const std::vector<double>& p) {
  return std::min(1.0, *std::min_element(p.begin(), p.end()) * static_cast<double>(p.size()));
}

/// Pearson's chi^2 of counts that should be equal.
inline double equal_counts_p(const std::vector<std::uint64_t>& counts) {
  const double expected =
      static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0})) /
      static_cast<double>(counts.size());
  double chi_squared = 0;
  for (const std::uint64_t count : counts) {
    const double off = static_cast<double>(count) - expected;
    chi_squared += off * off / expected;
  }
  const boost::math::chi_squared law(static_cast<double>(counts.size()) - 1);
  return boost::math::cdf(boost::math::complement(law, chi_squared));
}

/// Kolmogorov-Smirnov against the uniform law on [0, 1]: the limiting series with Stephens' correction for
/// \p values.size() = n, sqrt(n) + 0.12 + 0.11/sqrt(n) in place of sqrt(n) (JRSS B 32 (1970), p. 115).
inline double kolmogorov_smirnov_p(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double at = static_cast<double>(i);
    distance = std::max({distance, values[i] - at / n, (at + 1) / n - values[i]});
  }
  const double x = distance * (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(n));
  if (x < 0.3) {
    return 1.0;  // less than 1e-5 from it, and the series no longer converges
  }
  double p = 0;
  double sign = 1;
  for (int j = 1; j <= 100; ++j, sign = -sign) {
    p += 2 * sign * std::exp(-2.0 * j * j * x * x);
  }
  return std::clamp(p, 0.0, 1.0);
}

/// Anderson-Darling against the uniform law on [0, 1], in the limit of many values (Marsaglia and Marsaglia,
/// J. Stat. Soft. 9(2) (2004), `adinf`: within 2e-6). It sees the ends, where Kolmogorov-Smirnov is weak.
inline double anderson_darling_p(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double low = std::clamp(values[i], 1e-300, 1.0);
    const double high = std::clamp(1.0 - values[n - 1 - i], 1e-300, 1.0);
    sum += static_cast<double>(2 * i + 1) * (std::log(low) + std::log(high));
  }
  const double z = -static_cast<double>(n) - sum / static_cast<double>(n);
  if (z < 2) {
    return 1 - std::exp(-1.2337141 / z) / std::sqrt(z) *
                   (2.00012 +
                    (0.247105 - (0.0649821 - (0.0347962 - (0.011672 - 0.00168691 * z) * z) * z) * z) * z);
  }
  const double series =
      1.0776 - (2.30695 - (0.43424 - (0.082433 - (0.008056 - 0.0003146 * z) * z) * z) * z) * z;
  // beyond 15 the fit is none, and the tail falls like exp(-z): an upper bound will do
  return z > 15 ? std::exp(-z) : -std::expm1(-std::exp(series));
}

}  // namespace ridgeflow::test
