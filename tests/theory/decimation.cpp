#include "ridgeflow/theory/decimation.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ridgeflow/base/error.hpp"

#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

TEST(Decimation, OneModeByHand) {
  // a = 1, y = 2, r = 1, U = 0.1: c = 1/2, m = 1, bubble 0.1 (1/2 + 2).
  const Decimation flow = decimate(Posterior(Spectrum{{1.0}, {2.0}}, Couplings{1, 1.0, 0.1}));
  EXPECT_DOUBLE_EQ(flow.ridge.at(0), 1.0);
  EXPECT_DOUBLE_EQ(flow.quartic.at(0), 0.1);
  EXPECT_DOUBLE_EQ(flow.ridge_below, 1.075);
  EXPECT_DOUBLE_EQ(flow.quartic_below, 0.1 - 0.0025 * 2.5);
  EXPECT_DOUBLE_EQ(flow.largest_bubble, 0.25);
  EXPECT_EQ(flow.largest_bubble_mode, 1U);
  EXPECT_TRUE(flow.small_steps());
}

TEST(Decimation, TwoModesByHand) {
  // Mode 2 first: a = 3, y = 0, r = 1, U = 0.1: c = 1/4, m = 0, bubble 0.1/8.
  const Posterior posterior(Spectrum{{1.0, 3.0}, {2.0, 0.0}}, Couplings{1, 1.0, 0.1});
  const Decimation flow = decimate(posterior);
  EXPECT_DOUBLE_EQ(flow.ridge.at(1), 1.0);
  EXPECT_DOUBLE_EQ(flow.quartic.at(1), 0.1);
  EXPECT_DOUBLE_EQ(flow.ridge.at(0), 1.0125);
  EXPECT_DOUBLE_EQ(flow.quartic.at(0), 0.0996875);
  const Decimation halfway = decimate(posterior, 1);
  EXPECT_DOUBLE_EQ(halfway.ridge_below, 1.0125);
  EXPECT_DOUBLE_EQ(halfway.quartic_below, 0.0996875);
  EXPECT_TRUE(std::isnan(halfway.ridge.at(0)));
  EXPECT_EQ(halfway.largest_bubble_mode, 2U);
}

TEST(Decimation, KeepingAllModesLeavesTheCouplings) {
  const Posterior posterior = test::standard_posterior(10, 4.0, 0.5);
  for (const std::size_t kept : {10U, 11U, 1000U}) {
    const Decimation flow = decimate(posterior, kept);
    EXPECT_EQ(flow.ridge_below, posterior.ridge());
    EXPECT_EQ(flow.quartic_below, posterior.quartic());
    EXPECT_EQ(flow.largest_bubble_mode, 0U);
    EXPECT_TRUE(flow.small_steps());
  }
}

TEST(Decimation, OutsideItsRealmItSaysSo) {
  // c = 1/2: bubble = U/2. At U = 5 above 2, at U = 10 above 4, where U would turn negative.
  const Decimation strained = decimate(Posterior(Spectrum{{1.0, 1.0}, {0.0, 0.0}}, Couplings{1, 1.0, 5.0}));
  EXPECT_FALSE(strained.small_steps());
  EXPECT_GT(strained.quartic.at(0), 0.0);
  const Decimation broken = decimate(Posterior(Spectrum{{1.0, 1.0}, {0.0, 0.0}}, Couplings{1, 1.0, 10.0}));
  EXPECT_FALSE(broken.small_steps());
  EXPECT_EQ(broken.largest_bubble_mode, 2U);
  EXPECT_TRUE(std::isfinite(broken.ridge.at(1)));
  EXPECT_TRUE(std::isnan(broken.ridge.at(0)));
  EXPECT_TRUE(std::isnan(broken.quartic_below));
}

RC_GTEST_PROP(Decimation, RaisesTheRidgeAndLowersTheCoupling, ()) {
  const Posterior posterior = test::any_posterior();
  const Decimation flow = decimate(posterior);
  for (std::size_t k = 0; k + 1 < posterior.modes(); ++k) {
    if (std::isfinite(flow.ridge[k])) {
      RC_ASSERT(flow.ridge[k] >= flow.ridge[k + 1]);
      RC_ASSERT(flow.quartic[k] <= flow.quartic[k + 1]);
      RC_ASSERT(flow.quartic[k] > 0.0);
    }
  }
}

RC_GTEST_PROP(Decimation, InTwoPartsIsTheWhole, ()) {
  const Posterior posterior = test::any_posterior();
  const auto kept = *rc::gen::inRange<std::size_t>(0, posterior.modes());
  const Decimation whole = decimate(posterior);
  const Decimation part = decimate(posterior, kept);
  if (kept > 0 && std::isfinite(part.ridge_below)) {
    RC_ASSERT(part.ridge_below == whole.ridge[kept - 1]);
    RC_ASSERT(part.quartic_below == whole.quartic[kept - 1]);
  }
}

// The couplings after one mode is integrated out exactly, V_<(R) = -ln int dd exp(-a(d - y)^2/2 - V(R +
// d^2)): derivatives of V_< at R = 0 are cumulants of derivatives of V.
struct Step {
  double r;
  double u;
  double w;
};

Step exact_step(double a, double y, Step from) {
  const auto average = [&](auto&& value) {
    const auto weighted = [&](double d, double factor) {
      const double size = d * d;
      const double vertex = from.r * size / 2 + from.u * size * size / 8 + from.w * size * size * size / 48;
      return factor * std::exp(-0.5 * a * (d - y) * (d - y) - vertex);
    };
    using Rule = boost::math::quadrature::gauss_kronrod<double, 61>;
    const double norm = Rule::integrate([&](double d) { return weighted(d, 1.0); }, -9.0, 9.0, 12, 1e-14);
    return Rule::integrate([&](double d) { return weighted(d, value(d * d)); }, -9.0, 9.0, 12, 1e-14) / norm;
  };
  const auto first = [&](double size) { return from.r / 2 + from.u * size / 4 + from.w * size * size / 16; };
  const auto second = [&](double size) { return from.u / 4 + from.w * size / 8; };
  const double one = average(first);
  const double two = average(second);
  const double spread = average([&](double size) { return std::pow(first(size) - one, 2); });
  const double mixed = average([&](double size) { return (first(size) - one) * (second(size) - two); });
  const double skew = average([&](double size) { return std::pow(first(size) - one, 3); });
  return {2 * one, 4 * (two - spread), 8 * (from.w / 8 - 3 * mixed + skew)};
}

Step next_order_step(double a, double y, Step from) {
  const Posterior two_modes(Spectrum{{1.0, a}, {1.0, y}}, Couplings{1, 1.0 / from.r, from.u});
  const NextOrderDecimation flow = decimate_next_order(two_modes, from.w);
  return {flow.ridge[0], flow.quartic[0], flow.sextic[0]};
}

TEST(NextOrderDecimation, StartsAtThePosterior) {
  const NextOrderDecimation flow = decimate_next_order(test::standard_posterior(3, 4.0, 0.5), 0.7);
  EXPECT_DOUBLE_EQ(flow.ridge.at(2), 0.75);
  EXPECT_DOUBLE_EQ(flow.quartic.at(2), 1.5);
  EXPECT_DOUBLE_EQ(flow.sextic.at(2), 0.7);
}

TEST(NextOrderDecimation, OneStepIsWrongByTheFourthPowerOfTheCoupling) {
  // With W of order U^2, halving U divides the error of every coupling by 16 or more.
  for (const double y : {0.0, 0.6}) {
    for (const double share : {0.0, 0.5}) {
      const auto errors = [&](double u) {
        const Step from{2.0, u, share * u * u};
        const Step exact = exact_step(3.0, y, from);
        const Step step = next_order_step(3.0, y, from);
        return std::vector{step.r - exact.r, step.u - exact.u, step.w - exact.w};
      };
      const std::vector<double> large = errors(0.2);
      const std::vector<double> small = errors(0.1);
      for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_GT(std::abs(large[i]), 1e-9);  // there is an error to speak of
        EXPECT_GT(std::abs(large[i] / small[i]), 13.0) << y << " " << share << " " << i;
      }
    }
  }
}

TEST(NextOrderDecimation, RefusesBadInput) {
  const Posterior posterior = test::standard_posterior(3, 4.0, 0.5);
  EXPECT_THROW(decimate_next_order(posterior, std::numeric_limits<double>::quiet_NaN()), InvalidInput);
  EXPECT_THROW(decimate_next_order(posterior, std::numeric_limits<double>::infinity()), InvalidInput);
}

}  // namespace
}  // namespace ridgeflow
