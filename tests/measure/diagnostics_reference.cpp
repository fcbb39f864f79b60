// The numbers of ArviZ and pyerrors, which tests/data/diagnostics/make.py stored.
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ridgeflow/measure/draws.hpp"
#include "ridgeflow/measure/effective_size.hpp"
#include "ridgeflow/measure/gamma_method.hpp"
#include "ridgeflow/measure/r_hat.hpp"

#include "support/chains.hpp"
#include "support/csv.hpp"

namespace ridgeflow {
namespace {

constexpr double kTolerance = 1e-10;  // relative

test::Series stored_draws(const std::string& name) {
  const test::Table table =
      test::read_table(std::string(RIDGEFLOW_TEST_DATA) + "/diagnostics/" + name + ".csv");
  test::Series series;
  for (const std::string& column : table.columns) {
    series.push_back(table.column(column));
  }
  return series;
}

double nested(const Draws& draws, std::size_t chains_per_superchain) {
  std::vector<double> means;
  std::vector<double> variances;
  for (std::size_t c = 0; c < draws.chains(); ++c) {
    double mean = 0;
    double square = 0;
    for (const double x : draws.chain(c)) {
      mean += x / static_cast<double>(draws.draws());
    }
    for (const double x : draws.chain(c)) {
      square += (x - mean) * (x - mean);
    }
    means.push_back(mean);
    variances.push_back(square / static_cast<double>(draws.draws() - 1));
  }
  return nested_r_hat(means, variances, chains_per_superchain);
}

std::map<std::string, double> computed(const Draws& draws, std::size_t chains_per_superchain) {
  const ChainDiagnostics d = diagnose(draws);
  std::map<std::string, double> out{
      {"ess_bulk", d.ess_bulk},          {"ess_tail", d.ess_tail},
      {"ess_mean", d.ess_mean},          {"ess_sd", d.ess_sd},
      {"mcse_mean", d.mcse_mean},        {"mcse_sd", d.mcse_sd},
      {"r_hat_rank", rank_r_hat(draws)}, {"r_hat_split", split_r_hat(draws)},
  };
  for (const int percent : {5, 25, 50, 95}) {
    out["ess_quantile_" + std::to_string(percent)] = ess_quantile(draws, percent / 100.0);
  }
  if (chains_per_superchain > 0) {
    out["chains_per_superchain"] = static_cast<double>(chains_per_superchain);
    out["r_hat_nested"] = nested(draws, chains_per_superchain);
  }
  for (const char* s : {"0.0", "1.0", "1.5", "2.0", "3.0"}) {
    const GammaEstimate g = gamma_method(draws, std::stod(s));
    const std::string prefix = std::string("gamma_") + s + "_";
    out[prefix + "mean"] = g.mean;
    out[prefix + "error"] = g.error;
    out[prefix + "error_of_error"] = g.error_of_error;
    out[prefix + "tau_int"] = g.tau_int;
    out[prefix + "tau_int_error"] = g.tau_int_error;
    out[prefix + "window"] = static_cast<double>(g.window);
  }
  return out;
}

bool agrees(double value, double expected) {
  return std::abs(value - expected) <= kTolerance * std::abs(expected);
}

class Reference : public testing::TestWithParam<const char*> {};

TEST_P(Reference, IsMet) {
  const test::OwnedDraws owned(stored_draws(GetParam()));
  const test::Table table =
      test::read_table(std::string(RIDGEFLOW_TEST_DATA) + "/diagnostics/" + GetParam() + ".expected.csv");
  ASSERT_EQ(table.rows(), 1U);
  const bool has_superchains = table.numbers.contains("chains_per_superchain");
  const std::map<std::string, double> ours = computed(
      owned, has_superchains ? static_cast<std::size_t>(table.column("chains_per_superchain")[0]) : 0);
  ASSERT_EQ(ours.size(), table.columns.size());
  for (const auto& [name, value] : ours) {
    const double expected = table.column(name)[0];
    if (std::isnan(expected)) {  // ArviZ gives no R-hat of a single chain, we that of its halves
      EXPECT_EQ(std::string(GetParam()), "one_chain");
      EXPECT_TRUE(name.starts_with("r_hat")) << name;
      EXPECT_GT(value, 0.9) << name;
      continue;
    }
    EXPECT_TRUE(agrees(value, expected)) << name << ": " << value << ", expected " << expected;
    // what the tolerance is worth
    EXPECT_TRUE(expected == 0 || !agrees(value * (1 + 1e-9), expected)) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Diagnostics, Reference,
                         testing::Values("independent", "correlated", "odd", "shifted", "wide", "heavy",
                                         "ties", "antithetic", "slow", "many_short", "one_chain"),
                         [](const auto& each) { return std::string(each.param); });

// A wrong rule would have been noticed: the same tables with the rule next to it.
TEST(Reference, OtherRulesGiveOtherNumbers) {
  const test::Table table =
      test::read_table(std::string(RIDGEFLOW_TEST_DATA) + "/diagnostics/correlated.expected.csv");
  test::Series series = stored_draws("correlated");
  for (auto& chain : series) {
    chain.pop_back();
  }
  const test::OwnedDraws shorter(series);
  const std::map<std::string, double> ours = computed(shorter, 2);
  for (const auto& [name, value] : ours) {
    if (name == "chains_per_superchain" || name.ends_with("window") || name.starts_with("gamma_0.0_tau")) {
      continue;  // whole numbers, and constants for S = 0
    }
    EXPECT_FALSE(agrees(value, table.column(name)[0])) << name;
  }
}

}  // namespace
}  // namespace ridgeflow
