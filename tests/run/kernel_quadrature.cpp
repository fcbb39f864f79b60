// Stationary laws of one mode by quadrature of the integrators' own functors: against closed forms, against
// the exact average, against samples, and for the order in which a bias vanishes with the step.
#include "ridgeflow/run/kernel_quadrature.hpp"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/measure/power_law.hpp"
#include "ridgeflow/run/sampler.hpp"
#include "ridgeflow/theory/exact.hpp"

#include "support/direct_posterior.hpp"
#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

Posterior one_mode(double u, double w = 0.0) {
  return Posterior(Spectrum{{2.0}, {0.6}}, Couplings{1, 2.0, u, w});
}

double step_of(const Posterior& posterior, double relaxations) {
  return relaxations / (posterior.softest() + posterior.hartree_ridge());
}

/// Relative biases of mean, variance, <R> and Var R.
std::vector<double> biases(const OneModeLaw& law, const Posterior& posterior) {
  if (posterior.sextic() > 0) {
    const test::DirectPosterior direct(posterior);
    const double mean = direct.average([](double d, double) { return d; });
    const double size = direct.average([](double d, double) { return d * d; });
    const double fourth = direct.average([](double d, double) { return d * d * d * d; });
    return {law.mean / mean - 1, law.variance / (size - mean * mean) - 1, law.mean_size / size - 1,
            law.variance_size / (fourth - size * size) - 1};
  }
  const ExactAverage exact(posterior);
  return {law.mean / exact.mean(0) - 1, law.variance / exact.variance(0) - 1,
          law.mean_size / exact.mean_size() - 1, law.variance_size / exact.variance_size() - 1};
}

std::vector<double> biases(const std::string& integrator, const Posterior& posterior, double relaxations) {
  return biases(stationary_law(posterior, integrator, step_of(posterior, relaxations)), posterior);
}

// U = 0: rate a + r = 2.5, mean a y/(a + r) = 0.48. Euler's variance is c/(1 - h (a + r)/2); the others flow
// exactly, so theirs is c = 0.4.
TEST(KernelQuadrature, FreeTheoryInClosedForm) {
  const Posterior posterior = one_mode(0.0);
  for (const std::string_view each : kIntegratorNames) {
    const std::string name(each);
    const OneModeLaw law = stationary_law(posterior, name, 0.08);
    const double variance = name == "euler" ? 0.4 / (1 - 0.5 * 0.08 * 2.5) : 0.4;
    EXPECT_NEAR(law.mean, 0.48, 1e-11) << name;
    EXPECT_NEAR(law.variance, variance, 1e-11) << name;
    EXPECT_NEAR(law.mean_size, variance + 0.48 * 0.48, 1e-11) << name;
    EXPECT_NEAR(law.variance_size, 2 * variance * variance + 4 * variance * 0.48 * 0.48, 1e-11) << name;
    EXPECT_LT(law.escape, 1e-12) << name;
  }
}

// Exact integrators at any step, weak and strong coupling, rare and frequent refusals.
TEST(KernelQuadrature, AdjustedMalaAndPerfectHaveNoBias) {
  for (const auto& [u, w] : {std::pair(0.05, 0.0), {1.0, 0.0}, {20.0, 0.0}, {0.0, 10.0}, {2.0, 20.0}}) {
    const Posterior posterior = one_mode(u, w);
    for (const double relaxations : {0.05, 0.5, 7.0}) {
      for (const double bias : biases("adjusted", posterior, relaxations)) {
        EXPECT_NEAR(bias, 0.0, 1e-8) << "u = " << u << ", w = " << w << ", h (a + rho*) = " << relaxations;
      }
    }
    for (const double step : {0.05, 0.3, 1.5}) {  // in relaxation times of the Hartree Gaussian
      for (const double bias : biases(stationary_law(posterior, "mala", step), posterior)) {
        EXPECT_NEAR(bias, 0.0, 1e-8) << "mala, u = " << u << ", w = " << w << ", h = " << step;
      }
    }
    for (const double bias : biases("perfect", posterior, 1.0)) {
      EXPECT_NEAR(bias, 0.0, 1e-8) << "u = " << u << ", w = " << w;
    }
  }
}

// A posterior of another U, by half a per cent, is told from the right one.
TEST(KernelQuadrature, AWrongCouplingIsFound) {
  const Posterior posterior = one_mode(1.0);
  const OneModeLaw law = stationary_law(one_mode(1.005), "adjusted", step_of(posterior, 0.5));
  EXPECT_GT(std::abs(biases(law, posterior)[1]), 1e-4);
  EXPECT_GT(std::abs(biases(law, posterior)[3]), 1e-4);
}

TEST(KernelQuadrature, AWrongSexticCouplingIsFound) {
  const Posterior posterior = one_mode(1.0, 10.0);
  for (const char* name : {"adjusted", "mala"}) {
    const OneModeLaw law = stationary_law(one_mode(1.0, 10.1), name, step_of(posterior, 0.5));
    EXPECT_GT(std::abs(biases(law, posterior)[1]), 1e-4) << name;
    EXPECT_GT(std::abs(biases(law, posterior)[3]), 1e-4) << name;
  }
}

/// Exponent of the biases of variance, <R> and Var R up to h (a + rho*) = 1/8, and in the limit.
void expect_order(const std::string& integrator, double order) {
  const double sextic = integrator == "euler" ? 0.5 : 5.0;  // whose force throws euler out
  const std::vector<double> relaxations{0.015625, 0.03125, 0.0625, 0.125};
  for (const auto& [u, w] : {std::pair(0.5, 0.0), {2.0, 0.0}, {10.0, 0.0}, {0.5, sextic}}) {
    const Posterior posterior = one_mode(u, w);
    for (const std::size_t i : {1U, 2U, 3U}) {
      std::vector<Measured> bias;
      for (const double h : relaxations) {
        const double value = biases(integrator, posterior, h)[i];
        bias.push_back({value, 0.01 * std::abs(value)});
      }
      EXPECT_GT(std::abs(bias.front().value), 1e-9) << "too small to tell an order";
      EXPECT_NEAR(fit_power_law(relaxations, bias, {0, 1, 2, 3}).exponent, order, 0.1)
          << integrator << ", u = " << u << ", w = " << w << ", quantity " << i;
      EXPECT_NEAR(fit_power_law(relaxations, bias, {0, 1}).exponent, order, 0.04)
          << integrator << ", u = " << u << ", w = " << w << ", quantity " << i;
    }
  }
}

TEST(KernelQuadrature, EulerIsOfFirstWeakOrder) {
  expect_order("euler", 1);
}
TEST(KernelQuadrature, HartreeIsOfSecondWeakOrder) {
  expect_order("hartree", 2);
}
TEST(KernelQuadrature, StrangIsOfSecondWeakOrder) {
  expect_order("strang", 2);
}

TEST(KernelQuadrature, DoesNotDependOnTheGrid) {
  const Posterior posterior = one_mode(2.0);
  for (const char* name : {"adjusted", "euler", "hartree", "mala", "perfect", "strang"}) {
    const OneModeLaw usual = stationary_law(posterior, name, step_of(posterior, 0.25));
    const OneModeLaw fine = stationary_law(posterior, name, step_of(posterior, 0.25), 2.1);
    EXPECT_NEAR(usual.mean / fine.mean, 1.0, 1e-9) << name;
    EXPECT_NEAR(usual.variance / fine.variance, 1.0, 1e-9) << name;
    EXPECT_NEAR(usual.variance_size / fine.variance_size, 1.0, 1e-9) << name;
  }
}

// The same law by sampling: the quadrature knows no chain, the sampler no grid.
TEST(KernelQuadrature, IsTheLawOfTheChains) {
  const Posterior posterior = one_mode(2.0);
  for (const char* name : {"adjusted", "euler", "hartree", "mala", "perfect", "strang"}) {
    SamplerOptions options;
    options.integrator = name;
    options.step = step_of(posterior, 0.3);
    options.chains = 4096;
    options.every = 4;
    options.draws = 4'000'000;
    options.seed = 3;
    const SampleResult result = sample(posterior, options);
    const OneModeLaw law = stationary_law(posterior, name, *options.step);
    const MomentSummary& s = result.summary;
    EXPECT_NEAR(s.mean[0], law.mean, 4 * s.mcse_mean[0]) << name;
    EXPECT_NEAR(s.variance[0], law.variance, 4 * s.mcse_variance[0]) << name;
    EXPECT_NEAR(s.mean_size, law.mean_size, 4 * s.mcse_mean_size) << name;
    EXPECT_NEAR(s.variance_size, law.variance_size, 4 * s.mcse_variance_size) << name;
    if (std::string(name) == "euler") {  // and the exact average is not
      EXPECT_GT(std::abs(s.variance[0] - ExactAverage(posterior).variance(0)), 20 * s.mcse_variance[0]);
    }
  }
}

TEST(KernelQuadrature, RefusesWhatItCannotDo) {
  const Posterior posterior = one_mode(1.0);
  EXPECT_THROW(stationary_law(test::standard_posterior(2, 2.0, 0.1), "euler", 0.01), InvalidInput);
  EXPECT_THROW(stationary_law(posterior, "eulr", 0.01), InvalidInput);
  EXPECT_THROW(stationary_law(posterior, "euler", 10.0), InvalidInput);
  EXPECT_THROW(stationary_law(posterior, "euler", 0.0), InvalidInput);
  EXPECT_THROW(stationary_law(posterior, "euler", 1e-9), InvalidInput);  // too many points
  EXPECT_THROW(stationary_law(posterior, "euler", 0.1, 0.5), InvalidInput);
  // an explicit step so coarse that the cubic force throws chains out
  EXPECT_THROW(stationary_law(one_mode(20.0), "euler", step_of(one_mode(20.0), 1.5)), NumericalFailure);
}

}  // namespace
}  // namespace ridgeflow
