#include "ridgeflow/theory/size_distribution.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

#include "theory/refuse_sextic.hpp"
#include "theory/size_contour.hpp"

namespace ridgeflow {
namespace {

void validate_size(double size) {
  validate(!std::isnan(size), "the size R is not a number: give one to ask for its density or probability");
}

}  // namespace

SizeDistribution::SizeDistribution(const Posterior& posterior)
    : quartic_(posterior.quartic()), centre_(posterior.hartree_size()) {
  refuse_sextic(posterior, "the exact distribution of R");
  const double log_acceptance = std::log(AuxiliaryLine(posterior).acceptance());
  const std::vector<theory::TiltedSize> sizes = theory::covering_sizes(posterior);
  const std::size_t count = sizes.size();
  this->panels_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    Panel& panel = this->panels_[i];
    panel.from = i == 0 ? std::sqrt(sizes[0].mean) : this->panels_[i - 1].to;
    panel.to = std::sqrt(i + 1 == count ? sizes[i].mean : std::sqrt(sizes[i].mean * sizes[i + 1].mean));
    panel.centre = sizes[i].mean;
    panel.tilt = sizes[i].tilt;
    panel.log_scale = sizes[i].log_mass - log_acceptance;
    theory::SizeContour contour =
        theory::size_contour(posterior, sizes[i], panel.from * panel.from, panel.to * panel.to);
    panel.shift = std::move(contour.shift);
    panel.factor = std::move(contour.factor);
    panel.below = this->norm_;
    panel.mass = this->mass_in(panel, panel.from, panel.to);
    this->norm_ += panel.mass;
  }
  double above = 0;
  for (std::size_t i = count; i-- > 0;) {
    this->panels_[i].above = above;
    above += this->panels_[i].mass;
  }
  if (!(std::abs(this->norm_ - 1.0) < 1e-9)) {
    throw NumericalFailure(fmt::format("the density of R integrates to {}, not to 1", this->norm_));
  }
}

double SizeDistribution::density_in(const Panel& panel, double size) const {
  const double off = size - panel.centre;
  const double from_star = size - this->centre_;
  double sum = 0;
  for (std::size_t i = 0; i < panel.shift.size(); ++i) {
    const double decay = std::exp(-panel.shift[i].real() * off);
    const double phase = panel.shift[i].imag() * off;
    sum += decay * (panel.factor[i].real() * std::cos(phase) + panel.factor[i].imag() * std::sin(phase));
  }
  return std::exp(panel.log_scale - panel.tilt * off - 0.125 * this->quartic_ * from_star * from_star) * sum;
}

// In the root the density of a single mode, R^(-1/2) at 0, is smooth.
template <class Function>
double SizeDistribution::integral_in(const Panel& panel, double from, double to, Function&& function) const {
  return boost::math::quadrature::gauss<double, 20>::integrate(
      [&](double root) {
        const double size = root * root;
        return 2.0 * root * this->density_in(panel, size) * function(size);
      },
      from, to);
}

double SizeDistribution::mass_in(const Panel& panel, double from, double to) const {
  return this->integral_in(panel, from, to, [](double) { return 1.0; });
}

double SizeDistribution::lowest() const {
  return this->panels_.front().from * this->panels_.front().from;
}

double SizeDistribution::highest() const {
  return this->panels_.back().to * this->panels_.back().to;
}

const SizeDistribution::Panel* SizeDistribution::panel_of(double size) const {
  if (!(size >= this->lowest() && size <= this->highest())) {
    return nullptr;
  }
  const double root = std::sqrt(size);
  const auto next = std::upper_bound(this->panels_.begin() + 1, this->panels_.end(), root,
                                     [](double value, const Panel& panel) { return value < panel.from; });
  return &*(next - 1);
}

double SizeDistribution::density(double size) const {
  validate_size(size);
  const Panel* panel = this->panel_of(size);
  return panel == nullptr ? 0.0 : this->density_in(*panel, size);
}

double SizeDistribution::cdf(double size) const {
  validate_size(size);
  const Panel* panel = this->panel_of(size);
  if (panel == nullptr) {
    return size < this->lowest() ? 0.0 : 1.0;
  }
  return std::min(1.0, panel->below + this->mass_in(*panel, panel->from, std::sqrt(size)));
}

double SizeDistribution::upper_tail(double size) const {
  validate_size(size);
  const Panel* panel = this->panel_of(size);
  if (panel == nullptr) {
    return size < this->lowest() ? 1.0 : 0.0;
  }
  return std::min(1.0, panel->above + this->mass_in(*panel, std::sqrt(size), panel->to));
}

double SizeDistribution::quantile(double probability) const {
  validate(probability > 0 && probability < 1,
           fmt::format("quantile of R at probability {}: it must lie strictly between 0 and 1", probability));
  // The last panel that begins below the quantile holds it.
  const auto next = std::upper_bound(this->panels_.begin() + 1, this->panels_.end(), probability,
                                     [](double value, const Panel& panel) { return value < panel.below; });
  const Panel& panel = *(next - 1);
  const double left = probability - panel.below;
  const double right = 1.0 - probability - panel.above;
  // From the nearer end of the distribution, for the digits of its tail.
  const auto excess = [&](double root) {
    return probability < 0.5 ? this->mass_in(panel, panel.from, root) - left
                             : right - this->mass_in(panel, root, panel.to);
  };
  const double low = excess(panel.from);
  const double high = excess(panel.to);
  if (low >= 0 || high <= 0) {  // within rounding of an end
    const double root = low >= 0 ? panel.from : panel.to;
    return root * root;
  }
  std::uintmax_t iterations = 100;
  const auto [from, to] = boost::math::tools::toms748_solve(
      excess, panel.from, panel.to, low, high, boost::math::tools::eps_tolerance<double>(52), iterations);
  const double root = 0.5 * (from + to);
  return root * root;
}

SizeCumulants SizeDistribution::cumulants() const {
  const auto average = [&](auto&& function) {
    double sum = 0;
    for (const Panel& panel : this->panels_) {
      sum += this->integral_in(panel, panel.from, panel.to, function);
    }
    return sum / this->norm_;
  };
  // About R*, from which the mean is only a part of a standard deviation away.
  const double shift = average([&](double size) { return size - this->centre_; });
  const double mean = this->centre_ + shift;
  const auto central = [&](int power) {
    return average([&](double size) { return std::pow(size - mean, power); });
  };
  const double variance = central(2);
  return {mean, variance, central(3), central(4) - 3.0 * variance * variance};
}

}  // namespace ridgeflow
