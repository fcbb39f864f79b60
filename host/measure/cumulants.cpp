#include "ridgeflow/measure/cumulants.hpp"

#include <cmath>
#include <limits>

namespace ridgeflow {
namespace {

constexpr std::size_t kNumbers = 6;  // of CumulantValues

std::array<double, kNumbers> numbers_of(const CumulantValues& v) {
  return {v.mean, v.variance, v.third, v.fourth, v.skewness, v.excess_kurtosis};
}

/// One version for each vector width, chosen by the dynamic linker where compiler and system can.
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define RIDGEFLOW_EVERY_WIDTH __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define RIDGEFLOW_EVERY_WIDTH
#endif

/// Vertical sums without contraction: every vector width gives the same bits.
RIDGEFLOW_EVERY_WIDTH void add_powers(const double* __restrict d, const double* __restrict centre,
                                      std::size_t modes, double* __restrict first, double* __restrict second,
                                      double* __restrict third, double* __restrict fourth) {
  for (std::size_t k = 0; k < modes; ++k) {
    const double x = d[k] - centre[k];
    const double square = x * x;
    first[k] += x;
    second[k] += square;
    third[k] += square * x;
    fourth[k] += square * square;
  }
}

}  // namespace

CumulantValues k_statistics(double n, const std::array<double, 4>& powers, double centre) {
  if (!(n >= 4)) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    return {kNan, kNan, kNan, kNan, kNan, kNan};
  }
  const double a = powers[0] / n;
  const double p2 = powers[1] / n;
  const double p3 = powers[2] / n;
  const double p4 = powers[3] / n;
  const double m2 = p2 - a * a;
  const double m3 = p3 - a * (3 * p2 - 2 * a * a);
  const double m4 = p4 - a * (4 * p3 - a * (6 * p2 - 3 * a * a));
  CumulantValues v;
  v.mean = centre + a;
  v.variance = n * m2 / (n - 1);
  v.third = n * n * m3 / ((n - 1) * (n - 2));
  v.fourth = n * n * ((n + 1) * m4 - 3 * (n - 1) * m2 * m2) / ((n - 1) * (n - 2) * (n - 3));
  v.skewness = v.third / (v.variance * std::sqrt(v.variance));
  v.excess_kurtosis = v.fourth / (v.variance * v.variance);
  return v;
}

void ModePowers::add(std::span<double> row, std::span<const double> d) const {
  const std::size_t modes = centres_.size();
  double* const powers = row.data() + 1;
  row[0] += 1;
  add_powers(d.data(), centres_.data(), modes, powers, powers + modes, powers + 2 * modes,
             powers + 3 * modes);
}

ModeCumulantEstimates ModePowers::estimate(const BlockSums& sums) const {
  const std::size_t modes = centres_.size();
  const auto statistic = [&](std::span<const double> row, std::span<double> out) {
    const std::span<const double> powers = row.subspan(1);
    for (std::size_t k = 0; k < modes; ++k) {
      const auto all = numbers_of(k_statistics(
          row[0], {powers[k], powers[modes + k], powers[2 * modes + k], powers[3 * modes + k]}, centres_[k]));
      std::copy(all.begin() + 2, all.end(), out.begin() + static_cast<std::ptrdiff_t>(4 * k));
    }
  };
  const std::vector<Measured> found = jackknife(sums, statistic, 4 * modes);
  ModeCumulantEstimates estimates;
  estimates.draws = total_of(sums)[0];
  for (std::size_t k = 0; k < modes; ++k) {
    estimates.third.push_back(found[4 * k]);
    estimates.fourth.push_back(found[4 * k + 1]);
    estimates.skewness.push_back(found[4 * k + 2]);
    estimates.excess_kurtosis.push_back(found[4 * k + 3]);
  }
  return estimates;
}

CumulantEstimate estimate_cumulants(const BlockSums& sums, std::size_t begin, double centre) {
  const auto statistic = [&](std::span<const double> row, std::span<double> out) {
    const auto all = numbers_of(
        k_statistics(row[0], {row[begin], row[begin + 1], row[begin + 2], row[begin + 3]}, centre));
    std::copy(all.begin(), all.end(), out.begin());
  };
  const std::vector<Measured> found = jackknife(sums, statistic, kNumbers);
  return {found[0], found[1], found[2], found[3], found[4], found[5]};
}

}  // namespace ridgeflow
