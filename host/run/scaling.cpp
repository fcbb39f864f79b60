#include "ridgeflow/run/scaling.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>

#include <boost/math/statistics/linear_regression.hpp>
#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {

std::vector<double> local_exponents(const std::vector<double>& x, const std::vector<double>& y) {
  if (x.size() != y.size()) {
    throw InvalidInput(
        fmt::format("exponents of {} values at {} points: give one a point", y.size(), x.size()));
  }
  const auto positive = [](double value) { return value > 0 && std::isfinite(value); };
  validate(std::all_of(x.begin(), x.end(), positive) && std::all_of(y.begin(), y.end(), positive),
           "exponents are of logarithms: every point and value must be positive and finite");
  validate(std::adjacent_find(x.begin(), x.end(), std::greater_equal<>()) == x.end(),
           "exponents: points must ascend without repeats");
  std::vector<double> exponents(x.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < x.size() && x.size() > 1; ++i) {
    const std::size_t first = i == 0 ? 0 : i - 1;
    const std::size_t last = std::min(i + 1, x.size() - 1);
    std::vector<double> ln_x;
    std::vector<double> ln_y;
    for (std::size_t j = first; j <= last; ++j) {
      ln_x.push_back(std::log(x[j]));
      ln_y.push_back(std::log(y[j]));
    }
    exponents[i] = boost::math::statistics::simple_ordinary_least_squares(ln_x, ln_y).second;
  }
  return exponents;
}

double median(std::vector<double> values) {
  validate(!values.empty(), "the median of no values: give at least one");
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace ridgeflow
