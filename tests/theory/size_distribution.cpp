#include "ridgeflow/theory/size_distribution.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/non_central_chi_squared.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ridgeflow/base/error.hpp"

#include "support/direct_posterior.hpp"
#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

using test::any_posterior;
using test::between;
using test::DirectPosterior;
using test::relative_deviation;
using testing::HasSubstr;
using testing::ThrowsMessage;

// The density of R by quadrature: the two points +-sqrt(R), or the circle.
double direct_density(const Posterior& posterior, const DirectPosterior& direct, double size) {
  const double root = std::sqrt(size);
  if (posterior.modes() == 1) {
    return (direct.density(root) + direct.density(-root)) / (2.0 * root);
  }
  // Periodic: the trapezoidal rule converges exponentially.
  constexpr int kAngles = 4000;
  double sum = 0;
  for (int i = 0; i < kAngles; ++i) {
    const double angle = 2.0 * std::numbers::pi * i / kAngles;
    sum += direct.density(root * std::cos(angle), root * std::sin(angle));
  }
  return sum * std::numbers::pi / kAngles;  // R = root^2: dR = 2 root d(root)
}

void expect_direct_density(const Posterior& posterior) {
  const DirectPosterior direct(posterior);
  const SizeDistribution size(posterior);
  for (const double probability : {1e-9, 1e-3, 0.1, 0.5, 0.9, 0.999, 1 - 1e-9}) {
    const double at = size.quantile(probability);
    EXPECT_LT(relative_deviation(size.density(at), direct_density(posterior, direct, at)), 1e-10)
        << "R = " << at;
  }
}

TEST(SizeDistribution, OneModeAgainstTheDensityOfTheMode) {
  for (const double u : {0.0, 1e-12, 1e-3, 0.05, 1.0, 100.0, 1e6}) {
    for (const double y : {0.0, 1.0, 10.0}) {
      SCOPED_TRACE(testing::Message() << "u = " << u << ", y = " << y);
      expect_direct_density(Posterior(Spectrum{{1.0}, {y}}, Couplings{1, 4.0, u}));
    }
  }
}

TEST(SizeDistribution, TwoModesAgainstQuadrature) {
  for (const double u : {0.0, 1e-12, 0.05, 100.0}) {
    for (const double y : {1.0, 10.0}) {
      SCOPED_TRACE(testing::Message() << "u = " << u << ", y = " << y);
      expect_direct_density(Posterior(Spectrum{{1.0, 2.3}, {y, 0.7}}, Couplings{2, 4.0, u}));
    }
  }
}

// With equal variances and no interaction R/c is a (noncentral) chi^2: tails included.
TEST(SizeDistribution, FreeTheoryIsChiSquared) {
  for (const std::size_t modes : {1U, 2U, 3U, 10U, 300U}) {
    const Posterior posterior(Spectrum{std::vector(modes, 1.0), std::vector(modes, 0.0)},
                              Couplings{1, 1.0, 0.0});
    const SizeDistribution size(posterior);
    const boost::math::chi_squared law(static_cast<double>(modes));
    for (const double probability : {1e-15, 1e-6, 0.01, 0.5, 0.99}) {
      const double at = 0.5 * boost::math::quantile(law, probability);
      EXPECT_LT(relative_deviation(size.density(at), 2.0 * boost::math::pdf(law, 2.0 * at)), 1e-11) << modes;
      EXPECT_LT(relative_deviation(size.cdf(at), probability), 1e-10) << modes;
      EXPECT_LT(relative_deviation(size.quantile(probability), at), 1e-10) << modes;
      const double above = 0.5 * boost::math::quantile(boost::math::complement(law, probability));
      EXPECT_LT(relative_deviation(size.upper_tail(above), probability), 1e-10) << modes;
    }
  }
}

TEST(SizeDistribution, FreeTheoryWithATargetIsNoncentral) {
  // a = r = 1: c = 1/2, m = y/2, noncentrality sum m^2/c.
  const std::vector<double> y{2.0, -1.0, 0.5};
  const Posterior posterior(Spectrum{{1.0, 1.0, 1.0}, y}, Couplings{1, 1.0, 0.0});
  const SizeDistribution size(posterior);
  const boost::math::non_central_chi_squared law(3.0, 0.5 * (4.0 + 1.0 + 0.25));
  for (const double at : {0.05, 0.5, 2.0, 6.0}) {
    EXPECT_LT(relative_deviation(size.density(at), 2.0 * boost::math::pdf(law, 2.0 * at)), 1e-11);
    EXPECT_LT(relative_deviation(size.cdf(at), boost::math::cdf(law, 2.0 * at)), 1e-11);
  }
}

// Two ways that share no quadrature: the density integrated, and the auxiliary field.
double deviation_of_moments(const SizeDistribution& size, const SizeCumulants& expected) {
  const SizeCumulants ours = size.cumulants();
  const double deviation = std::sqrt(expected.variance);
  return std::max({std::abs(size.norm() - 1.0), std::abs(ours.mean - expected.mean) / deviation,
                   std::abs(ours.variance / expected.variance - 1.0),
                   std::abs(ours.third - expected.third) / std::pow(deviation, 3),
                   std::abs(ours.fourth - expected.fourth) / std::pow(deviation, 4)});
}

TEST(SizeDistribution, MomentsAreThoseOfTheAuxiliaryField) {
  for (const double u : {0.0, 1e-12, 0.05, 1.0, 100.0}) {
    for (const std::size_t modes : {1U, 5U, 100U, 1000U}) {
      const Posterior posterior = test::standard_posterior(modes, test::kStandardKappa, u);
      EXPECT_LT(deviation_of_moments(SizeDistribution(posterior), size_cumulants(ExactAverage(posterior))),
                1e-11)
          << modes << " modes, u = " << u;
    }
  }
}

TEST(SizeDistribution, OtherCouplingIsSeen) {
  const SizeDistribution size(test::standard_posterior(100, test::kStandardKappa, 0.05));
  const Posterior other = test::standard_posterior(100, test::kStandardKappa, 0.05 * (1 + 1e-6));
  EXPECT_GT(deviation_of_moments(size, size_cumulants(ExactAverage(other))), 1e-8);
}

// Stiff modes with a large mean beside soft ones: where the parabola of a contour would run away.
TEST(SizeDistribution, StiffAndSoftTogether) {
  for (const double u : {0.0, 0.01, 1.0, 1e4}) {
    for (const auto& spectrum :
         {Spectrum{{1e5, 1.0}, {5.0, 0.7}}, Spectrum{{1e5, 1e-3, 40.0}, {5.0, 3.0, -4.0}},
          Spectrum{{1e-3, 1e5, 1e5}, {0.1, 50.0, 1e-3}}}) {
      const Posterior posterior(spectrum, Couplings{2, 0.5, u});
      EXPECT_LT(deviation_of_moments(SizeDistribution(posterior), size_cumulants(ExactAverage(posterior))),
                1e-10)
          << u;
    }
  }
}

RC_GTEST_PROP(SizeDistribution, MomentsAgreeForAnyPosterior, ()) {
  const Posterior posterior = any_posterior();
  const SizeDistribution size(posterior);
  RC_ASSERT(deviation_of_moments(size, size_cumulants(ExactAverage(posterior))) < 1e-9);
}

RC_GTEST_PROP(SizeDistribution, QuantileInvertsTheDistribution, ()) {
  const Posterior posterior = any_posterior();
  const SizeDistribution size(posterior);
  const double probability = between(1e-4, 1 - 1e-4);
  const double at = size.quantile(probability);
  RC_ASSERT(relative_deviation(size.cdf(at), probability) < 1e-10);
  RC_ASSERT(relative_deviation(size.upper_tail(at), 1.0 - probability) < 1e-10);
  RC_ASSERT(size.density(at) > 0.0);
  RC_ASSERT(size.quantile(0.5 * probability) < at);
}

TEST(SizeDistribution, EndsAreEnds) {
  const SizeDistribution size(test::standard_posterior(100, test::kStandardKappa, 1.0));
  for (const double at : {-1.0, 0.0, 0.99 * size.lowest()}) {
    EXPECT_EQ(size.density(at), 0.0);
    EXPECT_EQ(size.cdf(at), 0.0);
    EXPECT_EQ(size.upper_tail(at), 1.0);
  }
  for (const double at : {1.01 * size.highest(), std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(size.density(at), 0.0);
    EXPECT_EQ(size.cdf(at), 1.0);
    EXPECT_EQ(size.upper_tail(at), 0.0);
  }
  // Just inside, next to nothing lies beyond.
  EXPECT_LT(size.cdf(1.01 * size.lowest()), 1e-17);
  EXPECT_LT(size.upper_tail(0.99 * size.highest()), 1e-17);
  EXPECT_GE(size.quantile(1e-300), size.lowest());
  EXPECT_LE(size.quantile(1 - 1e-16), size.highest());
}

TEST(SizeDistribution, PanelsJoin) {
  // Next to one another on a fine grid, two contours meet many times: the density has no step.
  const SizeDistribution size(test::standard_posterior(30, test::kStandardKappa, 0.5));
  const double from = size.quantile(1e-8);
  const double to = size.quantile(1 - 1e-8);
  const double step = (to - from) / 4000;
  double before = size.cdf(from);
  for (int i = 1; i < 4000; i += 1) {
    const double at = from + i * step;
    const double after = size.cdf(at);
    // Simpson's rule over one step: an error of the fifth order in it
    const double mass =
        step / 6.0 * (size.density(at - step) + 4 * size.density(at - 0.5 * step) + size.density(at));
    ASSERT_NEAR(after - before, mass, 1e-13) << at;
    before = after;
  }
}

TEST(SizeDistribution, BadQuestionsAreRefused) {
  const SizeDistribution size(test::standard_posterior(10, test::kStandardKappa, 1.0));
  const double none = std::numeric_limits<double>::quiet_NaN();
  for (const double probability : {0.0, 1.0, -0.1, 1.1, none}) {
    EXPECT_THAT([&] { size.quantile(probability); },
                ThrowsMessage<InvalidInput>(HasSubstr("must lie strictly between 0 and 1")));
  }
  EXPECT_THROW(size.density(none), InvalidInput);
  EXPECT_THROW(size.cdf(none), InvalidInput);
  EXPECT_THROW(size.upper_tail(none), InvalidInput);
}

}  // namespace
}  // namespace ridgeflow
