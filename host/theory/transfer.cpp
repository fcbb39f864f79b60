#include "ridgeflow/theory/transfer.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/theory/decimation.hpp"

#include "theory/refuse_sextic.hpp"

namespace ridgeflow {
namespace {

TransferredCouplings for_samples(double ridge, double quartic, std::int64_t samples) {
  const double count = static_cast<double>(samples);
  return {ridge, quartic, count / ridge, quartic / count, samples};
}

void validate_common_modes(const Spectrum& small, const Spectrum& large) {
  validate(large.size() >= small.size(),
           fmt::format("the larger spectrum has {} modes, the posterior {}: it needs "
                       "at least as many",
                       large.size(), small.size()));
  const auto differ = [](double one, double other) { return std::abs(one - other) > 1e-12 * std::abs(one); };
  for (std::size_t k = 0; k < small.size(); ++k) {
    if (differ(small.a[k], large.a[k]) || differ(small.y[k], large.y[k])) {
      throw InvalidInput(
          fmt::format("mode {}: the posterior has a = {}, y = {}, the larger spectrum a = {}, y = {}: "
                      "it must begin with the posterior's own modes",
                      k + 1, small.a[k], small.y[k], large.a[k], large.y[k]));
    }
  }
}

struct Pair {
  double ridge;
  double quartic;
};

// What mode (a, y) must have seen so that r1, u1 are left after it is integrated out.
Pair integrate_in(double a, double y, Pair below, std::size_t mode) {
  const auto [r1, u1] = below;
  double r = r1;
  double u = u1;
  for (int iteration = 0; iteration < 100; ++iteration) {
    const double c = 1.0 / (a + r);
    const double m2 = a * y * c * a * y * c;
    const double discriminant = 1.0 - (2.0 * c + 4.0 * m2) * c * u1;
    if (!(discriminant >= 0.0 && a + r > 0.0)) {
      throw NumericalFailure(
          fmt::format("no larger system leads to r = {}, U = {} below mode {}: its bubble would be above 2; "
                      "transfer to fewer samples, or lower u",
                      r1, u1, mode));
    }
    const double root = std::sqrt(discriminant);
    u = 2.0 * u1 / (1.0 + root);
    const double residual = r + 0.5 * u * (c + m2) - r1;
    // dB/dr = -(4c + 12 m^2) c^2 and du/dB = u u1/(2 root (1 + root)); a vanishing root is met by plain
    // iteration.
    const double bend =
        root > 1e-8 ? -u * u1 / (2.0 * root * (1.0 + root)) * (4.0 * c + 12.0 * m2) * c * c : 0.0;
    const double slope = 1.0 + 0.5 * bend * (c + m2) - 0.5 * u * (c + 2.0 * m2) * c;
    const double step = -residual / slope;
    r += step;
    if (std::abs(step) <= 1e-15 * std::abs(r)) {
      break;
    }
  }
  if (!(r > 0.0)) {
    throw NumericalFailure(
        fmt::format("the ridge of the larger system would be {} at mode {}: the interaction alone "
                    "makes more; transfer to fewer samples, or lower u",
                    r, mode));
  }
  return {r, u};
}

}  // namespace

TransferredCouplings transfer(const Posterior& posterior, std::int64_t target_samples) {
  refuse_sextic(posterior, "hyperparameter transfer");
  const std::int64_t samples = posterior.couplings().samples;
  validate(target_samples >= 1, fmt::format("target samples {}: give at least one", target_samples));
  validate(target_samples <= samples,
           fmt::format("target samples {} are more than the {} of the posterior: the way up needs the larger "
                       "spectrum too",
                       target_samples, samples));
  const Decimation flow = decimate(posterior, static_cast<std::size_t>(target_samples));
  if (!(std::isfinite(flow.ridge_below) && std::isfinite(flow.quartic_below))) {
    throw NumericalFailure(
        fmt::format("the decimation breaks down at mode {}: its bubble is {}, and U would turn "
                    "negative; transfer to more samples, or lower u",
                    flow.largest_bubble_mode, flow.largest_bubble));
  }
  return for_samples(flow.ridge_below, flow.quartic_below, target_samples);
}

TransferredCouplings transfer(const Posterior& posterior, const Spectrum& larger,
                              std::int64_t target_samples) {
  refuse_sextic(posterior, "hyperparameter transfer");
  const std::int64_t samples = posterior.couplings().samples;
  validate(
      target_samples >= samples,
      fmt::format("target samples {} are fewer than the {} of the posterior: the way down takes no spectrum",
                  target_samples, samples));
  const Spectrum checked = make_spectrum(larger.a, larger.y);
  validate_common_modes(posterior.spectrum(), checked);
  Pair couplings{posterior.ridge(), posterior.quartic()};
  for (std::size_t k = posterior.modes(); k < checked.size(); ++k) {
    couplings = integrate_in(checked.a[k], checked.y[k], couplings, k + 1);
  }
  return for_samples(couplings.ridge, couplings.quartic, target_samples);
}

Spectrum leading_modes(const Spectrum& spectrum, std::size_t modes) {
  const auto count = static_cast<std::ptrdiff_t>(std::min(modes, spectrum.size()));
  return make_spectrum({spectrum.a.begin(), spectrum.a.begin() + count},
                       {spectrum.y.begin(), spectrum.y.begin() + count});
}

}  // namespace ridgeflow
