// Single steps by hand, in double and for one or two modes; coefficients; acceptance against the densities.
#include <cmath>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "ridgeflow/integrate/initial.hpp"
#include "ridgeflow/integrate/list.hpp"

#include "support/posteriors.hpp"
#include "support/runs.hpp"

namespace ridgeflow {
namespace {

constexpr double kU = 3.0;
constexpr double kR = 0.7;  // ridge
constexpr double kH = 0.02;
constexpr double kSize = 1.3;  // R*

StepProblem problem() {
  const double hartree_ridge = kR + 0.5 * kU * kSize;
  return {kR, kU, hartree_ridge, kSize, 0.5 + hartree_ridge, 4.0 + hartree_ridge, kH};
}
ChainConstants<double> constants() {
  return {0.5 * kU * kH, kSize, std::exp(-kU * kSize * kH), 0.125 * kU / std::log(2.0)};
}

TEST(Euler, StepByHand) {
  const StepProblem p = problem();
  const double a = 2.0;
  const double y = 0.6;
  const ModeCoefficients c = Euler::coefficients<double>(p, {a, y}, 0);
  for (const double d : {-0.4, 0.0, 1.1}) {
    const double other = 0.3;
    const double size = d * d + other * other;
    const double xi = 0.8;
    const double before = Euler::before(constants(), size);
    const double expected = d - kH * ((a + kR) * d - a * y + 0.5 * kU * size * d) + std::sqrt(2 * kH) * xi;
    EXPECT_NEAR(Euler::update(c.decay, c.drift, c.noise, d, xi, before), expected, 1e-15);
  }
  EXPECT_DOUBLE_EQ(Euler::step_limit(p), 2.0 / p.fastest_rate);
  EXPECT_DOUBLE_EQ(Euler::variance_bias(p, a + p.hartree_ridge),
                   1.0 / (1.0 - 0.5 * kH * (a + p.hartree_ridge)) - 1.0);
}

TEST(Strang, StepByHand) {
  const StepProblem p = problem();
  const double a[] = {2.0, 0.5};
  const double y[] = {0.6, -0.2};
  const double d[] = {0.9, -0.4};
  const double xi[] = {0.3, -1.2};
  const double size = d[0] * d[0] + d[1] * d[1];
  const double f = 1.0 / std::sqrt(1.0 + 0.5 * kU * kH * size);
  EXPECT_DOUBLE_EQ(Strang::before(constants(), size), f);
  double moved[2];
  double moved_size = 0;
  for (int k = 0; k < 2; ++k) {
    const ModeCoefficients c = Strang::coefficients<double>(p, {a[k], y[k]}, 0);
    const double rate = a[k] + kR;
    const double mean = a[k] * y[k] / rate;
    const double expected = mean + std::exp(-rate * kH) * (d[k] * f - mean) +
                            std::sqrt((1.0 - std::exp(-2 * rate * kH)) / rate) * xi[k];
    moved[k] = Strang::update(c.decay, c.drift, c.noise, d[k], xi[k], f);
    EXPECT_NEAR(moved[k], expected, 1e-14);
    moved_size += moved[k] * moved[k];
  }
  const Outcome<double> outcome = Strang::after(constants(), size, moved_size, 0.0F);
  const double closing = 1.0 / std::sqrt(1.0 + 0.5 * kU * kH * moved_size);
  EXPECT_DOUBLE_EQ(outcome.factor, closing);
  EXPECT_NEAR(outcome.size, moved_size * closing * closing, 1e-15);
  EXPECT_DOUBLE_EQ(Strang::settle(moved[0], 0.0, outcome), moved[0] * closing);
}

TEST(Hartree, RadialFlowSolvesItsEquation) {
  // R' = -U R (R - R*): the flow over h, differentiated, and composed with itself
  const ChainConstants<double> c = constants();
  const ChainConstants<double> twice{2 * c.half_quartic_step, kSize, c.size_decay * c.size_decay, 0};
  for (const double size : {0.01, 0.5, kSize, 4.0, 100.0}) {
    const double f = Hartree::before(c, size);
    const double after = size * f * f;
    EXPECT_NEAR(after, kSize / (1.0 + (kSize / size - 1.0) * std::exp(-kU * kSize * kH)), 1e-13 * after);
    const double again = after * std::pow(Hartree::before(c, after), 2);
    EXPECT_NEAR(again, size * std::pow(Hartree::before(twice, size), 2), 1e-13 * again);
  }
  EXPECT_TRUE(std::isfinite(Hartree::before(c, 0.0)));
}

TEST(Hartree, AStepEndsHalfWayThroughTheFlow) {
  const StepProblem p = problem();
  const ModeCoefficients whole = Hartree::coefficients<double>(p, {2.0, 0.6}, 0);
  const ModeCoefficients half = Hartree::coefficients<double>(p, {2.0, 0.6}, 1);
  EXPECT_NEAR(half.decay * half.decay, whole.decay, 1e-15);
  EXPECT_NEAR(half.drift * (1 + half.decay), whole.drift, 1e-15);
  EXPECT_NEAR(half.noise * half.noise * (1 + half.decay * half.decay), whole.noise * whole.noise, 1e-15);
  EXPECT_GT(whole.noise, 0.0);
  EXPECT_LT(half.noise, 0.0);
  const double f = Hartree::before(constants(), 0.8);
  EXPECT_DOUBLE_EQ(Hartree::update(whole.decay, whole.drift, whole.noise, 0.5, 0.7, f),
                   whole.noise * 0.7 + (whole.decay * (0.5 * f) + whole.drift));
}

TEST(OrnsteinUhlenbeck, StationaryWhateverTheStep) {
  for (const double time : {1e-9, 1e-3, 1.0, 50.0, 1e4}) {
    for (const bool single : {false, true}) {
      const ModeCoefficients c = single ? ornstein_uhlenbeck<float>(0.3, 0.25, 4.0, time)
                                        : ornstein_uhlenbeck<double>(0.3, 0.25, 4.0, time);
      // one step leaves N(0.3, 0.25) as it is
      EXPECT_NEAR(c.decay * 0.3 + c.drift, 0.3, 1e-15) << time;
      EXPECT_NEAR(c.decay * c.decay * 0.25 + c.noise * c.noise, 0.25, 1e-15) << time;
      EXPECT_NEAR(c.decay, std::exp(-4.0 * time), single ? 1e-7 : 1e-15) << time;
    }
  }
  EXPECT_EQ(ornstein_uhlenbeck<float>(0.3, 0.25, 1.0, 69.4).decay, 0.0);  // below 2^-100
  EXPECT_GT(ornstein_uhlenbeck<float>(0.3, 0.25, 1.0, 69.3).decay, 0.0);
}

TEST(Initial, ForgetsWhatWasThereWhereItsDecayIsZero) {
  EXPECT_EQ(Initial::update(0.0, 0.25, 2.0, 1e30, 1.5, 7.0), 3.25);
  EXPECT_EQ(Initial::update(0.5, 0.25, 2.0, 8.0, 1.5, 7.0), 7.25);  // and goes on from it elsewhere
}

// The acceptance probability of a rule, from the rule alone: it accepts an exponential variate x = -log2 u at
// or above a threshold, so the probability is 2^-threshold.
template <class Integrator>
double acceptance(const ChainConstants<double>& c, double before, double proposed) {
  const auto accepts = [&](float x) { return Integrator::after(c, before, proposed, x).accepted; };
  if (accepts(0.0F)) {
    return 1.0;
  }
  float refused = 0.0F;
  float accepted = 1000.0F;
  for (int i = 0; i < 60; ++i) {
    const float middle = 0.5F * refused + 0.5F * accepted;
    (accepts(middle) ? accepted : refused) = middle;
  }
  return std::exp2(-static_cast<double>(accepted));
}

// One mode, so that everything is a function on the line.
TEST(Adjusted, DetailedBalance) {
  for (const auto& [u, w] : {std::pair(0.5, 0.0), {20.0, 0.0}, {0.0, 6.0}, {3.0, 20.0}}) {
    const Posterior posterior(Spectrum{{2.0}, {0.6}}, Couplings{1, 2.0, u, w});
    for (const double step : {0.05, 0.6}) {
      SamplerOptions options;
      options.step = step;
      options.precision = Precision::kDouble;
      const ResolvedRun run = resolve(options, posterior);
      const ModeTables<double> tables = build_step_tables<double>(run, posterior);
      const ModeCoefficients c = Adjusted::coefficients<double>(run.problem, {2.0, 0.6}, 0);
      const auto log_density = [&](double d) {
        return -0.5 * 2.0 * (d - 0.6) * (d - 0.6) - 0.5 * posterior.ridge() * d * d -
               0.125 * posterior.quartic() * d * d * d * d - posterior.sextic() / 48.0 * std::pow(d, 6);
      };
      const auto log_flow = [&](double from, double to) {
        const double z = (to - c.decay * from - c.drift) / c.noise;
        return log_density(from) - 0.5 * z * z +
               std::log(acceptance<Adjusted>(tables.constants, from * from, to * to));
      };
      for (double from = -1.5; from < 2.0; from += 0.25) {
        for (double to = -1.45; to < 2.0; to += 0.25) {
          EXPECT_NEAR(log_flow(from, to), log_flow(to, from), 3e-6 * (1 + std::abs(log_flow(to, from))))
              << from << " -> " << to << ", U = " << posterior.quartic() << ", W = " << posterior.sextic()
              << ", h = " << step;
        }
      }
    }
  }
}

TEST(Perfect, AcceptanceTurnsTheHartreeGaussianIntoThePosterior) {
  for (const double w : {0.0, 30.0}) {
    const Posterior posterior(Spectrum{{2.0}, {0.6}}, Couplings{1, 2.0, 5.0, w});
    SamplerOptions options;
    options.integrator = "perfect";
    const ResolvedRun run = resolve(options, posterior);
    const ModeTables<double> tables = build_step_tables<double>(run, posterior);
    const double rate = 2.0 + posterior.hartree_ridge();
    double origin = 0;
    for (double d = -1.0; d < 1.5; d += 0.1) {
      const double z = d - 1.2 / rate;
      const double proposed =
          -0.5 * rate * z * z + std::log(acceptance<Perfect>(tables.constants, 0.0, d * d));
      const double wanted = -(d - 0.6) * (d - 0.6) - 0.5 * posterior.ridge() * d * d -
                            0.125 * 5.0 * d * d * d * d - w / 48.0 * std::pow(d, 6);
      if (d == -1.0) {
        origin = proposed - wanted;
      }
      EXPECT_NEAR(proposed - wanted, origin, 1e-5) << d << ", w = " << w;
    }
  }
}

TEST(Perfect, RefusedKeepsThePrevious) {
  const ChainConstants<double> c = constants();
  const Outcome<double> refused = Perfect::after(c, 1.25, 50.0, 0.0F);
  EXPECT_FALSE(refused.accepted);
  EXPECT_EQ(refused.size, 1.25);
  EXPECT_EQ(Perfect::settle(9.0, 2.0, refused), 2.0);
  const Outcome<double> kept = Perfect::after(c, 1.25, kSize, 0.0F);
  EXPECT_TRUE(kept.accepted);
  EXPECT_EQ(kept.size, kSize);
  EXPECT_EQ(Perfect::settle(9.0, 2.0, kept), 9.0);
  // not a number is refused, never kept
  EXPECT_FALSE(Perfect::after(c, 1.0, std::nan(""), 33.0F).accepted);
  EXPECT_FALSE(Adjusted::after(c, 1.0, std::nan(""), 33.0F).accepted);
}

TEST(IntegratorList, NamesAndLookup) {
  ASSERT_EQ(kIntegratorNames.size(), 6U);
  for (std::size_t i = 0; i < kNamedIntegrators; ++i) {
    EXPECT_EQ(find_integrator(kIntegratorNames[i]), i);
    EXPECT_EQ(visit_integrator(i, [](auto x) { return std::string_view(decltype(x)::kName); }),
              kIntegratorNames[i]);
  }
  EXPECT_EQ(find_integrator("nuts"), kIntegratorCount);
  for (std::size_t i = 0; i < kNamedIntegrators; ++i) {
    const std::size_t twin = with_any_mobility(i);
    EXPECT_EQ(visit_integrator(twin, [](auto x) { return std::string_view(decltype(x)::kName); }),
              kIntegratorNames[i]);
    const bool has_twin =
        kIntegratorNames[i] == "euler" || kIntegratorNames[i] == "hartree" || kIntegratorNames[i] == "strang";
    EXPECT_EQ(integrator_name(twin), kIntegratorNames[i]);
    EXPECT_EQ(twin != i, has_twin) << kIntegratorNames[i];
  }
  EXPECT_EQ(find_integrator(""), kIntegratorCount);
}

template <class Integrator, class Real>
void use(Integrator integrator) {
  static_assert(std::is_trivially_copyable_v<Integrator> && std::is_empty_v<Integrator>);
  static_assert(std::is_trivially_copyable_v<Outcome<Real>>);
  static_assert(std::is_trivially_copyable_v<ModeTablesView<Real>>);
  const Integrator copy = integrator;
  Integrator assigned = copy;
  assigned = copy;
  const ChainConstants<Real> c{Real(0.01), Real(1), Real(0.9), Real(0.5)};
  const Real sums[] = {Real(1), Real(1), Real(1), Real(1)};
  Real before = 0;
  if constexpr (Integrator::kCarriesSums) {
    before = assigned.before(c, Real(1), sums);
  } else {
    before = assigned.before(c, Real(1));
  }
  Real moved = 0;
  if constexpr (Integrator::kWeighs) {
    moved = assigned.update(Real(0.5), Real(0.1), Real(0.2), Real(1), Real(1), Real(0.3), before);
  } else {
    moved = assigned.update(Real(0.5), Real(0.1), Real(0.2), Real(1), Real(0.3), before);
  }
  Outcome<Real> outcome{};
  if constexpr (Integrator::kSums > 1) {
    outcome = assigned.after(c, Real(1), moved * moved, sums, 1.0F);
  } else {
    outcome = assigned.after(c, Real(1), moved * moved, 1.0F);
  }
  EXPECT_TRUE(std::isfinite(static_cast<double>(assigned.settle(moved, Real(1), outcome))));
  static_assert(kSetsOf<Integrator> <= 2 && kSumsOf<Integrator> >= Integrator::kSums);
}

// Templates that nobody calls are not compiled: call and copy each in both precisions.
TEST(IntegratorList, EveryFunctorInstantiates) {
  for (std::size_t i = 0; i < kIntegratorCount; ++i) {
    visit_integrator(i, [](auto integrator) {
      use<decltype(integrator), float>(integrator);
      use<decltype(integrator), double>(integrator);
      const ModeCoefficients c = decltype(integrator)::template coefficients<float>(problem(), {1.0, 0.5}, 0);
      EXPECT_GT(c.noise, 0.0);
      EXPECT_GT(decltype(integrator)::default_step(problem()), 0.0);
      EXPECT_GT(decltype(integrator)::step_limit(problem()),
                decltype(integrator)::kHasStep ? decltype(integrator)::default_step(problem()) : 0.0);
    });
  }
}

}  // namespace
}  // namespace ridgeflow
