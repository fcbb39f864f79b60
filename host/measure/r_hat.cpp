#include "ridgeflow/measure/r_hat.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

#include "measure/chain_table.hpp"

namespace ridgeflow {
namespace {

double r_hat_of(const ChainTable& table) {
  std::vector<double> means;
  std::vector<double> variances;
  for (std::size_t c = 0; c < table.chains(); ++c) {
    means.push_back(mean_of(table.chain(c)));
    variances.push_back(variance_of(table.chain(c)));
  }
  return r_hat(mean_of(variances), variance_of(means), static_cast<double>(table.draws));
}

}  // namespace

double split_r_hat(const Draws& draws) {
  return r_hat_of(split(scaled(draws)));
}

double rank_r_hat(const Draws& draws) {
  ChainTable halves = split(scaled(draws));
  const double bulk = r_hat_of(rank_normalized(halves));
  const double median = median_of(halves.values);
  for (double& value : halves.values) {
    value = std::abs(value - median);
  }
  const double folded = r_hat_of(rank_normalized(std::move(halves)));
  // of draws of two values, equally often, folded is NaN: the bulk tells
  return folded > bulk ? folded : bulk;
}

double nested_r_hat(std::span<const double> means, std::span<const double> variances,
                    std::size_t chains_per_superchain) {
  if (means.size() != variances.size()) {
    throw InvalidInput(fmt::format("nested R-hat: {} means, but {} variances; give one of each per chain",
                                   means.size(), variances.size()));
  }
  if (chains_per_superchain == 0 || means.size() % chains_per_superchain != 0 ||
      means.size() / chains_per_superchain < 2) {
    throw InvalidInput(
        fmt::format("nested R-hat: {} chains are not two or more superchains of {}; choose a divisor of the "
                    "number of chains",
                    means.size(), chains_per_superchain));
  }
  // means in units of 2^e, as Draws: squares stay in range
  double largest = 0;
  for (std::size_t c = 0; c < means.size(); ++c) {
    if (!std::isfinite(means[c]) || !std::isfinite(variances[c]) || variances[c] < 0) {
      throw InvalidInput(
          fmt::format("nested R-hat: chain {}, counted from 0, has the mean {} and the variance {}; both "
                      "must be finite and the variance at least 0",
                      c, means[c], variances[c]));
    }
    largest = std::max({largest, std::abs(means[c]), std::sqrt(variances[c])});
  }
  validate(chains_per_superchain > 1 ||
               std::any_of(variances.begin(), variances.end(), [](double v) { return v > 0; }),
           "nested R-hat: chains without variance, one to a superchain, say nothing of the spread within; "
           "put several "
           "chains into a superchain");
  int exponent = 0;
  std::frexp(largest, &exponent);
  std::vector<double> superchain_means;
  double within = 0;
  for (std::size_t first = 0; first < means.size(); first += chains_per_superchain) {
    std::vector<double> chains;
    double chain_variance = 0;
    for (std::size_t c = first; c < first + chains_per_superchain; ++c) {
      chains.push_back(std::ldexp(means[c], -exponent));
      chain_variance += std::ldexp(variances[c], -2 * exponent) / static_cast<double>(chains_per_superchain);
    }
    superchain_means.push_back(mean_of(chains));
    within += variance_of(chains) + chain_variance;
  }
  within /= static_cast<double>(superchain_means.size());
  return std::sqrt(1.0 + variance_of(superchain_means) / within);
}

}  // namespace ridgeflow
