// The exact integrators against the exact average for every reference case: means, variances and fourth
// cumulants of all modes, 45 p-values in all. Seeds and numbers of draws were written down before the first
// run.
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "ridgeflow/measure/comparison.hpp"
#include "ridgeflow/measure/shape_comparison.hpp"
#include "ridgeflow/run/sampler.hpp"

#include "support/csv.hpp"
#include "support/posteriors.hpp"
#include "support/seeds.hpp"

namespace ridgeflow {
namespace {

constexpr double kLevel = 1e-3 / 45.0;

struct PValues {
  double mean;
  double variance;
  double fourth;
};

PValues p_values(const std::string& integrator, const std::string& which, std::uint64_t seed,
                 double planted_u) {
  const test::Table table = test::read_table(std::string(RIDGEFLOW_TEST_DATA "/reference/") + which + ".csv");
  const Posterior truth = test::reference_posterior(table);
  const Couplings couplings{std::stoll(table.parameters.at("P")), table.parameter("kappa"),
                            planted_u * table.parameter("u")};
  const Posterior sampled(truth.spectrum(), couplings);
  SamplerOptions options;
  options.integrator = integrator;
  options.draws = which == "fig3" ? 10'000'000 : 4'000'000;
  options.seed = seed;
  options.observe.cumulants = true;
  // draws of `mala` are correlated over a dozen steps or more: fewer of them say as much
  options.observe.every = integrator == "mala" ? 4 : 1;
  const SampleResult result = sample(sampled, options);
  const Comparison moments = compare(result.summary, predict(truth, Theory::exact));
  const ShapeComparison shape = compare_shape(result.observed_summary, truth);
  const PValues p{moments.mean.p_value, moments.variance.p_value, shape.fourth.p_value};
  std::printf("%s, %s, seed %llu, u times %g: p = %.3g (means), %.3g (variances), %.3g (fourth cumulants)\n",
              which.c_str(), integrator.c_str(), static_cast<unsigned long long>(seed), planted_u, p.mean,
              p.variance, p.fourth);
  return p;
}

constexpr const char* kIntegrators[] = {"adjusted", "perfect", "mala"};

/// An integrator and a reference case, by index; their seeds are 4100 to 4114.
class ReferenceCases : public testing::TestWithParam<std::tuple<std::size_t, std::size_t>> {};

TEST_P(ReferenceCases, ExactIntegratorsGiveTheExactAverage) {
  const auto [integrator, which] = GetParam();
  const std::uint64_t seed = test::seed_of(4100 + std::size(test::reference_cases) * integrator + which);
  const PValues p = p_values(kIntegrators[integrator], test::reference_cases[which], seed, 1.0);
  EXPECT_GT(p.mean, kLevel);
  EXPECT_GT(p.variance, kLevel);
  EXPECT_GT(p.fourth, kLevel);
}

INSTANTIATE_TEST_SUITE_P(All, ReferenceCases,
                         testing::Combine(testing::Range(std::size_t{0}, std::size(kIntegrators)),
                                          testing::Range(std::size_t{0}, std::size(test::reference_cases))),
                         [](const auto& chosen) {
                           return std::string(kIntegrators[std::get<0>(chosen.param)]) + "_" +
                                  test::reference_cases[std::get<1>(chosen.param)];
                         });

TEST(ReferenceCasesPlanted, FourPerCentOfUAreFound) {
  for (const char* integrator : kIntegrators) {
    EXPECT_LT(p_values(integrator, "strong", test::seed_of(4200), 1.04).variance, kLevel) << integrator;
  }
}

}  // namespace
}  // namespace ridgeflow
