/// \file
/// Power laws through measured points: the order of a step-size error.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "ridgeflow/measure/measured.hpp"

namespace ridgeflow {

/// y = factor x^exponent.
struct FittedPowerLaw {
  double factor = 0;
  double exponent = 0;
  double exponent_error = 0;  ///< standard error, enlarged by sqrt(chi^2/dof) where that exceeds 1
  double chi_squared = 0;
  std::vector<std::size_t> points;  ///< indices of the points that it went through

  double at(double x) const;
  /// The x at which it is \p y > 0.
  double reaches(double y) const;
};

/// Weighted least squares of ln|y| = ln(factor) + exponent ln x over the points \p chosen, at least two, each
/// with weight (y/error)^2: errors are taken as small beside y. \throws InvalidInput for fewer, for x, y or
/// errors that have no logarithm, or if all x are equal.
FittedPowerLaw fit_power_law(const std::vector<double>& x, const std::vector<Measured>& y,
                             const std::vector<std::size_t>& chosen);

/// The same with \p exponent, of error \p exponent_error, given: one point is enough.
FittedPowerLaw fit_factor(const std::vector<double>& x, const std::vector<Measured>& y,
                          const std::vector<std::size_t>& chosen, double exponent, double exponent_error);

/// When a bias is fit to be fitted.
struct FitRange {
  double resolved = 3.0;  ///< standard errors from zero, more than
  double small = 0.1;     ///< magnitude up to which the leading order is expected to hold
  double p_least = 0.01;  ///< probability of chi^2 below which a law is rejected
  double vaguest = 0.25;  ///< error of an exponent beyond which one order is not told from another
};

/// Points fit for a leading order: from the smallest resolved one upwards, consecutive ones that are
/// resolved, small and of one sign.
std::vector<std::size_t> leading_points(const std::vector<Measured>& bias, const FitRange& range = {});

/// The law of the leading order in a bias measured at ascending x: through the first of
/// leading_points(), as many as a power law is not rejected for. Nothing with fewer than two, or with an
/// exponent that is too vague: not resolved.
std::optional<FittedPowerLaw> fit_leading_order(const std::vector<double>& x,
                                                const std::vector<Measured>& bias,
                                                const FitRange& range = {});

}  // namespace ridgeflow
