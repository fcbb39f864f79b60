#include "ridgeflow/measure/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/measure/variance_deviation.hpp"

#include "measure/normal_deviate.hpp"

namespace ridgeflow {
namespace {

/// What a normal deviate must exceed to be resolved, one of \p modes.
double resolved_above(std::size_t modes) {
  const double level = kResolvedLevel / static_cast<double>(modes);
  return boost::math::quantile(boost::math::complement(boost::math::normal(), 0.5 * level));
}

/// The same of Student's t.
double student_above(double degrees, std::size_t modes) {
  const double level = kResolvedLevel / static_cast<double>(modes);
  return boost::math::quantile(boost::math::complement(boost::math::students_t(degrees), 0.5 * level));
}

}  // namespace

Agreement agree(const Deviates& deviates, const std::vector<double>& measured,
                const std::vector<double>& predicted) {
  Agreement a;
  a.z = deviates.z;
  a.few_draws_bias = deviates.few_draws_bias;
  const double threshold = a.z.empty() ? 0.0 : resolved_above(a.z.size());
  for (std::size_t k = 0; k < a.z.size(); ++k) {
    const double z = a.z[k];
    const auto mode = static_cast<std::uint32_t>(k + 1);
    if (!std::isfinite(z)) {
      a.not_compared.push_back(mode);
      continue;
    }
    const double normal = normal_deviate(z, deviates.degrees[k]);
    a.chi_squared += normal * normal;
    if (a.largest_mode == 0 || std::abs(z) > std::abs(a.largest_z)) {
      a.largest_z = z;
      a.largest_mode = mode;
    }
    if (std::abs(normal) > threshold) {
      a.resolved.push_back(mode);
      const double relative = predicted[k] != 0 ? std::abs(measured[k] / predicted[k] - 1.0) : 0.0;
      // Student's quantile, which takes a while, is above the normal one: look where it may matter.
      if (relative * (1.0 - threshold / std::abs(z)) > a.off_at_least) {
        const double bound = student_above(deviates.degrees[k], a.z.size());
        if (const double least = relative * (1.0 - bound / std::abs(z)); least > a.off_at_least) {
          a.off_at_least = least;
          a.off_at_least_mode = mode;
        }
      }
    }
  }
  const auto compared = static_cast<double>(a.compared());
  a.p_value = compared == 0 || a.withheld()
                  ? std::numeric_limits<double>::quiet_NaN()
                  : boost::math::cdf(boost::math::complement(boost::math::chi_squared(compared),
                                                             std::min(a.chi_squared, 1e300)));
  return a;
}

Agreement agree(const std::vector<double>& measured, const std::vector<double>& error,
                const std::vector<double>& predicted, const std::vector<double>& degrees_of_freedom) {
  Deviates deviates{std::vector<double>(measured.size()), degrees_of_freedom};
  for (std::size_t k = 0; k < measured.size(); ++k) {
    deviates.z[k] = (measured[k] - predicted[k]) / error[k];
  }
  return agree(deviates, measured, predicted);
}

Agreement agree(const std::vector<double>& measured, const std::vector<double>& error,
                const std::vector<double>& predicted, double degrees_of_freedom) {
  return agree(measured, error, predicted, std::vector<double>(measured.size(), degrees_of_freedom));
}

Comparison compare(const MomentSummary& measured, const Prediction& prediction) {
  const double df = measured.degrees_of_freedom();
  return {prediction.theory, agree(measured.mean, measured.mcse_mean, prediction.mean, df),
          agree(variance_deviates(measured, prediction.variance), measured.variance, prediction.variance)};
}

namespace {

/// Differences of the first \p modes modes of two systems, and their errors.
void subtract(const std::vector<double>& one, const std::vector<double>& one_error,
              const std::vector<double>& other, const std::vector<double>& other_error, std::size_t modes,
              std::vector<double>& difference, std::vector<double>& error) {
  difference.resize(modes);
  error.resize(modes);
  for (std::size_t k = 0; k < modes; ++k) {
    difference[k] = one[k] - other[k];
    error[k] = std::hypot(one_error[k], other_error[k]);
  }
}

/// Welch's deviates.
Deviates mean_deviates(const MomentSummary& one, const MomentSummary& other, const SampleComparison& c) {
  Deviates deviates;
  for (std::size_t k = 0; k < c.mean_error.size(); ++k) {
    deviates.z.push_back(c.mean_difference[k] / c.mean_error[k]);
    // The share of the variance; where both errors vanish z is none either.
    const double part = one.mcse_mean[k] / c.mean_error[k];
    const double share = c.mean_error[k] > 0 ? part * part : 0.5;
    deviates.degrees.push_back(1.0 / (share * share / one.degrees_of_freedom() +
                                      (1.0 - share) * (1.0 - share) / other.degrees_of_freedom()));
  }
  return deviates;
}

}  // namespace

SampleComparison compare_samples(const MomentSummary& one, const MomentSummary& other, std::size_t modes) {
  validate(modes >= 1 && modes <= one.mean.size() && modes <= other.mean.size(),
           fmt::format("{} common modes of systems of {} and {}", modes, one.mean.size(), other.mean.size()));
  SampleComparison c;
  subtract(one.mean, one.mcse_mean, other.mean, other.mcse_mean, modes, c.mean_difference, c.mean_error);
  subtract(one.variance, one.mcse_variance, other.variance, other.mcse_variance, modes, c.variance_difference,
           c.variance_error);
  c.mean = agree(mean_deviates(one, other, c), one.mean, other.mean);
  c.variance = agree(variance_deviates(one, other, modes), one.variance, other.variance);
  return c;
}

}  // namespace ridgeflow
