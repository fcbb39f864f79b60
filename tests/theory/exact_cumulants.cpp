#include "ridgeflow/theory/exact_cumulants.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

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

// Numbers of a posterior of one or two modes, by quadrature over d itself.
struct DirectCumulants {
  double third;
  double fourth;
  double covariance;
  SizeCumulants size;
};

DirectCumulants direct_cumulants(const DirectPosterior& direct) {
  const double mean0 = direct.average([](double d0, double) { return d0; });
  const double mean1 = direct.average([](double, double d1) { return d1; });
  const double size = direct.average([](double d0, double d1) { return d0 * d0 + d1 * d1; });
  const auto mode = [&](int power) {
    return direct.average([&](double d0, double) { return std::pow(d0 - mean0, power); });
  };
  const auto central = [&](int power) {
    return direct.average([&](double d0, double d1) { return std::pow(d0 * d0 + d1 * d1 - size, power); });
  };
  return {mode(3),
          mode(4) - 3.0 * std::pow(mode(2), 2),
          direct.average([&](double d0, double d1) { return (d0 - mean0) * (d1 - mean1); }),
          {size, central(2), central(3), central(4) - 3.0 * std::pow(central(2), 2)}};
}

// Quadrature gives a cumulant to the digits of the moments that it is the difference of: where it is not
// small beside them, 1e-10 of itself.
void expect_direct(const Posterior& posterior) {
  const DirectCumulants expected = direct_cumulants(DirectPosterior(posterior));
  const ExactAverage exact(posterior);
  const double variance = exact.variance(0);
  const double tolerance = 1e-10;
  EXPECT_NEAR(exact.third_cumulant(0), expected.third,
              tolerance * std::max(std::abs(expected.third), 1e-3 * std::pow(variance, 1.5)));
  EXPECT_NEAR(exact.fourth_cumulant(0), expected.fourth,
              tolerance * std::max(std::abs(expected.fourth), 1e-3 * variance * variance));
  const SizeCumulants size = size_cumulants(exact);
  EXPECT_NEAR(size.third, expected.size.third,
              tolerance * std::max(std::abs(expected.size.third), 1e-3 * std::pow(size.variance, 1.5)));
  EXPECT_NEAR(size.fourth, expected.size.fourth,
              tolerance * std::max(std::abs(expected.size.fourth), 1e-3 * size.variance * size.variance));
  EXPECT_EQ(size.mean, exact.mean_size());
  EXPECT_EQ(size.variance, exact.variance_size());
  if (posterior.modes() == 2) {
    const double scale = std::sqrt(variance * exact.variance(1));
    EXPECT_NEAR(exact.covariance(0, 1), expected.covariance,
                tolerance * std::max(std::abs(expected.covariance), 1e-3 * scale));
  }
}

TEST(Cumulants, NoInteractionByHand) {
  // a = 1, r = 1, y = 2: c = 1/2, m = 1; of R: 8 (1/8 + 3/4) = 7 and 48 (1/16 + 4/8) = 27.
  const Posterior posterior(Spectrum{{1.0, 1.0}, {2.0, 0.0}}, Couplings{1, 1.0, 0.0});
  const ExactAverage exact(posterior);
  const ModeCumulants modes = mode_cumulants(exact);
  EXPECT_THAT(modes.third, testing::ElementsAre(0.0, 0.0));
  EXPECT_THAT(modes.fourth, testing::ElementsAre(0.0, 0.0));
  EXPECT_EQ(exact.covariance(0, 1), 0.0);
  const SizeCumulants size = size_cumulants(exact);
  EXPECT_DOUBLE_EQ(size.mean, 1.5 + 0.5);
  EXPECT_DOUBLE_EQ(size.variance, 2.5 + 0.5);
  EXPECT_DOUBLE_EQ(size.third, 7.0 + 1.0);
  EXPECT_DOUBLE_EQ(size.fourth, 27.0 + 3.0);
}

TEST(Cumulants, OneModeAgainstQuadrature) {
  for (const double u : {1e-3, 0.05, 1.0, 100.0, 1e6}) {
    for (const double y : {0.0, 1.0, 10.0}) {
      SCOPED_TRACE(testing::Message() << "u = " << u << ", y = " << y);
      expect_direct(Posterior(Spectrum{{1.0}, {y}}, Couplings{1, 4.0, u}));
    }
  }
  expect_direct(Posterior(Spectrum{{1.0}, {10.0}}, Couplings{1, 1e3, 100.0}));
}

TEST(Cumulants, TwoModesAgainstQuadrature) {
  for (const double u : {0.05, 100.0}) {
    for (const double y : {1.0, 10.0}) {
      SCOPED_TRACE(testing::Message() << "u = " << u << ", y = " << y);
      expect_direct(Posterior(Spectrum{{1.0, 2.3}, {y, 0.7}}, Couplings{2, 4.0, u}));
    }
  }
}

// Numbers of a program in 50 digits that takes raw moments over the line, with its own saddle and points.
TEST(Cumulants, FiftyDigits) {
  struct Known {
    std::size_t mode;
    double third;
    double fourth;
    double with_first;
  };
  const auto expect = [](const Posterior& posterior, const std::vector<Known>& known,
                         const SizeCumulants& size) {
    const ExactAverage exact(posterior);
    for (const Known& of : known) {
      EXPECT_LT(relative_deviation(exact.third_cumulant(of.mode), of.third), 1e-14) << of.mode;
      EXPECT_LT(relative_deviation(exact.fourth_cumulant(of.mode), of.fourth), 1e-14) << of.mode;
      EXPECT_LT(relative_deviation(exact.covariance(0, of.mode), of.with_first), 1e-14) << of.mode;
    }
    const SizeCumulants ours = size_cumulants(exact);
    EXPECT_LT(relative_deviation(ours.third, size.third), 1e-13);
    EXPECT_LT(relative_deviation(ours.fourth, size.fourth), 1e-12);
  };
  // the standard run
  expect(
      test::standard_posterior(1000, test::kStandardKappa, 0.05),
      {{0, -2.3578584507864094788e-8, -2.3578072848391193397e-8, 0.0035811317968787304021},
       {1, -3.3887862372315593182e-8, -2.3145030314075926626e-8, -1.1401077202930811429e-8},
       {9, -6.8022000030587673923e-8, -1.9166720483023793357e-8, -2.5146299323198511073e-8},
       {99, -2.3023897724072336836e-8, -1.8279338405128933982e-9, -2.7561887166139710416e-8},
       {999, -1.9506287679636253474e-11, -4.366867011860344879e-13, -1.5116748786382354326e-9}},
      {1.0752251919970199544, 0.0033574945981163602211, 0.00002748405886930393271, 3.8585049514055254235e-7});
  // the strong one
  expect(Posterior(power_law_spectrum(200, 0.5, 0.8), Couplings{200, 1.5, 1.0}),
         {{0, -6.4181251502216969037e-7, -6.4158995736107491267e-7, 0.0058948023390970658055},
          {1, -9.3258788345661705313e-7, -6.1480344993659896688e-7, -3.1753060623325381373e-7},
          {9, -1.3276358579798688526e-6, -3.323599442778043157e-7, -6.1424526955504560568e-7},
          {99, -4.6339852162770509209e-9, -2.9231344867243906484e-10, -7.2695292128591670245e-8},
          {199, -1.6213952243073394683e-10, -6.7493259824580973094e-12, -1.6757258597871003065e-8}},
         {0.34238572707980131546, 0.001872053171599633523, 0.000025014137115425812952,
          5.2540728890339503474e-7});
  // a mean of 16600 standard deviations in the first: there E[D^4] - 3 E[D^2]^2 leaves 4e-8
  expect(
      Posterior(Spectrum{{1e5, 1.0, 1e-3, 40}, {50, 0.7, 3, -4}}, Couplings{2, 0.01, 10.0}),
      {{0, -6.9601000731986777619e-13, 1.1694319818296622031e-19, 6.4953735841852239921e-6},
       {1, -2.9893638158734132774e-16, -4.2705197369090089245e-16, -1.1724315316292713334e-11},
       {2, -1.2814384995757685843e-18, -4.2714616652525608846e-16, -5.0252606714402076952e-14},
       {3, 6.7743188416370475832e-14, -4.2339465479820670853e-16, 2.6683446238677504137e-9}},
      {1791.8581379392062169, 0.046555164438857522325, 1.3920234880838046896e-6, 3.4450237474226520073e-11});
}

// The source of mode k stands in S as -a_k y_k d_k: the derivatives by it are the cumulants, for any number
// of modes, from means and variances alone. Fourth-order differences in steps of 2 % of a standard deviation.
void expect_responses(const Posterior& posterior, std::size_t k, std::size_t j) {
  const double step = 0.02 / (posterior.spectrum().a[k] * std::sqrt(ExactAverage(posterior).variance(k)));
  const auto slope = [&](const std::function<double(const ExactAverage&)>& value) {
    const auto at = [&](double steps) {
      Spectrum spectrum = posterior.spectrum();
      spectrum.y[k] += steps * step;
      const Posterior moved(std::move(spectrum), posterior.couplings());
      return value(ExactAverage(moved));
    };
    return (8.0 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12.0 * step * posterior.spectrum().a[k]);
  };
  const ExactAverage exact(posterior);
  const double variance = exact.variance(k);
  EXPECT_NEAR(slope([&](const auto& e) { return e.mean(j); }), exact.covariance(j, k),
              1e-9 * std::sqrt(variance * exact.variance(j)));
  EXPECT_NEAR(slope([&](const auto& e) { return e.mean(k); }), variance, 1e-9 * variance);
  EXPECT_NEAR(slope([&](const auto& e) { return e.variance(k); }), exact.third_cumulant(k),
              1e-9 * std::pow(variance, 1.5));
  EXPECT_NEAR(slope([&](const auto& e) { return e.third_cumulant(k); }), exact.fourth_cumulant(k),
              1e-9 * variance * variance);
}

TEST(Cumulants, AreResponsesToTheSource) {
  const Posterior standard = test::standard_posterior(1000, test::kStandardKappa, 0.05);
  const Posterior strong = test::standard_posterior(50, 4.0, 100.0);
  for (const std::size_t k : {0U, 4U, 49U}) {
    expect_responses(standard, k, 7);
    expect_responses(strong, k, 7);
  }
}

// -R/2 stands in S beside the ridge: its cumulants are derivatives by r.
TEST(Cumulants, OfTheSizeAreResponsesToTheRidge) {
  for (const double u : {0.0, 0.05, 10.0}) {
    const auto at = [&](double ridge) {
      const Posterior posterior = test::standard_posterior(200, 200 / ridge, u);
      return size_cumulants(ExactAverage(posterior));
    };
    const double ridge = 50.0;
    const SizeCumulants size = at(ridge);
    const double step = 0.04 / std::sqrt(size.variance);
    const auto slope = [&](double SizeCumulants::*of) {
      return -2.0 *
             (8.0 * (at(ridge + step).*of - at(ridge - step).*of) -
              (at(ridge + 2 * step).*of - at(ridge - 2 * step).*of)) /
             (12.0 * step);
    };
    EXPECT_NEAR(slope(&SizeCumulants::mean), size.variance, 1e-7 * size.variance) << u;
    EXPECT_NEAR(slope(&SizeCumulants::variance), size.third, 1e-7 * size.third) << u;
    EXPECT_NEAR(slope(&SizeCumulants::third), size.fourth, 1e-7 * size.fourth) << u;
  }
}

// Trees of one vertex: kappa_3 = -3 U c^3 m, kappa_4 = -3 U c^4, Cov = -U c_j c_k m_j m_k at rho*. The ratio
// differs from 1 by O(U): ten times less for a tenth of U.
TEST(Cumulants, WeakCouplingIsOneVertex) {
  const auto off = [](double u) {
    const Posterior posterior = test::standard_posterior(50, 4.0, u);
    const ExactAverage exact(posterior);
    const double rho = posterior.hartree_ridge();
    const double quartic = posterior.quartic();
    double largest = 0;
    for (const std::size_t k : {0U, 3U, 49U}) {
      const double c = posterior.variance_at(k, rho);
      const double m = posterior.mean_at(k, rho);
      const double other = posterior.variance_at(7, rho) * posterior.mean_at(7, rho);
      largest = std::max({largest, std::abs(exact.third_cumulant(k) / (-3 * quartic * c * c * c * m) - 1),
                          std::abs(exact.fourth_cumulant(k) / (-3 * quartic * c * c * c * c) - 1),
                          std::abs(exact.covariance(k, 7) / (-quartic * c * m * other) - 1)});
    }
    return largest;
  };
  EXPECT_LT(off(1e-3), 0.05);
  for (const double u : {1e-3, 1e-5, 1e-7}) {
    EXPECT_NEAR(off(0.1 * u) / off(u), 0.1, 0.01) << u;
  }
  EXPECT_LT(off(1e-17), 4e-15);  // to the last bits: nothing has cancelled
}

// To first order kappa_n(R) moves by -(U/8) [kappa_(n+2) + sum_j binomial(n, j) kappa_(j+1) kappa_(n-j+1)],
// j = 1 ... n-1, with the cumulants of the Hartree Gaussian.
TEST(Cumulants, WeakCouplingOfTheSize) {
  const auto off = [](double u) {
    const Posterior posterior = test::standard_posterior(20, 4.0, u);
    double gauss[7] = {};
    double factor = 1.0;  // 2^(n-1) (n-1)!
    for (int n = 1; n < 7; ++n) {
      for (std::size_t k = 0; k < posterior.modes(); ++k) {
        const double c = posterior.variance_at(k, posterior.hartree_ridge());
        const double m = posterior.mean_at(k, posterior.hartree_ridge());
        gauss[n] += factor * (std::pow(c, n) + n * std::pow(c, n - 1) * m * m);
      }
      factor *= 2.0 * n;
    }
    const double vertex = -0.125 * posterior.quartic();
    const SizeCumulants size = size_cumulants(ExactAverage(posterior));
    const double moved[] = {vertex * gauss[3], vertex * (gauss[4] + 2 * gauss[2] * gauss[2]),
                            vertex * (gauss[5] + 6 * gauss[2] * gauss[3]),
                            vertex * (gauss[6] + 8 * gauss[2] * gauss[4] + 6 * gauss[3] * gauss[3])};
    return std::max({std::abs((size.mean - gauss[1]) / moved[0] - 1),
                     std::abs((size.variance - gauss[2]) / moved[1] - 1),
                     std::abs((size.third - gauss[3]) / moved[2] - 1),
                     std::abs((size.fourth - gauss[4]) / moved[3] - 1)});
  };
  EXPECT_LT(off(1e-4), 0.05);
  EXPECT_NEAR(off(1e-5) / off(1e-4), 0.1, 0.01);
}

// A kappa_4 that forgets its last term, or the last two, is out of the tolerance of the quadratures above by
// orders. The averages in it follow from mean, variance and kappa_3.
TEST(Cumulants, AForgottenTermIsSeen) {
  for (const double u : {1e-3, 0.05, 100.0}) {
    const Posterior posterior(Spectrum{{1.0}, {10.0}}, Couplings{1, 4.0, u});
    const ExactAverage exact(posterior);
    const double c = posterior.variance_at(0, posterior.hartree_ridge());
    const double m = posterior.mean_at(0, posterior.hartree_ridge());
    const double second = (exact.variance(0) - c * exact.mean(0) / m) / (m * m);      // E[D^2]
    const double third = (exact.third_cumulant(0) / m - 3.0 * c * second) / (m * m);  // E[D^3]
    const double fourth = exact.fourth_cumulant(0);
    const double off_scale = 1e-5 * std::max(std::abs(fourth), 1e-3 * std::pow(exact.variance(0), 2));
    EXPECT_GT(std::abs(3.0 * c * c * second - fourth), off_scale) << u;
    EXPECT_GT(std::abs(3.0 * c * c * second + 6.0 * c * m * m * third - fourth), off_scale) << u;
  }
}

TEST(Cumulants, PairsInTheOrderAskedFor) {
  const Posterior posterior = test::standard_posterior(30, 4.0, 1.0);
  const ExactAverage exact(posterior);
  const std::vector<ModePair> pairs{{3, 1}, {29, 29}, {1, 3}};
  const std::vector<double> covariances = pair_covariances(exact, pairs);
  EXPECT_EQ(covariances, (std::vector{exact.covariance(3, 1), exact.variance(29), exact.covariance(1, 3)}));
  EXPECT_NEAR(covariances[0], covariances[2], 1e-15 * std::abs(covariances[0]));
  EXPECT_LT(covariances[0], 0.0);
  EXPECT_TRUE(pair_covariances(exact, {}).empty());
}

TEST(Cumulants, PairsOfNoModesAreRefused) {
  const Posterior posterior = test::standard_posterior(30, 4.0, 1.0);
  const ExactAverage exact(posterior);
  const std::vector<ModePair> pairs{{0, 1}, {2, 30}};
  EXPECT_THAT([&] { pair_covariances(exact, pairs); },
              ThrowsMessage<InvalidInput>(HasSubstr("indices 2, 30: with 30 modes they run from 0 to 29")));
}

// Pearson's kurtosis >= 1 + skewness^2 and Cauchy's inequality hold for any law; without a source the quartic
// wall makes the law of every mode flatter than a Gaussian.
RC_GTEST_PROP(Cumulants, KeepTheirBounds, ()) {
  const Posterior posterior = any_posterior();
  const ExactAverage exact(posterior);
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    const double variance = exact.variance(k);
    const double skewness = exact.third_cumulant(k) / std::pow(variance, 1.5);
    RC_ASSERT(exact.fourth_cumulant(k) / (variance * variance) + 2.0 >= skewness * skewness * (1.0 - 1e-12));
    RC_ASSERT(std::abs(exact.covariance(0, k)) <= std::sqrt(variance * exact.variance(0)) * (1.0 + 1e-12));
  }
  const SizeCumulants size = size_cumulants(exact);
  RC_ASSERT(size.fourth / (size.variance * size.variance) + 2.0 >=
            size.third * size.third / std::pow(size.variance, 3));
  const Posterior still(Spectrum{posterior.spectrum().a, std::vector<double>(posterior.modes())},
                        posterior.couplings());
  const ExactAverage centred(still);
  for (std::size_t k = 0; k < still.modes(); ++k) {
    RC_ASSERT(centred.fourth_cumulant(k) < 0.0);
    RC_ASSERT(centred.third_cumulant(k) == 0.0);
  }
}

RC_GTEST_PROP(Cumulants, TurnWithTheSignOfTheTarget, ()) {
  const Posterior posterior = any_posterior();
  Spectrum spectrum = posterior.spectrum();
  for (double& y : spectrum.y) {
    y = -y;
  }
  const Posterior turned(std::move(spectrum), posterior.couplings());
  const ExactAverage one(posterior);
  const ExactAverage other(turned);
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    RC_ASSERT(other.third_cumulant(k) == -one.third_cumulant(k));
    RC_ASSERT(other.fourth_cumulant(k) == one.fourth_cumulant(k));
    RC_ASSERT(other.covariance(0, k) == one.covariance(0, k));
  }
}

// d -> l d takes a, r to a/l^2, r/l^2, U to U/l^4, y to l y, and a cumulant of n factors to l^n. Powers of
// two leave every digit as it was.
RC_GTEST_PROP(Cumulants, ScaleWithTheField, ()) {
  const Posterior posterior = any_posterior();
  const double scale = std::ldexp(1.0, *rc::gen::inRange(-8, 9));
  Spectrum spectrum = posterior.spectrum();
  for (std::size_t k = 0; k < spectrum.size(); ++k) {
    spectrum.a[k] /= scale * scale;
    spectrum.y[k] *= scale;
  }
  Couplings couplings = posterior.couplings();
  couplings.kappa *= scale * scale;
  couplings.u /= std::pow(scale, 4);
  const Posterior scaled(std::move(spectrum), couplings);
  const ExactAverage one(posterior);
  const ExactAverage other(scaled);
  const auto alike = [](double value, double expected, double size) {
    return std::abs(value - expected) <= 1e-11 * size;
  };
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    const double deviation = scale * std::sqrt(one.variance(k));
    RC_ASSERT(
        alike(other.third_cumulant(k), std::pow(scale, 3) * one.third_cumulant(k), std::pow(deviation, 3)));
    RC_ASSERT(
        alike(other.fourth_cumulant(k), std::pow(scale, 4) * one.fourth_cumulant(k), std::pow(deviation, 4)));
    RC_ASSERT(alike(other.covariance(0, k), scale * scale * one.covariance(0, k),
                    deviation * scale * std::sqrt(one.variance(0))));
  }
  const SizeCumulants of = size_cumulants(one);
  const SizeCumulants image = size_cumulants(other);
  RC_ASSERT(relative_deviation(image.third, std::pow(scale, 6) * of.third) < 1e-10);
  RC_ASSERT(alike(image.fourth, std::pow(scale, 8) * of.fourth, image.variance * image.variance));
}

}  // namespace
}  // namespace ridgeflow
