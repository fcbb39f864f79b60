#include "ridgeflow/theory/exact.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/direct_posterior.hpp"
#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

using test::any_posterior;
using test::between;
using test::relative_deviation;

struct Direct {
  double mean[2];
  double variance[2];
  double fourth_cumulant;  // of mode 1
  double mean_size;
  double variance_size;
};

Direct direct_moments(const Posterior& posterior) {
  const test::DirectPosterior direct(posterior);
  const auto average = [&](auto&& value) { return direct.average(value); };
  Direct result{};
  result.mean[0] = average([](double d0, double) { return d0; });
  result.mean[1] = average([](double, double d1) { return d1; });
  const double mean0 = result.mean[0];
  const double mean1 = result.mean[1];
  result.variance[0] = average([=](double d0, double) { return std::pow(d0 - mean0, 2); });
  result.variance[1] = average([=](double, double d1) { return std::pow(d1 - mean1, 2); });
  result.fourth_cumulant = average([=](double d0, double) { return std::pow(d0 - mean0, 4); }) -
                           3 * std::pow(result.variance[0], 2);
  result.mean_size = average([](double d0, double d1) { return d0 * d0 + d1 * d1; });
  const double size = result.mean_size;
  result.variance_size = average([=](double d0, double d1) { return std::pow(d0 * d0 + d1 * d1 - size, 2); });
  return result;
}

void expect_direct(const Posterior& posterior, const char* what) {
  const Direct expected = direct_moments(posterior);
  const ExactAverage exact(posterior);
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    EXPECT_LT(relative_deviation(exact.mean(k), expected.mean[k]), 1e-10) << what << " mean " << k;
    EXPECT_LT(relative_deviation(exact.variance(k), expected.variance[k]), 1e-10)
        << what << " variance " << k;
  }
  // The direct fourth cumulant is a small difference of large numbers: the error bar is that of the numbers.
  EXPECT_NEAR(exact.fourth_cumulant(0), expected.fourth_cumulant, 1e-10 * std::pow(expected.variance[0], 2))
      << what;
  EXPECT_LT(relative_deviation(exact.mean_size(), expected.mean_size), 1e-10) << what;
  EXPECT_LT(relative_deviation(exact.variance_size(), expected.variance_size), 1e-10) << what;
}

TEST(Exact, NoInteractionByHand) {
  // a = 1, r = 1, y = 2: c = 1/2, m = 1, R = 3/2, Var R = 2/4 + 4/2.
  const Posterior posterior(Spectrum{{1.0}, {2.0}}, Couplings{1, 1.0, 0.0});
  const ExactAverage exact(posterior);
  EXPECT_DOUBLE_EQ(exact.mean(0), 1.0);
  EXPECT_DOUBLE_EQ(exact.variance(0), 0.5);
  EXPECT_DOUBLE_EQ(exact.fourth_cumulant(0), 0.0);
  EXPECT_DOUBLE_EQ(exact.mean_size(), 1.5);
  EXPECT_DOUBLE_EQ(exact.variance_size(), 2.5);
  EXPECT_DOUBLE_EQ(exact.perfect_acceptance(), 1.0);
}

TEST(Exact, OneModeAgainstQuadrature) {
  for (const double u : {1e-12, 1e-3, 0.05, 1.0, 100.0, 1e6}) {
    for (const double y : {0.0, 1.0, 10.0}) {
      expect_direct(Posterior(Spectrum{{1.0}, {y}}, Couplings{1, 4.0, u}), "one mode");
    }
  }
  expect_direct(Posterior(Spectrum{{1.0}, {10.0}}, Couplings{1, 1e3, 100.0}), "small ridge");
}

TEST(Exact, TwoModesAgainstQuadrature) {
  for (const double u : {1e-12, 0.05, 100.0}) {
    for (const double y : {1.0, 10.0}) {
      expect_direct(Posterior(Spectrum{{1.0, 2.3}, {y, 0.7}}, Couplings{2, 4.0, u}), "two modes");
    }
  }
}

TEST(Exact, TinyInteractionIsTheFirstOrder) {
  // Below U = 1e-9 the second order is out of sight, so mean, variance and the cumulant per U are known.
  const Posterior gp = test::standard_posterior(50, 4.0, 0.0);
  const double r = gp.ridge();
  for (const double u : {1e-12, 1e-20, 1e-100, 1e-300, 1e-308, 5e-324}) {
    const Posterior posterior = test::standard_posterior(50, 4.0, u);
    const ExactAverage exact(posterior);
    for (std::size_t k = 0; k < 50; k += 7) {
      const double c = gp.variance_at(k, r);
      const double m = gp.mean_at(k, r);
      const double quartic = posterior.quartic();
      const double half = 0.5 * gp.size_at(r);
      EXPECT_LT(relative_deviation(exact.mean(k), m - quartic * m * c * (half + c)), 1e-13) << u;
      EXPECT_LT(relative_deviation(exact.variance(k), c - quartic * c * c * (half + c + m * m)), 1e-13) << u;
      // Tree level: kappa_4 = -3 U c^4; relative corrections are of order U.
      if (u > 1e-200) {
        EXPECT_LT(relative_deviation(exact.fourth_cumulant(k), -3.0 * quartic * c * c * c * c), 1e-8) << u;
      }
    }
    EXPECT_LT(relative_deviation(exact.mean_size(), gp.size_at(r)), 1e-9);
    EXPECT_LT(relative_deviation(exact.variance_size(), ExactAverage(gp).variance_size()), 1e-9);
    EXPECT_NEAR(exact.perfect_acceptance(), 1.0, 1e-9);
  }
}

TEST(Exact, ManyModesStayFinite) {
  for (const double u : {0.05, 100.0}) {
    const Posterior posterior = test::standard_posterior(100000, 3.98, u);
    const ExactAverage exact(posterior);
    for (std::size_t k = 0; k < posterior.modes(); k += 997) {
      EXPECT_TRUE(std::isfinite(exact.mean(k)));
      EXPECT_GT(exact.variance(k), 0.0);
      EXPECT_LT(exact.fourth_cumulant(k), 0.0);
    }
    double size = 0;
    for (std::size_t k = 0; k < posterior.modes(); ++k) {
      size += exact.mean(k) * exact.mean(k) + exact.variance(k);
    }
    EXPECT_LT(relative_deviation(size, exact.mean_size()), 1e-12);
  }
}

TEST(Exact, AcceptanceOfThePerfectSampler) {
  // 97.88 % in the standard run (docs/theory.md, section 4).
  const Posterior posterior = test::standard_posterior(1000, 1000 / std::pow(10.0, 2.4), 0.05);
  EXPECT_NEAR(ExactAverage(posterior).perfect_acceptance(), 0.9788, 5e-5);
}

RC_GTEST_PROP(Exact, AcceptanceLiesBetweenOneOverEAndOne, ()) {
  const Posterior posterior = any_posterior();
  const double acceptance = ExactAverage(posterior).perfect_acceptance();
  RC_ASSERT(acceptance >= std::exp(-1.0));
  RC_ASSERT(acceptance <= 1.0 + 1e-12);
}

RC_GTEST_PROP(Exact, SizeIsTheSumOfItsModes, ()) {
  const Posterior posterior = any_posterior();
  const ExactAverage exact(posterior);
  double size = 0;
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    RC_ASSERT(exact.variance(k) > 0.0);
    size += exact.mean(k) * exact.mean(k) + exact.variance(k);
  }
  RC_ASSERT(relative_deviation(size, exact.mean_size()) < 1e-11);
  RC_ASSERT(exact.variance_size() > 0.0);
}

RC_GTEST_PROP(Exact, DoesNotDependOnTheOrderOfModes, ()) {
  const Posterior posterior = any_posterior();
  Spectrum spectrum = posterior.spectrum();
  std::reverse(spectrum.a.begin(), spectrum.a.end());
  std::reverse(spectrum.y.begin(), spectrum.y.end());
  const Posterior turned(std::move(spectrum), posterior.couplings());
  const ExactAverage one(posterior);
  const ExactAverage other(turned);
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    const std::size_t image = posterior.modes() - 1 - k;
    RC_ASSERT(relative_deviation(other.mean(image), one.mean(k)) < 1e-11);
    RC_ASSERT(relative_deviation(other.variance(image), one.variance(k)) < 1e-11);
  }
}

}  // namespace
}  // namespace ridgeflow
