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
  validate(std::isfinite(couplings.w) && couplings.w >= 0,
           fmt::format("w = {} must be finite and not negative: the posterior would not be normalizable",
                       couplings.w));
  validate(std::isfinite(couplings.ridge()) && std::isfinite(couplings.quartic()) &&
               std::isfinite(couplings.sextic()),
           fmt::format("P = {}, kappa = {}, u = {}, w = {}: r = P/kappa, U = P u or W = P w overflows",
                       couplings.samples, couplings.kappa, couplings.u, couplings.w));
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

double solve_hartree_ridge(const Spectrum& spectrum, double ridge, double quartic, double sextic) {
  if (quartic == 0.0 && sextic == 0.0) {
    return ridge;
  }
  // f is increasing and concave (R and R^2 are convex), so Newton from the left end never overshoots and
  // needs no bracket. With c <= 1/rho, R'' rho <= 3 |R'| and |R'| rho <= 2 R, so that |f''| rho <= 5 f' (3 f'
  // at W = 0): a relative step of e leaves an error below 2.5 e^2.
  double rho = ridge;
  for (int iteration = 0; iteration < 4000; ++iteration) {
    const SizeAndSlope at = size_and_slope(spectrum, rho);
    const double f = rho - ridge - 0.5 * quartic * at.size - 0.125 * sextic * at.size * at.size;
    const double step = -f / (1.0 - 0.5 * quartic * at.slope - 0.25 * sextic * at.size * at.slope);
    rho = rho + step < ridge ? ridge : rho + step;  // a NaN stays one
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
  hartree_ridge_ = solve_hartree_ridge(spectrum_, this->ridge(), this->quartic(), this->sextic());
  hartree_size_ = this->size_at(hartree_ridge_);
  validate(std::isfinite(hartree_ridge_) && std::isfinite(hartree_size_),
           fmt::format("the size R = sum d^2 overflows (rho* = {}, R* = {}): scale down y, or u = {}, w = {}",
                       hartree_ridge_, hartree_size_, couplings_.u, couplings_.w));
}

double Posterior::size_at(double rho) const {
  return size_and_slope(this->spectrum_, rho).size;
}

}  // namespace ridgeflow
