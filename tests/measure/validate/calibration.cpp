// Whether error bars cover and alarms ring as often as they say. Each test has a twin with an error planted
// that must fall outside the same band.
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <boost/math/distributions/fisher_f.hpp>
#include <gtest/gtest.h>

#include "ridgeflow/measure/draws.hpp"
#include "ridgeflow/measure/gamma_method.hpp"
#include "ridgeflow/measure/r_hat.hpp"

#include "support/chains.hpp"

namespace ridgeflow {
namespace {

using test::autoregressive;
using test::autoregressive_tau;
using test::OwnedDraws;
using test::Series;

// The Gamma method on each of 1000 sets of 4 chains.
std::vector<GammaEstimate> repetitions(double phi) {
  std::mt19937_64 generator(51);
  std::vector<GammaEstimate> out;
  for (int i = 0; i < 1000; ++i) {
    out.push_back(gamma_method(OwnedDraws(autoregressive(generator, 4, 4000, phi))));
  }
  return out;
}

struct Coverage {
  double tau_int = 0;
  double mean = 0;
};

// Share of repetitions in which tau_int and the mean, 0, lie within an error times \p factor of their
// estimates.
Coverage coverage(const std::vector<GammaEstimate>& estimates, double tau, double factor) {
  Coverage out;
  const double share = 1.0 / static_cast<double>(estimates.size());
  for (const GammaEstimate& g : estimates) {
    out.tau_int += std::abs(g.tau_int - tau) < factor * g.tau_int_error ? share : 0.0;
    out.mean += std::abs(g.mean) < factor * g.error ? share : 0.0;
  }
  return out;
}

// 1000 repetitions leave 1.5 points of noise. The error of tau_int is known to be 6 to 8 % too large (it
// covers 71 %).
constexpr double kOneSigma = 0.68;
constexpr double kBand = 0.08;

TEST(Calibration, GammaMethodCoversTauAndMean) {
  for (const double phi : {0.5, 0.8}) {
    const Coverage share = coverage(repetitions(phi), autoregressive_tau(phi), 1.0);
    EXPECT_NEAR(share.tau_int, kOneSigma, kBand) << phi;
    EXPECT_NEAR(share.mean, kOneSigma, kBand) << phi;
  }
}

TEST(Calibration, GammaMethodWithAPlantedErrorDoesNotCover) {
  const std::vector<GammaEstimate> estimates = repetitions(0.5);
  const double tau = autoregressive_tau(0.5);
  for (const double factor : {0.7, 1.4}) {
    const Coverage share = coverage(estimates, tau, factor);
    EXPECT_GT(std::abs(share.tau_int - kOneSigma), kBand) << factor;
    EXPECT_GT(std::abs(share.mean - kOneSigma), kBand) << factor;
  }
  EXPECT_GT(std::abs(coverage(estimates, 2 * tau, 1.0).tau_int - kOneSigma),
            kBand);  // 1 for independent draws
}

struct Alarms {
  double plain = 0;
  double ranks = 0;
};

constexpr int kRuns = 4000;
constexpr std::size_t kChains = 4;
constexpr std::size_t kDraws = 100;
constexpr double kLimit = 1.01;

// Share of runs that R-hat declares not to have converged.
Alarms alarms(double phi, double shift) {
  std::mt19937_64 generator(52);
  Alarms out;
  for (int i = 0; i < kRuns; ++i) {
    Series series = autoregressive(generator, kChains, kDraws, phi);
    for (double& x : series[0]) {
      x += shift;
    }
    const OwnedDraws draws(series);
    out.plain += split_r_hat(draws) > kLimit ? 1.0 / kRuns : 0.0;
    out.ranks += rank_r_hat(draws) > kLimit ? 1.0 / kRuns : 0.0;
  }
  return out;
}

// Of independent normal draws, n B/W for m half-chains of n draws is Fisher's F with m - 1 and m(n - 1)
// degrees of freedom: R-hat exceeds 1.01 as often as F exceeds n (1.01^2 - 1) + 1. 5.4 % of runs as short as
// these.
double expected_alarms() {
  const double n = kDraws / 2.0;
  const double m = 2.0 * kChains;
  return boost::math::cdf(
      boost::math::complement(boost::math::fisher_f(m - 1, m * (n - 1)), n * (kLimit * kLimit - 1) + 1));
}

double three_sigma() {
  return 3 * std::sqrt(expected_alarms() * (1 - expected_alarms()) / kRuns);
}

TEST(Calibration, RHatRaisesFalseAlarmsAsOftenAsFisherSays) {
  EXPECT_NEAR(expected_alarms(), 0.05, 0.01);
  const Alarms share = alarms(0.0, 0.0);
  EXPECT_NEAR(share.plain, expected_alarms(), three_sigma());
  // the larger of two R-hats, of which one is nearly the plain one: between one and two times as often
  EXPECT_GT(share.ranks, expected_alarms() + three_sigma());
  EXPECT_LT(share.ranks, 2 * expected_alarms() + three_sigma());
}

TEST(Calibration, RHatWithAPlantedErrorRaisesMore) {
  const Alarms shifted = alarms(0.0, 0.15);
  EXPECT_GT(shifted.plain, expected_alarms() + three_sigma());
  EXPECT_GT(shifted.ranks, 2 * expected_alarms() + three_sigma());
  const Alarms correlated = alarms(0.2, 0.0);
  EXPECT_GT(correlated.plain, expected_alarms() + three_sigma());
}

}  // namespace
}  // namespace ridgeflow
