#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>

#include <boost/math/tools/minima.hpp>
#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>
#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/theory/continuum_flow.hpp"

namespace ridgeflow {
namespace {

namespace odeint = boost::numeric::odeint;

using State = std::array<double, 2>;  // r, U
using Stepper = odeint::runge_kutta_dopri5<State>;

constexpr double kTolerance = 1e-13;     // of a step, relative
constexpr double kTiny = 1e-300;         // absolute: keeps U = 0 from dividing nothing by nothing
constexpr double kFirstStep = 1e-3;      // of tau
constexpr double kSmallestStep = 1e-11;  // of tau
constexpr std::size_t kMostSteps = 1'000'000;

/// The right-hand side; remembers whether a stage of the step left the realm k^g + r > 0, U >= 0.
struct RightHandSide {
  const ContinuumFlow& flow;
  FlowEquation equation;
  bool left = false;

  void operator()(const State& x, State& dxdt, double tau) {
    const double k = this->flow.scale(tau);
    const RunningCouplings slope = this->flow.derivative(k, {x[0], x[1]}, this->equation);
    dxdt = {slope.ridge, slope.quartic};
    this->left = this->left || !is_inside(this->flow, k, x) || !std::isfinite(dxdt[0] + dxdt[1]);
  }

  static bool is_inside(const ContinuumFlow& flow, double k, const State& x) {
    return std::isfinite(x[0] + x[1]) && std::pow(k, 1.0 + flow.law().alpha) + x[0] > 0 && x[1] >= 0;
  }
};

}  // namespace

FlowTrajectory::FlowTrajectory(const PowerLaw& law, double cutoff, RunningCouplings start, double end,
                               FlowEquation equation)
    : flow_(law, cutoff), end_(end), equation_(equation) {
  validate(
      std::isfinite(end) && end > 0,
      fmt::format("the flow is to end at k = {}: give a finite positive scale, k + 1/2 for mode k", end));
  validate(std::isfinite(start.quartic) && start.quartic >= 0,
           fmt::format("U = {} at the cutoff: must be finite and not negative", start.quartic));
  validate(std::isfinite(start.ridge) && this->flow_.curvature() + start.ridge > 0,
           fmt::format("r = {} at the cutoff Lambda = {}: must be finite, and Lambda^(1+alpha) + r positive",
                       start.ridge, cutoff));
  this->integrate(start);
}

void FlowTrajectory::integrate(RunningCouplings start) {
  const double last = this->flow_.tau(this->end_);
  const double direction = last < 0 ? -1.0 : 1.0;
  auto stepper = odeint::make_controlled(kTiny, kTolerance, Stepper());
  RightHandSide rhs{this->flow_, this->equation_};
  State x{start.ridge, start.quartic};
  double tau = 0;
  double step = direction * kFirstStep;
  this->nodes_.push_back({tau, start});
  while (direction * (last - tau) > 0) {
    if (direction * (tau + step - last) > 0) {
      step = last - tau;
    }
    const State before = x;
    const double tau_before = tau;
    const double tried = step;
    rhs.left = false;
    // std::ref: the stepper would copy the flag away
    const auto outcome = stepper.try_step(std::ref(rhs), x, tau, step);
    if (rhs.left) {  // NaN passes for a small error in the stepper's norm: never keep such a step
      x = before;
      tau = tau_before;
      step = 0.5 * tried;
      stepper.reset();
    } else if (outcome == odeint::success) {
      this->nodes_.push_back({tau, {x[0], x[1]}});
    }
    const bool too_small = std::abs(step) < kSmallestStep && std::abs(last - tau) > 2.0 * kSmallestStep;
    if (too_small || this->nodes_.size() > kMostSteps) {
      const double k = this->flow_.scale(tau);
      throw NumericalFailure(fmt::format(
          "the continuum flow breaks down at k = {:.6g} on the way from {:.6g} to {:.6g}: r = {:.6g}, "
          "U = {:.6g}, and {}; {}",
          k, this->cutoff(), this->end_, x[0], x[1],
          too_small ? fmt::format("k^(1+alpha) + r = {:.3g} runs to zero",
                                  std::pow(k, 1.0 + this->flow_.law().alpha) + x[0])
                    : "it has become too stiff",
          direction < 0 ? "no couplings at the larger cutoff lead here: go less far up, or lower U"
                        : "stop at a larger k, or start from a larger r"));
    }
  }
}

RunningCouplings FlowTrajectory::at(double k) const {
  const auto [low, high] = std::minmax({this->cutoff(), this->end_});
  if (!(k >= low && k <= high)) {
    throw InvalidInput(fmt::format("k = {}: the flow was followed between {} and {}", k, low, high));
  }
  const double tau = this->flow_.tau(k);
  const bool up = this->end_ > this->cutoff();
  const auto after = std::upper_bound(
      this->nodes_.begin(), this->nodes_.end(), tau,
      [up](double value, const Node& node) { return up ? value > node.tau : value < node.tau; });
  const Node& node = after == this->nodes_.begin() ? *after : *(after - 1);
  if (tau == node.tau) {
    return node.at;
  }
  State x{node.at.ridge, node.at.quartic};
  RightHandSide rhs{this->flow_, this->equation_};
  Stepper().do_step(std::ref(rhs), x, node.tau, tau - node.tau);
  return {x[0], x[1]};
}

RunningCouplings FlowTrajectory::rescaled(double k) const {
  return this->flow_.rescale(this->flow_.tau(k), this->at(k));
}

RidgeShare FlowTrajectory::share(double k) const {
  const auto [r, u] = this->at(k);
  const PowerLaw& law = this->flow_.law();
  const double c = 1.0 / (std::pow(k, 1.0 + law.alpha) + r);
  const double my = law.scale * std::pow(k, 1.0 + law.alpha - 0.5 * (1.0 + law.beta)) * c;
  return {0.5 * k * u * c / r, 0.5 * k * u * my * my / r};
}

LocalExponents FlowTrajectory::exponents(double k) const {
  const PowerLaw& law = this->flow_.law();
  const double g = 1.0 + law.alpha;
  const RunningCouplings x = this->at(k);
  const RunningCouplings slope = this->flow_.derivative(k, x, this->equation_);
  const double ridge = slope.ridge / x.ridge;                              // d ln r/dtau
  const double quartic = x.quartic > 0 ? slope.quartic / x.quartic : 0.0;  // d ln U/dtau
  const double a = std::pow(k, g);
  const double propagator = (g * a - slope.ridge) / (a + x.ridge);  // d ln c/dtau
  const double loop = -1.0 + quartic + propagator - ridge;
  return {g + ridge, 2.0 * g + quartic, loop, loop + propagator - (2.0 * g - 1.0 - law.beta)};
}

ScalingIntervals FlowTrajectory::scaling_intervals(double from, double to) const {
  const double first = this->flow_.tau(from);
  const double last = this->flow_.tau(to);
  constexpr int kPieces = 256;
  constexpr int kBits = 26;  // an extremum is flat: half the digits of tau are all of its own
  const auto place = [&](int i) { return first + (last - first) * i / kPieces; };
  // Ends stay as given: ln and exp need not bring a scale back to the last bit.
  const auto exponents = [&](double tau) {
    const auto [low, high] = std::minmax({from, to});
    return this->exponents(std::clamp(this->flow_.scale(tau), low, high));
  };
  std::vector<LocalExponents> points;
  for (int i = 0; i <= kPieces; ++i) {
    points.push_back(exponents(place(i)));
  }
  const auto least = [&](double LocalExponents::*which, double sign) {
    int best = 0;
    for (int i = 1; i <= kPieces; ++i) {
      const auto at = [&](int j) { return sign * (points[static_cast<std::size_t>(j)].*which); };
      best = at(i) < at(best) ? i : best;
    }
    double value = sign * (points[static_cast<std::size_t>(best)].*which);
    if (best > 0 && best < kPieces) {
      const auto [left, right] = std::minmax({place(best - 1), place(best + 1)});
      value =
          std::min(value, boost::math::tools::brent_find_minima(
                              [&](double tau) { return sign * (exponents(tau).*which); }, left, right, kBits)
                              .second);
    }
    return sign * value;
  };
  const auto interval = [&](double LocalExponents::*which) {
    return ScalingInterval{least(which, 1.0), least(which, -1.0)};
  };
  return {interval(&LocalExponents::ridge), interval(&LocalExponents::quartic),
          interval(&LocalExponents::loop), interval(&LocalExponents::tree)};
}

}  // namespace ridgeflow
