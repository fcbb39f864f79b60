#include "ridgeflow/model/posterior.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {

void validate_couplings(const Couplings& couplings) {
  validate(couplings.samples >= 1,
           fmt::format("samples P = {}: the network needs at least one sample", couplings.samples));
  validate(
      std::isfinite(couplings.kappa) && couplings.kappa > 0,
      fmt::format("kappa = {} must be finite and positive: it is the temperature of training, r = P/kappa",
                  couplings.kappa));
  validate(std::isfinite(couplings.u) && couplings.u >= 0,
           fmt::format("u = {} must be finite and not negative: the posterior would not be normalizable",
                       couplings.u));
  validate(std::isfinite(couplings.ridge()) && std::isfinite(couplings.quartic()),
           fmt::format("P = {}, kappa = {}, u = {}: r = P/kappa or U = P u overflows", couplings.samples,
                       couplings.kappa, couplings.u));
}

namespace {

struct SizeAndSlope {
  double size;   // R(rho)
  double slope;  // dR/drho = -sum_k (c^2 + 2 m^2 c)
};

SizeAndSlope size_and_slope(const Spectrum& spectrum, double rho) {
  double size = 0;
  double slope = 0;
  for (std::size_t k = 0; k < spectrum.size(); ++k) {
    const double c = 1.0 / (spectrum.a[k] + rho);
    const double m = spectrum.a[k] * spectrum.y[k] * c;
    size += c + m * m;
    slope -= (c + 2.0 * m * m) * c;
  }
  return {size, slope};
}

}  // namespace

double solve_hartree_ridge(const Spectrum& spectrum, double ridge, double quartic) {
  if (quartic == 0.0) {
    return ridge;
  }
  // f is increasing and concave (R is convex), so Newton from the left end never overshoots and needs no
  // bracket. With c <= 1/rho, |f''| rho <= 3 f': a relative step of e leaves an error below 1.5 e^2.
  double rho = ridge;
  for (int iteration = 0; iteration < 4000; ++iteration) {
    const SizeAndSlope at = size_and_slope(spectrum, rho);
    const double f = rho - ridge - 0.5 * quartic * at.size;
    const double step = -f / (1.0 - 0.5 * quartic * at.slope);
    rho = std::max(ridge, rho + step);
    if (!(std::abs(step) > 1e-9 * rho)) {
      return rho;  // converged, or not a number: the door of Posterior looks
    }
  }
  return rho;
}

Posterior::Posterior(Spectrum spectrum, Couplings couplings)
    : spectrum_(make_spectrum(std::move(spectrum.a), std::move(spectrum.y))), couplings_(couplings) {
  validate_couplings(couplings_);
  const auto [softest, stiffest] = std::minmax_element(spectrum_.a.begin(), spectrum_.a.end());
  softest_ = *softest;
  stiffest_ = *stiffest;
  hartree_ridge_ = solve_hartree_ridge(spectrum_, this->ridge(), this->quartic());
  hartree_size_ = this->size_at(hartree_ridge_);
  validate(std::isfinite(hartree_ridge_) && std::isfinite(hartree_size_),
           fmt::format("the size R = sum d^2 overflows (rho* = {}, R* = {}): scale down y, or u = {}",
                       hartree_ridge_, hartree_size_, couplings_.u));
}

double Posterior::size_at(double rho) const {
  return size_and_slope(this->spectrum_, rho).size;
}

}  // namespace ridgeflow
