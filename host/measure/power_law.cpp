#include "ridgeflow/measure/power_law.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <boost/math/distributions/chi_squared.hpp>
#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {

double FittedPowerLaw::at(double x) const {
  return this->factor * std::pow(x, this->exponent);
}

double FittedPowerLaw::reaches(double y) const {
  return std::pow(y / this->factor, 1.0 / this->exponent);
}

namespace {

/// Weight of a point: one over the variance of its logarithm.
double weight_of(double x, const Measured& y) {
  validate(x > 0 && y.value != 0 && y.error > 0 && std::isfinite(x + std::abs(y.value) + y.error),
           "a power law is fitted to logarithms: points, values and errors must be finite and not zero");
  return std::pow(y.value / y.error, 2);
}

double chi_squared_of(const FittedPowerLaw& law, const std::vector<double>& x,
                      const std::vector<Measured>& y) {
  double sum = 0;
  for (const std::size_t i : law.points) {
    sum += weight_of(x[i], y[i]) * std::pow(std::log(std::abs(y[i].value) / law.at(x[i])), 2);
  }
  return sum;
}

}  // namespace

FittedPowerLaw fit_power_law(const std::vector<double>& x, const std::vector<Measured>& y,
                             const std::vector<std::size_t>& chosen) {
  validate(chosen.size() >= 2, fmt::format("a power law needs two points, not {}", chosen.size()));
  double weights = 0;
  double mean_x = 0;
  double mean_y = 0;
  for (const std::size_t i : chosen) {
    const double weight = weight_of(x[i], y[i]);
    weights += weight;
    mean_x += weight * std::log(x[i]);
    mean_y += weight * std::log(std::abs(y[i].value));
  }
  mean_x /= weights;
  mean_y /= weights;
  double xx = 0;
  double xy = 0;
  for (const std::size_t i : chosen) {
    const double from_mean = std::log(x[i]) - mean_x;
    xx += weight_of(x[i], y[i]) * from_mean * from_mean;
    xy += weight_of(x[i], y[i]) * from_mean * (std::log(std::abs(y[i].value)) - mean_y);
  }
  validate(xx > 0, "a power law needs points at two places");
  FittedPowerLaw law;
  law.exponent = xy / xx;
  law.factor = std::exp(mean_y - law.exponent * mean_x);
  law.points = chosen;
  law.chi_squared = chi_squared_of(law, x, y);
  const double freedom = static_cast<double>(chosen.size()) - 2.0;
  const double enlarged = freedom > 0 ? std::max(1.0, law.chi_squared / freedom) : 1.0;
  law.exponent_error = std::sqrt(enlarged / xx);
  return law;
}

FittedPowerLaw fit_factor(const std::vector<double>& x, const std::vector<Measured>& y,
                          const std::vector<std::size_t>& chosen, double exponent, double exponent_error) {
  validate(!chosen.empty(), "a factor needs a point");
  double weights = 0;
  double sum = 0;
  for (const std::size_t i : chosen) {
    const double weight = weight_of(x[i], y[i]);
    weights += weight;
    sum += weight * (std::log(std::abs(y[i].value)) - exponent * std::log(x[i]));
  }
  FittedPowerLaw law{std::exp(sum / weights), exponent, exponent_error, 0, chosen};
  law.chi_squared = chi_squared_of(law, x, y);
  return law;
}

std::vector<std::size_t> leading_points(const std::vector<Measured>& bias, const FitRange& range) {
  const auto fits = [&](const Measured& each) {
    return each.error > 0 && std::abs(each.value) > range.resolved * each.error &&
           std::abs(each.value) <= range.small;
  };
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < bias.size(); ++i) {
    if (fits(bias[i]) &&
        (chosen.empty() || std::signbit(bias[i].value) == std::signbit(bias[chosen.front()].value))) {
      chosen.push_back(i);
    } else if (!chosen.empty()) {
      break;
    }
  }
  return chosen;
}

std::optional<FittedPowerLaw> fit_leading_order(const std::vector<double>& x,
                                                const std::vector<Measured>& bias, const FitRange& range) {
  std::optional<FittedPowerLaw> law;
  std::vector<std::size_t> chosen;
  for (const std::size_t i : leading_points(bias, range)) {
    chosen.push_back(i);
    if (chosen.size() < 2) {
      continue;
    }
    FittedPowerLaw longer = fit_power_law(x, bias, chosen);
    if (chosen.size() > 2) {
      const boost::math::chi_squared law_of_chi(static_cast<double>(chosen.size()) - 2.0);
      if (boost::math::cdf(boost::math::complement(law_of_chi, longer.chi_squared)) < range.p_least) {
        break;
      }
    }
    law = std::move(longer);
  }
  return law && law->exponent > 0 && law->exponent_error <= range.vaguest ? law : std::nullopt;
}

}  // namespace ridgeflow
