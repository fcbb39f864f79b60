#include "ridgeflow/theory/learning_curve.hpp"

#include <cmath>
#include <limits>

#include <boost/math/quadrature/exp_sinh.hpp>
#include <gtest/gtest.h>

#include "ridgeflow/base/error.hpp"

#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

using test::relative_deviation;

// 1/2 sum over modes above..modes of m^2 and c at U = 0.
GaussianLoss sum_of_modes(const PowerLaw& law, double ridge, std::size_t modes, std::size_t above = 0) {
  const Spectrum spectrum = power_law_spectrum(modes, law.alpha, law.beta, law.scale);
  GaussianLoss loss;
  for (std::size_t k = above; k < modes; ++k) {
    const double c = 1.0 / (spectrum.a[k] + ridge);
    loss.bias += 0.5 * std::pow(spectrum.a[k] * spectrum.y[k] * c, 2);
    loss.variance += 0.5 * c;
  }
  return loss;
}

TEST(LearningCurve, LossByHand) {
  EXPECT_DOUBLE_EQ(loss_per_sample(Prediction{Theory::gp, {1.0, -2.0}, {0.5, 0.5}}), 3.0);
  EXPECT_EQ(loss_per_sample(Prediction{}), 0.0);
}

TEST(LearningCurve, LossIsHalfTheMeanSizeOfEveryTheoryAlike) {
  const Posterior posterior = test::standard_posterior(200, 3.98, 0.05);
  EXPECT_LT(relative_deviation(2.0 * loss_per_sample(predict(posterior, Theory::gp)),
                               posterior.size_at(posterior.ridge())),
            1e-13);
  EXPECT_LT(relative_deviation(2.0 * loss_per_sample(predict(posterior, Theory::hartree)),
                               posterior.hartree_size()),
            1e-13);
}

TEST(LearningCurve, InfinitelyManyModesAgainstQuadrature) {
  boost::math::quadrature::exp_sinh<double> integrate;
  for (const PowerLaw law : {PowerLaw{0.5, 0.8, 1.0}, PowerLaw{1.0, 2.0, 3.0}}) {
    const double g = 1.0 + law.alpha;
    for (const double ridge : {1.0, 250.0}) {
      const double bias = integrate.integrate([&](double k) {
        // a y c, in the form whose powers stay finite
        const double half = 0.5 * (1.0 + law.beta);
        const double m = k < 1.0 ? std::pow(k, g - half) / (std::pow(k, g) + ridge)
                                 : std::pow(k, -half) / (1.0 + ridge * std::pow(k, -g));
        return 0.5 * law.scale * law.scale * m * m;
      });
      const double variance = integrate.integrate([&](double k) { return 0.5 / (std::pow(k, g) + ridge); });
      const GaussianLoss closed = gaussian_loss(law, ridge);
      EXPECT_LT(relative_deviation(closed.bias, bias), 1e-6);  // the quadrature's error: algebraic tails
      EXPECT_LT(relative_deviation(closed.variance, variance), 1e-6);
    }
  }
}

TEST(LearningCurve, FallsWithTheTwoPowersOfTheRidge) {
  const PowerLaw law{0.2, 0.3, 1.0};
  const GaussianLoss one = gaussian_loss(law, 100.0);
  const GaussianLoss other = gaussian_loss(law, 1000.0);
  EXPECT_NEAR(std::log10(other.bias / one.bias), -0.25, 1e-14);
  EXPECT_NEAR(std::log10(other.variance / one.variance), -1.0 / 6.0, 1e-14);
}

TEST(LearningCurve, CutoffAgainstTheSums) {
  const PowerLaw law{0.2, 0.3, 1.0};
  const double large = 1000 / 3.98;
  const GaussianLoss sums = sum_of_modes(law, large, 1000);
  const GaussianLoss closed = gaussian_loss(law, large, 1000);
  EXPECT_LT(relative_deviation(closed.bias, sums.bias), 3e-6);
  EXPECT_LT(relative_deviation(closed.variance, sums.variance), 1e-6);
  const double small = 10 / 3.98;
  EXPECT_LT(relative_deviation(gaussian_loss(law, small, 10).total(), sum_of_modes(law, small, 10).total()),
            6e-3);
  // At alpha = 0.2 the tails above the cutoff more than double both pieces.
  EXPECT_GT(gaussian_loss(law, large).bias, 2.0 * closed.bias);
  EXPECT_GT(gaussian_loss(law, large).variance, 2.0 * closed.variance);
}

TEST(LearningCurve, PartsAddUp) {
  const PowerLaw law{0.2, 0.3, 2.0};
  const GaussianLoss whole = gaussian_loss(law, 250.0, 1000);
  const GaussianLoss upper = gaussian_loss(law, 250.0, 1000, 70);
  const GaussianLoss lower = gaussian_loss(law, 250.0, 70);
  EXPECT_NEAR(upper.bias + lower.bias, whole.bias, 1e-13 * whole.bias);
  EXPECT_NEAR(upper.variance + lower.variance, whole.variance, 1e-13 * whole.variance);
  EXPECT_EQ(gaussian_loss(law, 250.0, 1000, 1000).total(), 0.0);
}

TEST(LearningCurve, CutoffTailAndBottomMakeTheWhole) {
  const PowerLaw law{0.2, 0.3, 2.0};
  const double infinity = std::numeric_limits<double>::infinity();
  const GaussianLoss whole = gaussian_loss(law, 250.0);
  const GaussianLoss bottom = gaussian_loss_between(law, 250.0, 0.0, 0.5);
  const GaussianLoss modes = gaussian_loss(law, 250.0, 1000);
  const GaussianLoss tail = gaussian_loss_between(law, 250.0, 1000.5, infinity);
  EXPECT_LT(relative_deviation(bottom.bias + modes.bias + tail.bias, whole.bias), 1e-13);
  EXPECT_LT(relative_deviation(bottom.variance + modes.variance + tail.variance, whole.variance), 1e-13);
  EXPECT_LT(relative_deviation(gaussian_loss_between(law, 250.0, 0.0, infinity).bias, whole.bias), 1e-14);
  // far above the ridge m = y and c = 1/a: plain powers
  const GaussianLoss far = gaussian_loss_between(law, 1e-3, 1e6, infinity);
  EXPECT_LT(relative_deviation(far.bias, 0.5 * 4.0 * std::pow(1e6, -0.3) / 0.3), 1e-9);
  EXPECT_LT(relative_deviation(far.variance, 0.5 * std::pow(1e6, -0.2) / 0.2), 1e-9);
}

TEST(LearningCurve, RidgeShiftIsTheTadpoleOfTheModesAbove) {
  const PowerLaw law{0.2, 0.3, 1.0};
  const Couplings couplings{1000, 3.98, 0.05};
  for (const std::size_t mode : {30U, 100U, 500U}) {
    const double sum = 2.0 * sum_of_modes(law, couplings.ridge(), 1000, mode).total();
    const double expected = 0.5 * couplings.quartic() * sum / couplings.ridge();
    EXPECT_LT(relative_deviation(ridge_shift(law, couplings, 1000, mode), expected), 1e-5);
  }
}

TEST(LearningCurve, RefusesBadInput) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(gaussian_loss(PowerLaw{0.0, 0.3, 1.0}, 1.0), InvalidInput);
  EXPECT_THROW(gaussian_loss(PowerLaw{nan, 0.3, 1.0}, 1.0), InvalidInput);
  EXPECT_THROW(gaussian_loss(PowerLaw{0.2, 0.0, 1.0}, 1.0), InvalidInput);
  EXPECT_THROW(gaussian_loss(PowerLaw{0.2, 2.4, 1.0}, 1.0), InvalidInput);
  EXPECT_THROW(gaussian_loss(PowerLaw{0.2, 0.3, nan}, 1.0), InvalidInput);
  EXPECT_THROW(gaussian_loss(PowerLaw{0.2, 0.3, 1.0}, 0.0), InvalidInput);
  EXPECT_THROW(gaussian_loss(PowerLaw{0.2, 0.3, 1.0}, 1.0, 10, 11), InvalidInput);
  EXPECT_THROW(gaussian_loss_between(PowerLaw{}, 1.0, -1.0, 2.0), InvalidInput);
  EXPECT_THROW(gaussian_loss_between(PowerLaw{}, 1.0, 2.0, 1.0), InvalidInput);
  EXPECT_THROW(gaussian_loss_between(PowerLaw{}, 1.0, 1.0, nan), InvalidInput);
  EXPECT_THROW(ridge_shift(PowerLaw{}, Couplings{0, 1.0, 0.1}, 10, 1), InvalidInput);
}

}  // namespace
}  // namespace ridgeflow
