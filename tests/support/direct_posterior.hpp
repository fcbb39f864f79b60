// The posterior of one or two modes by quadrature over d itself: what knows nothing of auxiliary fields.
#pragma once

#include <cmath>
#include <cstddef>

#include <boost/math/quadrature/gauss_kronrod.hpp>

#include "ridgeflow/model/posterior.hpp"

namespace ridgeflow::test {

class DirectPosterior {
 public:
  explicit DirectPosterior(const Posterior& posterior) : posterior_(posterior) {
    for (std::size_t k = 0; k < posterior.modes(); ++k) {
      this->centre_[k] = posterior.mean_at(k, posterior.hartree_ridge());
      this->width_[k] = std::sqrt(posterior.variance_at(k, posterior.hartree_ridge()));
    }
    this->norm_ = this->integrate([](double, double) { return 1.0; });
  }

  /// exp(-S) relative to its normalization; \p d1 counts with two modes only.
  double density(double d0, double d1 = 0.0) const { return std::exp(-this->excess(d0, d1)) / this->norm_; }

  /// <value(d0, d1)>; d1 = 0 for one mode.
  template <class Value>
  double average(Value&& value) const {
    return this->integrate(value) / this->norm_;
  }

 private:
  using Quadrature = boost::math::quadrature::gauss_kronrod<double, 61>;

  double excess(double d0, double d1) const {  // S up to a constant, around the Hartree Gaussian
    const bool two = this->posterior_.modes() == 2;
    const double size = d0 * d0 + (two ? d1 * d1 : 0.0) - this->posterior_.hartree_size();
    double gauss = std::pow((d0 - this->centre_[0]) / this->width_[0], 2);
    gauss += two ? std::pow((d1 - this->centre_[1]) / this->width_[1], 2) : 0.0;
    // V(R) - V'(R*) (R - R*) up to a constant, R written out around R*
    const double sextic = this->posterior_.sextic() / 48.0;
    const double bend =
        0.125 * this->posterior_.quartic() + sextic * (3.0 * this->posterior_.hartree_size() + size);
    return 0.5 * gauss + bend * size * size;
  }

  template <class Value>
  double integrate(Value&& value) const {
    const auto over = [&](std::size_t k, auto&& function) {
      return Quadrature::integrate(function, this->centre_[k] - 14 * this->width_[k],
                                   this->centre_[k] + 14 * this->width_[k], 12, 1e-13);
    };
    const auto along = [&](double d1) {
      return over(0, [&](double d0) { return value(d0, d1) * std::exp(-this->excess(d0, d1)); });
    };
    return this->posterior_.modes() == 1 ? along(0.0) : over(1, along);
  }

  const Posterior& posterior_;
  double centre_[2]{};
  double width_[2]{};
  double norm_ = 1.0;
};

}  // namespace ridgeflow::test
