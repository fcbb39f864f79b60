#include "ridgeflow/theory/decimation.hpp"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

#include "theory/refuse_sextic.hpp"

namespace ridgeflow {

Decimation decimate(const Posterior& posterior) {
  return decimate(posterior, 0);
}

Decimation decimate(const Posterior& posterior, std::size_t modes_kept) {
  refuse_sextic(posterior, "the first-order decimation");
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  const std::size_t modes = posterior.modes();
  Decimation result;
  result.ridge.assign(modes, kNan);
  result.quartic.assign(modes, kNan);
  double r = posterior.ridge();
  double u = posterior.quartic();
  for (std::size_t k = modes; k > modes_kept; --k) {
    const double c = posterior.variance_at(k - 1, r);
    const double m = posterior.mean_at(k - 1, r);
    const double loop_and_tree = (2.0 * c + 4.0 * m * m) * c;
    const double bubble = u * loop_and_tree;
    result.ridge[k - 1] = r;
    result.quartic[k - 1] = u;
    if (bubble > result.largest_bubble || result.largest_bubble_mode == 0) {
      result.largest_bubble = bubble;
      result.largest_bubble_mode = k;
    }
    if (!(bubble < 4.0)) {  // a negative U has no posterior
      r = u = kNan;
      break;
    }
    r += 0.5 * u * (c + m * m);
    u -= 0.25 * u * bubble;
  }
  result.ridge_below = r;
  result.quartic_below = u;
  return result;
}

NextOrderDecimation decimate_next_order(const Posterior& posterior) {
  return decimate_next_order(posterior, posterior.sextic());
}

NextOrderDecimation decimate_next_order(const Posterior& posterior, double sextic) {
  validate(std::isfinite(sextic), fmt::format("sextic coupling W = {}: give a finite number", sextic));
  const std::size_t modes = posterior.modes();
  NextOrderDecimation result;
  result.ridge.resize(modes);
  result.quartic.resize(modes);
  result.sextic.resize(modes);
  double r = posterior.ridge();
  double u = posterior.quartic();
  double w = sextic;
  for (std::size_t k = modes; k-- > 0;) {
    result.ridge[k] = r;
    result.quartic[k] = u;
    result.sextic[k] = w;
    const double c = posterior.variance_at(k, r);
    const double m = posterior.mean_at(k, r);
    const double m2 = m * m;
    // Joint cumulants of powers of d under the Gaussian (c, m): k24 = <d^2; d^4>, k224 = <d^2; d^2; d^4>, ...
    const double k2 = c + m2;
    const double k4 = (3 * c + 6 * m2) * c + m2 * m2;
    const double k22 = (2 * c + 4 * m2) * c;
    const double k222 = (8 * c + 24 * m2) * c * c;
    const double k24 = ((12 * c + 36 * m2) * c + 8 * m2 * m2) * c;
    const double k224 = ((72 * c + 288 * m2) * c + 80 * m2 * m2) * c * c;
    const double k44 = (((96 * c + 384 * m2) * c + 168 * m2 * m2) * c + 16 * m2 * m2 * m2) * c;
    const double k26 = (((90 * c + 360 * m2) * c + 150 * m2 * m2) * c + 12 * m2 * m2 * m2) * c;
    const double k244 = (((768 * c + 3840 * m2) * c + 2016 * m2 * m2) * c + 224 * m2 * m2 * m2) * c * c;
    const double u2 = u * u;
    const double u3 = u2 * u;
    r += u / 2 * k2 - u2 / 16 * k24 + u3 / 256 * k244 + w / 8 * k4 - u * w * (k26 / 96 + k44 / 64);
    u += -u2 / 4 * k22 + u3 / 32 * k224 + w / 2 * k2 - 3.0 / 16 * u * w * k24;
    w += u3 / 8 * k222 - 0.75 * result.quartic[k] * w * k22;
  }
  return result;
}

}  // namespace ridgeflow
