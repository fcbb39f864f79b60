#include "ridgeflow/model/posterior.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ridgeflow/base/error.hpp"

#include "support/csv.hpp"

namespace ridgeflow {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Couplings couplings(std::int64_t samples, double kappa, double u, double w = 0.0) {
  return {samples, kappa, u, w};
}

TEST(Couplings, ByHand) {
  EXPECT_DOUBLE_EQ(couplings(10, 4.0, 0.5).ridge(), 2.5);
  EXPECT_DOUBLE_EQ(couplings(10, 4.0, 0.5).quartic(), 5.0);
  EXPECT_DOUBLE_EQ(couplings(10, 4.0, 0.5, 0.25).sextic(), 2.5);
  const Couplings standard;  // the standard run
  EXPECT_NEAR(standard.ridge(), std::pow(10.0, 2.4), 1e-12 * std::pow(10.0, 2.4));
  EXPECT_DOUBLE_EQ(standard.quartic(), 50.0);
  EXPECT_EQ(standard.sextic(), 0.0);
}

TEST(Couplings, RefusesBadInput) {
  EXPECT_NO_THROW(validate_couplings(couplings(1, 1e-3, 0.0)));
  EXPECT_THROW(validate_couplings(couplings(0, 1.0, 0.1)), InvalidInput);
  EXPECT_THROW(validate_couplings(couplings(-5, 1.0, 0.1)), InvalidInput);
  EXPECT_THROW(validate_couplings(couplings(1, 0.0, 0.1)), InvalidInput);
  EXPECT_THROW(validate_couplings(couplings(1, -1.0, 0.1)), InvalidInput);
  EXPECT_THROW(validate_couplings(couplings(1, kNan, 0.1)), InvalidInput);
  EXPECT_THROW(validate_couplings(couplings(1, kInfinity, 0.1)), InvalidInput);
  EXPECT_THROW(validate_couplings(couplings(1, 1.0, -0.1)), InvalidInput);
  EXPECT_THROW(validate_couplings(couplings(1, 1.0, kNan)), InvalidInput);
  EXPECT_THROW(validate_couplings(couplings(1000, 1.0, 1e306)), InvalidInput);
  EXPECT_NO_THROW(validate_couplings(couplings(1, 1.0, 0.0, 3.0)));
  EXPECT_THROW(validate_couplings(couplings(1, 1.0, 0.1, -1e-9)), InvalidInput);
  EXPECT_THROW(validate_couplings(couplings(1, 1.0, 0.1, kNan)), InvalidInput);
  EXPECT_THROW(validate_couplings(couplings(1, 1.0, 0.1, kInfinity)), InvalidInput);
  EXPECT_THROW(validate_couplings(couplings(1000, 1.0, 0.1, 1e306)), InvalidInput);
}

TEST(Posterior, RefusesBadInput) {
  EXPECT_THROW(Posterior(Spectrum{{1.0}, {kNan}}, Couplings{}), InvalidInput);
  EXPECT_THROW(Posterior(Spectrum{{1.0}, {1.0}}, couplings(0, 1.0, 0.0)), InvalidInput);
  EXPECT_THROW(Posterior(Spectrum{{1.0}, {1e200}}, Couplings{}), InvalidInput);  // R overflows
  EXPECT_THROW(Posterior(Spectrum{{1.0}, {1e80}}, couplings(1, 1.0, 0.0, 1e300)), InvalidInput);  // W R^2
  EXPECT_THROW(Posterior(Spectrum{{1.0}, {1e80}}, couplings(1, 1.0, 1e300)), InvalidInput);       // U R
}

TEST(HartreeRidge, OneModeByHand) {
  // a = 1, y = 0: rho = r + (U/2)/(1 + rho); with r = 1, U = 4: rho^2 = 3.
  EXPECT_NEAR(solve_hartree_ridge(Spectrum{{1.0}, {0.0}}, 1.0, 4.0), std::sqrt(3.0), 1e-15);
  // y = 2: R = 1/(1 + rho) + 4/(1 + rho)^2; at rho = 1, R = 3/2, so r = 1/4 with U = 1.
  EXPECT_NEAR(solve_hartree_ridge(Spectrum{{1.0}, {2.0}}, 0.25, 1.0), 1.0, 1e-15);
}

TEST(HartreeRidge, NoInteractionIsTheRidge) {
  EXPECT_EQ(solve_hartree_ridge(power_law_spectrum(10, 0.2, 0.3), 7.0, 0.0), 7.0);
}

TEST(HartreeRidge, WithTheSexticCouplingByHand) {
  // a = 1, y = 0, rho = 1: R = 1/2, so rho = r + U/4 + W/32; with U = 1, W = 16: r = 1/4.
  EXPECT_NEAR(solve_hartree_ridge(Spectrum{{1.0}, {0.0}}, 0.25, 1.0, 16.0), 1.0, 1e-15);
  // W alone, r = 1/2.
  EXPECT_NEAR(solve_hartree_ridge(Spectrum{{1.0}, {0.0}}, 0.5, 0.0, 16.0), 1.0, 1e-15);
  const Posterior posterior(Spectrum{{1.0}, {0.0}}, couplings(1, 4.0, 1.0, 16.0));
  EXPECT_NEAR(posterior.hartree_ridge(), 1.0, 1e-15);
  EXPECT_NEAR(posterior.hartree_size(), 0.5, 1e-15);
  EXPECT_EQ(posterior.sextic(), 16.0);
}

TEST(HartreeRidge, MatchesTheReferenceTables) {
  for (const char* name : {"fig3", "fig4_system2", "gaussian", "marginal", "strong"}) {
    const test::Table table = test::read_table(test::reference_path(name));
    const Posterior posterior(
        make_spectrum(table.column("a"), table.column("y")),
        couplings(std::stoll(table.parameters.at("P")), table.parameter("kappa"), table.parameter("u")));
    EXPECT_NEAR(posterior.ridge(), table.parameter("r"), 1e-13 * table.parameter("r")) << name;
    EXPECT_NEAR(posterior.quartic(), table.parameter("U"), 1e-13 * table.parameter("U")) << name;
    EXPECT_NEAR(posterior.hartree_ridge(), table.parameter("rho_star"), 1e-13 * table.parameter("rho_star"))
        << name;
  }
}

double between(double low, double high) {
  return low + (high - low) * static_cast<double>(*rc::gen::inRange(0, 1000001)) / 1e6;
}

Spectrum any_spectrum() {
  const int modes = *rc::gen::inRange(1, 40);
  Spectrum spectrum;
  for (int k = 0; k < modes; ++k) {
    spectrum.a.push_back(std::pow(10.0, between(-3, 5)));
    spectrum.y.push_back(between(-10, 10));
  }
  return spectrum;
}

RC_GTEST_PROP(HartreeRidge, SolvesItsEquationFromAbove, ()) {
  const Spectrum spectrum = any_spectrum();
  const double ridge = std::pow(10.0, between(-3, 4));
  const double quartic = std::pow(10.0, between(-12, 8));
  const double sextic = *rc::gen::inRange(0, 2) == 0 ? 0.0 : std::pow(10.0, between(-12, 8));
  const double rho = solve_hartree_ridge(spectrum, ridge, quartic, sextic);
  RC_ASSERT(rho >= ridge);
  double size = 0;
  for (std::size_t k = 0; k < spectrum.size(); ++k) {
    const double c = 1.0 / (spectrum.a[k] + rho);
    size += c + std::pow(spectrum.a[k] * spectrum.y[k] * c, 2);
  }
  RC_ASSERT(std::abs(rho - ridge - 0.5 * quartic * size - 0.125 * sextic * size * size) <= 1e-14 * rho);
}

RC_GTEST_PROP(HartreeRidge, DoesNotDependOnTheOrderOfModes, ()) {
  Spectrum spectrum = any_spectrum();
  const double ridge = between(0.1, 300);
  const double quartic = between(0, 300);
  const double before = solve_hartree_ridge(spectrum, ridge, quartic);
  std::reverse(spectrum.a.begin(), spectrum.a.end());
  std::reverse(spectrum.y.begin(), spectrum.y.end());
  RC_ASSERT(std::abs(solve_hartree_ridge(spectrum, ridge, quartic) - before) <= 1e-14 * before);
}

}  // namespace
}  // namespace ridgeflow
