#include "ridgeflow/theory/exact.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {
namespace {

constexpr std::size_t kPoints = 129;       // t >= 0; 257 on the whole line
constexpr double kSpacing = 16.0 / 128.0;  // in widths

// Integrand on the points: ln w and the conditional mean and variance of R, all relative to t = 0.
struct Line {
  std::vector<double> log_modulus = std::vector<double>(kPoints);
  std::vector<double> phase = std::vector<double>(kPoints);
  std::vector<double> size_re = std::vector<double>(kPoints);  // sum_k c (g - 1) + m^2 (g^2 - 1)
  std::vector<double> size_im = std::vector<double>(kPoints);
  std::vector<double> spread_re = std::vector<double>(kPoints);  // sum_k 2 c^2 g^2 + 4 c m^2 g^3
  std::vector<double> spread_im = std::vector<double>(kPoints);
};

// c0 - c1 x + c2 x^2 - ... to c7: the coefficients of ln(1 + x)/(2x), and of (s - atan(s))/s^3 with x = s^2.
using Coefficients = std::array<double, 8>;
constexpr Coefficients kHalfLog{1.0 / 2, 1.0 / 4, 1.0 / 6, 1.0 / 8, 1.0 / 10, 1.0 / 12, 1.0 / 14, 1.0 / 16};
constexpr Coefficients kAtan{1.0 / 3, 1.0 / 5, 1.0 / 7, 1.0 / 9, 1.0 / 11, 1.0 / 13, 1.0 / 15, 1.0 / 17};

inline double alternating(double x, const Coefficients& coefficients) {
  double sum = coefficients.back();
  for (std::size_t n = coefficients.size() - 1; n-- > 0;) {
    sum = coefficients[n] - x * sum;
  }
  return sum;
}

// One mode's share: with s = c t and g = 1/(1 + is) = (1 - is)/(1 + s^2), up to what cancels at
// the saddle,
//     ln w = -1/2 [ln(1 + is) - is] - 1/2 m^2 t^2 c g.
void add_mode(double c, double m, const std::vector<double>& t, Line& line) {
  // Below s = 0.1 the series beat the library in speed and, for atan(s) - s, in accuracy.
  const auto split = std::lower_bound(t.begin(), t.end(), 0.1 / c) - t.begin();
  const auto near = static_cast<std::size_t>(split);
  double half_log[kPoints] = {};  // 1/2 ln(1 + s^2)
  double excess[kPoints] = {};    // atan(s) - s
  for (std::size_t i = 0; i < near; ++i) {
    const double s = c * t[i];
    const double x = s * s;
    half_log[i] = x * alternating(x, kHalfLog);
    excess[i] = -s * x * alternating(x, kAtan);
  }
  for (std::size_t i = near; i < t.size(); ++i) {
    const double s = c * t[i];
    half_log[i] = 0.5 * std::log1p(s * s);
    excess[i] = std::atan(s) - s;
  }
  const double m2 = m * m;
  for (std::size_t i = 0; i < t.size(); ++i) {
    const double s = c * t[i];
    const double g_re = 1.0 / (1.0 + s * s);
    const double g_im = -s * g_re;
    const double tree = 0.5 * (m * t[i]) * (m * t[i]) * c;
    line.log_modulus[i] -= 0.5 * half_log[i] + tree * g_re;
    line.phase[i] -= 0.5 * excess[i] + tree * g_im;
    // g - 1 = -is g, g^2 - 1 = (g - 1)(g + 1)
    const double d_re = s * g_im;
    const double d_im = -s * g_re;
    line.size_re[i] += c * d_re + m2 * (d_re * (g_re + 1.0) - d_im * g_im);
    line.size_im[i] += c * d_im + m2 * (d_re * g_im + d_im * (g_re + 1.0));
    const double square_re = g_re * g_re - g_im * g_im;
    const double square_im = 2.0 * g_re * g_im;
    line.spread_re[i] += 2.0 * c * (c * square_re + 2.0 * m2 * (square_re * g_re - square_im * g_im));
    line.spread_im[i] += 2.0 * c * (c * square_im + 2.0 * m2 * (square_re * g_im + square_im * g_re));
  }
}

}  // namespace

ExactAverage::ExactAverage(const Posterior& posterior) : posterior_(posterior) {
  const double rho = posterior.hartree_ridge();
  const double quartic = posterior.quartic();
  // U W = 1 + U (1/2 sum c^2 + sum a^2 y^2 c^3) stays a number for every U >= 0, where W itself overflows.
  double curvature = 0;
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    const double c = posterior.variance_at(k, rho);
    const double m = posterior.mean_at(k, rho);
    curvature += (0.5 * c + m * m) * c;
  }
  const double uw = 1.0 + quartic * curvature;
  if (quartic == 0.0) {
    // Nothing to average over: w is a delta function at z = r.
    this->t_ = {0.0};
    this->weight_re_ = {1.0};
    this->weight_im_ = {0.0};
    this->mean_size_ = posterior.hartree_size();
    this->variance_size_ = 4.0 * curvature;
    return;
  }

  const double width = std::sqrt(quartic / uw);
  this->t_.resize(kPoints);
  for (std::size_t i = 0; i < kPoints; ++i) {
    this->t_[i] = static_cast<double>(i) * kSpacing * width;
  }
  Line line;
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    add_mode(posterior.variance_at(k, rho), posterior.mean_at(k, rho), this->t_, line);
  }

  this->weight_re_.resize(kPoints);
  this->weight_im_.resize(kPoints);
  double sum = 0;
  for (std::size_t i = 0; i < kPoints; ++i) {
    const double x = static_cast<double>(i) * kSpacing;
    const double modulus = (i == 0 ? 1.0 : 2.0) * std::exp(line.log_modulus[i] - 0.5 * x * x / uw);
    this->weight_re_[i] = modulus * std::cos(line.phase[i]);
    this->weight_im_[i] = modulus * std::sin(line.phase[i]);
    sum += this->weight_re_[i];
  }
  for (std::size_t i = 0; i < kPoints; ++i) {
    this->weight_re_[i] /= sum;
    this->weight_im_[i] /= sum;
  }
  this->perfect_acceptance_ = kSpacing * sum / std::sqrt(2.0 * std::numbers::pi * uw);

  // Total variance: R given z has the spread; its mean moves with z. Every average is real.
  double shift = 0;
  double spread = 0;
  for (std::size_t i = 0; i < kPoints; ++i) {
    shift += this->weight_re_[i] * line.size_re[i] - this->weight_im_[i] * line.size_im[i];
    spread += this->weight_re_[i] * line.spread_re[i] - this->weight_im_[i] * line.spread_im[i];
  }
  for (std::size_t i = 0; i < kPoints; ++i) {
    const double re = line.size_re[i] - shift;
    const double im = line.size_im[i];
    spread += this->weight_re_[i] * (re * re - im * im) - this->weight_im_[i] * 2.0 * re * im;
  }
  this->mean_size_ = posterior.hartree_size() + shift;
  this->variance_size_ = spread;
}

ExactAverage::CentredMoments ExactAverage::moments(std::size_t k) const {
  RIDGEFLOW_EXPECT(k < this->posterior_.modes());
  const double c = this->posterior_.variance_at(k, this->posterior_.hartree_ridge());
  double first = 0;
  for (std::size_t i = 0; i < this->t_.size(); ++i) {
    const double s = c * this->t_[i];
    const double scale = s / (1.0 + s * s);
    first += -scale * (this->weight_re_[i] * s - this->weight_im_[i]);  // g - 1 = -(s^2 + is)/(1 + s^2)
  }
  double second = 0;
  double third = 0;
  double fourth = 0;
  for (std::size_t i = 0; i < this->t_.size(); ++i) {
    const double s = c * this->t_[i];
    const double scale = s / (1.0 + s * s);
    const double re = -scale * s - first;
    const double im = -scale;
    const double re2 = re * re - im * im;
    const double im2 = 2.0 * re * im;
    const double w_re = this->weight_re_[i];
    const double w_im = this->weight_im_[i];
    second += w_re * re2 - w_im * im2;
    third += w_re * (re2 * re - im2 * im) - w_im * (re2 * im + im2 * re);
    fourth += w_re * (re2 * re2 - im2 * im2) - w_im * 2.0 * re2 * im2;
  }
  return {first, second, third, fourth};
}

double ExactAverage::mean(std::size_t k) const {
  return this->posterior_.mean_at(k, this->posterior_.hartree_ridge()) * (1.0 + this->moments(k).first);
}

double ExactAverage::variance(std::size_t k) const {
  const double rho = this->posterior_.hartree_ridge();
  const double m = this->posterior_.mean_at(k, rho);
  const CentredMoments of = this->moments(k);
  return this->posterior_.variance_at(k, rho) * (1.0 + of.first) + m * m * of.second;
}

double ExactAverage::fourth_cumulant(std::size_t k) const {
  const double rho = this->posterior_.hartree_ridge();
  const double c = this->posterior_.variance_at(k, rho);
  const double m = this->posterior_.mean_at(k, rho);
  const double m2 = m * m;
  const CentredMoments of = this->moments(k);
  return 3.0 * c * c * of.second + 6.0 * c * m2 * of.third +
         m2 * m2 * (of.fourth - 3.0 * of.second * of.second);
}

}  // namespace ridgeflow
