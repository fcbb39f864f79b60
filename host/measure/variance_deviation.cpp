#include "ridgeflow/measure/variance_deviation.hpp"

#include <algorithm>
#include <cmath>

namespace ridgeflow {
namespace {

/// What is known of one side's variance of a mode.
struct Side {
  double variance = 0;
  double mcse = 0;
  double noise = 0;            ///< E, its own
  double xi3 = 1;              ///< from E of the modes near it
  double xi4 = 1;              ///< likewise
  double of_mean = 0;          ///< what the error of the mean adds to z^2, see sides_of()
  double share = 1;            ///< x: independent ones among the draws
  double typical_noise = 0;    ///< E of the modes near it
  double inverse_degrees = 0;  ///< 1/(C - 1)
};

/// A number that is known exactly.
Side exact_side(double variance) {
  return {.variance = variance};
}

/// Means of numbers over the modes within a fifth of each, of those that are finite.
class NearMeans {
 public:
  explicit NearMeans(std::size_t modes) : sums_(modes + 1), counts_(modes + 1) {}
  void set(std::size_t k, double value) {
    const bool finite = std::isfinite(value);
    sums_[k + 1] = sums_[k] + (finite ? value : 0.0);
    counts_[k + 1] = counts_[k] + (finite ? 1.0 : 0.0);
  }
  double at(std::size_t k) const {
    const std::size_t reach = (k + 1) / 5;
    const std::size_t first = k - std::min(k, reach);
    const std::size_t last = std::min(k + reach + 1, sums_.size() - 1);
    return (sums_[last] - sums_[first]) / (counts_[last] - counts_[first]);
  }

 private:
  std::vector<double> sums_;
  std::vector<double> counts_;
};

double square(double x) {
  return x * x;
}

std::vector<Side> sides_of(const MomentSummary& s, std::size_t modes) {
  const auto chains = static_cast<double>(s.chains);
  const double draws = static_cast<double>(s.draws) / chains;  // of a chain
  NearMeans noise(modes);
  NearMeans mean_noise(modes);
  for (std::size_t k = 0; k < modes; ++k) {
    noise.set(k, square(s.mcse_variance[k] / s.variance[k]));
    mean_noise.set(k, square(s.mcse_mean[k]) / s.variance[k]);
  }
  std::vector<Side> sides(modes);
  for (std::size_t k = 0; k < modes; ++k) {
    Side& side = sides[k];
    side.variance = s.variance[k];
    side.mcse = s.mcse_variance[k];
    side.noise = square(side.mcse / side.variance);
    side.typical_noise = noise.at(k);
    side.inverse_degrees = 1.0 / s.degrees_of_freedom();
    const double independent = std::max(1.0, 2.0 / (chains * side.typical_noise));
    side.share = independent / draws;
    const double f =
        draws > 1.0 ? std::pow((1.0 - 1.0 / square(independent)) / (1.0 - 1.0 / square(draws)), 1.5) : 1.0;
    // Noise takes the share above 1; the bound, where h = -1, is far from any sampler's.
    const double shared = 1.0 - std::min(square(side.share), 3.0);
    side.xi3 = 1.0 + 0.5 * shared * f;
    side.xi4 = 1.0 + 1.5 * shared * f;
    // The mean is measured too. With n_1 and n_2 independent draws of a chain for mean and variance, the
    // spread of v - 2 mean x is too small by 2 n_2/(n_1^2 C) and the variance varies by n_2/(n_1^2 C) more.
    // The square of a chain's mean is part of its v, so n_2 cannot exceed n_1^2.
    side.of_mean = std::min(6.0 * square(mean_noise.at(k)) / side.typical_noise, 3.0 / chains);
  }
  return sides;
}

/// 1/nu less 1/(C - 1): the noise of the squared relative error is 2/nu.
double inverse_degrees_of_noise(const Side& s) {
  return std::max(0.0, 3.0 * s.xi4 + 2.0 - 4.0 * s.xi3) * s.noise;
}

/// (exp(h L w_1) - exp(-h L w_2))/h.
double power_difference(double h, double w1, double w2, double log_ratio) {
  constexpr double kSmall = 1e-9;  // below it the logarithm is as good
  return std::abs(h) < kSmall ? log_ratio
                              : (std::expm1(h * w1 * log_ratio) - std::expm1(-h * w2 * log_ratio)) / h;
}

struct Deviate {
  double z;
  double degrees;
};

Deviate plain_deviate(const Side& a, const Side& b) {
  const double first = square(a.mcse);
  const double second = square(b.mcse);
  const double share = first + second > 0 ? first / (first + second) : 0.5;
  return {(a.variance - b.variance) / std::sqrt(first + second),
          1.0 / (square(share) * a.inverse_degrees + square(1.0 - share) * b.inverse_degrees)};
}

/// With u = V/<V> - 1 and the squared error E(1 + r), both of order sqrt(1/C), a side has
///     <u^2> = E, <u^3> = 2 xi_3 E^2, <u r> = (2 xi_3 - 2) E, <r> = (3 - 4 xi_3) E,
///     <r^2> = 2/C + (6 xi_4 + 4 - 8 xi_3) E, <ln(1 + u)^2 r>_c = (6 xi_4 - 16 xi_3 + 10) E^2,
/// and z is expanded in them to second order: no mean, no skewness, and its variance.
Deviate deviate(const Side& a, const Side& b) {
  const double all = a.noise + b.noise;
  if (!(a.variance > 0 && b.variance > 0 && all > 0)) {
    return plain_deviate(a, b);
  }
  const double w1 = a.noise / all;
  const double w2 = b.noise / all;
  const double xi3 =
      (a.xi3 * square(a.noise) + b.xi3 * square(b.noise)) / (square(a.noise) + square(b.noise));
  const double h = 4.0 * xi3 / 3.0 - 1.0;
  const double log_ratio = std::log(a.variance / b.variance);
  // coefficients of log_ratio^2 and ^3 in the difference of the powers
  const double c2 = 0.5 * h * (w1 - w2);
  const double c3 = square(h) * (w1 * w1 * w1 + w2 * w2 * w2) / 6.0;
  const double mean = -0.5 * (a.noise - b.noise);  // of log_ratio
  const double with_error = w1 * (2.0 * a.xi3 - 2.0) * a.noise - w2 * (2.0 * b.xi3 - 2.0) * b.noise;  // <u r>
  const double shift = -mean - c2 * all + 0.5 * with_error;
  const double third = square(a.noise) * (2.0 * a.xi3 - 3.0) - square(b.noise) * (2.0 * b.xi3 - 3.0);
  const auto own = [](const Side& s, double w) {
    return square(s.noise) * (2.5 - 2.0 * s.xi3) - w * square(s.noise) * (6.0 * s.xi4 - 16.0 * s.xi3 + 10.0);
  };
  const double excess = (own(a, w1) + own(b, w2) + square(mean) + 2.0 * c2 * (third + 3.0 * all * mean) +
                         3.0 * square(c2 * all) + 6.0 * c3 * square(all) + 2.0 * shift * mean +
                         2.0 * c2 * shift * all + square(shift) + 2.0 * square(with_error) -
                         2.0 * mean * with_error - 6.0 * c2 * all * with_error - 2.0 * shift * with_error) /
                            all -
                        w1 * (3.0 - 4.0 * a.xi3) * a.noise - w2 * (3.0 - 4.0 * b.xi3) * b.noise +
                        w1 * a.of_mean + w2 * b.of_mean;
  const double inverse_degrees = square(w1) * (a.inverse_degrees + inverse_degrees_of_noise(a)) +
                                 square(w2) * (b.inverse_degrees + inverse_degrees_of_noise(b));
  return {(power_difference(h, w1, w2, log_ratio) + shift) / std::sqrt(all * (1.0 + std::max(excess, -0.5))),
          1.0 / inverse_degrees};
}

/// What the expansion leaves, from simulations of 1 to 100 draws a chain: of independent draws nothing that
/// is seen from two in each of 64 chains on, 0.006 of one; of correlated ones, whose squares no model holds
/// exactly, a share of E.
double left_over(const Side& s) {
  const double e = s.typical_noise;
  return e * (1.5 * std::max(0.0, 1.0 - s.share) + 3.0 * e + 150.0 * square(e));
}

Deviates deviates(const std::vector<Side>& one, const std::vector<Side>& other) {
  Deviates out;
  double counted = 0;
  for (std::size_t k = 0; k < one.size(); ++k) {
    const auto [z, degrees] = deviate(one[k], other[k]);
    out.z.push_back(z);
    out.degrees.push_back(degrees);
    const double left = left_over(one[k]) + left_over(other[k]);
    if (std::isfinite(z) && std::isfinite(left)) {
      out.few_draws_bias += left;
      counted += 1;
    }
  }
  out.few_draws_bias /= std::max(counted, 1.0);
  return out;
}

}  // namespace

Deviates variance_deviates(const MomentSummary& measured, const std::vector<double>& predicted) {
  std::vector<Side> other(predicted.size());
  std::transform(predicted.begin(), predicted.end(), other.begin(), exact_side);
  return deviates(sides_of(measured, predicted.size()), other);
}

Deviates variance_deviates(const MomentSummary& one, const MomentSummary& other, std::size_t modes) {
  return deviates(sides_of(one, modes), sides_of(other, modes));
}

}  // namespace ridgeflow
