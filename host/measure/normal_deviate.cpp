#include "measure/normal_deviate.hpp"

#include <cmath>
#include <limits>

#include <boost/math/constants/constants.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/gamma.hpp>

namespace ridgeflow {
namespace {

/// The continued fraction F of the incomplete beta function, I_x(a, b) = x^a (1 - x)^b/(a B(a, b)) F
/// (DLMF 8.17.22), by Lentz's method. Converges within a few terms for x far below (a + 1)/(a + b + 2).
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  constexpr int kMostTerms = 10'000;
  const auto away_from_zero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double numerator = 1;
  double denominator = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double fraction = denominator;
  for (int m = 1; m <= kMostTerms; ++m) {
    double change = 1;
    for (const double term : {m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                              -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))}) {
      denominator = 1 / away_from_zero(1 + term * denominator);
      numerator = away_from_zero(1 + term / numerator);
      change = numerator * denominator;
      fraction *= change;
    }
    if (std::abs(change - 1) < std::numeric_limits<double>::epsilon()) {
      break;
    }
  }
  return fraction;
}

/// ln P(Student > t), t > 0 far out: P = I_x(nu/2, 1/2)/2 at x = nu/(nu + t^2).
double log_student_tail(double t, double nu) {
  const double a = 0.5 * nu;
  const double ratio = t / std::sqrt(nu);
  const double log_x = ratio < 1e100 ? -std::log1p(ratio * ratio) : -2.0 * std::log(ratio);
  const double log_rest = ratio < 1e100 ? 2.0 * std::log(ratio) + log_x : 0.0;  // ln(1 - x)
  // a ratio of Gamma functions, for their logarithms would cancel where nu is large
  const double beta = boost::math::tgamma_delta_ratio(a, 0.5) * boost::math::constants::root_pi<double>();
  return a * log_x + 0.5 * log_rest - std::log(2.0 * a * beta) +
         std::log(beta_fraction(a, 0.5, std::exp(log_x)));
}

/// z with ln P(normal > z) = \p log_tail, for tails below 1e-300: Newton's method on the asymptotic series.
double normal_of_log_tail(double log_tail) {
  double z = std::sqrt(-2.0 * log_tail);
  for (int i = 0; i < 50; ++i) {
    const double q = 1.0 / (z * z);
    const double series = 1 - q * (1 - q * (3 - q * (15 - q * (105 - q * 945))));
    const double log_of_z =
        -0.5 * z * z - std::log(z * boost::math::constants::root_two_pi<double>()) + std::log(series);
    const double change = (log_of_z - log_tail) / (z + 1.0 / z);
    z += change;
    if (std::abs(change) <= 4 * std::numeric_limits<double>::epsilon() * z) {
      break;
    }
  }
  return z;
}

}  // namespace

double normal_deviate(double t, double degrees_of_freedom) {
  if (!std::isfinite(t)) {
    return t;
  }
  const double tail =
      boost::math::cdf(boost::math::complement(boost::math::students_t(degrees_of_freedom), std::abs(t)));
  const double z = tail > std::numeric_limits<double>::min()
                       ? boost::math::quantile(boost::math::complement(boost::math::normal(), tail))
                       : normal_of_log_tail(log_student_tail(std::abs(t), degrees_of_freedom));
  return std::copysign(z, t);
}

}  // namespace ridgeflow
