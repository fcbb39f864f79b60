#include "theory/size_contour.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow::theory {
namespace {

constexpr double kNegligible = 1e-30;  // probability left out at either end, by the saddle-point estimate
constexpr double kPointsEnd = 1e-19;   // of the first term of a contour
constexpr std::size_t kMostPanels = 10000;  // some twenty are usual, two hundred for one mode without a mean
constexpr double kSmall = 0.02;             // below it ten terms of a logarithm are all of it

// -1/2 [ln(1 - w) + w], small w.
template <class Number>
Number log_rest_series(Number w) {
  Number sum = 0;
  for (int n = 10; n >= 2; --n) {
    sum = (sum + 1.0 / n) * w;
  }
  return 0.5 * sum * w;
}

// -1/2 [ln(1 - w) + w]: what a mode of variance C, w = 2 theta C, adds to K beyond theta C.
double log_rest(double w) {
  return std::abs(w) < kSmall ? log_rest_series(w) : -0.5 * (std::log1p(-w) + w);
}

std::complex<double> log_rest(std::complex<double> w) {
  const double square = std::norm(w);
  if (square < kSmall * kSmall) {
    return log_rest_series(w);
  }
  const double modulus = 0.5 * std::log1p(square - 2.0 * w.real());
  const double phase = std::atan2(-w.imag(), 1.0 - w.real());
  return {-0.5 * (modulus + w.real()), -0.5 * (phase + w.imag())};
}

// K(theta_0 + shift) - K(theta_0) - shift K'(theta_0), with the variances and means at theta_0: nothing of
// the first order is left to cancel.
std::complex<double> cumulant_rest(const Posterior& posterior, double ridge, std::complex<double> shift) {
  std::complex<double> sum = 0;
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    const double c = posterior.variance_at(k, ridge);
    const double m = posterior.mean_at(k, ridge);
    const std::complex<double> w = 2.0 * c * shift;
    sum += log_rest(w) + m * m * shift * (w / (1.0 - w));
  }
  return sum;
}

// Log of the posterior's saddle-point density at the mean, up to a constant.
double log_density(const Posterior& posterior, const TiltedSize& size) {
  const double off = size.mean - posterior.hartree_size();
  return size.log_mass - 0.5 * std::log(2.0 * std::numbers::pi * size.variance) -
         0.125 * posterior.quartic() * off * off;
}

// The next ridge to one side. In ln(rho + min a) the mean of R moves by a standard deviation or less in a
// step of 2/(sd (rho + min a)), unless other modes take over: then the step is halved.
TiltedSize next_size(const Posterior& posterior, const TiltedSize& from, double direction) {
  const double gap = from.ridge + posterior.softest();
  const double window = posterior.quartic() > 0 ? 2.0 / std::sqrt(posterior.quartic())
                                                : std::numeric_limits<double>::infinity();
  const double deviation = std::sqrt(from.variance);
  double step = std::min(2.0 / (deviation * gap), 2.0);
  for (int halving = 0; halving < 200; ++halving) {
    const TiltedSize to = tilted_size(posterior, gap * std::exp(-direction * step) - posterior.softest());
    const double distance = std::abs(to.mean - from.mean);
    if (distance <= std::min({deviation, std::sqrt(to.variance), window})) {
      return to;
    }
    step *= 0.5;
  }
  throw NumericalFailure(
      fmt::format("the distribution of R: no ridge next to {} brings R nearer than a "
                  "standard deviation; are the a of very different sizes?",
                  from.ridge));
}

// The contour v -> theta_0 + iv + 2 b v^2/(1 + sqrt(1 + (v/B)^2)), B = 1/(2 b inverse_slope): a parabola for
// an inverse slope of 0, otherwise a hyperbola whose ends have that inverse of dRe/dIm.
struct Shape {
  double inverse_slope;
  double refinement;  // of the spacing
  std::size_t most;   // points
};

// Its points for R >= lowest. Nothing where they do not end, or where the integrand grows away from the
// saddle.
std::optional<SizeContour> trace(const Posterior& posterior, const TiltedSize& at, double lowest,
                                 const Shape& shape) {
  const double deviation = std::sqrt(at.variance);
  const double bend = at.third / (6.0 * at.variance);            // b
  const double inverse_turn = 2.0 * bend * shape.inverse_slope;  // 1/B
  // Widths from the saddle to the nearest singularity: 1/(2 c_max) of the tilted Gaussian, or v = iB.
  const double reach = std::min(0.5 * deviation * (posterior.softest() + at.ridge), 2.0);
  const double distance = std::min(reach, deviation / std::max(inverse_turn, 0.5 * deviation));
  const double spacing = 0.12 * distance / (deviation * shape.refinement);  // in v
  SizeContour contour;
  double first = 0;
  int negligible = 0;
  for (std::size_t i = 0; negligible < 4; ++i) {
    const double v = static_cast<double>(i) * spacing;
    const double turn = std::hypot(1.0, v * inverse_turn);
    const std::complex<double> shift{2.0 * bend * v * v / (1.0 + turn), v};
    const std::complex<double> jacobian{1.0, -2.0 * bend * v / turn};
    const std::complex<double> term = std::exp(cumulant_rest(posterior, at.ridge, shift)) * jacobian *
                                      ((i == 0 ? 0.5 : 1.0) * spacing / std::numbers::pi);
    const double size = std::abs(term) * std::exp(-shift.real() * (lowest - at.mean));
    first = i == 0 ? size : first;
    if (i == shape.most || !(size < 4.0 * first)) {
      return std::nullopt;
    }
    contour.shift.push_back(shift);
    contour.factor.push_back(term);
    negligible = size < kPointsEnd * first ? negligible + 1 : 0;
  }
  return contour;
}

// Whether every second point gives ten digits: the error of the trapezoidal rule is squared from there to
// all points.
bool converged(const SizeContour& contour, double off) {
  double sums[2] = {};
  for (std::size_t i = 0; i < contour.shift.size(); ++i) {
    sums[i % 2] += (contour.factor[i] * std::exp(-contour.shift[i] * off)).real();
  }
  return std::abs(sums[0] - sums[1]) < 1e-10 * std::abs(sums[0] + sums[1]);
}

}  // namespace

TiltedSize tilted_size(const Posterior& posterior, double ridge) {
  TiltedSize size;
  size.ridge = ridge;
  size.tilt = 0.5 * (posterior.hartree_ridge() - ridge);
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    const double c = posterior.variance_at(k, ridge);
    const double m = posterior.mean_at(k, ridge);
    const double m2 = m * m;
    const double start = posterior.variance_at(k, posterior.hartree_ridge());
    // K - theta K', mode by mode, of second order in theta; far from rho* ln(C/c) by the quotient, since
    // 1 + x there is the small difference of large numbers.
    const double x = 2.0 * size.tilt * c;
    size.log_mass -= std::abs(x) < 0.5 ? log_rest(-x) : 0.5 * (x - std::log(c / start));
    size.log_mass -= 2.0 * size.tilt * size.tilt * m2 * start;
    size.mean += c + m2;
    size.variance += 2.0 * c * (c + 2.0 * m2);
    size.third += 8.0 * c * c * (c + 3.0 * m2);
  }
  return size;
}

std::vector<TiltedSize> covering_sizes(const Posterior& posterior) {
  const TiltedSize centre = tilted_size(posterior, posterior.hartree_ridge());
  std::vector<TiltedSize> sizes{centre};
  for (const double direction : {-1.0, 1.0}) {
    TiltedSize at = centre;
    double left = 1.0;
    while (left > kNegligible) {
      at = next_size(posterior, at, direction);
      sizes.push_back(at);
      left = std::exp(log_density(posterior, at)) * std::min(at.mean, std::sqrt(at.variance));
      if (sizes.size() > kMostPanels || !std::isfinite(left)) {
        throw NumericalFailure(
            fmt::format("the distribution of R does not end within {} standard deviations of {}",
                        sizes.size(), centre.mean));
      }
    }
    if (direction < 0) {
      std::reverse(sizes.begin(), sizes.end());
    }
  }
  return sizes;
}

SizeContour size_contour(const Posterior& posterior, const TiltedSize& at, double lowest, double highest) {
  // The parabola is the shorter one wherever chi^2-like modes rule. Stiff modes with a large mean make exp K
  // nearly a Gaussian of theta, which grows where |Re| > |Im|: there, the hyperbola.
  for (const Shape& shape : {Shape{0.0, 1, 500}, Shape{1.25, 1, 20000}, Shape{1.25, 2, 40000},
                             Shape{1.25, 4, 80000}, Shape{1.25, 8, 160000}, Shape{1.25, 16, 320000}}) {
    std::optional<SizeContour> contour = trace(posterior, at, lowest, shape);
    if (contour && converged(*contour, lowest - at.mean) && converged(*contour, 0.0) &&
        converged(*contour, highest - at.mean)) {
      return *std::move(contour);
    }
  }
  throw NumericalFailure(fmt::format("the density of R at {} does not converge", at.mean));
}

}  // namespace ridgeflow::theory
