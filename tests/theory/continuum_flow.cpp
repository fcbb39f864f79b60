#include "ridgeflow/theory/continuum_flow.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/model/spectrum.hpp"
#include "ridgeflow/theory/decimation.hpp"

#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

using test::relative_deviation;
using testing::HasSubstr;

constexpr PowerLaw kStandardLaw{0.2, 0.3, 1.0};

Posterior power_law_posterior(const PowerLaw& law, std::size_t modes, Couplings couplings) {
  return Posterior(power_law_spectrum(modes, law.alpha, law.beta, law.scale), couplings);
}

FlowTrajectory trajectory_of(const PowerLaw& law, const Posterior& posterior, FlowEquation equation) {
  return FlowTrajectory(law, static_cast<double>(posterior.modes()) + 0.5,
                        {posterior.ridge(), posterior.quartic()}, 1.5, equation);
}

// Largest relative deviation of r(k) and U(k) from the decimation, over all modes.
RunningCouplings deviation_from_decimation(const PowerLaw& law, const Posterior& posterior,
                                           FlowEquation equation) {
  const FlowTrajectory flow = trajectory_of(law, posterior, equation);
  const Decimation modes = decimate(posterior);
  RunningCouplings largest;
  for (std::size_t k = 1; k <= posterior.modes(); ++k) {
    const RunningCouplings at = flow.at(static_cast<double>(k) + 0.5);
    largest.ridge = std::max(largest.ridge, relative_deviation(at.ridge, modes.ridge[k - 1]));
    largest.quartic = std::max(largest.quartic, relative_deviation(at.quartic, modes.quartic[k - 1]));
  }
  return largest;
}

TEST(ContinuumFlow, OneScaleByHand) {
  // k = 4, alpha = 1/2: a = 8; beta = 1, scale 3: y^2 = 9/16. r = 2: c = 1/10, m^2 = 64 (9/16)/100 = 0.36.
  const ContinuumFlow flow({0.5, 1.0, 3.0}, 16.0);
  const RunningCouplings at{2.0, 0.1};
  const RunningCouplings plain = flow.derivative(4.0, at, FlowEquation::plain);
  EXPECT_NEAR(plain.ridge, 4.0 * 0.05 * (0.1 + 0.36), 1e-15);
  EXPECT_NEAR(plain.quartic, -4.0 * 0.0025 * (0.02 + 0.144), 1e-15);
  EXPECT_DOUBLE_EQ(flow.curvature(), 64.0);
  EXPECT_DOUBLE_EQ(flow.tau(4.0), std::log(4.0));
  EXPECT_NEAR(flow.scale(std::log(4.0)), 4.0, 1e-14);
  const RunningCouplings rescaled = flow.rescale(std::log(4.0), at);  // l^g = 8
  EXPECT_NEAR(rescaled.ridge, 16.0, 1e-13);
  EXPECT_NEAR(rescaled.quartic, 6.4, 1e-13);
  EXPECT_DOUBLE_EQ(learning_scale({0.5, 1.0, 1.0}, 8.0), 4.0);
}

TEST(ContinuumFlow, CorrectionByDifferences) {
  // f - f_x f/2 - f_kk/24 - (f_x f_k - f_xk f)/12 + f_xx f f/12 + f_x f_x f/3, each derivative by
  // differences.
  const ContinuumFlow flow({0.3, 0.7, 1.7}, 50.0);
  const double k = 2.0;
  const double e = 1e-3;
  const RunningCouplings x{2.0, 1.0};
  const auto f = [&](double at_k, RunningCouplings at) {
    const RunningCouplings slope = flow.derivative(at_k, at, FlowEquation::plain);
    return RunningCouplings{slope.ridge / at_k, slope.quartic / at_k};
  };
  const auto sum = [](double a, RunningCouplings one, double b, RunningCouplings other) {
    return RunningCouplings{a * one.ridge + b * other.ridge, a * one.quartic + b * other.quartic};
  };
  const auto along = [&](double at_k, RunningCouplings v) {
    return sum(0.5 / e, f(at_k, sum(1, x, e, v)), -0.5 / e, f(at_k, sum(1, x, -e, v)));
  };
  const RunningCouplings f0 = f(k, x);
  const RunningCouplings f_k = sum(0.5 / e, f(k + e, x), -0.5 / e, f(k - e, x));
  const auto bent = [&](RunningCouplings ahead, RunningCouplings behind) {
    return sum(1 / (e * e), sum(1, ahead, 1, behind), -2 / (e * e), f0);
  };
  const RunningCouplings terms[] = {
      sum(-0.5, along(k, f0), 0, x),
      sum(-1.0 / 24, bent(f(k + e, x), f(k - e, x)), 0, x),
      sum(-1.0 / 12, along(k, f_k), 1.0 / 12, sum(0.5 / e, along(k + e, f0), -0.5 / e, along(k - e, f0))),
      sum(1.0 / 12, bent(f(k, sum(1, x, e, f0)), f(k, sum(1, x, -e, f0))), 0, x),
      sum(1.0 / 3, along(k, along(k, f0)), 0, x),
  };
  RunningCouplings expected = f0;
  for (const RunningCouplings& term : terms) {
    expected = sum(1, expected, 1, term);
    EXPECT_GT(std::hypot(term.ridge, term.quartic), 1e-5);  // terms to speak of
  }
  const RunningCouplings found = flow.derivative(k, x, FlowEquation::corrected);
  EXPECT_NEAR(found.ridge / k, expected.ridge, 1e-7);
  EXPECT_NEAR(found.quartic / k, expected.quartic, 1e-7);
}

RC_GTEST_PROP(ContinuumFlow, RescaledFieldIsThePlainOneRescaled, ()) {
  const PowerLaw law{test::between(-0.5, 2), test::between(-1, 3), test::between(-3, 3)};
  const double cutoff = std::pow(10.0, test::between(0, 4));
  const ContinuumFlow flow(law, cutoff);
  const double tau = test::between(-2, 8);
  const double k = flow.scale(tau);
  const double g = 1 + law.alpha;
  const RunningCouplings at{std::pow(k, g) * test::between(-0.9, 5), test::between(0, 100)};
  const RunningCouplings slope = flow.derivative(k, at, FlowEquation::plain);
  const RunningCouplings r = flow.rescale(tau, at);
  const RunningCouplings s = flow.rescale(tau, slope);
  const RunningCouplings field = flow.rescaled_derivative(tau, r);
  const auto close = [](double one, double canonical, double driven) {
    return std::abs(one - canonical - driven) <= 1e-11 * (std::abs(canonical) + std::abs(driven));
  };
  RC_ASSERT(close(field.ridge, g * r.ridge, s.ridge));
  RC_ASSERT(close(field.quartic, 2 * g * r.quartic, s.quartic));
  const RunningCouplings back = flow.unscale(tau, r);
  RC_ASSERT(std::abs(back.ridge - at.ridge) <= 1e-13 * std::abs(at.ridge));
  RC_ASSERT(relative_deviation(back.quartic, at.quartic) < 1e-13);
}

TEST(ContinuumFlow, RescaledFieldIntegratedIsTheTrajectory) {
  // A plain fourth-order Runge-Kutta of the rescaled field against the unrescaled trajectory, in ln r', ln
  // U'.
  const PowerLaw law{0.2, 0.3, 1.5};
  const Posterior posterior = power_law_posterior(law, 1000, {1000, test::kStandardKappa, 0.05});
  const FlowTrajectory trajectory = trajectory_of(law, posterior, FlowEquation::plain);
  const ContinuumFlow& flow = trajectory.flow();
  const auto slope = [&](double tau, std::array<double, 2> ln) {
    const RunningCouplings at{std::exp(ln[0]), std::exp(ln[1])};
    const RunningCouplings d = flow.rescaled_derivative(tau, at);
    return std::array{d.ridge / at.ridge, d.quartic / at.quartic};
  };
  std::array ln{std::log(posterior.ridge()), std::log(posterior.quartic())};
  const double end = 6.0;
  const int steps = 6000;
  const double h = end / steps;
  for (int i = 0; i < steps; ++i) {
    const double tau = h * i;
    const auto moved = [&](const std::array<double, 2>& by, double factor) {
      return std::array{ln[0] + factor * by[0], ln[1] + factor * by[1]};
    };
    const auto k1 = slope(tau, ln);
    const auto k2 = slope(tau + h / 2, moved(k1, h / 2));
    const auto k3 = slope(tau + h / 2, moved(k2, h / 2));
    const auto k4 = slope(tau + h, moved(k3, h));
    for (std::size_t j = 0; j < 2; ++j) {
      ln[j] += h / 6 * (k1[j] + 2 * k2[j] + 2 * k3[j] + k4[j]);
    }
  }
  const RunningCouplings at = trajectory.rescaled(flow.scale(end));
  EXPECT_LT(relative_deviation(std::exp(ln[0]), at.ridge), 1e-11);
  EXPECT_LT(relative_deviation(std::exp(ln[1]), at.quartic), 1e-11);
}

TEST(ContinuumFlow, FollowsTheDecimationOfTheStandardRun) {
  const Posterior posterior = test::standard_posterior(1000, test::kStandardKappa, 0.05);
  const RunningCouplings plain = deviation_from_decimation(kStandardLaw, posterior, FlowEquation::plain);
  EXPECT_LT(plain.ridge, 2e-5);
  EXPECT_LT(plain.quartic, 2e-5);
  const RunningCouplings corrected =
      deviation_from_decimation(kStandardLaw, posterior, FlowEquation::corrected);
  EXPECT_LT(corrected.ridge, 1e-9);
  EXPECT_LT(corrected.quartic, 1e-9);
  EXPECT_GT(plain.ridge, 1e-6);  // the comparison sees what the correction is there for
}

TEST(ContinuumFlow, FollowsTheDecimationElsewhere) {
  // Mode spacing matters more where there are few modes or U is large. scale enters as its square.
  struct Case {
    PowerLaw law;
    std::size_t modes;
    double u;
    double plain;
    double corrected;
  };
  for (const Case& each :
       {Case{{0.2, 0.3, 2.0}, 1000, 0.05, 4e-5, 2e-7}, Case{{0.2, 0.3, 1.0}, 200, 0.5, 4e-3, 2e-5},
        Case{{1.0, 1.5, 0.5}, 500, 0.2, 2e-3, 2e-5}}) {
    const Posterior posterior = power_law_posterior(
        each.law, each.modes, {static_cast<std::int64_t>(each.modes), test::kStandardKappa, each.u});
    const RunningCouplings plain = deviation_from_decimation(each.law, posterior, FlowEquation::plain);
    const RunningCouplings corrected =
        deviation_from_decimation(each.law, posterior, FlowEquation::corrected);
    EXPECT_LT(std::max(plain.ridge, plain.quartic), each.plain) << each.law.alpha;
    EXPECT_LT(std::max(corrected.ridge, corrected.quartic), each.corrected) << each.law.alpha;
    PowerLaw planted = each.law;
    planted.scale *= 1.05;
    EXPECT_GT(deviation_from_decimation(planted, posterior, FlowEquation::corrected).ridge, each.corrected);
  }
}

TEST(ContinuumFlow, ThereAndBackAgain) {
  for (const FlowEquation equation : {FlowEquation::plain, FlowEquation::corrected}) {
    for (const double u : {0.0, 1e-6, 0.05, 1.0}) {
      const RunningCouplings start{251.2, 1000 * u};
      const FlowTrajectory down(kStandardLaw, 1000.5, start, 1.5, equation);
      const FlowTrajectory up(kStandardLaw, 1.5, down.at(1.5), 1000.5, equation);
      const RunningCouplings back = up.at(1000.5);
      EXPECT_LT(relative_deviation(back.ridge, start.ridge), 1e-10) << u;
      EXPECT_LT(relative_deviation(back.quartic, start.quartic), 1e-10) << u;
      // and at the scales between
      for (const double k : {1.5, 3.7, 100.0, 999.9}) {
        EXPECT_LT(relative_deviation(up.at(k).ridge, down.at(k).ridge), 1e-10) << k;
      }
    }
  }
}

TEST(ContinuumFlow, StopsAnywhereAlike) {
  // A flow in two parts, with the couplings of the first handed to the second, is the whole.
  const FlowTrajectory whole(kStandardLaw, 1000.5, {251.2, 50.0}, 1.5, FlowEquation::corrected);
  const FlowTrajectory part(kStandardLaw, 77.25, whole.at(77.25), 1.5, FlowEquation::corrected);
  EXPECT_LT(relative_deviation(part.at(1.5).ridge, whole.at(1.5).ridge), 1e-12);
  EXPECT_EQ(whole.at(1000.5).ridge, 251.2);
  EXPECT_LT(whole.nodes(), 20000U);
}

TEST(ContinuumFlow, WithoutInteractionOnlyDimensionsAreLeft) {
  const FlowTrajectory flow(kStandardLaw, 1000.5, {251.2, 0.0}, 1.5);
  for (const double k : {900.0, 30.0, 1.5}) {
    EXPECT_EQ(flow.at(k).ridge, 251.2);
    EXPECT_EQ(flow.at(k).quartic, 0.0);
    EXPECT_DOUBLE_EQ(flow.exponents(k).ridge, 1.2);
    EXPECT_DOUBLE_EQ(flow.exponents(k).quartic, 2.4);
    EXPECT_EQ(flow.share(k).loop + flow.share(k).tree, 0.0);
  }
}

TEST(ContinuumFlow, RidgeNullclineStopsTheRidge) {
  const ContinuumFlow flow({0.2, 0.3, 1.3}, 1000.5);
  for (const double tau : {0.0, 2.0, 4.0}) {
    for (const double part : {-0.95, -0.5, -0.01}) {
      const double r = part * flow.curvature();
      const double u = flow.ridge_nullcline(tau, r);
      EXPECT_GT(u, 0.0);
      EXPECT_NEAR(flow.rescaled_derivative(tau, {r, u}).ridge / r, 0.0, 1e-13);
      EXPECT_GT(std::abs(flow.rescaled_derivative(tau, {r, 1.01 * u}).ridge / r), 1e-3);
      EXPECT_GT(flow.tree_nullcline(tau, r), u);  // fewer terms to push against it
    }
    EXPECT_EQ(flow.ridge_nullcline(tau, 0.0), 0.0);
    EXPECT_LT(flow.ridge_nullcline(tau, 10.0), 0.0);  // no positive U stops a positive r'
  }
}

TEST(ContinuumFlow, NullclineTendsToItsTrees) {
  const PowerLaw scale_free{0.5, 1.5, 1.4};
  const ContinuumFlow flow(scale_free, 300.5);
  const double r = -0.3 * flow.curvature();
  EXPECT_DOUBLE_EQ(flow.tree_nullcline(0.0, r), flow.tree_nullcline(7.0, r));
  double before = std::numeric_limits<double>::infinity();
  for (const double tau : {0.0, 5.0, 10.0, 20.0}) {
    const double gap = relative_deviation(flow.ridge_nullcline(tau, r), flow.tree_nullcline(tau, r));
    EXPECT_LT(gap, before);
    before = gap;
  }
  EXPECT_LT(before, 1e-6);
}

TEST(ContinuumFlow, InteractingFixedPointIsASaddle) {
  for (const PowerLaw law : {PowerLaw{0.2, 1.2, 1.0}, PowerLaw{0.8, 1.8, 2.5}}) {
    const double g = 1 + law.alpha;
    const FlowFixedPoint fixed = interacting_fixed_point(law, 100.5);
    const ContinuumFlow flow(law, 100.5);
    const double tau = 80.0;  // no loops left
    const auto [r, u] = fixed.rescaled;
    EXPECT_DOUBLE_EQ(r, -0.5 * flow.curvature());
    const RunningCouplings still = flow.rescaled_derivative(tau, fixed.rescaled);
    EXPECT_NEAR(still.ridge / r, 0.0, 1e-13);
    EXPECT_NEAR(still.quartic / u, 0.0, 1e-13);
    EXPECT_NEAR(flow.ridge_nullcline(tau, r) / u, 1.0, 1e-13);
    // The Jacobian by central differences, in units of the fixed point's own couplings.
    const double e = 1e-5;
    const auto column = [&](double er, double eu) {
      const RunningCouplings ahead = flow.rescaled_derivative(tau, {r * (1 + er), u * (1 + eu)});
      const RunningCouplings behind = flow.rescaled_derivative(tau, {r * (1 - er), u * (1 - eu)});
      return std::array{(ahead.ridge - behind.ridge) / (2 * e * r),
                        (ahead.quartic - behind.quartic) / (2 * e * u)};
    };
    const auto by_r = column(e, 0);
    const auto by_u = column(0, e);
    const double half_trace = 0.5 * (by_r[0] + by_u[1]);
    const double determinant = by_r[0] * by_u[1] - by_r[1] * by_u[0];
    const double root = std::sqrt(half_trace * half_trace - determinant);
    EXPECT_NEAR(half_trace + root, g, 1e-7);
    EXPECT_NEAR(half_trace - root, -4 * g, 1e-7);
    EXPECT_NEAR(fixed.eigenvalues[0], g, 1e-15);
    EXPECT_NEAR(fixed.eigenvalues[1], -4 * g, 1e-15);
  }
}

TEST(LocalExponents, AreTheSlopesOfTheLogarithms) {
  for (const FlowEquation equation : {FlowEquation::plain, FlowEquation::corrected}) {
    const FlowTrajectory flow({0.2, 0.3, 1.5}, 1000.5, {251.2, 200.0}, 1.5, equation);
    for (const double k : {900.0, 100.0, 8.0, 2.0}) {
      const double e = 1e-4;
      const auto slope = [&](auto&& value) {
        return (std::log(value(k * std::exp(-e))) - std::log(value(k * std::exp(e)))) / (2 * e);
      };
      const LocalExponents found = flow.exponents(k);
      EXPECT_NEAR(found.ridge, slope([&](double at) { return flow.rescaled(at).ridge; }), 1e-7);
      EXPECT_NEAR(found.quartic, slope([&](double at) { return flow.rescaled(at).quartic; }), 1e-7);
      EXPECT_NEAR(found.loop, slope([&](double at) { return flow.share(at).loop; }), 1e-7);
      EXPECT_NEAR(found.tree, slope([&](double at) { return flow.share(at).tree; }), 1e-7);
      if (equation == FlowEquation::plain) {
        EXPECT_NEAR(found.ridge, 1.2 + flow.share(k).loop + flow.share(k).tree, 1e-12);
      }
    }
  }
}

TEST(LocalExponents, OfTheTwoRegimes) {
  // Weak coupling, k* = 1e3 far below the cutoff and far above the end.
  const double ridge = std::pow(1e3, 1.2);
  const FlowTrajectory flow(kStandardLaw, 1e9, {ridge, 1e-6}, 1e-3);
  EXPECT_NEAR(flow.exponents(1e8).loop, 0.2, 1e-4);
  EXPECT_NEAR(flow.exponents(1e8).tree, 0.3, 1e-4);
  EXPECT_NEAR(flow.exponents(1e-2).loop, -1.0, 1e-4);
  EXPECT_NEAR(flow.exponents(1e-2).tree, 0.3 - 2.4, 1e-4);
}

TEST(LocalExponents, ScalingIntervalHoldsEveryScaleAndIsReached) {
  const FlowTrajectory flow(kStandardLaw, 1000.5, {251.2, 300.0}, 1.5);
  const ScalingIntervals found = flow.scaling_intervals(1.5, 900.0);
  ScalingInterval seen{1e9, -1e9};
  ScalingInterval quartic{1e9, -1e9};
  for (int i = 0; i <= 20000; ++i) {
    const LocalExponents at = flow.exponents(std::min(900.0, 1.5 * std::pow(600.0, i / 20000.0)));
    seen = {std::min(seen.low, at.ridge), std::max(seen.high, at.ridge)};
    quartic = {std::min(quartic.low, at.quartic), std::max(quartic.high, at.quartic)};
  }
  EXPECT_NEAR(found.ridge.low, seen.low, 1e-9);
  EXPECT_NEAR(found.ridge.high, seen.high, 1e-9);
  EXPECT_GE(found.ridge.high, seen.high - 1e-14);
  EXPECT_NEAR(found.quartic.low, quartic.low, 1e-9);
  EXPECT_NEAR(found.quartic.high, quartic.high, 1e-9);
  // the extremum is inside: beyond what either end has
  EXPECT_LT(found.quartic.low, std::min(flow.exponents(1.5).quartic, flow.exponents(900.0).quartic) - 1e-3);
  const ScalingIntervals turned = flow.scaling_intervals(900.0, 1.5);
  EXPECT_NEAR(turned.loop.low, found.loop.low, 1e-10);
  EXPECT_NEAR(turned.tree.high, found.tree.high, 1e-10);
}

TEST(LocalExponents, InWords) {
  EXPECT_EQ(relevance({0.1, 1.2}), Relevance::relevant);
  EXPECT_EQ(relevance({-1.2, -0.1}), Relevance::irrelevant);
  EXPECT_EQ(relevance({-0.1, 0.1}), Relevance::mixed);
  EXPECT_EQ(relevance({0.0, 0.1}), Relevance::mixed);
  EXPECT_EQ(relevance({-1e-12, 1e-12}), Relevance::marginal);
  EXPECT_STREQ(to_string(Relevance::irrelevant), "irrelevant");
  EXPECT_STREQ(to_string(Relevance::mixed), "mixed");
}

TEST(SampleExponents, AreIrrelevantTowardsManySamples) {
  const Couplings couplings{100, 3.98, 0.05};
  const SampleExponents small = sample_exponents(kStandardLaw, couplings, 100);
  EXPECT_NEAR(small.loop, -0.078, 2e-3);
  EXPECT_NEAR(small.tree, -0.156, 2e-3);
  // far above k* the tails of the sums are all there: the powers of the limit
  const PowerLaw steep{1.0, 1.5, 1.0};
  const SampleExponents large = sample_exponents(steep, {1000000, 3.98, 0.05}, 1000000);
  EXPECT_NEAR(large.loop, -0.5, 2e-3);
  EXPECT_NEAR(large.tree, -0.75, 2e-3);
}

TEST(ContinuumFlow, RefusesBadInput) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const RunningCouplings start{250.0, 50.0};
  EXPECT_THROW(ContinuumFlow({-1.0, 0.3, 1.0}, 10.5), InvalidInput);
  EXPECT_THROW(ContinuumFlow({nan, 0.3, 1.0}, 10.5), InvalidInput);
  EXPECT_THROW(ContinuumFlow({0.2, nan, 1.0}, 10.5), InvalidInput);
  EXPECT_THROW(ContinuumFlow({0.2, 0.3, nan}, 10.5), InvalidInput);
  EXPECT_THROW(ContinuumFlow(kStandardLaw, 0.0), InvalidInput);
  EXPECT_THROW(ContinuumFlow(kStandardLaw, nan), InvalidInput);
  EXPECT_THROW(FlowTrajectory(kStandardLaw, 10.5, start, 0.0), InvalidInput);
  EXPECT_THROW(FlowTrajectory(kStandardLaw, 10.5, start, nan), InvalidInput);
  EXPECT_THROW(FlowTrajectory(kStandardLaw, 10.5, {nan, 1.0}, 1.5), InvalidInput);
  EXPECT_THROW(FlowTrajectory(kStandardLaw, 10.5, {1.0, -1.0}, 1.5), InvalidInput);
  EXPECT_THROW(FlowTrajectory(kStandardLaw, 10.5, {-20.0, 1.0}, 1.5), InvalidInput);
  EXPECT_THROW(interacting_fixed_point(kStandardLaw, 10.5), InvalidInput);
  EXPECT_THROW(interacting_fixed_point({0.2, 1.2, 0.0}, 10.5), InvalidInput);
  EXPECT_THROW(learning_scale(kStandardLaw, 0.0), InvalidInput);
  EXPECT_THROW(sample_exponents(kStandardLaw, {0, 1.0, 0.1}, 10), InvalidInput);
  EXPECT_THROW(sample_exponents(kStandardLaw, {1000, 0.1, 0.1}, 10), InvalidInput);
  const FlowTrajectory flow(kStandardLaw, 10.5, start, 1.5);
  EXPECT_THROW(flow.at(1.4), InvalidInput);
  EXPECT_THROW(flow.at(10.6), InvalidInput);
  EXPECT_THROW(flow.at(nan), InvalidInput);
  EXPECT_THROW(flow.scaling_intervals(1.0, 5.0), InvalidInput);
}

TEST(ContinuumFlow, SaysWhereItBreaksDown) {
  const auto message = [](double cutoff, RunningCouplings start, double end) -> std::string {
    try {
      const FlowTrajectory flow(kStandardLaw, cutoff, start, end);
      return "no failure, nodes " + std::to_string(flow.nodes());
    } catch (const NumericalFailure& failure) {
      return failure.what();
    }
  };
  // U = 0, r = -8: k^1.2 + r = 0 at k = 8^(1/1.2) = 5.65685.
  EXPECT_THAT(message(10.5, {-8.0, 0.0}, 1.5), HasSubstr("breaks down at k = 5.65685"));
  // Upwards a strong interaction has come from nowhere.
  const std::string up = message(10.5, {30.0, 400.0}, 1000.5);
  EXPECT_THAT(up, HasSubstr("on the way from 10.5 to 1000.5"));
  EXPECT_THAT(up, HasSubstr("runs to zero"));
  EXPECT_THAT(up, HasSubstr("less far up"));
  // Downwards from r > 0 nothing breaks, whatever U.
  EXPECT_THAT(message(1000.5, {250.0, 1e12}, 1.5), HasSubstr("no failure"));
}

}  // namespace
}  // namespace ridgeflow
