#include "theory/mode_law.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {
namespace {

using Points = ModeLaw::Points;
constexpr double kNegligible = -41.0;  // exponent: 1.6e-18
constexpr double kEnough = -35.0;      // exponent at the ends: 6e-16
constexpr double kCoarse = 1e-6;       // of every second point: its square or better is left of all
constexpr int kMostAttempts = 30;

// Where the points lie: d = centre + deviation x.
struct Frame {
  double centre;
  double miss;  // y - centre, by itself: for stiff modes the difference has no digits
  double deviation;
  std::size_t half = ModeLaw::kHalf;  // points to either side
  double widths = ModeLaw::kWidths;   // to either side

  double spacing() const { return this->widths / static_cast<double>(this->half); }
  double offset(std::size_t p) const {
    return this->spacing() * (static_cast<double>(p) - static_cast<double>(this->half));
  }
  std::size_t points() const { return 2 * this->half + 1; }
};

// Logarithm of the density relative to that at the centre; fills the sizes and positions. Returns the series
// at the centre.
double fill_exponents(double a, double size, const VertexFunction& vertex, const Frame& frame, ModeLaw& law,
                      Points& exponent) {
  law.points = frame.points();
  law.centre_increase = frame.centre * frame.centre;
  const double base = size + law.centre_increase;
  for (std::size_t p = 0; p < frame.points(); ++p) {
    const double step = frame.deviation * frame.offset(p);
    law.increase[p] = step * (2.0 * frame.centre + step);
    law.position[p] = vertex.position(base + law.increase[p]);
    exponent[p] =
        a * step * (frame.miss - 0.5 * step) - polynomial_step(vertex.polynomial, base, law.increase[p]);
  }
  const Points series = series_at(vertex.series, law);
  for (std::size_t p = 0; p < frame.points(); ++p) {
    exponent[p] += series[frame.half] - series[p];
  }
  return series[frame.half];
}

struct Moments {
  double norm;
  double first;   // mean of the offsets
  double second;  // their variance
  double coarse;  // relative error of the norm by every second point
};

// Fills the weights.
Moments take_moments(const Frame& frame, const Points& exponent, Points& weight) {
  Moments result{0, 0, 0, 0};
  const double highest =
      *std::max_element(exponent.begin(), exponent.begin() + static_cast<std::ptrdiff_t>(frame.points()));
  double alternating = 0;
  for (std::size_t p = 0; p < frame.points(); ++p) {
    weight[p] = std::exp(exponent[p] - highest);
    result.norm += weight[p];
    alternating += p % 2 == 0 ? weight[p] : -weight[p];
  }
  result.coarse = std::abs(alternating / result.norm);
  for (std::size_t p = 0; p < frame.points(); ++p) {
    weight[p] /= result.norm;
  }
  for (std::size_t h = 1; h <= frame.half; ++h) {  // pair by pair: a symmetric law has a mean of 0
    const double difference = weight[frame.half + h] - weight[frame.half - h];
    result.first += frame.spacing() * static_cast<double>(h) * difference;
  }
  for (std::size_t p = 0; p < frame.points(); ++p) {
    const double x = frame.offset(p) - result.first;
    result.second += weight[p] * x * x;
  }
  result.norm *= std::exp(highest);
  return result;
}

// True if the points are where the law is. Otherwise moves them: a strong vertex makes it narrower than its
// Gaussian, shifts it, ends it long before nine widths, and gives it a flank that takes more points.
bool fits(const Points& exponent, const Moments& moments, Frame& frame) {
  if (std::abs(moments.first) > 0.3 || moments.second < 0.7 || moments.second > 1.4) {
    const double shift = frame.deviation * moments.first;
    frame.centre += shift;
    frame.miss -= shift;
    frame.deviation *= std::sqrt(std::max(moments.second, frame.spacing() * frame.spacing()));
    frame.widths = ModeLaw::kWidths;
    return false;
  }
  std::size_t needed = frame.half;
  while (needed > 2 && exponent[frame.half + needed - 1] < kNegligible &&
         exponent[frame.half - needed + 1] < kNegligible) {
    --needed;
  }
  if (5 * needed <= 4 * frame.half) {
    frame.widths = frame.spacing() * static_cast<double>(needed);
    return false;
  }
  if (std::max(exponent.front(), exponent[frame.points() - 1]) > kEnough) {
    frame.widths *= 1.25;
    return false;
  }
  if (moments.coarse > kCoarse && frame.half < ModeLaw::kMostHalf) {
    frame.half *= 2;
    return false;
  }
  return true;
}

}  // namespace

Points series_at(std::span<const double> series, const ModeLaw& law) {
  Points before;
  Points now;
  Points sum;
  for (std::size_t p = 0; p < law.points; ++p) {
    before[p] = 1.0;
    now[p] = law.position[p];
    sum[p] = 0.0;
  }
  for (std::size_t j = 1; j < series.size(); ++j) {
    for (std::size_t p = 0; p < law.points; ++p) {
      sum[p] += series[j] * now[p];
      const double next = 2.0 * law.position[p] * now[p] - before[p];
      before[p] = now[p];
      now[p] = next;
    }
  }
  return sum;
}

ModeLaw law_of_mode(double a, double y, double size, const VertexFunction& vertex) {
  const auto [c, ridge] =
      self_consistent_gaussian(a, y, size, [&](double at) { return vertex.couplings_at(at); });
  Frame frame{a * y * c, y * ridge * c, std::sqrt(c)};
  ModeLaw law;
  Points exponent;
  double series = 0;
  Moments moments{};
  bool done = false;
  for (int attempt = 0; attempt < kMostAttempts && !done; ++attempt) {
    series = fill_exponents(a, size, vertex, frame, law, exponent);
    moments = take_moments(frame, exponent, law.weight);
    done = !std::isfinite(moments.norm) || fits(exponent, moments, frame);
  }
  double outside = 0;
  for (std::size_t p = 0; p < law.points; ++p) {
    if (size + law.centre_increase + law.increase[p] > vertex.length * (1.0 + 1e-12)) {
      outside += law.weight[p];
    }
  }
  if (!(done && std::isfinite(moments.norm) && outside < 1e-13)) {
    throw NumericalFailure(fmt::format(
        "functional decimation: the law of a mode with a = {}, y = {} given R = {} does not fit the interval "
        "[0, {}] of R: lower the couplings r = {}, U = {}, W = {}",
        a, y, size, vertex.length, vertex.polynomial.ridge, vertex.polynomial.quartic,
        vertex.polynomial.sextic));
  }
  law.mean = frame.centre + frame.deviation * moments.first;
  law.variance = frame.deviation * frame.deviation * moments.second;
  const double prior = 0.5 * a * frame.miss * frame.miss;
  const double step = polynomial_step(vertex.polynomial, size, law.centre_increase);
  const double rest = series + vertex.series[0];
  law.log_norm = std::log(frame.spacing() * frame.deviation * moments.norm) - prior - step - rest;
  law.magnitude = 1.0 + prior + step + std::abs(rest);
  return law;
}

}  // namespace ridgeflow
