#include "ridgeflow/measure/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace ridgeflow {
namespace {

/// The normal deviate as improbable as a Student's t of \p t.
double to_normal(double t, double degrees_of_freedom) {
  const boost::math::students_t student(degrees_of_freedom);
  const boost::math::normal normal;
  const double tail = boost::math::cdf(boost::math::complement(student, std::abs(t)));
  // far tails underflow: 38 sigma is as far as double precision tells
  const double z = tail > std::numeric_limits<double>::min()
                       ? boost::math::quantile(boost::math::complement(normal, tail))
                       : 38.0;
  return std::copysign(z, t);
}

}  // namespace

Agreement agree(const std::vector<double>& measured, const std::vector<double>& error,
                const std::vector<double>& predicted, double degrees_of_freedom) {
  Agreement a;
  const std::size_t modes = measured.size();
  a.z.resize(modes);
  const double level = kResolvedLevel / static_cast<double>(modes);
  const double threshold = boost::math::quantile(
      boost::math::complement(boost::math::students_t(degrees_of_freedom), 0.5 * level));
  double counted = 0;
  for (std::size_t k = 0; k < modes; ++k) {
    const double z = (measured[k] - predicted[k]) / error[k];
    a.z[k] = z;
    if (!std::isfinite(z)) {
      continue;  // a theory that gives no number for this mode
    }
    const auto mode = static_cast<std::uint32_t>(k + 1);
    counted += 1;
    const double normal = to_normal(z, degrees_of_freedom);
    a.chi_squared += normal * normal;
    if (std::abs(z) > std::abs(a.largest_z)) {
      a.largest_z = z;
      a.largest_mode = mode;
    }
    if (std::abs(z) > threshold) {
      a.resolved.push_back(mode);
      const double relative = std::abs(measured[k] / predicted[k] - 1.0);
      if (predicted[k] != 0 && relative > a.largest_relative) {
        a.largest_relative = relative;
        a.largest_relative_mode = mode;
      }
    }
  }
  a.p_value = counted == 0 ? std::numeric_limits<double>::quiet_NaN()
                           : boost::math::cdf(boost::math::complement(boost::math::chi_squared(counted),
                                                                      std::min(a.chi_squared, 1e300)));
  return a;
}

Comparison compare(const MomentSummary& measured, const Prediction& prediction) {
  const double df = measured.degrees_of_freedom();
  return {prediction.theory, agree(measured.mean, measured.mcse_mean, prediction.mean, df),
          agree(measured.variance, measured.mcse_variance, prediction.variance, df)};
}

}  // namespace ridgeflow
