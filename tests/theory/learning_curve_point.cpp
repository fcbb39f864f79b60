#include "ridgeflow/theory/learning_curve_point.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include "ridgeflow/base/error.hpp"

#include "support/csv.hpp"
#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

using test::relative_deviation;

const LearningCurve kStandard{{0.2, 0.3, 1.0}, 3.98, 0.05};

TEST(LearningCurvePoint, OneModeByHand) {
  // a = 1, y = 2, r = 1: c = 1/2, m = 1
  const LearningCurvePoint point = learning_curve_point({{0.2, 0.3, 2.0}, 1.0, 0.0}, 1);
  EXPECT_DOUBLE_EQ(point.sums.bias, 0.5);
  EXPECT_DOUBLE_EQ(point.sums.variance, 0.25);
  EXPECT_DOUBLE_EQ(point.loss_gp, 0.75);
  EXPECT_DOUBLE_EQ(point.loss_wilson, 0.75);
  EXPECT_NEAR(point.loss_exact, 0.75, 1e-15);
  EXPECT_DOUBLE_EQ(point.learning_scale, 1.0);
  EXPECT_EQ(point.ridge_shift, 0.0);
  EXPECT_EQ(point.correction_first_order, 0.0);
}

double deviation_from_reference(double kappa) {
  const test::Table table = test::read_table(test::reference_path("scaling"));
  EXPECT_EQ(table.rows(), 12U);
  double largest = 0;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto at = [&](const char* column) { return table.column(column)[row]; };
    const LearningCurvePoint point =
        learning_curve_point({{0.2, 0.3, 1.0}, kappa, at("u")}, static_cast<std::int64_t>(at("P")));
    largest = std::max({largest, relative_deviation(point.loss_gp, at("loss_gp")),
                        relative_deviation(point.loss_wilson, at("loss_wilson")),
                        relative_deviation(point.loss_exact, at("loss_exact"))});
  }
  return largest;
}

TEST(LearningCurvePoint, IsThatOfTheReferenceTable) {
  EXPECT_LT(deviation_from_reference(3.98), 1e-9);
  EXPECT_GT(deviation_from_reference(3.98 * (1.0 + 1e-6)), 1e-8);
}

TEST(LearningCurvePoint, ClosedFormsFollowTheSums) {
  const LearningCurvePoint point = learning_curve_point(kStandard, 1000);
  EXPECT_LT(relative_deviation(point.cutoff.bias, point.sums.bias), 3e-6);
  EXPECT_LT(relative_deviation(point.cutoff.variance, point.sums.variance), 1e-6);
  // what the integral has below k = 1/2, and nothing else
  const GaussianLoss bottom = gaussian_loss_between(kStandard.law, 1000 / 3.98, 0.0, 0.5);
  EXPECT_LT(relative_deviation(point.with_tail().bias + bottom.bias, point.infinite.bias), 1e-6);
  EXPECT_LT(relative_deviation(point.with_tail().variance + bottom.variance, point.infinite.variance), 1e-6);
}

TEST(LearningCurvePoint, CorrectionAndShiftAreTheFirstOrderWhereUIsSmall) {
  const LearningCurvePoint point = learning_curve_point({{0.2, 0.3, 1.0}, 3.98, 1e-4}, 3000);
  EXPECT_NEAR(point.correction() / point.correction_first_order, 1.0, 0.01);  // 1/k* = 0.004
  EXPECT_NEAR(point.ridge_shift / point.shift_pieces.total(), 1.0, 1e-3);
  EXPECT_LT(point.shift_pieces.bias, point.shift_infinite.bias);
  EXPECT_LT(point.shift_pieces.variance, point.shift_infinite.variance);
}

// At M = P the powers are not there, even at 10^5; with the tail above M they are at 10^2.
TEST(LearningCurveSlopes, ReachTheirLimitWithTheTailOnly) {
  const GaussianLoss limit = kStandard.asymptotic_slopes();
  EXPECT_DOUBLE_EQ(limit.bias, -0.25);
  EXPECT_DOUBLE_EQ(limit.variance, -0.2 / 1.2);
  for (const std::int64_t samples : {1000, 100'000}) {
    const LearningCurveSlopes slopes = learning_curve_slopes(kStandard, samples);
    EXPECT_NEAR(slopes.with_tail.bias / limit.bias, 1.0, 1e-3) << samples;
    EXPECT_NEAR(slopes.with_tail.variance / limit.variance, 1.0, 1e-2) << samples;
  }
  const LearningCurveSlopes far = learning_curve_slopes(kStandard, 100'000);
  EXPECT_NEAR(far.sums.bias, -0.207, 5e-4);
  EXPECT_NEAR(far.sums.variance, -0.132, 5e-4);
}

TEST(LearningCurveSlopes, AreThoseOfThePoints) {
  const LearningCurveSlopes slopes = learning_curve_slopes(kStandard, 100);
  const LearningCurvePoint low = learning_curve_point(kStandard, 99);
  const LearningCurvePoint high = learning_curve_point(kStandard, 101);
  const double distance = std::log(101.0 / 99.0);
  EXPECT_DOUBLE_EQ(slopes.loss_exact, std::log(high.loss_exact / low.loss_exact) / distance);
  EXPECT_DOUBLE_EQ(slopes.correction, std::log(high.correction() / low.correction()) / distance);
  EXPECT_LT(slopes.correction, 0.0);
  EXPECT_LT(slopes.shift_pieces.bias, slopes.shift_pieces.variance);  // trees fall faster than loops
  const LearningCurveSlopes gaussian = learning_curve_slopes({{0.2, 0.3, 1.0}, 3.98, 0.0}, 1);
  EXPECT_TRUE(std::isnan(gaussian.shift_pieces.bias));  // nothing to fall
  EXPECT_TRUE(std::isfinite(gaussian.sums.bias));
}

TEST(LearningCurvePoint, RefusesBadInput) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(learning_curve_point(kStandard, 0), InvalidInput);
  EXPECT_THROW(learning_curve_point(kStandard, -5), InvalidInput);
  EXPECT_THROW(learning_curve_point(kStandard, 99'999'999'999), InvalidInput);
  EXPECT_THROW(learning_curve_point({{0.2, 2.4, 1.0}, 3.98, 0.05}, 10), InvalidInput);
  EXPECT_THROW(learning_curve_point({{0.0, 0.3, 1.0}, 3.98, 0.05}, 10), InvalidInput);
  EXPECT_THROW(learning_curve_point({{0.2, 0.3, 1.0}, 0.0, 0.05}, 10), InvalidInput);
  EXPECT_THROW(learning_curve_point({{0.2, 0.3, 1.0}, 3.98, nan}, 10), InvalidInput);
}

}  // namespace
}  // namespace ridgeflow
