// The streaming estimates of a run (r_hat, tau_int, ess_mean of MomentSummary) on chains whose
// autocorrelation is known: the executor is given tables that make each mode AR(1), x' = phi x + noise, so
// that its own sums, flushes, batches and halves are what is tested. Expectations hold for the lengths at
// hand, not only for long runs: with tau = (1 + phi)/(2 (1 - phi)), the sum of n draws has the variance 2 n
// tau(n) c,
//
//     tau(n) = tau - (tau^2 - 1/4)(1 - phi^n)/n.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <utility>
#include <vector>

#include <boost/math/distributions/fisher_f.hpp>
#include <gtest/gtest.h>

#include "ridgeflow/measure/verdict.hpp"

#include "support/chains.hpp"
#include "support/p_values.hpp"
#include "support/plants.hpp"
#include "support/posteriors.hpp"
#include "support/seeds.hpp"

namespace ridgeflow {
namespace {

constexpr double kPhi[] = {0.0, 0.3, 0.6, 0.8, 0.9, 0.95, 0.98, -0.5};
constexpr std::uint32_t kModes = std::size(kPhi);
constexpr std::uint64_t kChains = 64;  // of a run
constexpr std::uint64_t kRuns = 500;
constexpr std::uint64_t kDraws = 1024;  // of a chain: 16 batches of 64

double tau_in(double phi, double n) {
  const double tau = test::autoregressive_tau(phi);
  return tau - (tau * tau - 0.25) * (1 - std::pow(phi, n)) / n;
}

const Posterior& posterior() {
  static const Posterior posterior = test::standard_posterior(kModes, test::kStandardKappa, 0.0);
  return posterior;
}

test::Plant autoregressive_modes(double slower) {
  return [slower](EnsembleSetup<float>& setup) {
    for (std::uint32_t k = 0; k < kModes; ++k) {
      test::make_autoregressive(setup.systems[0], k, slower * kPhi[k], 0.1 * k, 1.0 / (1.0 + k));
    }
  };
}

// Summaries of runs whose phi are \p slower times those of the list.
std::vector<MomentSummary> summaries(std::uint64_t seed, double slower = 1.0) {
  SamplerOptions options;
  options.burn_in = 0;  // the start is stationary
  options.chains = kChains * kRuns;
  options.steps = kDraws;
  options.seed = seed;
  const test::PlantedRun run = test::planted_run(posterior(), options, autoregressive_modes(slower));
  std::vector<MomentSummary> out;
  for (std::uint64_t i = 0; i < kRuns; ++i) {
    Moments moments;
    moments.add(run.chains(i * kChains, kChains));
    out.push_back(summarize(moments, run.centres, 0.0, kDraws, run.run.plan.measure));
  }
  return out;
}

template <class Value>
test::MeanError over_runs(const std::vector<MomentSummary>& runs, const Value& value) {
  std::vector<double> values;
  for (const MomentSummary& run : runs) {
    values.push_back(value(run));
  }
  return test::mean_error(values);
}

struct Estimates {
  double tau_z;    // of tau_int
  double ess_z;    // of draws/ess_mean = 2 tau(n)
  double r_hat_z;  // of r_hat^2
};

// Averages over runs against their expectations, in standard errors. Ratios of averages differ from averages
// of ratios by a part in 1e3 where phi is near 1: \p slack of the value is allowed for.
Estimates estimates(const std::vector<MomentSummary>& runs, std::uint32_t k) {
  constexpr double slack = 2e-3;
  const double phi = kPhi[k];
  constexpr double n = kDraws;
  const MeasurePlan plan = make_measure_plan(kDraws);
  const auto batch = static_cast<double>(plan.batch_length);
  const double batches = n / batch;
  const auto z_of = [](const test::MeanError& measured, double expected) {
    const double off = measured.mean - expected;
    return std::copysign(std::max(0.0, std::abs(off) - slack * std::abs(expected)), off) / measured.error;
  };
  const test::MeanError tau = over_runs(runs, [=](const MomentSummary& s) { return s.tau_int[k]; });
  const double tau_expected = (batches * tau_in(phi, batch) - tau_in(phi, n)) / (batches - 1);
  const test::MeanError inverse_ess =
      over_runs(runs, [=](const MomentSummary& s) { return static_cast<double>(s.draws) / s.ess_mean[k]; });
  const test::MeanError r_hat =
      over_runs(runs, [=](const MomentSummary& s) { return s.r_hat[k] * s.r_hat[k]; });
  const double half = n / 2;
  const double between = 2 * tau_in(phi, half) / half;  // of half-chains' means, in units of the variance
  const double within = (1 - between) * half / (half - 1);
  const double r_hat_excess = (half - 1) / half + between / within - 1;
  std::printf(
      "phi = %+.2f: tau_int %.4f +- %.4f (%.4f; %.4f for endless batches), draws/ess %.4f +- %.4f (%.4f), "
      "r_hat^2 - 1 %.3e +- %.0e (%.3e)\n",
      phi, tau.mean, tau.error, tau_expected, test::autoregressive_tau(phi), inverse_ess.mean,
      inverse_ess.error, 2 * tau_in(phi, n), r_hat.mean - 1, r_hat.error, r_hat_excess);
  return {z_of(tau, tau_expected), z_of(inverse_ess, 2 * tau_in(phi, n)),
          z_of({r_hat.mean - 1, r_hat.error}, r_hat_excess)};
}

TEST(Streaming, EstimatesHaveTheirExpectations) {
  const std::vector<MomentSummary> runs = summaries(test::seed_of(801));
  constexpr double level = test::kFalseAlarm / (3 * kModes);
  for (std::uint32_t k = 0; k < kModes; ++k) {
    const Estimates z = estimates(runs, k);
    EXPECT_GT(test::normal_p(z.tau_z), level) << kPhi[k];
    EXPECT_GT(test::normal_p(z.ess_z), level) << kPhi[k];
    EXPECT_GT(test::normal_p(z.r_hat_z), level) << kPhi[k];
  }
}

// phi = 0.95 made 0.9405: tau_int falls by a sixth.
TEST(Streaming, OnePerCentOfPhiIsFound) {
  const Estimates z = estimates(summaries(test::seed_of(802), 0.99), 5);
  EXPECT_LT(test::normal_p(z.tau_z), test::kFound);
  EXPECT_LT(test::normal_p(z.ess_z), test::kFound);
  EXPECT_LT(test::normal_p(z.r_hat_z), test::kFound);
}

// Of independent draws n (r_hat^2 - (n - 1)/n) is Fisher's F of the half-chains: its probabilities are
// uniform.
std::vector<double> r_hat_probabilities(const std::vector<MomentSummary>& runs, std::uint32_t k) {
  constexpr double n = kDraws / 2.0;
  constexpr double m = 2.0 * kChains;
  const boost::math::fisher_f law(m - 1, m * (n - 1));
  std::vector<double> p;
  for (const MomentSummary& run : runs) {
    p.push_back(boost::math::cdf(law, n * (run.r_hat[k] * run.r_hat[k] - (n - 1) / n)));
  }
  return p;
}

TEST(Streaming, RHatOfIndependentDrawsFollowsFisher) {
  const double p = test::kolmogorov_smirnov_p(r_hat_probabilities(summaries(test::seed_of(803), 0.0), 0));
  std::printf("r_hat of independent draws against Fisher's F: p %.3g\n", p);
  EXPECT_GT(p, test::kFalseAlarm);
  const std::vector<MomentSummary> correlated = summaries(test::seed_of(804));
  EXPECT_LT(test::kolmogorov_smirnov_p(r_hat_probabilities(correlated, 1)), test::kFound);  // phi = 0.3
}

// The verdict on the batches, from the tau_int that these very batches gave: all right where b > 20 tau by a
// margin, never where b < 20 tau by one, and a bias stated (negative: too small) that is the true one while
// small.
TEST(Streaming, BatchVerdictsAreRight) {
  const std::uint64_t batch = make_measure_plan(kDraws).batch_length;
  const std::vector<MomentSummary> runs = summaries(test::seed_of(805));
  for (std::uint32_t k = 0; k < kModes; ++k) {
    const double tau = test::autoregressive_tau(kPhi[k]);
    const double ratio = static_cast<double>(batch) / tau;
    const test::MeanError ok = over_runs(
        runs, [=](const MomentSummary& s) { return judge_batch_length(batch, s.tau_int[k]).ok ? 1.0 : 0.0; });
    const test::MeanError bias = over_runs(
        runs, [=](const MomentSummary& s) { return judge_batch_length(batch, s.tau_int[k]).relative_bias; });
    const double truth = tau_in(kPhi[k], static_cast<double>(batch)) / tau - 1;
    std::printf("b = %.1f tau: all right in %.1f %%, bias stated %.4f, true %.4f\n", ratio, 100 * ok.mean,
                bias.mean, truth);
    if (ratio > 30) {
      EXPECT_EQ(ok.mean, 1.0) << kPhi[k];
    } else if (ratio < 15) {
      EXPECT_EQ(ok.mean, 0.0) << kPhi[k];
    }
    if (ratio > 10) {
      EXPECT_NEAR(bias.mean, truth, 0.2 * std::abs(truth) + 0.002) << kPhi[k];
    }
  }
  // a verdict that took tau_int = 1 for independent draws would state twice the bias
  const double twice = judge_batch_length(batch, 2 * test::autoregressive_tau(0.6)).relative_bias;
  const double truth = tau_in(0.6, static_cast<double>(batch)) / test::autoregressive_tau(0.6) - 1;
  EXPECT_GT(std::abs(twice - truth), 0.2 * std::abs(truth) + 0.002);
}

}  // namespace
}  // namespace ridgeflow
