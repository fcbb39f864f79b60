#include "ridgeflow/theory/learning_curve.hpp"

#include <cmath>

#include <boost/math/special_functions/beta.hpp>
#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {
namespace {

// The Beta functions and powers that both forms share, and their arguments.
struct Pieces {
  double bias;
  double variance;
  double bias_one;      // first argument of B in the bias, 2 - beta/g; the second is beta/g
  double variance_one;  // first argument of B in the variance, 1/g; the second is 1 - 1/g
};

Pieces pieces(const PowerLaw& law, double ridge) {
  validate(std::isfinite(law.alpha) && law.alpha > 0,
           fmt::format("alpha = {}: the sum of the variances converges for alpha > 0 only", law.alpha));
  validate(std::isfinite(law.beta) && law.beta > 0 && law.beta < 2.0 * (1.0 + law.alpha),
           fmt::format("beta = {}: the closed form of the bias holds for 0 < beta < 2 (1 + alpha) = {}",
                       law.beta, 2.0 * (1.0 + law.alpha)));
  validate(std::isfinite(law.scale), fmt::format("scale = {} must be finite", law.scale));
  validate(std::isfinite(ridge) && ridge > 0, fmt::format("ridge r = {} must be finite and positive", ridge));
  const double g = 1.0 + law.alpha;
  const double part = law.beta / g;
  return {0.5 * law.scale * law.scale * std::pow(ridge, -part) * boost::math::beta(2.0 - part, part) / g,
          0.5 * std::pow(ridge, 1.0 / g - 1.0) * boost::math::beta(1.0 / g, 1.0 - 1.0 / g) / g, 2.0 - part,
          1.0 / g};
}

// I_t(one, other) between the two modes, t = k^g/(r + k^g). Near t = 1 the complement keeps the digits.
double share(double one, double other, double ridge, double g, double from, double to) {
  const double low = std::pow(from, g);
  const double high = std::pow(to, g);
  const auto above = [&](double power) { return boost::math::ibeta(other, one, ridge / (ridge + power)); };
  return above(low) - above(high);
}

}  // namespace

double loss_per_sample(const Prediction& prediction) {
  double sum = 0;
  for (std::size_t k = 0; k < prediction.mean.size(); ++k) {
    sum += prediction.mean[k] * prediction.mean[k] + prediction.variance[k];
  }
  return 0.5 * sum;
}

GaussianLoss gaussian_loss(const PowerLaw& law, double ridge) {
  const Pieces whole = pieces(law, ridge);
  return {whole.bias, whole.variance};
}

GaussianLoss gaussian_loss(const PowerLaw& law, double ridge, std::size_t modes, std::size_t above) {
  validate(above <= modes, fmt::format("modes above {} of {}: there are none", above, modes));
  return gaussian_loss_between(law, ridge, static_cast<double>(above) + 0.5,
                               static_cast<double>(modes) + 0.5);
}

GaussianLoss gaussian_loss_between(const PowerLaw& law, double ridge, double from, double to) {
  const Pieces whole = pieces(law, ridge);
  validate(from >= 0.0 && from <= to, fmt::format("modes from {} to {}: give 0 <= from <= to", from, to));
  const double g = 1.0 + law.alpha;
  return {whole.bias * share(whole.bias_one, 2.0 - whole.bias_one, ridge, g, from, to),
          whole.variance * share(whole.variance_one, 1.0 - whole.variance_one, ridge, g, from, to)};
}

double ridge_shift(const PowerLaw& law, const Couplings& couplings, std::size_t modes, std::size_t mode) {
  validate_couplings(couplings);
  validate(
      couplings.w == 0.0,
      fmt::format("w = {}: the closed form of the shift of the ridge is of first order in u alone; set w = 0",
                  couplings.w));
  return couplings.u * couplings.kappa * gaussian_loss(law, couplings.ridge(), modes, mode).total();
}

}  // namespace ridgeflow
