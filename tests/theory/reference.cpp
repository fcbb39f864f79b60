// Every column of the reference tables, to 1e-9 relative; and that the comparison can fail.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "ridgeflow/theory/decimation.hpp"
#include "ridgeflow/theory/deviation.hpp"
#include "ridgeflow/theory/exact.hpp"
#include "ridgeflow/theory/learning_curve.hpp"
#include "ridgeflow/theory/prediction.hpp"
#include "ridgeflow/theory/transfer.hpp"

#include "support/csv.hpp"
#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

constexpr double kTolerance = 1e-9;

double largest_deviation(const std::vector<double>& values, const std::vector<double>& expected) {
  EXPECT_EQ(values.size(), expected.size());
  double largest = 0;
  for (std::size_t k = 0; k < expected.size() && k < values.size(); ++k) {
    const double deviation = test::relative_deviation(values[k], expected[k]);
    // A NaN compares false with everything: it must not pass for a small number.
    largest =
        std::isfinite(deviation) ? std::max(largest, deviation) : std::numeric_limits<double>::infinity();
  }
  return largest;
}

// Largest relative deviation of any column of a per-mode table.
double deviation_from_table(const Posterior& posterior, const test::Table& table) {
  double largest = 0;
  const auto compare = [&](const std::string& column, const std::vector<double>& values) {
    const double deviation = largest_deviation(values, table.column(column));
    largest = std::max(largest, deviation);
  };
  compare("a", posterior.spectrum().a);
  compare("y", posterior.spectrum().y);
  for (const Prediction& prediction : predict(posterior, all_theories)) {
    const std::string name(to_string(prediction.theory));
    compare(name + "_mean", prediction.mean);
    compare(name + "_var", prediction.variance);
  }
  const Decimation flow = decimate(posterior);
  compare("rg_r", flow.ridge);
  compare("rg_U", flow.quartic);
  const NextOrderDecimation next = decimate_next_order(posterior);
  compare("rg2_r", next.ridge);
  compare("rg2_U", next.quartic);
  compare("rg2_W", next.sextic);
  const auto parameter = [&](const std::string& name, double value) {
    largest = std::max(largest, largest_deviation({value}, {table.parameter(name)}));
  };
  parameter("r", posterior.ridge());
  parameter("U", posterior.quartic());
  parameter("rho_star", posterior.hartree_ridge());
  parameter("R_exact", ExactAverage(posterior).mean_size());
  return largest;
}

class ReferenceTable : public testing::TestWithParam<const char*> {};

TEST_P(ReferenceTable, IsMatchedInEveryColumn) {
  const test::Table table = test::read_table(test::reference_path(GetParam()));
  ASSERT_EQ(table.columns.size(), 22U);  // k and the 21 compared here
  ASSERT_EQ(table.rows(), static_cast<std::size_t>(table.parameter("P")));
  const double deviation = deviation_from_table(test::reference_posterior(table), table);
  std::printf("%s: largest relative deviation %.2g\n", GetParam(), deviation);
  EXPECT_LT(deviation, kTolerance);
}

TEST_P(ReferenceTable, IsMissedWithACouplingOffByAMillionth) {
  const test::Table table = test::read_table(test::reference_path(GetParam()));
  const Posterior right = test::reference_posterior(table);
  Couplings wrong = right.couplings();
  wrong.kappa *= 1.0 + 1e-6;
  EXPECT_GT(deviation_from_table(Posterior(right.spectrum(), wrong), table), kTolerance);
  wrong = right.couplings();
  wrong.u *= 1.0 + 1e-6;
  if (wrong.u > 0) {
    EXPECT_GT(deviation_from_table(Posterior(right.spectrum(), wrong), table), kTolerance);
  }
}

TEST_P(ReferenceTable, IsMissedWithOneNumberChanged) {
  test::Table table = test::read_table(test::reference_path(GetParam()));
  const Posterior posterior = test::reference_posterior(table);
  for (const std::string& column : table.columns) {
    if (column != "k" && table.column(column)[7] != 0.0) {
      test::Table changed = table;
      changed.numbers.at(column)[7] *= 1.0 + 1e-8;
      EXPECT_GT(deviation_from_table(posterior, changed), kTolerance) << column;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, ReferenceTable, testing::ValuesIn(test::reference_cases),
                         [](const auto& of) { return std::string(of.param); });

// Largest relative errors over the small system's modes, exact on both sides.
LargestDeviation transfer_errors(const Prediction& large, const Posterior& small) {
  return largest_deviation(predict(small, Theory::exact), large);
}

TEST(ReferenceTransfer, IsMatchedInEveryColumn) {
  const test::Table table = test::read_table(test::reference_path("transfer"));
  double largest = 0;
  double largest_error_column = 0;
  ASSERT_EQ(table.rows(), 6U);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto at = [&](const char* column) { return table.column(column)[row]; };
    const auto samples = static_cast<std::int64_t>(at("P"));
    const auto target = static_cast<std::int64_t>(at("P_target"));
    const double kappa = static_cast<double>(samples) / std::pow(10.0, 2.4);
    const Posterior large = test::standard_posterior(static_cast<std::size_t>(samples), kappa, at("u"));
    const TransferredCouplings to = transfer(large, target);
    EXPECT_EQ(to.samples, target);
    for (const auto& [column, value] : {std::pair{"r_tilde", to.ridge},
                                        {"U_tilde", to.quartic},
                                        {"kappa_tilde", to.kappa},
                                        {"u_tilde", to.u}}) {
      largest = std::max(largest, test::relative_deviation(value, at(column)));
    }
    const Posterior small(leading_modes(large.spectrum(), static_cast<std::size_t>(target)), to.couplings());
    const LargestDeviation errors = transfer_errors(predict(large, Theory::exact), small);
    largest_error_column = std::max({largest_error_column, std::abs(errors.mean - at("max_rel_mean_error")),
                                     std::abs(errors.variance - at("max_rel_var_error"))});
  }
  std::printf("transfer: largest relative deviation %.2g, of the error columns %.2g absolute\n", largest,
              largest_error_column);
  EXPECT_LT(largest, kTolerance);
  EXPECT_LT(largest_error_column, 1e-12);
}

TEST(ReferenceTransfer, KeepingKappaAndUInsteadIsWrongByALot) {
  const Posterior large = test::standard_posterior(1000, 1000 / std::pow(10.0, 2.4), 0.05);
  Couplings kept = large.couplings();
  kept.samples = 500;
  EXPECT_GT(
      transfer_errors(predict(large, Theory::exact), Posterior(leading_modes(large.spectrum(), 500), kept))
          .mean,
      0.9);
}

TEST(ReferenceScaling, IsMatchedInEveryColumn) {
  const test::Table table = test::read_table(test::reference_path("scaling"));
  ASSERT_EQ(table.rows(), 12U);
  double largest = 0;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto modes = static_cast<std::size_t>(table.column("P")[row]);
    const Posterior posterior = test::standard_posterior(modes, 3.98, table.column("u")[row]);
    for (const Theory theory : {Theory::gp, Theory::wilson, Theory::exact}) {
      const double expected = table.column("loss_" + std::string(to_string(theory)))[row];
      const double deviation =
          test::relative_deviation(loss_per_sample(predict(posterior, theory)), expected);
      EXPECT_LT(deviation, kTolerance) << modes << " " << to_string(theory);
      largest = std::max(largest, deviation);
    }
  }
  std::printf("scaling: largest relative deviation %.2g\n", largest);
}

}  // namespace
}  // namespace ridgeflow
