// The sextic coupling in single steps: by hand, against the flows' own equations, and where it must change
// nothing.
#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/random/normal.hpp"

#include "support/posteriors.hpp"
#include "support/runs.hpp"

namespace ridgeflow {
namespace {

constexpr double kU = 3.0;
constexpr double kW = 7.0;
constexpr double kSize = 1.3;  // R*
constexpr double kH = 0.02;

/// Constants as tables make them, for couplings and a step of the test's own.
ChainConstants<double> constants(double quartic, double sextic, double step) {
  const Posterior posterior(Spectrum{{2.0}, {0.6}}, Couplings{1, 2.0, 1.0});
  SamplerOptions options;
  options.precision = Precision::kDouble;
  ResolvedRun run = resolve(options, posterior);
  run.problem.quartic = quartic;
  run.problem.sextic = sextic;
  run.problem.hartree_size = kSize;
  run.problem.step = step;
  return build_step_tables<double>(run, posterior).constants;
}

/// R after \p time of dR/dt = rate(R).
template <class Rate>
double flown(double size, double time, const Rate& rate) {
  constexpr int kSteps = 2000;
  const double h = time / kSteps;
  for (int i = 0; i < kSteps; ++i) {
    const double k1 = rate(size);
    const double k2 = rate(size + 0.5 * h * k1);
    const double k3 = rate(size + 0.5 * h * k2);
    const double k4 = rate(size + h * k3);
    size += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
  }
  return size;
}

TEST(Sextic, EulersForceByHand) {
  for (const double size : {0.0, 0.4, 2.5}) {
    const double force = 0.5 * kU * size + kW / 8.0 * size * size;  // 2 V'(R)
    EXPECT_NEAR(Euler::before(constants(kU, kW, kH), size), kH * force, 1e-15);
  }
}

TEST(Sextic, MalasForceByHand) {
  const ChainConstants<double> c = constants(kU, kW, kH);
  const auto force = [](double size) { return 0.5 * kU * size + kW / 8.0 * size * size; };
  for (const double size : {0.0, 0.4, 2.5}) {
    const double delta = force(size) - force(kSize);
    EXPECT_NEAR(2.0 * kNormalScale * kNormalScale * Mala::before(c, size), delta, 1e-13);
  }
}

TEST(Sextic, RadialFlowOfStrang) {
  const auto after = [](double quartic, double step, double size) {
    return size * std::pow(Strang::half_flow(constants(quartic, kW, step), size), 2);
  };
  for (const double size : {0.1, kSize, 6.0}) {
    // W alone is solved: 1/R^2 grows by W t / 2
    EXPECT_NEAR(after(0.0, kH, size), 1.0 / std::sqrt(1.0 / (size * size) + 0.25 * kW * kH), 1e-14 * size);
    const auto off = [&](double step) {
      return std::abs(after(kU, step, size) -
                      flown(size, 0.5 * step, [](double r) { return -kU * r * r - 0.25 * kW * r * r * r; }));
    };
    const double step = 0.02 / (kU * size + 0.25 * kW * size * size);
    EXPECT_NEAR(off(step) / off(0.5 * step), 8.0, 0.3) << size;  // local error of a second-order scheme
    EXPECT_LT(off(step), 1e-6 * size) << size;
  }
}

TEST(Sextic, RadialFlowOfHartree) {
  const auto after = [](double quartic, double step, double size) {
    return size * std::pow(Hartree::before(constants(quartic, kW, step), size), 2);
  };
  const double square = kSize * kSize;
  for (const double size : {0.1, 0.9, 6.0}) {
    // W alone is solved: logistic in Q = R^2
    const double solved = square / (1.0 + (square / (size * size) - 1.0) * std::exp(-0.5 * kW * square * kH));
    EXPECT_NEAR(after(0.0, kH, size), std::sqrt(solved), 1e-14 * size);
    const auto off = [&](double step) {
      return std::abs(after(kU, step, size) - flown(size, step, [&](double r) {
                        return -kU * r * (r - kSize) - 0.25 * kW * r * (r * r - square);
                      }));
    };
    const double step = 0.02 / (kU * size + 0.25 * kW * size * size + 1.0);
    EXPECT_NEAR(off(step) / off(0.5 * step), 8.0, 0.8) << size;
    EXPECT_LT(off(step), 3e-6 * size) << size;
  }
  EXPECT_NEAR(after(kU, 0.5, kSize), kSize, 1e-15);  // rests there
  EXPECT_NEAR(after(kU, 50.0, 1e6), kSize, 1e-12);   // stable however far
}

TEST(Sextic, FlowsForAnyMobilitySolveTheirEquation) {
  const double d[] = {1.1, -0.7};
  const double mu[] = {1.0, 0.4};
  const auto theta_after = [&](bool centred, double step) {
    const double size = d[0] * d[0] + d[1] * d[1];
    const double sum = mu[0] * d[0] * d[0] + mu[1] * d[1] * d[1];
    const ChainConstants<double> c = constants(kU, kW, step);
    return 2.0 * (centred ? MobileHartree::before(c, size, &sum) : MobileStrang::before(c, size, &sum));
  };
  for (const bool centred : {false, true}) {
    const auto rate = [&](double theta) {
      double size = 0;
      for (int k = 0; k < 2; ++k) {
        size += std::pow(d[k] * std::exp(-mu[k] * theta), 2);
      }
      const double rest = centred ? 0.5 * kU * kSize + kW / 8.0 * kSize * kSize : 0.0;
      return 0.5 * kU * size + kW / 8.0 * size * size - rest;
    };
    const auto off = [&](double step) {
      return std::abs(theta_after(centred, step) - flown(0.0, step, rate));
    };
    EXPECT_NEAR(off(kH / 16) / off(kH / 32), 8.0, 0.5) << centred;
    EXPECT_LT(off(kH / 32), 1e-6) << centred;
  }
}

TEST(Sextic, CostOfPerfectIsNeverNegative) {
  const ChainConstants<double> c = constants(0.0, kW, kH);
  for (const double size : {0.0, 0.3, kSize, 9.0}) {  // accepted for every uniform only at R*
    EXPECT_EQ(Perfect::after(c, kSize, size, 0.0F).accepted, size == kSize);
  }
}

RC_GTEST_PROP(Sextic, SmallCouplingsChangeAStepByLittle, ()) {
  // W -> 0 is the branch without it: the formulas meet
  const double quartic = test::between(0.1, 10);
  const double size = test::between(0.01, 5);
  const ChainConstants<double> none = constants(quartic, 0.0, kH);
  const ChainConstants<double> some = constants(quartic, 1e-13, kH);
  RC_ASSERT(std::abs(Strang::half_flow(none, size) - Strang::half_flow(some, size)) < 1e-12);
  RC_ASSERT(std::abs(Hartree::before(none, size) - Hartree::before(some, size)) < 1e-12);
  RC_ASSERT(std::abs(Euler::before(none, size) - Euler::before(some, size)) < 1e-12);
}

}  // namespace
}  // namespace ridgeflow
