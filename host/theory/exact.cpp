#include "ridgeflow/theory/exact.hpp"

#include <array>
#include <complex>
#include <span>
#include <vector>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {

ExactAverage::ExactAverage(const Posterior& posterior) : line_(posterior) {
  // Total variance: R given z has the spread; its mean moves with z. Every average is real.
  const std::vector<double>& weight_re = this->line_.weight_re();
  const std::vector<double>& weight_im = this->line_.weight_im();
  double shift = 0;
  double spread = 0;
  for (std::size_t i = 0; i < this->line_.points(); ++i) {
    shift += weight_re[i] * this->line_.size_re()[i] - weight_im[i] * this->line_.size_im()[i];
    spread += weight_re[i] * this->line_.spread_re()[i] - weight_im[i] * this->line_.spread_im()[i];
  }
  for (std::size_t i = 0; i < this->line_.points(); ++i) {
    const double re = this->line_.size_re()[i] - shift;
    const double im = this->line_.size_im()[i];
    spread += weight_re[i] * (re * re - im * im) - weight_im[i] * 2.0 * re * im;
  }
  this->mean_size_ = posterior.hartree_size() + shift;
  this->variance_size_ = spread;
}

ExactAverage::CentredMoments ExactAverage::moments(std::size_t k) const {
  RIDGEFLOW_EXPECT(k < this->posterior().modes());
  const double c = this->variance_of(k);
  const std::vector<double>& t = this->line_.t();
  const std::vector<double>& weight_re = this->line_.weight_re();
  const std::vector<double>& weight_im = this->line_.weight_im();
  double first = 0;
  for (std::size_t i = 0; i < t.size(); ++i) {
    const double s = c * t[i];
    const double scale = s / (1.0 + s * s);
    first += -scale * (weight_re[i] * s - weight_im[i]);  // g - 1 = -(s^2 + is)/(1 + s^2)
  }
  double second = 0;
  double third = 0;
  for (std::size_t i = 0; i < t.size(); ++i) {
    const double s = c * t[i];
    const double scale = s / (1.0 + s * s);
    const double re = -scale * s - first;
    const double im = -scale;
    const double re2 = re * re - im * im;
    const double im2 = 2.0 * re * im;
    second += weight_re[i] * re2 - weight_im[i] * im2;
    third += weight_re[i] * (re2 * re - im2 * im) - weight_im[i] * (re2 * im + im2 * re);
  }
  return {first, second, third};
}

double ExactAverage::mean(std::size_t k) const {
  return this->mean_of(k) * (1.0 + this->moments(k).first);
}

double ExactAverage::variance(std::size_t k) const {
  const double m = this->mean_of(k);
  const CentredMoments of = this->moments(k);
  return this->variance_of(k) * (1.0 + of.first) + m * m * of.second;
}

double ExactAverage::third_cumulant(std::size_t k) const {
  const double m = this->mean_of(k);
  const CentredMoments of = this->moments(k);
  return m * (3.0 * this->variance_of(k) * of.second + m * m * of.third);
}

double ExactAverage::fourth_cumulant(std::size_t k) const {
  const double c = this->variance_of(k);
  const double m2 = this->mean_of(k) * this->mean_of(k);
  const CentredMoments of = this->moments(k);
  // g = 1 + c width xi - s^2 g
  std::array<std::complex<double>, AuxiliaryLine::kPoints> rest;
  const std::vector<double>& t = this->line_.t();
  for (std::size_t i = 0; i < t.size(); ++i) {
    const double s = c * t[i];
    const double scale = s * s / (1.0 + s * s);
    rest[i] = {-scale, scale * s};
  }
  const double fourth =
      this->line_.fourth_cumulant(c * this->line_.width(), std::span(rest).first(this->line_.points()));
  return 3.0 * c * c * of.second + m2 * (6.0 * c * of.third + m2 * fourth);
}

double ExactAverage::covariance(std::size_t j, std::size_t k) const {
  if (j == k) {
    return this->variance(k);
  }
  const double first_j = this->moments(j).first;
  const double first_k = this->moments(k).first;
  const double c_j = this->variance_of(j);
  const double c_k = this->variance_of(k);
  double sum = 0;
  for (std::size_t i = 0; i < this->line_.points(); ++i) {
    const double s_j = c_j * this->line_.t()[i];
    const double s_k = c_k * this->line_.t()[i];
    const double im_j = -s_j / (1.0 + s_j * s_j);
    const double im_k = -s_k / (1.0 + s_k * s_k);
    const double re_j = im_j * s_j - first_j;
    const double re_k = im_k * s_k - first_k;
    sum += this->line_.weight_re()[i] * (re_j * re_k - im_j * im_k) -
           this->line_.weight_im()[i] * (re_j * im_k + im_j * re_k);
  }
  return this->mean_of(j) * this->mean_of(k) * sum;
}

}  // namespace ridgeflow
