#include "ridgeflow/measure/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

#include "measure/normal_deviate.hpp"

namespace ridgeflow {
namespace {

/// What a deviation over its error must exceed to be resolved, one of \p modes.
double resolved_above(double degrees_of_freedom, std::size_t modes) {
  const double level = kResolvedLevel / static_cast<double>(modes);
  return boost::math::quantile(
      boost::math::complement(boost::math::students_t(degrees_of_freedom), 0.5 * level));
}

}  // namespace

Agreement agree(const std::vector<double>& measured, const std::vector<double>& error,
                const std::vector<double>& predicted, const std::vector<double>& degrees_of_freedom) {
  Agreement a;
  const std::size_t modes = measured.size();
  a.z.resize(modes);
  double threshold = 0;
  for (std::size_t k = 0; k < modes; ++k) {
    if (k == 0 || degrees_of_freedom[k] != degrees_of_freedom[k - 1]) {
      threshold = resolved_above(degrees_of_freedom[k], modes);
    }
    const double z = (measured[k] - predicted[k]) / error[k];
    const auto mode = static_cast<std::uint32_t>(k + 1);
    a.z[k] = z;
    if (!std::isfinite(z)) {
      a.not_compared.push_back(mode);
      continue;
    }
    const double normal = normal_deviate(z, degrees_of_freedom[k]);
    a.chi_squared += normal * normal;
    if (a.largest_mode == 0 || std::abs(z) > std::abs(a.largest_z)) {
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
  const auto compared = static_cast<double>(a.compared());
  a.p_value = compared == 0 ? std::numeric_limits<double>::quiet_NaN()
                            : boost::math::cdf(boost::math::complement(boost::math::chi_squared(compared),
                                                                       std::min(a.chi_squared, 1e300)));
  return a;
}

Agreement agree(const std::vector<double>& measured, const std::vector<double>& error,
                const std::vector<double>& predicted, double degrees_of_freedom) {
  return agree(measured, error, predicted, std::vector<double>(measured.size(), degrees_of_freedom));
}

Comparison compare(const MomentSummary& measured, const Prediction& prediction) {
  const double df = measured.degrees_of_freedom();
  return {prediction.theory, agree(measured.mean, measured.mcse_mean, prediction.mean, df),
          agree(measured.variance, measured.mcse_variance, prediction.variance, df)};
}

namespace {

/// One quantity of two systems: difference and error to begin with, then what they say.
Agreement agree_two(const std::vector<double>& one, const std::vector<double>& one_error, double one_freedom,
                    const std::vector<double>& other, const std::vector<double>& other_error,
                    double other_freedom, std::size_t modes, std::vector<double>& difference,
                    std::vector<double>& error) {
  std::vector<double> degrees(modes);
  difference.resize(modes);
  error.resize(modes);
  for (std::size_t k = 0; k < modes; ++k) {
    const double first = one_error[k] * one_error[k];
    const double second = other_error[k] * other_error[k];
    difference[k] = one[k] - other[k];
    error[k] = std::sqrt(first + second);
    // The shares of the variance; where both errors vanish z is none either.
    const double share = error[k] > 0 ? first / (first + second) : 0.5;
    degrees[k] = 1.0 / (share * share / one_freedom + (1.0 - share) * (1.0 - share) / other_freedom);
  }
  const auto count = static_cast<std::ptrdiff_t>(modes);
  return agree({one.begin(), one.begin() + count}, error, {other.begin(), other.begin() + count}, degrees);
}

}  // namespace

SampleComparison compare_samples(const MomentSummary& one, const MomentSummary& other, std::size_t modes) {
  validate(modes >= 1 && modes <= one.mean.size() && modes <= other.mean.size(),
           fmt::format("{} common modes of systems of {} and {}", modes, one.mean.size(), other.mean.size()));
  SampleComparison c;
  c.mean = agree_two(one.mean, one.mcse_mean, one.degrees_of_freedom(), other.mean, other.mcse_mean,
                     other.degrees_of_freedom(), modes, c.mean_difference, c.mean_error);
  c.variance = agree_two(one.variance, one.mcse_variance, one.degrees_of_freedom(), other.variance,
                         other.mcse_variance, other.degrees_of_freedom(), modes, c.variance_difference,
                         c.variance_error);
  return c;
}

}  // namespace ridgeflow
