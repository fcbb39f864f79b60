#include "ridgeflow/measure/gamma_method.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

#include "measure/autocovariance.hpp"
#include "measure/chain_table.hpp"

namespace ridgeflow {
namespace {

// Gamma(t), t below half a chain: mean over all pairs of draws t apart in one chain.
std::vector<double> autocovariance(const ChainTable& table) {
  const std::size_t lags = table.draws / 2;
  std::vector<double> gamma = lagged_products(table.values, table.draws, lags);
  for (std::size_t t = 0; t < lags; ++t) {
    gamma[t] /= static_cast<double>(table.chains() * (table.draws - t));
  }
  return gamma;
}

// 1/2 + rho(1) + ... + rho(W) for every window W, never below 1/2.
std::vector<double> summed(const std::vector<double>& gamma) {
  std::vector<double> tau(gamma.size());
  double sum = 0.5;
  for (std::size_t w = 0; w < gamma.size(); ++w) {
    sum += w == 0 ? 0.0 : gamma[w] / gamma[0];
    tau[w] = sum <= 0.5 ? 0.5 + std::numeric_limits<double>::epsilon() : sum;
  }
  return tau;
}

// Whether at this window the statistical error of the sum begins to outgrow the bias of cutting it off, if
// the autocorrelation decays with s times tau_int (the paper's section on automatic windowing).
bool closes(double window, double tau_int, double s, double total) {
  const double decay = s / std::log((2.0 * tau_int + 1.0) / (2.0 * tau_int - 1.0));
  return std::exp(-window / decay) < decay / std::sqrt(window * total);
}

}  // namespace

GammaEstimate gamma_method(const Draws& draws, double s) {
  if (!std::isfinite(s) || s < 0) {
    throw InvalidInput(fmt::format(
        "gamma_method: S = {} is no ratio of autocorrelation times; give a number of about 1 to 2, or 0 for "
        "independent draws",
        s));
  }
  const ChainTable table = scaled(draws);
  const auto total = static_cast<double>(draws.total());
  GammaEstimate out;
  out.mean = std::ldexp(mean_of(table.values), draws.exponent());
  const std::vector<double> gamma = autocovariance(table);
  if (draws.constant() || gamma[0] == 0) {
    return out;
  }
  if (s == 0) {
    out.error = std::ldexp(std::sqrt(gamma[0] / (total - 1)), draws.exponent());
    out.error_of_error = out.error * std::sqrt(0.5 / total);
    return out;
  }
  const std::vector<double> tau = summed(gamma);
  std::size_t w = 1;
  while (w + 1 < tau.size() && !closes(static_cast<double>(w), tau[w], s, total)) {
    ++w;
  }
  const auto window = static_cast<double>(w);
  out.window = w;
  out.tau_int = tau[w] * (1.0 + (2.0 * window + 1.0) / total) / (1.0 + 1.0 / total);
  out.tau_int_error = 2.0 * tau[w] * std::sqrt(std::abs(window + 0.5 - tau[w]) / total);
  const double error = std::sqrt(2.0 * out.tau_int * gamma[0] * (1.0 + 1.0 / total) / total);
  out.error = std::ldexp(error, draws.exponent());
  out.error_of_error = out.error * std::sqrt((window + 0.5) / total);
  return out;
}

}  // namespace ridgeflow
