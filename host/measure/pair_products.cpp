#include "ridgeflow/measure/pair_products.hpp"

namespace ridgeflow {

void PairProducts::add(std::span<double> row, std::span<const double> d) const {
  row[0] += 1;
  for (std::size_t p = 0; p < pairs_.size(); ++p) {
    const auto [j, k] = pairs_[p];
    const double first = d[j] - centres_[j];
    const double second = d[k] - centres_[k];
    row[1 + 3 * p] += first;
    row[2 + 3 * p] += second;
    row[3 + 3 * p] += first * second;
  }
}

std::vector<Measured> PairProducts::estimate(const BlockSums& sums) const {
  const auto statistic = [&](std::span<const double> row, std::span<double> out) {
    for (std::size_t p = 0; p < out.size(); ++p) {
      out[p] = (row[3 + 3 * p] - row[1 + 3 * p] * row[2 + 3 * p] / row[0]) / (row[0] - 1);
    }
  };
  return jackknife(sums, statistic, pairs_.size());
}

}  // namespace ridgeflow
