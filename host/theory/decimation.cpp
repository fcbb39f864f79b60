#include "ridgeflow/theory/decimation.hpp"

#include <cmath>
#include <limits>
#include <utility>

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

namespace {

// One mode integrated out: what is added to r, U, W.
struct Increment {
  double ridge;
  double quartic;
  double sextic;
};

Increment next_order_increment(double c, double m, double u, double w) {
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
  return {u / 2 * k2 - u2 / 16 * k24 + u3 / 256 * k244 + w / 8 * k4 - u * w * (k26 / 96 + k44 / 64),
          -u2 / 4 * k22 + u3 / 32 * k224 + w / 2 * k2 - 3.0 / 16 * u * w * k24,
          u3 / 8 * k222 - 0.75 * u * w * k22};
}

Increment first_order_increment(double c, double m, double u, double w) {
  const double m2 = m * m;
  return {u / 2 * (c + m2) + w / 8 * ((3 * c + 6 * m2) * c + m2 * m2),
          -u * u / 4 * (2 * c + 4 * m2) * c + w / 2 * (c + m2), 0.0};
}

template <class Step>
SexticDecimation flow_down(const Posterior& posterior, double sextic, std::size_t modes_kept, Step&& step) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  const std::size_t modes = posterior.modes();
  SexticDecimation result{std::vector<double>(modes, kNan),
                          std::vector<double>(modes, kNan),
                          std::vector<double>(modes, kNan),
                          posterior.ridge(),
                          posterior.quartic(),
                          sextic};
  for (std::size_t k = modes; k-- > modes_kept;) {
    result.ridge[k] = result.ridge_below;
    result.quartic[k] = result.quartic_below;
    result.sextic[k] = result.sextic_below;
    const double c = posterior.variance_at(k, result.ridge_below);
    const double m = posterior.mean_at(k, result.ridge_below);
    const Increment added = step(c, m, result.quartic_below, result.sextic_below);
    result.ridge_below += added.ridge;
    result.quartic_below += added.quartic;
    result.sextic_below += added.sextic;
  }
  return result;
}

}  // namespace

NextOrderDecimation decimate_next_order(const Posterior& posterior) {
  return decimate_next_order_above(posterior, 0);
}

NextOrderDecimation decimate_next_order(const Posterior& posterior, double sextic) {
  validate(std::isfinite(sextic), fmt::format("sextic coupling W = {}: give a finite number", sextic));
  return flow_down(posterior, sextic, 0, next_order_increment);
}

NextOrderDecimation decimate_next_order_above(const Posterior& posterior, std::size_t modes_kept) {
  return flow_down(posterior, posterior.sextic(), modes_kept, next_order_increment);
}

SexticDecimation decimate_first_order(const Posterior& posterior, std::size_t modes_kept) {
  return flow_down(posterior, posterior.sextic(), modes_kept, first_order_increment);
}

SexticDecimation wilson_couplings(const Posterior& posterior) {
  if (posterior.sextic() != 0.0) {
    return decimate_next_order(posterior);
  }
  Decimation flow = decimate(posterior);
  return {std::move(flow.ridge), std::move(flow.quartic), std::vector<double>(posterior.modes(), 0.0),
          flow.ridge_below,      flow.quartic_below,      0.0};
}

}  // namespace ridgeflow
