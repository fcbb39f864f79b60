#include "measure/normal_deviate.hpp"

#include <cmath>
#include <limits>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <gtest/gtest.h>

namespace ridgeflow {
namespace {

TEST(NormalDeviate, IsAsImprobable) {
  for (const double nu : {1.0, 7.5, 63.0, 1023.0, 1e9}) {
    for (const double t : {0.0, 0.3, -1.0, 2.5, -6.0, 20.0}) {
      const double student =
          boost::math::cdf(boost::math::complement(boost::math::students_t(nu), std::abs(t)));
      const double z = normal_deviate(t, nu);
      EXPECT_NEAR(boost::math::cdf(boost::math::complement(boost::math::normal(), std::abs(z))), student,
                  1e-12 * student)
          << nu << " " << t;
      EXPECT_EQ(std::signbit(z), std::signbit(t)) << nu << " " << t;
    }
  }
}

// Where tails underflow a second formula takes over: no step at the seam, no plateau behind it.
TEST(NormalDeviate, GoesOnGrowingBeyondUnderflow) {
  for (const double nu : {15.0, 63.0, 255.0, 1023.0, 1e5, 1e9}) {
    double before = 0;
    double t_before = 0;
    double slope_before = 0;
    for (double t = 1; t < 1e80; t *= 1.003) {
      const double z = normal_deviate(t, nu);
      ASSERT_TRUE(std::isfinite(z)) << nu << " " << t;
      ASSERT_GT(z, before) << nu << " " << t;
      const double slope = (z - before) / (std::log(t) - std::log(t_before));  // changes slowly
      if (slope_before > 0 && z > 30 && z < 50) {
        ASSERT_NEAR(slope / slope_before, 1.0, 0.01) << nu << " " << t;
      }
      slope_before = t_before > 0 ? slope : 0;
      before = z;
      t_before = t;
    }
    EXPECT_GT(before, 38.0) << nu;
  }
}

// Against closed forms: Student's law of one degree is Cauchy's, P(T > t) -> 1/(pi t); of many it is normal.
TEST(NormalDeviate, FarOutIsWhatAsymptoticsSay) {
  EXPECT_NEAR(normal_deviate(1e5, 1e14), 1e5, 1e5 * 1e5 * 1e5 / 1e14);  // z = t (1 - t^2/(4 nu))
  EXPECT_NEAR(normal_deviate(50.0, 1e12) / 50.0, 1.0, 1e-9);
  // ln P(normal > z) at z = 100 by its series, and nu = 63 with a tail of that size by its leading term,
  // nu^(nu/2)/(nu B(nu/2, 1/2)) t^-nu
  const double log_tail = -0.5e4 - std::log(100.0 * std::sqrt(2 * M_PI)) + std::log1p(-1e-4 + 3e-8);
  const double nu = 63;
  const double log_beta = std::lgamma(nu / 2) + std::lgamma(0.5) - std::lgamma(nu / 2 + 0.5);
  const double log_t = (0.5 * nu * std::log(nu) - std::log(nu) - log_beta - log_tail) / nu;
  EXPECT_NEAR(normal_deviate(std::exp(log_t), nu), 100.0, 1e-9);
}

TEST(NormalDeviate, WhatIsNoNumberStays) {
  EXPECT_TRUE(std::isnan(normal_deviate(std::numeric_limits<double>::quiet_NaN(), 63)));
  EXPECT_EQ(normal_deviate(-HUGE_VAL, 63), -HUGE_VAL);
  EXPECT_TRUE(std::isfinite(normal_deviate(std::numeric_limits<double>::max(), 63)));
  EXPECT_TRUE(std::isfinite(normal_deviate(std::numeric_limits<double>::max(), 1e9)));
}

}  // namespace
}  // namespace ridgeflow
