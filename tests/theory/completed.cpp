#include "ridgeflow/theory/completed.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

using test::relative_deviation;

struct Moments {
  double mean;
  double variance;
};

// The system of docs/theory.md, section 2, for one k, by damped iteration of all its equations as they stand
// there.
Moments iterate(const Spectrum& spectrum, double r, double u, std::size_t k) {
  std::vector<double> c(k + 1);
  std::vector<double> m(k + 1);
  for (std::size_t j = 0; j <= k; ++j) {
    c[j] = 1.0 / (spectrum.a[j] + r);
    m[j] = spectrum.a[j] * spectrum.y[j] * c[j];
  }
  for (int iteration = 0; iteration < 3000; ++iteration) {
    double sum = 0;
    for (std::size_t j = 0; j <= k; ++j) {
      sum += c[j] + m[j] * m[j];
    }
    for (std::size_t j = 0; j <= k; ++j) {
      const double b = spectrum.a[j] + r + 0.5 * u * sum;
      const double variance = 1.0 / (b + u * (c[j] + m[j] * m[j]));
      const double mean = spectrum.a[j] * spectrum.y[j] / (b + u * c[j]);
      c[j] += 0.3 * (variance - c[j]);
      m[j] += 0.3 * (mean - m[j]);
    }
  }
  return {m[k], c[k]};
}

TEST(Completed, OneModeByHand) {
  // a = r = 1, y = 0, U = 2: 1/c = 2 + c + 2c, so 3c^2 + 2c - 1 = 0.
  const Posterior posterior(Spectrum{{1.0}, {0.0}}, Couplings{1, 1.0, 2.0});
  const CompletedMoments moments = completed_moments(posterior, decimate(posterior));
  EXPECT_NEAR(moments.variance.at(0), 1.0 / 3.0, 1e-15);
  EXPECT_EQ(moments.mean.at(0), 0.0);
}

TEST(Completed, SolvesItsEquations) {
  for (const double u : {0.01, 1.0}) {
    const Posterior posterior = test::standard_posterior(6, 3.0, u);
    const Decimation flow = decimate(posterior);
    const CompletedMoments moments = completed_moments(posterior, flow);
    for (std::size_t k = 0; k < 6; ++k) {
      const Moments expected = iterate(posterior.spectrum(), flow.ridge[k], flow.quartic[k], k);
      EXPECT_LT(relative_deviation(moments.mean[k], expected.mean), 1e-13);
      EXPECT_LT(relative_deviation(moments.variance[k], expected.variance), 1e-13);
    }
  }
}

// The grid against the direct solution, mode by mode, where the couplings vary much along the flow.
void expect_grid_is_direct(const Posterior& posterior) {
  const Decimation flow = decimate(posterior);
  const CompletedMoments moments = completed_moments(posterior, flow);
  const std::size_t stride = posterior.modes() / 60 + 1;
  for (std::size_t k = 0; k < posterior.modes(); k += stride) {
    if (!std::isfinite(flow.ridge[k])) {
      EXPECT_TRUE(std::isnan(moments.mean[k]) && std::isnan(moments.variance[k]));
      continue;
    }
    // mean = a y/(a + b + U c) gives back b
    const double c = moments.variance[k];
    const double m = moments.mean[k];
    const double b = completed_ridge(posterior, flow, k);
    const double total = posterior.spectrum().a[k] + b + flow.quartic[k] * c;
    EXPECT_LT(relative_deviation(m, posterior.spectrum().a[k] * posterior.spectrum().y[k] / total), 1e-12)
        << k;
    EXPECT_LT(relative_deviation(c, 1.0 / (total + flow.quartic[k] * m * m)), 1e-12) << k;
  }
}

TEST(Completed, GridAgreesWithTheDirectSolution) {
  for (const double kappa : {1e-2, 4.0, 1e3}) {
    for (const double u : {1e-12, 0.05, 5.0, 500.0}) {
      SCOPED_TRACE(testing::Message() << "kappa " << kappa << " u " << u);
      expect_grid_is_direct(test::standard_posterior(700, kappa, u));
    }
  }
  SCOPED_TRACE("large target");
  expect_grid_is_direct(Posterior(power_law_spectrum(700, 0.2, 0.3, 100.0), Couplings{700, 4.0, 0.5}));
}

TEST(Completed, HundredThousandModes) {
  const Posterior posterior = test::standard_posterior(100000, 3.98, 0.05);
  const Decimation flow = decimate(posterior);
  const CompletedMoments moments = completed_moments(posterior, flow);
  for (const std::size_t k : {0U, 99U, 7777U, 99999U}) {
    const double total = posterior.spectrum().a[k] + completed_ridge(posterior, flow, k) +
                         flow.quartic[k] * moments.variance[k];
    EXPECT_LT(
        relative_deviation(moments.mean[k], posterior.spectrum().a[k] * posterior.spectrum().y[k] / total),
        1e-13);
  }
}

TEST(Completed, BrokenFlowIsNotANumberBelow) {
  const Posterior posterior(Spectrum{{1.0, 1.0, 100.0}, {0.0, 0.0, 0.0}}, Couplings{1, 1.0, 20.0});
  const Decimation flow = decimate(posterior);
  ASSERT_TRUE(std::isfinite(flow.ridge[1]) && std::isnan(flow.ridge[0]));
  const CompletedMoments moments = completed_moments(posterior, flow);
  EXPECT_TRUE(std::isnan(moments.mean[0]));
  EXPECT_TRUE(std::isnan(moments.variance[0]));
  EXPECT_TRUE(std::isfinite(moments.mean[1]));
  EXPECT_TRUE(std::isfinite(moments.variance[2]));
}

RC_GTEST_PROP(Completed, VarianceIsPositiveAndBelowTheGaussian, ()) {
  const Posterior posterior = test::any_posterior();
  const CompletedMoments moments = completed_moments(posterior, decimate(posterior));
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    if (!std::isnan(moments.variance[k])) {
      RC_ASSERT(moments.variance[k] > 0.0);
      RC_ASSERT(moments.variance[k] <= posterior.variance_at(k, posterior.ridge()));
    }
  }
}

}  // namespace
}  // namespace ridgeflow
