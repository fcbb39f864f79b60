#include "ridgeflow/measure/power_law.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {
namespace {

// In units of ln 2: points (0, 0), (1, 2) with any weights: y = x^2.
TEST(PowerLaw, ThroughTwoPointsByHand) {
  const FittedPowerLaw law = fit_power_law({1, 2}, {{1, 0.1}, {4, 0.4}}, {0, 1});
  EXPECT_NEAR(law.exponent, 2.0, 1e-14);
  EXPECT_NEAR(law.factor, 1.0, 1e-14);
  EXPECT_NEAR(law.chi_squared, 0.0, 1e-24);
  // weights 100 and 100 at ln 2 apart: sum w (x - mean)^2 = 200 (ln 2 / 2)^2
  EXPECT_NEAR(law.exponent_error, 1.0 / (std::sqrt(200.0) * std::log(2.0) / 2), 1e-14);
  EXPECT_NEAR(law.at(3), 9.0, 1e-12);
  EXPECT_NEAR(law.reaches(16), 4.0, 1e-12);
}

// In units of ln 2: points 0, 1, 2, values 0, 1, 3, relative errors equal: slope 3/2, intercept -1/6; left
// over 1/6, -1/3, 1/6.
TEST(PowerLaw, ThroughThreePointsByHand) {
  const double e = 0.01;
  const FittedPowerLaw law = fit_power_law({1, 2, 4}, {{1, e}, {-2, 2 * e}, {8, 8 * e}}, {0, 1, 2});
  EXPECT_NEAR(law.exponent, 1.5, 1e-14);
  EXPECT_NEAR(law.factor, std::exp2(-1.0 / 6), 1e-14);
  const double unit = std::log(2.0) / e;
  EXPECT_NEAR(law.chi_squared, unit * unit / 6, 1e-9 * unit * unit);
  // error from the weights, 1/sqrt(2 (ln 2/e)^2), enlarged by sqrt(chi^2/1)
  EXPECT_NEAR(law.exponent_error, std::sqrt(law.chi_squared / 2) / unit, 1e-12);
}

RC_GTEST_PROP(PowerLaw, OfAnExactLawGivesItBack, ()) {
  const double exponent = *rc::gen::inRange(-300, 300) / 100.0;
  const double factor = *rc::gen::inRange(1, 1000) / 10.0;
  double at = 1;
  std::vector<double> x;
  std::vector<Measured> y;
  std::vector<std::size_t> chosen;
  for (const int step : *rc::gen::container<std::vector<int>>(6, rc::gen::inRange(1, 50))) {
    at += step;
    chosen.push_back(x.size());
    x.push_back(at);
    const double value = factor * std::pow(at, exponent);
    y.push_back({value, value * *rc::gen::inRange(1, 100) / 1000.0});
  }
  const FittedPowerLaw law = fit_power_law(x, y, chosen);
  RC_ASSERT(std::abs(law.exponent - exponent) < 1e-8);
  RC_ASSERT(std::abs(law.at(at) / y.back().value - 1) < 1e-8);
}

// A thousand sets of points with errors planted: the exponent scatters as its error says, and does not if the
// points scatter twice as far as they say.
TEST(PowerLaw, ErrorOfTheExponentIsItsScatter) {
  const std::vector<double> x{1, 2, 4, 8, 16};
  for (const double planted : {1.0, 2.0}) {
    std::mt19937_64 generator(1);
    std::normal_distribution<double> normal;
    double square = 0;
    for (int i = 0; i < 1000; ++i) {
      std::vector<Measured> y;
      double xx = 0;
      for (const double at : x) {
        const double value = 1e-3 * at * at;
        y.push_back({value * (1 + planted * 0.02 * normal(generator)), 0.02 * value});
        xx += 2500 * std::pow(std::log(at / 4), 2);
      }
      const double z = (fit_power_law(x, y, {0, 1, 2, 3, 4}).exponent - 2) * std::sqrt(xx);
      square += z * z / 1000;
    }
    EXPECT_NEAR(square, planted * planted, planted == 1.0 ? 0.2 : 0.8);  // 4 standard errors: 4 sqrt(2/1000)
    EXPECT_EQ(square > 1.3, planted > 1);
  }
}

TEST(PowerLaw, FactorAloneByHand) {
  // in units of ln 2 with slope 1: intercepts 1 and 3 of weights 300 and 100, so 3/2
  const FittedPowerLaw law = fit_factor({1, 2}, {{2, 2 / std::sqrt(300.0)}, {16, 1.6}}, {0, 1}, 1.0, 0.25);
  EXPECT_NEAR(law.factor, std::exp2(1.5), 1e-12);
  EXPECT_EQ(law.exponent, 1.0);
  EXPECT_EQ(law.exponent_error, 0.25);
  EXPECT_NEAR(law.chi_squared, (300 * 0.25 + 100 * 2.25) * std::pow(std::log(2.0), 2), 1e-9);
  EXPECT_NEAR(fit_factor({3}, {{0.9, 0.1}}, {0}, 2.0, 0.1).factor, 0.1, 1e-12);
  EXPECT_THROW(fit_factor({3}, {{0.9, 0.1}}, {}, 2.0, 0.1), InvalidInput);
}

TEST(PowerLaw, RefusesWhatHasNoLaw) {
  EXPECT_THROW(fit_power_law({1, 2}, {{1, 0.1}, {4, 0.4}}, {0}), InvalidInput);
  EXPECT_THROW(fit_power_law({1, 1}, {{1, 0.1}, {4, 0.4}}, {0, 1}), InvalidInput);
  EXPECT_THROW(fit_power_law({0, 1}, {{1, 0.1}, {4, 0.4}}, {0, 1}), InvalidInput);
  EXPECT_THROW(fit_power_law({1, 2}, {{0, 0.1}, {4, 0.4}}, {0, 1}), InvalidInput);
  EXPECT_THROW(fit_power_law({1, 2}, {{1, 0}, {4, 0.4}}, {0, 1}), InvalidInput);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(fit_power_law({1, 2}, {{nan, 0.1}, {4, 0.4}}, {0, 1}), InvalidInput);
}

// Not resolved; three of first order; saturated.
TEST(LeadingOrder, TakesWhatIsResolvedSmallAndStraight) {
  const std::vector<double> x{1, 2, 4, 8, 16};
  const std::vector<Measured> bias{
      {0.002, 0.001}, {0.004, 0.0001}, {0.008, 0.0001}, {0.016, 0.0001}, {0.020, 0.0001}};
  const auto law = fit_leading_order(x, bias);
  ASSERT_TRUE(law);
  EXPECT_EQ(law->points, (std::vector<std::size_t>{1, 2, 3}));
  EXPECT_NEAR(law->exponent, 1.0, 1e-12);
  EXPECT_NEAR(law->reaches(0.01), 5.0, 1e-9);
  std::vector<Measured> large = bias;
  for (Measured& each : large) {
    each = {10 * each.value, 10 * each.error};
  }
  EXPECT_EQ(fit_leading_order(x, large)->points, (std::vector<std::size_t>{1, 2}));  // 0.16 is not small
}

TEST(LeadingOrder, IsNotResolvedByNoise) {
  EXPECT_FALSE(fit_leading_order({1, 2, 4}, {{0.01, 0.01}, {-0.02, 0.01}, {0.029, 0.01}}));
  EXPECT_FALSE(fit_leading_order({1, 2, 4}, {{0.01, 0.01}, {0.02, 0.01}, {0.04, 0.01}}));  // one point
  EXPECT_FALSE(fit_leading_order({1, 2}, {{0.01, 0.001}, {-0.02, 0.001}}));                // signs differ
  EXPECT_FALSE(fit_leading_order({1, 2, 4}, {{0.04, 1e-4}, {0.02, 1e-4}, {0.01, 1e-4}}));  // grows to h = 0
  EXPECT_FALSE(fit_leading_order({1, 2}, {{0.01, 0.002}, {0.02, 0.004}}));  // 1.0 +- 0.4 is no order
  EXPECT_FALSE(fit_leading_order({}, {}));
}

}  // namespace
}  // namespace ridgeflow
