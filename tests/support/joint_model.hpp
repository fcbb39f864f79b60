// A generative model whose posterior is the project's, with a simulator of its own that shares no line with
// it.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "ridgeflow/model/posterior.hpp"

namespace ridgeflow::test {

/// One draw of everything from the joint law.
struct JointDraw {
  double kappa = 0;
  double u = 0;
  std::vector<double> y;  ///< [mode]
  std::vector<double> d;  ///< [mode]
};

/// Hyperparameters and targets from a prior, d | y ~ N(y, 1/a), and one binary observation: every sample is
/// fitted, with probability
///
///     L(d) = exp(-r R/2 - U R^2/8) <= 1.
///
/// Given that observation, d has density exp(-S) for its y, r and U, whatever U is: the likelihood is that of
/// a Bernoulli variable, and the joint law is simulated by rejection from the prior.
struct JointModel {
  std::vector<double> a;            ///< [mode]
  std::vector<double> y_mean;       ///< [mode] prior of the targets
  std::vector<double> y_deviation;  ///< [mode]
  double kappa_low = 4, kappa_high = 4;
  double u_low = 1, u_high = 1;

  double samples() const { return static_cast<double>(this->a.size()); }  // P = M

  JointDraw draw(std::mt19937_64& generator) const {
    std::normal_distribution<double> normal;
    std::uniform_real_distribution<double> uniform;
    const auto log_uniform = [&](double low, double high) {
      return low * std::pow(high / low, uniform(generator));
    };
    const std::size_t modes = this->a.size();
    while (true) {
      JointDraw out{log_uniform(this->kappa_low, this->kappa_high), log_uniform(this->u_low, this->u_high),
                    std::vector<double>(modes), std::vector<double>(modes)};
      const double r = this->samples() / out.kappa;
      const double quartic = this->samples() * out.u;
      const double allowed = -std::log(1.0 - uniform(generator));
      double size = 0;
      bool fits = true;  // the cost grows mode by mode: given up as soon as it is too high
      for (std::size_t k = 0; k < modes && fits; ++k) {
        out.y[k] = this->y_mean[k] + this->y_deviation[k] * normal(generator);
        out.d[k] = out.y[k] + normal(generator) / std::sqrt(this->a[k]);
        size += out.d[k] * out.d[k];
        fits = 0.5 * r * size + 0.125 * quartic * size * size < allowed;
      }
      if (fits) {
        return out;
      }
    }
  }

  /// y_k given d: the likelihood does not know y, so prior and N(d; y, 1/a) alone decide.
  double draw_target(std::size_t k, double d, std::mt19937_64& generator) const {
    const double prior = 1.0 / (this->y_deviation[k] * this->y_deviation[k]);
    const double precision = prior + this->a[k];
    std::normal_distribution<double> normal((prior * this->y_mean[k] + this->a[k] * d) / precision,
                                            1.0 / std::sqrt(precision));
    return normal(generator);
  }

  Posterior posterior(const JointDraw& at) const {
    return Posterior(Spectrum{this->a, at.y},
                     Couplings{static_cast<std::int64_t>(this->a.size()), at.kappa, at.u});
  }
};

/// Eight power-law modes (alpha = 0.2, beta = 0.3) whose targets are known up to \p spread of their size.
inline JointModel joint_model(double spread) {
  constexpr std::size_t kModes = 8;
  JointModel model;
  const Spectrum spectrum = power_law_spectrum(kModes, 0.2, 0.3);
  model.a = spectrum.a;
  model.y_mean = spectrum.y;
  for (const double y : spectrum.y) {
    model.y_deviation.push_back(spread * y);
  }
  return model;
}

inline double size_of(const std::vector<double>& d) {
  double size = 0;
  for (const double x : d) {
    size += x * x;
  }
  return size;
}

}  // namespace ridgeflow::test
