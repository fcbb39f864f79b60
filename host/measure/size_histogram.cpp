#include "ridgeflow/measure/size_histogram.hpp"

#include <algorithm>
#include <cmath>

namespace ridgeflow {
namespace {

constexpr double kDeviations = 8.0;
constexpr std::size_t kBelow = 5;  // element of a row

}  // namespace

SizeGrid size_grid(const Posterior& posterior) {
  const double ridge = posterior.hartree_ridge();
  double gaussian = 0;
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    const double c = posterior.variance_at(k, ridge);
    const double m = posterior.mean_at(k, ridge);
    gaussian += 2 * c * c + 4 * c * m * m;
  }
  const double bend =  // V''(R*)
      0.25 * posterior.quartic() + 0.125 * posterior.sextic() * posterior.hartree_size();
  const double deviation = std::sqrt(gaussian / (1.0 + bend * gaussian));
  const double centre = posterior.hartree_size();
  const double lowest = std::max(0.0, centre - kDeviations * deviation);
  return {lowest, (centre + kDeviations * deviation - lowest) / static_cast<double>(SizeGrid::kBins),
          SizeGrid::kBins, centre};
}

void SizeHistogram::add(std::span<double> row, double size) const {
  const double x = size - grid_.centre;
  row[0] += 1;
  row[1] += x;
  row[2] += x * x;
  row[3] += x * x * x;
  row[4] += x * x * x * x;
  const auto bins = static_cast<double>(grid_.bins);
  const double place = std::clamp(std::floor((size - grid_.lowest) / grid_.width), -1.0, bins);
  if (place >= -1.0) {  // a chain that left the finite numbers is found elsewhere
    row[static_cast<std::size_t>(static_cast<double>(kBelow) + 1.0 + place)] += 1;
  }
}

SizeEstimates SizeHistogram::estimate(const BlockSums& sums) const {
  const std::vector<double> total = total_of(sums);
  SizeEstimates found;
  found.draws = total[0];
  found.grid = grid_;
  found.below = total[kBelow];
  found.above = total.back();
  const auto statistic = [&](std::span<const double> row, std::span<double> out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = row[kBelow + 1 + i] / row[0];
    }
  };
  for (const Measured& share : jackknife(sums, statistic, grid_.bins)) {
    found.counts.push_back(std::round(share.value * total[0]));
    found.errors.push_back(share.error * total[0]);
  }
  found.cumulants = estimate_cumulants(sums, 1, grid_.centre);
  return found;
}

}  // namespace ridgeflow
