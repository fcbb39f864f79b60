#include "ridgeflow/theory/exact_cumulants.hpp"

#include <complex>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {
namespace {

using Values = std::vector<std::complex<double>>;  // [point]

// The conditional cumulants of R on the points, those that are subtracted from one another less their value
// at t = 0: where the mean of a mode is large, they hardly move. kappa_1 is slope xi + first_rest.
struct SizeOnLine {
  Values first;
  Values first_rest;
  Values second;
  Values third;
  Values fourth;           // all of it
  double third_start = 0;  // kappa_3 at t = 0
};

SizeOnLine size_on_line(const AuxiliaryLine& line) {
  const Posterior& posterior = line.posterior();
  const double rho = posterior.hartree_ridge();
  const Values none(line.points());
  SizeOnLine size{none, none, none, none, none};
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    const double c = posterior.variance_at(k, rho);
    const double m2 = posterior.mean_at(k, rho) * posterior.mean_at(k, rho);
    size.third_start += 8.0 * c * c * (c + 3.0 * m2);
    for (std::size_t i = 0; i < line.points(); ++i) {
      const double s = c * line.t()[i];
      const std::complex<double> g{1.0 / (1.0 + s * s), -s / (1.0 + s * s)};
      const std::complex<double> d{s * g.imag(), -s * g.real()};  // g - 1 = -is g
      const std::complex<double> two = d * (1.0 + g);             // g^2 - 1, and so on
      const std::complex<double> three = d * (1.0 + g + g * g);
      size.first[i] += c * d + m2 * two;
      size.first_rest[i] -= s * s * g * (c + m2 * (2.0 + g));  // g^2 - 1 + 2is = -s^2 g (2 + g)
      size.second[i] += 2.0 * c * (c * two + 2.0 * m2 * three);
      size.third[i] += 8.0 * c * c * (c * three + 3.0 * m2 * (two * (1.0 + g * g)));
      size.fourth[i] += 48.0 * c * c * c * (g * g * g * g) * (c + 4.0 * m2 * g);
    }
  }
  return size;
}

}  // namespace

ModeCumulants mode_cumulants(const ExactAverage& average) {
  const std::size_t modes = average.line().posterior().modes();
  ModeCumulants result{std::vector<double>(modes), std::vector<double>(modes)};
  for (std::size_t k = 0; k < modes; ++k) {
    result.third[k] = average.third_cumulant(k);
    result.fourth[k] = average.fourth_cumulant(k);
  }
  return result;
}

std::vector<double> pair_covariances(const ExactAverage& average, std::span<const ModePair> pairs) {
  const std::size_t modes = average.line().posterior().modes();
  std::vector<double> result;
  result.reserve(pairs.size());
  for (const ModePair& pair : pairs) {
    if (pair.first >= modes || pair.second >= modes) {
      throw InvalidInput(fmt::format("pair of mode indices {}, {}: with {} modes they run from 0 to {}",
                                     pair.first, pair.second, modes, modes - 1));
    }
    result.push_back(average.covariance(pair.first, pair.second));
  }
  return result;
}

SizeCumulants size_cumulants(const ExactAverage& average) {
  const AuxiliaryLine& line = average.line();
  const SizeOnLine size = size_on_line(line);
  const double first_mean = line.average(size.first);
  const double second_mean = line.average(size.second);
  const double third_mean = line.average(size.third);
  Values between_third(line.points());  // what the movement of the conditional cumulants adds
  Values between_fourth(line.points());
  for (std::size_t i = 0; i < line.points(); ++i) {
    const std::complex<double> one = size.first[i] - first_mean;
    const std::complex<double> two = size.second[i] - second_mean;
    between_third[i] = one * (3.0 * two + one * one);
    between_fourth[i] = 4.0 * one * (size.third[i] - third_mean) + 3.0 * two * (two + 2.0 * one * one);
  }
  const double slope = 2.0 * line.curvature() * line.width();
  return {average.mean_size(), average.variance_size(),
          size.third_start + third_mean + line.average(between_third),
          line.average(size.fourth) + line.average(between_fourth) +
              line.fourth_cumulant(slope, size.first_rest)};
}

}  // namespace ridgeflow
