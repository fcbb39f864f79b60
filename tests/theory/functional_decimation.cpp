#include "ridgeflow/theory/functional_decimation.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/theory/exact.hpp"
#include "ridgeflow/theory/prediction.hpp"
#include "ridgeflow/theory/size_distribution.hpp"

#include "support/direct_posterior.hpp"
#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

using test::between;
using test::relative_deviation;

double size_sum(const FunctionalDecimation& flow) {
  double size = 0;
  for (std::size_t k = 0; k < flow.mean().size(); ++k) {
    size += flow.mean()[k] * flow.mean()[k] + flow.variance()[k];
  }
  return size;
}

TEST(FunctionalDecimation, NoInteractionByHand) {
  // a = 1, r = 1, y = 2: c = 1/2, m = 1, R = 3/2, Var R = 2/4 + 4/2, Z = sqrt(2 pi c) exp(-a y^2 r c/2).
  const FunctionalDecimation flow(Spectrum{{1.0}, {2.0}}, {1.0, 0.0, 0.0});
  EXPECT_NEAR(flow.mean().at(0), 1.0, 1e-15);
  EXPECT_NEAR(flow.variance().at(0), 0.5, 1e-15);
  EXPECT_NEAR(flow.mean_size(), 1.5, 1e-14);
  EXPECT_NEAR(flow.variance_size(), 2.5, 1e-13);
  EXPECT_NEAR(flow.log_partition(), 0.5 * std::log(3.14159265358979324) - 1.0, 1e-14);
  const VertexCouplings at = flow.couplings_at(0, 3.0);
  EXPECT_EQ(at.ridge, 1.0);
  EXPECT_EQ(at.quartic, 0.0);
  EXPECT_EQ(at.sextic, 0.0);
}

TEST(FunctionalDecimation, TheLastModeSeesTheBareVertexByHand) {
  // 2V' = r + U R/2 + W R^2/8, 4V'' = U + W R/2.
  const FunctionalDecimation flow(Spectrum{{1.0, 3.0}, {2.0, 0.5}}, {1.0, 0.4, 0.8});
  const VertexCouplings at = flow.couplings_at(1, 2.0);
  EXPECT_DOUBLE_EQ(at.ridge, 1.0 + 0.4 + 0.4);
  EXPECT_DOUBLE_EQ(at.quartic, 0.4 + 0.8);
  EXPECT_DOUBLE_EQ(at.sextic, 0.8);
}

void expect_direct(const Posterior& posterior, const std::string& what) {
  const test::DirectPosterior direct(posterior);
  const FunctionalDecimation flow(posterior);
  const auto expect_near = [&](double value, double expected, double scale, const char* name) {
    EXPECT_LT(std::abs(value - expected), 1e-10 * scale) << what << " " << name;
  };
  const auto average = [&](auto&& value) { return direct.average(value); };
  const double mean[] = {average([](double d0, double) { return d0; }),
                         average([](double, double d1) { return d1; })};
  const double variance[] = {average([&](double d0, double) { return std::pow(d0 - mean[0], 2); }),
                             average([&](double, double d1) { return std::pow(d1 - mean[1], 2); })};
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    expect_near(flow.mean()[k], mean[k], std::abs(mean[k]) + (posterior.spectrum().y[k] == 0.0 ? 1.0 : 0.0),
                "mean");
    expect_near(flow.variance()[k], variance[k], variance[k], "variance");
  }
  const double size = average([](double d0, double d1) { return d0 * d0 + d1 * d1; });
  const double spread = average([=](double d0, double d1) { return std::pow(d0 * d0 + d1 * d1 - size, 2); });
  expect_near(flow.mean_size(), size, size, "<R>");
  expect_near(flow.variance_size(), spread, spread, "Var R");
}

TEST(FunctionalDecimation, OneModeAgainstQuadrature) {
  for (const double u : {0.0, 1e-3, 1.0, 100.0, 1e6}) {
    for (const double w : {0.0, 0.1, 30.0, 1e6}) {
      for (const double y : {0.0, 1.0, 10.0}) {
        expect_direct(Posterior(Spectrum{{1.0}, {y}}, Couplings{1, 4.0, u, w}),
                      "u " + std::to_string(u) + " w " + std::to_string(w) + " y " + std::to_string(y));
      }
    }
  }
}

TEST(FunctionalDecimation, TwoModesAgainstQuadrature) {
  for (const double u : {0.0, 0.05, 100.0}) {
    for (const double w : {0.0, 0.1, 1e3}) {
      for (const double y : {1.0, 10.0}) {
        expect_direct(Posterior(Spectrum{{1.0, 2.3}, {y, 0.7}}, Couplings{2, 4.0, u, w}),
                      "u " + std::to_string(u) + " w " + std::to_string(w) + " y " + std::to_string(y));
      }
    }
  }
}

TEST(FunctionalDecimation, TheVertexBelowAgainstQuadrature) {
  // Two modes: V_1(R) = -ln int dd exp(-a (d - y)^2/2 - V(R + d^2)); its derivatives are cumulants of those
  // of V.
  const VertexCouplings v{2.0, 0.8, 0.6};
  const double a = 3.0;
  const double y = 0.9;
  const FunctionalDecimation flow(Spectrum{{1.0, a}, {1.0, y}}, v);
  for (const double size : {0.0, 0.3, 1.7, 6.0}) {
    const auto average = [&](auto&& value) {
      const auto weighted = [&](double d, double factor) {
        const double s = size + d * d;
        return factor * std::exp(-0.5 * a * (d - y) * (d - y) -
                                 (v.ridge * (s - size) / 2 + v.quartic * (s * s - size * size) / 8 +
                                  v.sextic * (s * s * s - size * size * size) / 48));
      };
      using Rule = boost::math::quadrature::gauss_kronrod<double, 61>;
      const double norm = Rule::integrate([&](double d) { return weighted(d, 1.0); }, -6.0, 6.0, 12, 1e-14);
      return Rule::integrate([&](double d) { return weighted(d, value(size + d * d)); }, -6.0, 6.0, 12,
                             1e-14) /
             norm;
    };
    const auto first = [&](double s) { return v.ridge / 2 + v.quartic * s / 4 + v.sextic * s * s / 16; };
    const auto second = [&](double s) { return v.quartic / 4 + v.sextic * s / 8; };
    const double one = average(first);
    const double two = average(second);
    const double spread = average([&](double s) { return std::pow(first(s) - one, 2); });
    const double mixed = average([&](double s) { return (first(s) - one) * (second(s) - two); });
    const double skew = average([&](double s) { return std::pow(first(s) - one, 3); });
    const VertexCouplings below = flow.couplings_at(0, size);
    EXPECT_LT(relative_deviation(below.ridge, 2 * one), 1e-11) << size;
    EXPECT_LT(relative_deviation(below.quartic, 4 * (two - spread)), 1e-9) << size;
    EXPECT_LT(relative_deviation(below.sextic, 8 * (v.sextic / 8 - 3 * mixed + skew)), 1e-6) << size;
  }
}

double largest_deviation(const FunctionalDecimation& flow, const Prediction& expected) {
  double largest = 0;
  for (std::size_t k = 0; k < expected.mean.size(); ++k) {
    largest = std::max({largest, relative_deviation(flow.mean()[k], expected.mean[k]),
                        relative_deviation(flow.variance()[k], expected.variance[k])});
  }
  return largest;
}

class FunctionalReference : public testing::TestWithParam<const char*> {};

TEST_P(FunctionalReference, EveryModeIsThatOfTheAuxiliaryField) {
  const Posterior posterior = test::reference_posterior(test::read_table(test::reference_path(GetParam())));
  const FunctionalDecimation flow(posterior);
  const ExactAverage exact(posterior);
  const double deviation = largest_deviation(flow, predict(posterior, Theory::exact));
  std::printf("%s: %zu nodes, largest relative deviation %.2g, <R> %.2g, Var R %.2g\n", GetParam(),
              flow.nodes(), deviation, relative_deviation(flow.mean_size(), exact.mean_size()),
              relative_deviation(flow.variance_size(), exact.variance_size()));
  EXPECT_LT(deviation, 1e-10);
  EXPECT_LT(relative_deviation(flow.mean_size(), exact.mean_size()), 1e-10);
  EXPECT_LT(relative_deviation(flow.variance_size(), exact.variance_size()), 1e-10);
  EXPECT_LT(relative_deviation(size_sum(flow), flow.mean_size()), 1e-12);
}

TEST_P(FunctionalReference, ACouplingOffByABillionthIsSeen) {
  const Posterior right = test::reference_posterior(test::read_table(test::reference_path(GetParam())));
  const FunctionalDecimation flow(right.spectrum(),
                                  {right.ridge() * (1.0 + 1e-9), right.quartic(), right.sextic()});
  EXPECT_GT(largest_deviation(flow, predict(right, Theory::exact)), 1e-10);
}

INSTANTIATE_TEST_SUITE_P(All, FunctionalReference, testing::ValuesIn(test::reference_cases),
                         [](const auto& of) { return std::string(of.param); });

TEST(FunctionalDecimation, ManyModesWithASexticCouplingAgainstTheDistributionOfTheSize) {
  // With p(R) at W = 0 from the auxiliary field, the sextic coupling is a factor exp(-W R^3/48).
  const Posterior without = test::standard_posterior(200, 4.0, 0.05);
  const SizeDistribution sizes(without);
  for (const double w : {1.0, 20.0}) {
    Couplings couplings = without.couplings();
    couplings.w = w;
    const FunctionalDecimation flow{Posterior(without.spectrum(), couplings)};
    const double sextic = couplings.sextic();
    const double middle = flow.mean_size();
    const auto integral = [&](auto&& value) {
      using Rule = boost::math::quadrature::gauss_kronrod<double, 61>;
      const auto weighted = [&](double size) {
        const double bend = size * size * size - middle * middle * middle;
        return value(size) * sizes.density(size) * std::exp(-sextic / 48 * bend);
      };
      double sum = 0;  // piece by piece: the density is narrow
      constexpr int kPieces = 16;
      const double step = (sizes.highest() - sizes.lowest()) / kPieces;
      for (int piece = 0; piece < kPieces; ++piece) {
        sum +=
            Rule::integrate(weighted, sizes.lowest() + piece * step, sizes.lowest() + (piece + 1) * step, 0);
      }
      return sum;
    };
    const double norm = integral([](double) { return 1.0; });
    const double mean = integral([](double size) { return size; }) / norm;
    const double variance = integral([=](double size) { return (size - mean) * (size - mean); }) / norm;
    EXPECT_GT(relative_deviation(mean, ExactAverage(without).mean_size()), 1e-3);  // W matters
    EXPECT_LT(relative_deviation(flow.mean_size(), mean), 1e-10) << w;
    EXPECT_LT(relative_deviation(flow.variance_size(), variance), 1e-9) << w;
    EXPECT_LT(relative_deviation(size_sum(flow), mean), 1e-10) << w;
  }
}

TEST(FunctionalDecimation, TheVertexIsKnownOnItsIntervalAlone) {
  const FunctionalDecimation flow(test::standard_posterior(5, 4.0, 0.5));
  EXPECT_NO_THROW(flow.couplings_at(2, flow.largest_size(2)));
  EXPECT_THROW(flow.couplings_at(2, 1.01 * flow.largest_size(2)), InvalidInput);
  EXPECT_THROW(flow.couplings_at(2, -1e-9), InvalidInput);
  EXPECT_THROW(flow.couplings_at(2, std::numeric_limits<double>::quiet_NaN()), InvalidInput);
  EXPECT_THROW(flow.couplings_at(5, 0.0), InvalidInput);
  EXPECT_THROW(flow.largest_size(5), InvalidInput);
}

TEST(FunctionalDecimation, RefusesBadInput) {
  const Spectrum spectrum{{1.0, 2.0}, {1.0, 1.0}};
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double bad : {-1.0, kNan, kInfinity}) {
    EXPECT_THROW(FunctionalDecimation(spectrum, {bad, 1.0, 1.0}), InvalidInput);
    EXPECT_THROW(FunctionalDecimation(spectrum, {1.0, bad, 1.0}), InvalidInput);
    EXPECT_THROW(FunctionalDecimation(spectrum, {1.0, 1.0, bad}), InvalidInput);
  }
  EXPECT_THROW(FunctionalDecimation(Spectrum{{1.0}, {}}, {1.0, 1.0, 1.0}), InvalidInput);
  EXPECT_THROW(FunctionalDecimation(Spectrum{{1.0}, {kNan}}, {1.0, 1.0, 1.0}), InvalidInput);
  EXPECT_THROW(FunctionalDecimation(Spectrum{{1.0}, {1e200}}, {1.0, 1.0, 1.0}), InvalidInput);  // R overflows
}

RC_GTEST_PROP(FunctionalDecimation, IsTheAverageOverTheAuxiliaryField, ()) {
  const Posterior posterior = test::any_posterior();
  const FunctionalDecimation flow(posterior);
  const ExactAverage exact(posterior);
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    RC_ASSERT(std::abs(flow.mean()[k] - exact.mean(k)) <= 1e-9 * std::sqrt(exact.variance(k)));
    RC_ASSERT(relative_deviation(flow.variance()[k], exact.variance(k)) < 1e-8);
  }
  RC_ASSERT(relative_deviation(flow.mean_size(), exact.mean_size()) < 1e-10);
  RC_ASSERT(relative_deviation(flow.variance_size(), exact.variance_size()) < 1e-9);
}

Posterior any_sextic_posterior() {
  const Posterior posterior = test::any_posterior();
  Couplings couplings = posterior.couplings();
  couplings.w = std::pow(10.0, between(-6, 2));
  return Posterior(posterior.spectrum(), couplings);
}

// What is integrated out last does not know it: another order is another flow to the same numbers.
RC_GTEST_PROP(FunctionalDecimation, DoesNotDependOnTheOrderOfModes, ()) {
  const Posterior posterior = any_sextic_posterior();
  Spectrum spectrum = posterior.spectrum();
  std::reverse(spectrum.a.begin(), spectrum.a.end());
  std::reverse(spectrum.y.begin(), spectrum.y.end());
  const FunctionalDecimation one(posterior);
  const FunctionalDecimation other(Posterior(std::move(spectrum), posterior.couplings()));
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    const std::size_t image = posterior.modes() - 1 - k;
    RC_ASSERT(std::abs(one.mean()[k] - other.mean()[image]) <= 1e-9 * std::sqrt(one.variance()[k]));
    RC_ASSERT(relative_deviation(other.variance()[image], one.variance()[k]) < 1e-8);
  }
  RC_ASSERT(relative_deviation(other.mean_size(), one.mean_size()) < 1e-10);
  RC_ASSERT(relative_deviation(other.variance_size(), one.variance_size()) < 1e-9);
  RC_ASSERT(relative_deviation(size_sum(one), one.mean_size()) < 1e-11);
  RC_ASSERT(std::abs(one.log_partition() - other.log_partition()) <=
            1e-11 * (1.0 + std::abs(one.log_partition())));
}

// d ln Z/dr = -<R>/2.
RC_GTEST_PROP(FunctionalDecimation, TheSizeIsTheSlopeOfThePartitionFunction, ()) {
  const Posterior posterior = any_sextic_posterior();
  const FunctionalDecimation flow(posterior);
  const auto log_partition = [&](double share) {
    return FunctionalDecimation(posterior.spectrum(),
                                {posterior.ridge() * (1.0 + share), posterior.quartic(), posterior.sextic()})
        .log_partition();
  };
  constexpr double kShare = 1e-4;
  const double slope = (log_partition(kShare) - log_partition(-kShare)) / (2 * kShare * posterior.ridge());
  const double noise = 1e-13 * (1.0 + std::abs(flow.log_partition())) / (kShare * posterior.ridge());
  RC_ASSERT(std::abs(slope + 0.5 * flow.mean_size()) <= 1e-6 * flow.mean_size() + noise);
}

}  // namespace
}  // namespace ridgeflow
