#include "ridgeflow/run/scaling.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {
namespace {

// In units of ln 2: points 0, 1, 2 with values 0, 1, 3. At the ends the slopes of the pairs, in the middle
// that of the line through all three, which is the chord's.
TEST(LocalExponents, ByHand) {
  const std::vector<double> exponents = local_exponents({1, 2, 4}, {1, 2, 8});
  ASSERT_EQ(exponents.size(), 3U);
  EXPECT_NEAR(exponents[0], 1.0, 1e-14);
  EXPECT_NEAR(exponents[1], 1.5, 1e-14);
  EXPECT_NEAR(exponents[2], 2.0, 1e-14);
}

// Points 0, 1, 3 and values 0, 1, 1: means 4/3 and 2/3, slope (sum xy - 3 mean mean)/(sum xx - 3 mean mean)
// = (4 - 8/3)/(10 - 16/3) = 2/7.
TEST(LocalExponents, ByHandWhereSpacingIsUneven) {
  EXPECT_NEAR(local_exponents({1, 2, 8}, {1, 2, 2})[1], 2.0 / 7.0, 1e-14);
}

TEST(LocalExponents, OfFewPoints) {
  EXPECT_TRUE(local_exponents({}, {}).empty());
  EXPECT_TRUE(std::isnan(local_exponents({3}, {1})[0]));
  EXPECT_NEAR(local_exponents({1, 10}, {5, 5})[1], 0.0, 1e-14);
}

RC_GTEST_PROP(LocalExponents, OfAPowerLawAreItsExponent, ()) {
  const double exponent = *rc::gen::inRange(-300, 300) / 100.0;
  const double factor = *rc::gen::inRange(1, 1000) / 10.0;
  double at = 1;
  std::vector<double> x;
  std::vector<double> y;
  for (const int step : *rc::gen::container<std::vector<int>>(8, rc::gen::inRange(1, 50))) {
    at += step;
    x.push_back(at);
    y.push_back(factor * std::pow(at, exponent));
  }
  for (const double found : local_exponents(x, y)) {
    RC_ASSERT(std::abs(found - exponent) < 1e-8);
  }
}

TEST(LocalExponents, RefusesWhatHasNoLogarithm) {
  EXPECT_THROW(local_exponents({1, 2}, {1}), InvalidInput);
  EXPECT_THROW(local_exponents({0, 2}, {1, 1}), InvalidInput);
  EXPECT_THROW(local_exponents({1, 2}, {1, -1}), InvalidInput);
  EXPECT_THROW(local_exponents({1, 2}, {1, std::numeric_limits<double>::quiet_NaN()}), InvalidInput);
  EXPECT_THROW(local_exponents({2, 2}, {1, 1}), InvalidInput);
  EXPECT_THROW(local_exponents({2, 1}, {1, 1}), InvalidInput);
}

TEST(Median, IsTheMiddleOne) {
  EXPECT_EQ(median({3}), 3);
  EXPECT_EQ(median({5, 1, 3}), 3);
  EXPECT_EQ(median({4, 1, 3, 2}), 3);  // the upper of two
  EXPECT_THROW(median({}), InvalidInput);
}

}  // namespace
}  // namespace ridgeflow
