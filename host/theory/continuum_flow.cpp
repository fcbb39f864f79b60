#include "ridgeflow/theory/continuum_flow.hpp"

#include <cmath>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/theory/learning_curve.hpp"

namespace ridgeflow {
namespace {

void validate_law(const PowerLaw& law) {
  validate(
      std::isfinite(law.alpha) && law.alpha > -1,
      fmt::format("alpha = {}: the continuum flow needs a_k = k^(1+alpha) to grow, alpha > -1", law.alpha));
  validate(std::isfinite(law.beta) && std::isfinite(law.scale),
           fmt::format("beta = {}, scale = {}: each must be a finite number", law.beta, law.scale));
}

}  // namespace

double learning_scale(const PowerLaw& law, double ridge) {
  validate_law(law);
  validate(std::isfinite(ridge) && ridge > 0, fmt::format("ridge r = {} must be finite and positive", ridge));
  return std::pow(ridge, 1.0 / (1.0 + law.alpha));
}

ContinuumFlow::ContinuumFlow(const PowerLaw& law, double cutoff)
    : law_(law), cutoff_(cutoff), growth_(1.0 + law.alpha), curvature_(std::pow(cutoff, 1.0 + law.alpha)) {
  validate_law(law);
  validate(std::isfinite(cutoff) && cutoff > 0,
           fmt::format("cutoff Lambda = {} must be finite and positive: M + 1/2 for M modes", cutoff));
}

double ContinuumFlow::tau(double k) const {
  return std::log(this->cutoff_ / k);
}

double ContinuumFlow::scale(double tau) const {
  return this->cutoff_ * std::exp(-tau);
}

RunningCouplings ContinuumFlow::derivative(double k, RunningCouplings at, FlowEquation equation) const {
  const double g = this->growth_;
  const double power = 2.0 * g - 1.0 - this->law_.beta;
  const double u = at.quartic;
  const double a = std::pow(k, g);
  const double c = 1.0 / (a + at.ridge);
  const double source = this->law_.scale * this->law_.scale * std::pow(k, power);  // m^2/c^2
  const double tree = source * c * c;                                              // m^2
  const double tadpole = c + tree;
  const double bubble = (2.0 * c + 4.0 * tree) * c;
  RunningCouplings f{0.5 * u * tadpole, -0.25 * u * u * bubble};
  if (equation == FlowEquation::corrected) {
    // (df/dx) f, with dc/dr = -c^2, dm^2/dr = -2 c m^2
    const double along_ridge = -0.5 * u * (c + 2.0 * tree) * c * f.ridge + 0.5 * tadpole * f.quartic;
    const double along_quartic = u * u * (c + 3.0 * tree) * c * c * f.ridge - 0.5 * u * bubble * f.quartic;
    // d^2f/dk^2 from derivatives _1, _2 with k
    const double a_1 = g * a / k;
    const double a_2 = (g - 1.0) * a_1 / k;
    const double c_1 = -c * c * a_1;
    const double c_2 = (2.0 * c * a_1 * a_1 - a_2) * c * c;
    const double source_1 = power * source / k;
    const double source_2 = (power - 1.0) * source_1 / k;
    const double tree_1 = source_1 * c * c + 2.0 * source * c * c_1;
    const double tree_2 = source_2 * c * c + 4.0 * source_1 * c * c_1 + 2.0 * source * (c_1 * c_1 + c * c_2);
    const double tadpole_2 = c_2 + tree_2;
    const double bubble_2 = 4.0 * (c_1 * c_1 + c * c_2 + c_2 * tree + 2.0 * c_1 * tree_1 + c * tree_2);
    f.ridge -= 0.5 * along_ridge + 0.5 * u * tadpole_2 / 24.0;
    f.quartic -= 0.5 * along_quartic - 0.25 * u * u * bubble_2 / 24.0;
  }
  return {k * f.ridge, k * f.quartic};
}

double ContinuumFlow::target_scale(double tau) const {
  return this->law_.scale * std::exp(0.5 * (this->law_.beta - this->growth_) * tau);
}

double ContinuumFlow::loop_weight(double tau) const {
  return std::exp(-tau);
}

double ContinuumFlow::tree_weight(double tau) const {
  const double s = this->target_scale(tau);
  return s * s * std::pow(this->cutoff_, 2.0 * this->growth_ - 1.0 - this->law_.beta);
}

RunningCouplings ContinuumFlow::rescaled_derivative(double tau, RunningCouplings rescaled) const {
  const auto [r, u] = rescaled;
  const double a = this->curvature_ + r;
  const double loop = this->loop_weight(tau) / a;
  const double tree = this->tree_weight(tau) / (a * a);
  return {this->growth_ * r + 0.5 * this->cutoff_ * u * (loop + tree),
          2.0 * this->growth_ * u - 0.25 * this->cutoff_ * u * u * (2.0 * loop + 4.0 * tree) / a};
}

RunningCouplings ContinuumFlow::rescale(double tau, RunningCouplings at) const {
  const double factor = std::exp(this->growth_ * tau);
  return {factor * at.ridge, factor * factor * at.quartic};
}

RunningCouplings ContinuumFlow::unscale(double tau, RunningCouplings rescaled) const {
  return this->rescale(-tau, rescaled);
}

double ContinuumFlow::ridge_nullcline(double tau, double rescaled_ridge) const {
  const double a = this->curvature_ + rescaled_ridge;
  const double drive = this->loop_weight(tau) / a + this->tree_weight(tau) / (a * a);
  return -2.0 * this->growth_ * rescaled_ridge / (this->cutoff_ * drive);
}

double ContinuumFlow::tree_nullcline(double tau, double rescaled_ridge) const {
  const double a = this->curvature_ + rescaled_ridge;
  return -2.0 * this->growth_ * rescaled_ridge * a * a / (this->cutoff_ * this->tree_weight(tau));
}

FlowFixedPoint interacting_fixed_point(const PowerLaw& law, double cutoff) {
  const ContinuumFlow flow(law, cutoff);
  const double g = 1.0 + law.alpha;
  validate(
      std::abs(law.beta - g) <= 1e-12 * g,
      fmt::format("beta = {}, 1 + alpha = {}: the flow has an interacting fixed point at beta = 1 + alpha "
                  "only, where s does not depend on the scale",
                  law.beta, g));
  validate(law.scale != 0.0, "scale = 0: without a target there is no interacting fixed point");
  const double unit = flow.curvature();
  return {{-0.5 * unit, 0.25 * g * unit * unit / (law.scale * law.scale)}, {g, -4.0 * g}};
}

Relevance relevance(const ScalingInterval& interval) {
  constexpr double kNothing = 1e-9;
  if (interval.low > kNothing) {
    return Relevance::relevant;
  }
  if (interval.high < -kNothing) {
    return Relevance::irrelevant;
  }
  return interval.high <= kNothing && interval.low >= -kNothing ? Relevance::marginal : Relevance::mixed;
}

const char* to_string(Relevance relevance) {
  switch (relevance) {
    case Relevance::relevant:
      return "relevant";
    case Relevance::irrelevant:
      return "irrelevant";
    case Relevance::marginal:
      return "marginal";
    default:
      return "mixed";
  }
}

SampleExponents sample_exponents(const PowerLaw& law, const Couplings& couplings, std::size_t modes) {
  validate_couplings(couplings);
  validate(couplings.w == 0.0,
           fmt::format("w = {}: the shift of the ridge is of first order in u alone here; set w = 0",
                       couplings.w));
  constexpr std::size_t kFactor = 10;
  const auto correction = [&](std::size_t factor) {
    const double ridge = static_cast<double>(factor) * couplings.ridge();
    const std::size_t above = static_cast<std::size_t>(std::lround(learning_scale(law, ridge)));
    validate(above < factor * modes,
             fmt::format("k* = {} is not below the last of {} modes: nothing lies above the learning scale",
                         above, factor * modes));
    return gaussian_loss(law, ridge, factor * modes, above);  // times u kappa, which are fixed
  };
  const GaussianLoss one = correction(1);
  const GaussianLoss ten = correction(kFactor);
  const double decade = std::log(static_cast<double>(kFactor));
  return {std::log(ten.variance / one.variance) / decade, std::log(ten.bias / one.bias) / decade};
}

}  // namespace ridgeflow
