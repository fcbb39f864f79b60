#include "ridgeflow/theory/continuum_flow.hpp"

#include <cmath>
#include <utility>

#include <boost/math/differentiation/autodiff.hpp>
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

namespace {

/// What integrating out mode k adds to r and to U.
template <class Ridge, class Quartic, class Mode>
auto increments(const PowerLaw& law, const Ridge& ridge, const Quartic& quartic, const Mode& k) {
  using std::pow;
  const double g = 1.0 + law.alpha;
  const auto c = 1.0 / (pow(k, g) + ridge);
  const auto tree = law.scale * law.scale * pow(k, 2.0 * g - 1.0 - law.beta) * c * c;  // m^2
  return std::pair(0.5 * quartic * (c + tree), -0.25 * quartic * quartic * (2.0 * c + 4.0 * tree) * c);
}

/// An increment and its derivatives at a point; x, y = r, U.
struct Jet {
  template <class Expansion>
  explicit Jet(const Expansion& e)
      : f(static_cast<double>(e.derivative(0, 0, 0))),
        x(e.derivative(1, 0, 0)),
        y(e.derivative(0, 1, 0)),
        k(e.derivative(0, 0, 1)),
        xx(e.derivative(2, 0, 0)),
        xy(e.derivative(1, 1, 0)),
        yy(e.derivative(0, 2, 0)),
        xk(e.derivative(1, 0, 1)),
        yk(e.derivative(0, 1, 1)),
        kk(e.derivative(0, 0, 2)) {}
  double f, x, y, k, xx, xy, yy, xk, yk, kk;

  /// Along (dx, dy), first and second order.
  double along(double dx, double dy) const { return this->x * dx + this->y * dy; }
  double bend(double dx, double dy) const {
    return this->xx * dx * dx + 2.0 * this->xy * dx * dy + this->yy * dy * dy;
  }
  double along_k(double dx, double dy) const { return this->xk * dx + this->yk * dy; }
};

/// The vector field whose flow over a unit of k is the step of one mode, to third order in the field and in
/// d/dk.
RunningCouplings corrected_increments(const PowerLaw& law, double k, RunningCouplings at) {
  const auto [r, u, mode] =
      boost::math::differentiation::make_ftuple<double, 2, 2, 2>(at.ridge, at.quartic, k);
  const auto expansions = increments(law, r, u, mode);
  const Jet f(expansions.first);
  const Jet g(expansions.second);
  const double ff = f.along(f.f, g.f);  // (df/dx) f
  const double gf = g.along(f.f, g.f);
  const auto corrected = [&](const Jet& jet, double once) {
    return jet.f - once / 2 - jet.kk / 24 - (jet.along(f.k, g.k) - jet.along_k(f.f, g.f)) / 12 +
           jet.bend(f.f, g.f) / 12 + jet.along(ff, gf) / 3;
  };
  return {corrected(f, ff), corrected(g, gf)};
}

}  // namespace

RunningCouplings ContinuumFlow::derivative(double k, RunningCouplings at, FlowEquation equation) const {
  if (equation == FlowEquation::corrected) {
    const RunningCouplings f = corrected_increments(this->law_, k, at);
    return {k * f.ridge, k * f.quartic};
  }
  const auto [ridge, quartic] = increments(this->law_, at.ridge, at.quartic, k);
  return {k * ridge, k * quartic};
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
