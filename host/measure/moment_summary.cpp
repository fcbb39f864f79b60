// From sums over chains to estimates with errors.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/measure/moments.hpp"
#include "ridgeflow/measure/r_hat.hpp"

namespace ridgeflow {
namespace {

/// Mean and second moment over chains, with the errors that their spread gives.
struct Estimate {
  double mean;
  double mcse_mean;
  double variance;
  double mcse_variance;
};

/// x: chain means from some origin, v: chain second moments from it; sums over \p chains chains.
Estimate estimate(double chains, double x, double xx, double v, double vv, double xv) {
  const double mean = x / chains;
  const double second = v / chains;
  const double spread = std::max(0.0, (xx / chains - mean * mean) * chains / (chains - 1));
  const double mean_error_squared = spread / chains;
  // influence of a chain on the variance: v_c - 2 mean x_c
  const double influence_mean = second - 2 * mean * mean;
  const double influence_square = (vv - 4 * mean * xv + 4 * mean * mean * xx) / chains;
  const double influence =
      std::max(0.0, (influence_square - influence_mean * influence_mean) * chains / (chains - 1));
  // E[mean^2] exceeds the square of the expectation by the mean's own variance
  return {mean, std::sqrt(mean_error_squared), second - mean * mean + mean_error_squared,
          std::sqrt(influence / chains)};
}

/// Of whole chains: R-hat as it was before chains were split (A. Gelman, D. B. Rubin, Statistical Science 7,
/// 457 (1992)).
double whole_r_hat(const ModeSums& s, const ChainSums& c) {
  const double n = c.draws / c.chains;
  if (n < 2) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const double mean = s.x / c.chains;
  const double between = (s.xx / c.chains - mean * mean) * c.chains / (c.chains - 1);
  return r_hat(s.within / c.chains, between, n);
}

/// Whether the second half of the chains is long enough to be held against the first. A whole run's always
/// is; of a stopped one a few draws would pass for a half, whose mean is far off for want of draws.
bool has_two_halves(const MeasurePlan& plan) {
  return plan.draws >= plan.first_half + plan.first_half / 2;
}

double split_r_hat(const ModeSums& s, const ChainSums& c) {
  if (c.halves < 2) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const double n = c.half_draws / c.halves;
  const double within = s.half_within / c.halves;
  const double mean = s.half_x / c.halves;
  const double between = (s.half_xx / c.halves - mean * mean) * c.halves / (c.halves - 1);
  return r_hat(within, between, n);
}

/// sqrt(1 + B/W): the ratio of r_hat() without its (n - 1)/n.
double nested_r_hat(const ModeSums& s, double superchains) {
  if (superchains < 2) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const double mean = s.super_x / superchains;
  const double between =
      std::max(0.0, (s.super_xx / superchains - mean * mean) * superchains / (superchains - 1));
  return std::sqrt(1 + between / (s.super_within / superchains));
}

/// All that has a number for each mode.
std::array<std::vector<double>*, 9> mode_arrays(MomentSummary& s) {
  return {&s.mean,         &s.mcse_mean, &s.variance, &s.mcse_variance, &s.r_hat,
          &s.nested_r_hat, &s.ess_mean,  &s.ess_sd,   &s.tau_int};
}

WorstMode worst_of(const std::vector<double>& values) {
  WorstMode worst;
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (std::isfinite(values[k]) && !(values[k] <= worst.value)) {
      worst = {values[k], k + 1};
    }
  }
  return worst;
}

}  // namespace

MomentSummary summarize(const Moments& moments, const std::vector<double>& centres, double hartree_size,
                        std::uint64_t passes, const MeasurePlan& plan) {
  const ChainSums c = moments.chain_sums();
  if (c.chains < 2) {
    throw NumericalFailure(fmt::format(
        "{} chains measured anything: errors need at least two; take more draws per chain", c.chains));
  }
  const std::vector<ModeSums> sums = moments.mode_sums();
  MomentSummary out;
  out.chains = static_cast<std::uint64_t>(c.chains);
  out.draws = static_cast<std::uint64_t>(c.draws);
  out.superchains = static_cast<std::uint64_t>(c.superchains);
  out.chains_per_superchain = moments.superchain_length();
  const std::size_t modes = moments.modes();
  for (auto* array : mode_arrays(out)) {
    array->resize(modes);
  }
  const auto batches_per_chain = static_cast<double>(plan.batches());
  for (std::size_t k = 0; k < modes; ++k) {
    const ModeSums& s = sums[k];
    const Estimate e = estimate(c.chains, s.x, s.xx, s.v, s.vv, s.xv);
    out.mean[k] = centres[k] + e.mean;
    out.mcse_mean[k] = e.mcse_mean;
    out.variance[k] = e.variance;
    out.mcse_variance[k] = e.mcse_variance;
    out.r_hat[k] = has_two_halves(plan) ? split_r_hat(s, c) : whole_r_hat(s, c);
    out.nested_r_hat[k] = nested_r_hat(s, c.superchains);
    out.ess_mean[k] = e.variance / (e.mcse_mean * e.mcse_mean);
    out.ess_sd[k] = 2.0 * (e.variance / e.mcse_variance) * (e.variance / e.mcse_variance);
    // variance of a batch sum per draw over the variance of a draw is 2 tau_int
    out.tau_int[k] = batches_per_chain < 2
                         ? std::numeric_limits<double>::quiet_NaN()
                         : 0.5 * s.batch_within / (c.chains * (batches_per_chain - 1)) / e.variance;
  }
  const Estimate size = estimate(c.chains, c.size, c.size_sq, c.size_v, c.size_vv, c.size_xv);
  out.mean_size = hartree_size + size.mean;
  out.mcse_mean_size = size.mcse_mean;
  out.variance_size = size.variance;
  out.mcse_variance_size = size.mcse_variance;
  // chains without a draw proposed as many passes, but cannot be told from chains not there: c.chains will do
  out.acceptance = passes == 0 ? 1.0 : c.accepted / (c.chains * static_cast<double>(passes));
  return out;
}

MomentSummary unmeasured_summary(std::size_t modes) {
  constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();
  MomentSummary out;
  for (auto* array : mode_arrays(out)) {
    array->assign(modes, kNotKnown);
  }
  for (double* number :
       {&out.mean_size, &out.mcse_mean_size, &out.variance_size, &out.mcse_variance_size, &out.acceptance}) {
    *number = kNotKnown;
  }
  return out;
}

Measured independent_draws(const MomentSummary& summary, std::size_t k, const MeasurePlan& plan) {
  constexpr double kBatchTimes = 50.0;  // of tau_int, that a batch must hold: 2 % are lost then
  constexpr double kResolved = 3.0;     // standard errors
  const double tau = summary.tau_int[k];
  const auto chains = static_cast<double>(summary.chains);
  const double of_chains = std::sqrt(2.0 / (chains - 1.0));  // relative error, by the spread over chains
  const auto batches = static_cast<double>(plan.batches());
  Measured draws{summary.ess_mean[k], summary.ess_mean[k] * of_chains};
  if (batches >= 2 && std::isfinite(tau) && tau > 0 &&
      static_cast<double>(plan.batch_length) >= kBatchTimes * tau) {
    draws.value = static_cast<double>(summary.draws) / (2.0 * tau);
    draws.error = draws.value * std::sqrt(2.0 / (chains * (batches - 1.0)));
  }
  const Measured of_spread{summary.ess_sd[k], summary.ess_sd[k] * of_chains};
  const bool fewer = of_spread.value + kResolved * std::hypot(of_spread.error, draws.error) < draws.value;
  return fewer ? of_spread : draws;
}

WorstMode worst_r_hat(const MomentSummary& summary) {
  return worst_of(summary.r_hat);
}

WorstMode worst_nested_r_hat(const MomentSummary& summary) {
  return worst_of(summary.nested_r_hat);
}

}  // namespace ridgeflow
