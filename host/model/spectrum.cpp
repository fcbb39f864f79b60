#include "ridgeflow/model/spectrum.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {
namespace {

void validate_mode_count(std::size_t modes) {
  validate(modes > 0, "the spectrum has no modes: give at least one");
  validate(modes <= kMaxModes,
           fmt::format("{} modes are more than the limit of {}: use fewer", modes, kMaxModes));
}

}  // namespace

Spectrum power_law_spectrum(std::size_t modes, double alpha, double beta, double scale) {
  validate_mode_count(modes);
  validate(
      std::isfinite(alpha) && std::isfinite(beta) && std::isfinite(scale),
      fmt::format("alpha = {}, beta = {}, scale = {}: each must be a finite number", alpha, beta, scale));
  std::vector<double> a(modes);
  std::vector<double> y(modes);
  for (std::size_t i = 0; i < modes; ++i) {
    const double k = static_cast<double>(i + 1);
    a[i] = std::pow(k, 1.0 + alpha);
    y[i] = scale * std::pow(k, -0.5 * (1.0 + beta));
  }
  return make_spectrum(std::move(a), std::move(y));
}

Spectrum make_spectrum(std::vector<double> a, std::vector<double> y) {
  validate_mode_count(a.size());
  validate(a.size() == y.size(),
           fmt::format("{} values of a but {} of y: the spectrum needs one of each for every mode", a.size(),
                       y.size()));
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!(std::isfinite(a[i]) && a[i] > 0)) {
      throw InvalidInput(fmt::format(
          "mode {}: a = {} is not finite and positive; a_k = 1/lambda_k needs kernel eigenvalues that are "
          "finite and positive: leave such modes out",
          i + 1, a[i]));
    }
    if (!std::isfinite(y[i])) {
      throw InvalidInput(
          fmt::format("mode {}: y = {} is not finite: mend or leave out that mode", i + 1, y[i]));
    }
  }
  return Spectrum{std::move(a), std::move(y)};
}

}  // namespace ridgeflow
