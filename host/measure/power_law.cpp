#include "ridgeflow/measure/power_law.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <boost/math/distributions/chi_squared.hpp>
#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {

double PowerLaw::at(double x) const {
  return this->factor * std::pow(x, this->exponent);
}

double PowerLaw::reaches(double y) const {
  return std::pow(y / this->factor, 1.0 / this->exponent);
}

PowerLaw fit_power_law(const std::vector<double>& x, const std::vector<Measured>& y,
                       const std::vector<std::size_t>& chosen) {
  validate(chosen.size() >= 2, fmt::format("a power law needs two points, not {}", chosen.size()));
  double weights = 0;
  double mean_x = 0;
  double mean_y = 0;
  for (const std::size_t i : chosen) {
    const double magnitude = std::abs(y[i].value);
    validate(x[i] > 0 && magnitude > 0 && y[i].error > 0 && std::isfinite(x[i] + magnitude + y[i].error),
             "a power law is fitted to logarithms: points, values and errors must be finite and not zero");
    const double weight = std::pow(magnitude / y[i].error, 2);
    weights += weight;
    mean_x += weight * std::log(x[i]);
    mean_y += weight * std::log(magnitude);
  }
  mean_x /= weights;
  mean_y /= weights;
  double xx = 0;
  double xy = 0;
  for (const std::size_t i : chosen) {
    const double weight = std::pow(y[i].value / y[i].error, 2);
    const double from_mean = std::log(x[i]) - mean_x;
    xx += weight * from_mean * from_mean;
    xy += weight * from_mean * (std::log(std::abs(y[i].value)) - mean_y);
  }
  validate(xx > 0, "a power law needs points at two places");
  PowerLaw law;
  law.exponent = xy / xx;
  law.factor = std::exp(mean_y - law.exponent * mean_x);
  law.points = chosen;
  for (const std::size_t i : chosen) {
    const double left = std::log(std::abs(y[i].value) / law.at(x[i]));
    law.chi_squared += std::pow(left * y[i].value / y[i].error, 2);
  }
  const double freedom = static_cast<double>(chosen.size()) - 2.0;
  const double enlarged = freedom > 0 ? std::max(1.0, law.chi_squared / freedom) : 1.0;
  law.exponent_error = std::sqrt(enlarged / xx);
  return law;
}

std::optional<PowerLaw> fit_leading_order(const std::vector<double>& x, const std::vector<Measured>& bias,
                                          const FitRange& range) {
  const auto fits = [&](std::size_t i) {
    return bias[i].error > 0 && std::abs(bias[i].value) > range.resolved * bias[i].error &&
           std::abs(bias[i].value) <= range.small;
  };
  std::size_t first = 0;
  while (first < x.size() && !fits(first)) {
    ++first;
  }
  std::optional<PowerLaw> law;
  std::vector<std::size_t> chosen;
  for (std::size_t i = first; i < x.size() && fits(i); ++i) {
    if (std::signbit(bias[i].value) != std::signbit(bias[first].value)) {
      break;
    }
    chosen.push_back(i);
    if (chosen.size() < 2) {
      continue;
    }
    PowerLaw longer = fit_power_law(x, bias, chosen);
    if (chosen.size() > 2) {
      const boost::math::chi_squared law_of_chi(static_cast<double>(chosen.size()) - 2.0);
      if (boost::math::cdf(boost::math::complement(law_of_chi, longer.chi_squared)) < range.p_least) {
        break;
      }
    }
    law = std::move(longer);
  }
  return law && law->exponent > 0 ? law : std::nullopt;
}

}  // namespace ridgeflow
