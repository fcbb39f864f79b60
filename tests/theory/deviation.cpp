#include "ridgeflow/theory/deviation.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace ridgeflow {
namespace {

TEST(LargestDeviation, ByHand) {
  const Prediction expected{Theory::exact, {1.0, 2.0, 0.0, 5.0}, {1.0, 1.0, 1.0, 1.0}};
  const LargestDeviation found =
      largest_deviation({Theory::exact, {1.1, 1.0, 7.0}, {1.0, 1.0, 1.25}}, expected);
  EXPECT_DOUBLE_EQ(found.mean, 0.5);
  EXPECT_EQ(found.mean_mode, 2U);  // a mean of zero has no relative deviation, and mode 4 is in one only
  EXPECT_DOUBLE_EQ(found.variance, 0.25);
  EXPECT_EQ(found.variance_mode, 3U);
  EXPECT_EQ(largest_deviation(expected, expected).mean_mode, 0U);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const LargestDeviation broken = largest_deviation({Theory::wilson, {nan}, {1.0}}, expected);
  EXPECT_TRUE(std::isinf(broken.mean));
  EXPECT_EQ(broken.variance, 0.0);
}

TEST(DistanceFromExact, NeedsBothAndIsRelativeToTheTheory) {
  const std::vector<Prediction> found{{Theory::gp, {2.0, 1.0}, {1.0, 4.0}},
                                      {Theory::exact, {1.0, 1.0}, {1.0, 1.0}}};
  const auto off = distance_from_exact(found, Theory::gp);
  ASSERT_TRUE(off.has_value());
  EXPECT_DOUBLE_EQ(off->mean, 0.5);
  EXPECT_DOUBLE_EQ(off->variance, 0.75);
  EXPECT_EQ(off->variance_mode, 2U);
  EXPECT_FALSE(distance_from_exact(found, Theory::wilson).has_value());
  EXPECT_FALSE(distance_from_exact({found[0]}, Theory::gp).has_value());
}

}  // namespace
}  // namespace ridgeflow
