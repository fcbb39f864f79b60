// ridgeflow curve: its numbers, its exponents, and its check by samples.
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "support/csv.hpp"

namespace ridgeflow::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::vector<std::string> small_check(const std::vector<std::string>& more = {}) {
  return with_defaults({"curve", "--at", "10,30,100", "--check", "--backend", "cpu", "--seed", "1"},
                       {{"--check-at", "10,30,100"}, {"--chains", "64"}, {"--draws", "64000"}}, more);
}

TEST(CurveCsv, IsTheReferenceTable) {
  const Table expected = read_table(reference_path("scaling"));
  const TemporaryFolder folder;
  std::size_t row = 0;
  for (const char* u : {"0", "0.05"}) {
    const std::string path = folder / "curve.csv";
    const Outcome outcome = run({"curve", "--at", "10,30,100,300,1000,3000", "--kappa", "3.98", "--u", u,
                                 "--format", "csv", "--out", path, "--force"});
    ASSERT_EQ(outcome.status, 0) << outcome.told;
    EXPECT_EQ(outcome.out, read_text(path));
    EXPECT_TRUE(outcome.out.starts_with("P,u,loss_gp,loss_wilson,loss_exact,bias,variance,"));
    const Table table = read_table(path);
    ASSERT_EQ(table.rows(), 6U);
    for (std::size_t i = 0; i < 6; ++i, ++row) {
      for (const std::string& column : expected.columns) {
        EXPECT_LT(relative_deviation(table.column(column)[i], expected.column(column)[row]), 1e-9) << column;
      }
    }
  }
  EXPECT_EQ(row, expected.rows());
}

TEST(Curve, PowersAppearWithTheTailAboveMOnly) {
  const json found = run_json({"curve"});
  EXPECT_EQ(found["kind"], "curve");
  const json& points = found["points"];
  ASSERT_EQ(points["P"].size(), 13U);
  EXPECT_EQ(points["P"][0], 10);
  EXPECT_EQ(points["P"][12], 100'000);
  EXPECT_NEAR(points["slope_bias"][12].get<double>(), -0.207, 5e-4);
  EXPECT_NEAR(points["slope_variance"][12].get<double>(), -0.132, 5e-4);
  EXPECT_NEAR(points["bias_cutoff"][6].get<double>() / points["bias"][6].get<double>(), 1.0, 3e-6);
  EXPECT_NEAR(points["variance_cutoff"][6].get<double>() / points["variance"][6].get<double>(), 1.0, 1e-6);
  int fitted = 0;
  for (const json& fit : found["fits"]) {
    const std::string name = fit["quantity"];
    const double ratio = fit["exponent"].get<double>() / fit["expected"].get<double>();
    if (name.ends_with("_with_tail") || name.ends_with("_infinite")) {
      EXPECT_NEAR(ratio, 1.0, 0.01) << name;
      ++fitted;
    } else {
      EXPECT_LT(ratio, 0.9) << name;  // M = P: far from there
    }
  }
  EXPECT_EQ(fitted, 4);
  // irrelevant towards large P
  for (std::size_t i = 1; i < 13; ++i) {
    EXPECT_LT(std::abs(points["correction"][i].get<double>()),
              std::abs(points["correction"][i - 1].get<double>()));
  }
}

TEST(Curve, TakesAGridOrAList) {
  const json grid = run_json({"curve", "--from", "5", "--to", "500", "--points", "3"});
  EXPECT_EQ(grid["points"]["P"], json({5, 50, 500}));
  const json list = run_json({"curve", "--at", "300,1,1e1,300"});
  EXPECT_EQ(list["points"]["P"], json({1, 10, 300}));
  EXPECT_EQ(run_json({"curve", "--from", "7", "--to", "7", "--points", "1"})["points"]["P"], json({7}));
}

TEST(CurveCheck, SampledLossesLieOnTheExactCurve) {
  const json found = run_json(small_check({"--require"}));
  const json& check = found["check"];
  EXPECT_TRUE(check["agrees"].get<bool>());
  ASSERT_EQ(check["points"].size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const json& point = check["points"][i];
    EXPECT_EQ(point["P"], found["points"]["P"][i]);
    EXPECT_EQ(point["loss_exact"], found["points"]["loss_exact"][i]);
    EXPECT_LT(std::abs(point["loss"].get<double>() - point["loss_exact"].get<double>()),
              5 * point["error"].get<double>());
    EXPECT_LT(point["error"].get<double>(), 0.01 * point["loss"].get<double>());
  }
  EXPECT_GT(check["agreement"]["exact"]["p_value"].get<double>(), 1e-3);
  EXPECT_LT(check["agreement"]["wilson"]["p_value"].get<double>(), 1e-12);
  EXPECT_LT(check["agreement"]["gp"]["p_value"].get<double>(), 1e-12);
}

// Euler's coarse step widens every mode: the sampled loss is too large, and the check must see it.
TEST(CurveCheck, SeesASamplerThatIsWrong) {
  const Outcome outcome =
      run(small_check({"--integrator", "euler", "--step", "0.002", "--require", "--draws", "640000"}));
  EXPECT_EQ(outcome.status, 1) << outcome.told;
  EXPECT_THAT(outcome.told, HasSubstr("required comparison failed"));
  EXPECT_THAT(outcome.out, HasSubstr("DO NOT agree"));
}

TEST(CurveOutput, TableReadsWellAnywhere) {
  const Outcome outcome = run(small_check({"--check-at", "30"}));
  ASSERT_EQ(outcome.status, 0) << outcome.told;
  expect_plain_lines(outcome.out);
  for (const char* part : {"asymptotic exponents of P", "Loss per sample", "Local exponents", "Closed forms",
                           "Powers of P", "Sampled loss per sample"}) {
    EXPECT_THAT(outcome.out, HasSubstr(part));
  }
}

TEST(CurveOutput, DryRunSaysWhatItTakes) {
  const Outcome outcome = run(small_check({"--dry-run"}));
  EXPECT_EQ(outcome.status, 0) << outcome.told;
  EXPECT_THAT(outcome.out, HasSubstr("3 points"));
  EXPECT_THAT(outcome.out, HasSubstr("3 systems"));
}

}  // namespace
}  // namespace ridgeflow::test
