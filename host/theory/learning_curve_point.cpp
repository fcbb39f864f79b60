#include "ridgeflow/theory/learning_curve_point.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ridgeflow/theory/decimation.hpp"
#include "ridgeflow/theory/exact.hpp"

namespace ridgeflow {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Sums of the Gaussian theory over all modes.
struct GaussianSums {
  GaussianLoss loss;
  double slope = 0;  // dL/dr = -sum m^2 c - 1/2 sum c^2 at fixed modes
};

GaussianSums gaussian_sums(const Posterior& posterior) {
  GaussianSums sums;
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    const double c = posterior.variance_at(k, posterior.ridge());
    const double m = posterior.mean_at(k, posterior.ridge());
    sums.loss.bias += 0.5 * m * m;
    sums.loss.variance += 0.5 * c;
    sums.slope -= m * m * c + 0.5 * c * c;
  }
  return sums;
}

// r(k) at a place between two modes, 1 <= k <= M.
double ridge_at(const Decimation& flow, double k) {
  const auto below = static_cast<std::size_t>(k);
  const std::size_t above = std::min(below + 1, flow.ridge.size());
  const double part = k - static_cast<double>(below);
  return (1.0 - part) * flow.ridge[below - 1] + part * flow.ridge[above - 1];
}

GaussianLoss scaled(double factor, const GaussianLoss& loss) {
  return {factor * loss.bias, factor * loss.variance};
}

}  // namespace

GaussianLoss LearningCurve::asymptotic_slopes() const {
  return {-this->law.beta / this->growth(), -this->law.alpha / this->growth()};
}

LearningCurvePoint learning_curve_point(const LearningCurve& curve, std::int64_t samples) {
  const Couplings couplings{samples, curve.kappa, curve.u};
  validate_couplings(couplings);  // P is about to be a number of modes
  const auto modes = static_cast<std::size_t>(samples);
  const Posterior posterior(power_law_spectrum(modes, curve.law.alpha, curve.law.beta, curve.law.scale),
                            couplings);
  const double r = posterior.ridge();
  const double cut = static_cast<double>(modes) + 0.5;
  const double strength = curve.u * curve.kappa;

  LearningCurvePoint point;
  point.samples = samples;
  point.infinite = gaussian_loss(curve.law, r);
  point.cutoff = gaussian_loss(curve.law, r, modes);
  point.tail = gaussian_loss_between(curve.law, r, cut, kInfinity);
  const GaussianSums sums = gaussian_sums(posterior);
  point.sums = sums.loss;
  point.loss_gp = sums.loss.total();
  point.loss_exact = 0.5 * ExactAverage(posterior).mean_size();
  const Decimation flow = decimate(posterior);
  point.largest_bubble = flow.largest_bubble;
  for (std::size_t k = 0; k < modes; ++k) {
    const double m = posterior.mean_at(k, flow.ridge[k]);
    point.loss_wilson += 0.5 * (m * m + posterior.variance_at(k, flow.ridge[k]));
  }

  point.correction_first_order = posterior.quartic() * sums.slope;
  const GaussianLoss slopes = curve.asymptotic_slopes();
  point.correction_infinite =
      strength * (slopes.bias * point.infinite.bias + slopes.variance * point.infinite.variance);

  point.learning_scale = std::clamp(std::pow(r, 1.0 / curve.growth()), 1.0, static_cast<double>(modes));
  point.ridge_shift = ridge_at(flow, point.learning_scale) / r - 1.0;
  const double from = point.learning_scale + 0.5;
  point.shift_pieces = scaled(strength, gaussian_loss_between(curve.law, r, from, cut));
  point.shift_infinite = scaled(strength, gaussian_loss_between(curve.law, r, from, kInfinity));
  return point;
}

LearningCurveSlopes learning_curve_slopes(const LearningCurve& curve, std::int64_t samples) {
  const std::int64_t reach = std::max<std::int64_t>(1, samples / 100);
  const LearningCurvePoint low = learning_curve_point(curve, std::max<std::int64_t>(1, samples - reach));
  const LearningCurvePoint high = learning_curve_point(curve, samples + reach);
  const double distance = std::log(static_cast<double>(high.samples) / static_cast<double>(low.samples));
  const auto secant = [&](double from, double to) {
    return to / from > 0.0 ? std::log(to / from) / distance : std::numeric_limits<double>::quiet_NaN();
  };
  const auto secants = [&](const GaussianLoss& from, const GaussianLoss& to) {
    return GaussianLoss{secant(from.bias, to.bias), secant(from.variance, to.variance)};
  };
  return {secant(low.loss_gp, high.loss_gp),           secant(low.loss_wilson, high.loss_wilson),
          secant(low.loss_exact, high.loss_exact),     secants(low.sums, high.sums),
          secants(low.with_tail(), high.with_tail()),  secant(low.correction(), high.correction()),
          secants(low.shift_pieces, high.shift_pieces)};
}

}  // namespace ridgeflow
