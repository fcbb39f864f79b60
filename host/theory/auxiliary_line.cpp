#include "ridgeflow/theory/auxiliary_line.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "ridgeflow/base/error.hpp"

#include "theory/refuse_sextic.hpp"

namespace ridgeflow {
namespace {

constexpr std::size_t kPoints = AuxiliaryLine::kPoints;
constexpr double kSpacing = AuxiliaryLine::kSpacing;

// Integrand on the points: ln w and the conditional mean and variance of R, all relative to t = 0.
struct Integrand {
  std::vector<double> log_modulus = std::vector<double>(kPoints);
  std::vector<double> phase = std::vector<double>(kPoints);
  std::vector<double> excess_modulus = std::vector<double>(kPoints);  // log_modulus without its t^2
  std::vector<double> size_re = std::vector<double>(kPoints);         // sum_k c (g - 1) + m^2 (g^2 - 1)
  std::vector<double> size_im = std::vector<double>(kPoints);
  std::vector<double> spread_re = std::vector<double>(kPoints);  // sum_k 2 c^2 g^2 + 4 c m^2 g^3
  std::vector<double> spread_im = std::vector<double>(kPoints);
};

// c0 - c1 x + c2 x^2 - ... to c7: the coefficients of ln(1 + x)/(2x), of (x - ln(1 + x))/(2x^2), and of
// (s - atan(s))/s^3 with x = s^2.
using Coefficients = std::array<double, 8>;
constexpr Coefficients kHalfLog{1.0 / 2, 1.0 / 4, 1.0 / 6, 1.0 / 8, 1.0 / 10, 1.0 / 12, 1.0 / 14, 1.0 / 16};
constexpr Coefficients kLogRest{1.0 / 4, 1.0 / 6, 1.0 / 8, 1.0 / 10, 1.0 / 12, 1.0 / 14, 1.0 / 16, 1.0 / 18};
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
void add_mode(double c, double m, const std::vector<double>& t, Integrand& line) {
  // Below s = 0.1 the series beat the library in speed and, for atan(s) - s, in accuracy.
  const auto split = std::lower_bound(t.begin(), t.end(), 0.1 / c) - t.begin();
  const auto near = static_cast<std::size_t>(split);
  double half_log[kPoints] = {};  // 1/2 ln(1 + s^2)
  double log_rest[kPoints] = {};  // 1/2 (s^2 - ln(1 + s^2))
  double excess[kPoints] = {};    // atan(s) - s
  for (std::size_t i = 0; i < near; ++i) {
    const double s = c * t[i];
    const double x = s * s;
    half_log[i] = x * alternating(x, kHalfLog);
    log_rest[i] = x * x * alternating(x, kLogRest);
    excess[i] = -s * x * alternating(x, kAtan);
  }
  for (std::size_t i = near; i < t.size(); ++i) {
    const double s = c * t[i];
    half_log[i] = 0.5 * std::log1p(s * s);
    log_rest[i] = 0.5 * s * s - half_log[i];
    excess[i] = std::atan(s) - s;
  }
  const double m2 = m * m;
  for (std::size_t i = 0; i < t.size(); ++i) {
    const double s = c * t[i];
    const double g_re = 1.0 / (1.0 + s * s);
    const double g_im = -s * g_re;
    const double tree = 0.5 * (m * t[i]) * (m * t[i]) * c;
    line.log_modulus[i] -= 0.5 * half_log[i] + tree * g_re;
    line.excess_modulus[i] += 0.5 * log_rest[i] + tree * (s * s * g_re);
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

// Fourth cumulant of xi = -ix. With h_n = E[(-i)^n He_n(x)] the Gaussian, for which every h_n vanishes, has
// left the sums before they are taken, so that nothing is lost where w is nearly Gaussian.
double unit_fourth_cumulant(const Integrand& line, double sum) {
  std::array<double, 5> h{};
  for (std::size_t i = 0; i < kPoints; ++i) {
    const double x = static_cast<double>(i) * kSpacing;
    const double x2 = x * x;
    // exp(a + ib) - 1 for w relative to the Gaussian, a and b of third and higher order in x
    const double fold = (i == 0 ? 1.0 : 2.0) * std::exp(-0.5 * x2) / sum;
    const double a = line.excess_modulus[i];
    const double b = line.phase[i];
    const double half = std::sin(0.5 * b);
    const double re = fold * (std::expm1(a) * std::cos(b) - 2.0 * half * half);
    const double im = fold * std::exp(a) * std::sin(b);
    h[1] += im * x;
    h[2] -= re * (x2 - 1.0);
    h[3] -= im * x * (x2 - 3.0);
    h[4] += re * ((x2 - 6.0) * x2 + 3.0);
  }
  const double h1_squared = h[1] * h[1];
  return h[4] - 4.0 * h[3] * h[1] - 3.0 * h[2] * h[2] + 12.0 * h[2] * h1_squared -
         6.0 * h1_squared * h1_squared;
}

}  // namespace

AuxiliaryLine::AuxiliaryLine(const Posterior& posterior) : posterior_(posterior) {
  refuse_sextic(posterior, "the exact average over the auxiliary field");
  const double rho = posterior.hartree_ridge();
  const double quartic = posterior.quartic();
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    const double c = posterior.variance_at(k, rho);
    const double m = posterior.mean_at(k, rho);
    this->curvature_ += (0.5 * c + m * m) * c;
  }
  // U W = 1 + U (1/2 sum c^2 + sum a^2 y^2 c^3) stays a number for every U >= 0, where W itself overflows.
  const double uw = 1.0 + quartic * this->curvature_;
  if (quartic == 0.0) {
    // Nothing to average over: w is a delta function at z = r.
    this->t_ = {0.0};
    this->weight_re_ = {1.0};
    this->weight_im_ = {0.0};
    this->size_re_ = this->size_im_ = this->spread_im_ = {0.0};
    this->spread_re_ = {4.0 * this->curvature_};
    this->weighted_power_ = {std::vector<std::complex<double>>{1.0}, {0.0}, {0.0}, {0.0}};
    return;
  }

  this->width_ = std::sqrt(quartic / uw);
  this->t_.resize(kPoints);
  for (std::size_t i = 0; i < kPoints; ++i) {
    this->t_[i] = static_cast<double>(i) * kSpacing * this->width_;
  }
  Integrand line;
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
  this->acceptance_ = kSpacing * sum / std::sqrt(2.0 * std::numbers::pi * uw);
  this->unit_fourth_cumulant_ = unit_fourth_cumulant(line, sum);

  double mean = 0;  // of xi
  for (std::size_t i = 0; i < kPoints; ++i) {
    mean += this->weight_im_[i] * static_cast<double>(i) * kSpacing;
  }
  for (auto& power : this->weighted_power_) {
    power.resize(kPoints);
  }
  for (std::size_t i = 0; i < kPoints; ++i) {
    const std::complex<double> xi{-mean, -static_cast<double>(i) * kSpacing};
    std::complex<double> weight{this->weight_re_[i], this->weight_im_[i]};
    for (auto& power : this->weighted_power_) {
      power[i] = weight;
      weight *= xi;
    }
    this->unit_second_moment_ += (this->weighted_power_[2])[i].real();
  }

  this->size_re_ = std::move(line.size_re);
  this->size_im_ = std::move(line.size_im);
  this->spread_re_ = std::move(line.spread_re);
  this->spread_im_ = std::move(line.spread_im);
}

double AuxiliaryLine::average(std::span<const std::complex<double>> values) const {
  RIDGEFLOW_EXPECT(values.size() == this->points());
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sum += this->weight_re_[i] * values[i].real() - this->weight_im_[i] * values[i].imag();
  }
  return sum;
}

double AuxiliaryLine::fourth_cumulant(double slope, std::span<const std::complex<double>> rest) const {
  const double mean = this->average(rest);
  // e[a][b] = E[(xi - E xi)^a (rest - E rest)^b]
  double e11 = 0, e31 = 0, e02 = 0, e22 = 0, e13 = 0, e04 = 0;
  const auto real_product = [](const std::complex<double>& a, const std::complex<double>& b) {
    return a.real() * b.real() - a.imag() * b.imag();
  };
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const std::complex<double> n = rest[i] - mean;
    const std::complex<double> n2{n.real() * n.real() - n.imag() * n.imag(), 2.0 * n.real() * n.imag()};
    const std::complex<double> n3{real_product(n2, n), n2.real() * n.imag() + n2.imag() * n.real()};
    const std::complex<double> n4{real_product(n2, n2), 2.0 * n2.real() * n2.imag()};
    e11 += real_product(this->weighted_power_[1][i], n);
    e31 += real_product(this->weighted_power_[3][i], n);
    e02 += real_product(this->weighted_power_[0][i], n2);
    e22 += real_product(this->weighted_power_[2][i], n2);
    e13 += real_product(this->weighted_power_[1][i], n3);
    e04 += real_product(this->weighted_power_[0][i], n4);
  }
  const double xxxn = e31 - 3.0 * this->unit_second_moment_ * e11;
  const double xxnn = e22 - this->unit_second_moment_ * e02 - 2.0 * e11 * e11;
  const double xnnn = e13 - 3.0 * e11 * e02;
  const double nnnn = e04 - 3.0 * e02 * e02;
  return (((this->unit_fourth_cumulant_ * slope + 4.0 * xxxn) * slope + 6.0 * xxnn) * slope + 4.0 * xnnn) *
             slope +
         nnnn;
}

}  // namespace ridgeflow
