#include "measure/chain_table.hpp"

#include <algorithm>
#include <cmath>

#include <boost/math/distributions/normal.hpp>

namespace ridgeflow {

ChainTable scaled(const Draws& draws) {
  ChainTable table{{draws.values().begin(), draws.values().end()}, draws.draws()};
  for (double& value : table.values) {
    value = std::ldexp(value, -draws.exponent());
  }
  return table;
}

ChainTable split(const ChainTable& table) {
  const std::size_t half = table.draws / 2;
  ChainTable halves{{}, half};
  halves.values.reserve(2 * half * table.chains());
  for (std::size_t c = 0; c < table.chains(); ++c) {
    const std::span<const double> chain = table.chain(c);
    for (const std::span<const double> part : {chain.first(half), chain.last(half)}) {
      halves.values.insert(halves.values.end(), part.begin(), part.end());
    }
  }
  return halves;
}

ChainTable rank_normalized(ChainTable table) {
  std::vector<double>& values = table.values;
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return values[i] < values[j]; });
  const boost::math::normal normal;
  const auto count = static_cast<double>(values.size());
  for (std::size_t first = 0; first < order.size();) {
    const double value = values[order[first]];
    std::size_t last = first;  // one past the values equal to it
    while (last < order.size() && values[order[last]] == value) {
      ++last;
    }
    const double rank = 0.5 * static_cast<double>(first + 1 + last);  // of first + 1 ... last
    const double score = boost::math::quantile(normal, (rank - 0.375) / (count + 0.25));
    for (; first < last; ++first) {
      values[order[first]] = score;
    }
  }
  return table;
}

double median_of(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  if (sorted.size() % 2 == 1) {
    return *middle;
  }
  return 0.5 * (*std::max_element(sorted.begin(), middle) + *middle);
}

// Written in the order of ArviZ's own operations: values are compared with the result, so that where (n - 1)
// p is whole its last bit decides whether a value lies below.
double quantile_of(std::span<const double> values, double probability) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const auto count = static_cast<double>(sorted.size());
  const double place = count * probability + (1.0 - probability);  // from 1
  const double below = std::floor(std::clamp(place, 1.0, count - 1.0));
  const double share = std::clamp(place - below, 0.0, 1.0);
  const auto k = static_cast<std::size_t>(below);
  return (1.0 - share) * sorted[k - 1] + share * sorted[k];
}

}  // namespace ridgeflow
