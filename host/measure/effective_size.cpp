#include "ridgeflow/measure/effective_size.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/measure/r_hat.hpp"

#include "measure/autocovariance.hpp"
#include "measure/chain_table.hpp"

namespace ridgeflow {
namespace {

// Autocorrelation over all chains at the lag t = 0 ... draws - 1: 1 - (W - acov_t)/V, with acov_t the mean
// over chains of (1/n) sum (x_i - mean)(x_i+t - mean), W = n/(n - 1) acov_0 and V = acov_0 + variance of the
// chains' means (Vehtari et al. 2021, eq. 10). Chains that disagree never lose their correlation.
std::vector<double> autocorrelation(const ChainTable& table) {
  std::vector<double> rho = lagged_products(table.values, table.draws, table.draws);
  const auto draws = static_cast<double>(table.draws);
  const double count = draws * static_cast<double>(table.chains());
  std::vector<double> means;
  for (std::size_t c = 0; c < table.chains(); ++c) {
    means.push_back(mean_of(table.chain(c)));
  }
  const double within = rho[0] / count * draws / (draws - 1);
  const double all = rho[0] / count + variance_of(means);
  for (double& each : rho) {
    each = 1.0 - (within - each / count) / all;
  }
  rho[0] = 1.0;
  return rho;
}

// 2 tau_int by Geyer's initial monotone sequence (Geyer 1992, section 3.3): for a reversible chain the sums
// of neighbours rho_2j + rho_2j+1 are positive and decrease, so the sum over lags ends at the first that is
// not positive, and none may exceed the one before it. Of the pair where it ends, the even lag is added once,
// unless both it and the pair are negative: the estimate for chains whose correlation alternates in sign
// varies less with it.
double twice_tau(const std::vector<double>& rho) {
  const auto pair = [&rho](std::size_t lag) { return rho[lag] + rho[lag + 1]; };
  std::size_t lag = 0;
  double smallest = pair(0);
  double sum = 0;
  for (; lag + 4 < rho.size() && pair(lag) > 0; lag += 2) {
    smallest = std::min(smallest, pair(lag));
    sum += smallest;
  }
  const double last = pair(lag) >= 0 || rho[lag] > 0 ? rho[lag] : 0.0;
  return -1.0 + 2.0 * sum + last;
}

double ess_of(const ChainTable& table) {
  const auto total = static_cast<double>(table.values.size());
  const auto [least, largest] = std::minmax_element(table.values.begin(), table.values.end());
  if (*least == *largest) {
    return total;
  }
  // antithetic chains are worth more than independent ones, but not without bound
  return total / std::max(twice_tau(autocorrelation(table)), 1.0 / std::log10(total));
}

// (x - mean)^2 of the scaled draws, halves not yet split.
ChainTable squared_deviations(const Draws& draws) {
  ChainTable table = scaled(draws);
  const double mean = mean_of(table.values);
  for (double& value : table.values) {
    value = (value - mean) * (value - mean);
  }
  return table;
}

}  // namespace

double ess_mean(const Draws& draws) {
  return ess_of(split(scaled(draws)));
}

double ess_bulk(const Draws& draws) {
  return ess_of(rank_normalized(split(scaled(draws))));
}

double ess_sd(const Draws& draws) {
  return ess_of(split(squared_deviations(draws)));
}

double ess_quantile(const Draws& draws, double probability) {
  if (!(probability >= 0 && probability <= 1)) {
    throw InvalidInput(fmt::format("ess_quantile: {} is no probability; give one from 0 to 1", probability));
  }
  ChainTable table = scaled(draws);
  const double quantile = quantile_of(table.values, probability);
  for (double& value : table.values) {
    value = value <= quantile ? 1.0 : 0.0;
  }
  return ess_of(split(table));
}

double ess_tail(const Draws& draws) {
  return std::min(ess_quantile(draws, 0.05), ess_quantile(draws, 0.95));
}

namespace {

double sd_of(const Draws& draws) {
  return std::ldexp(std::sqrt(variance_of(scaled(draws).values)), draws.exponent());
}

double mcse_sd_of(const Draws& draws, double ess) {
  if (draws.constant()) {
    return 0.0;
  }
  const ChainTable squares = squared_deviations(draws);
  const auto total = static_cast<double>(squares.values.size());
  // fourth central moment less the square of the second: the mean square of (x - mean)^2 about its own mean
  const double spread = variance_of(squares.values) * (total - 1) / total;
  return std::ldexp(std::sqrt(spread / ess / (4.0 * mean_of(squares.values))), draws.exponent());
}

}  // namespace

double mcse_mean(const Draws& draws) {
  return sd_of(draws) / std::sqrt(ess_mean(draws));
}

double mcse_sd(const Draws& draws) {
  return mcse_sd_of(draws, ess_sd(draws));
}

ChainDiagnostics diagnose(const Draws& draws) {
  ChainDiagnostics out;
  out.mean = std::ldexp(mean_of(scaled(draws).values), draws.exponent());
  out.sd = sd_of(draws);
  out.ess_mean = ess_mean(draws);
  out.ess_sd = ess_sd(draws);
  out.mcse_mean = out.sd / std::sqrt(out.ess_mean);
  out.mcse_sd = mcse_sd_of(draws, out.ess_sd);
  out.ess_bulk = ess_bulk(draws);
  out.ess_tail = ess_tail(draws);
  out.r_hat = rank_r_hat(draws);
  return out;
}

}  // namespace ridgeflow
