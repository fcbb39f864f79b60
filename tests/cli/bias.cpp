// What ridgeflow bias measures and writes. Speeds are not judged: only that the numbers belong together.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"

namespace ridgeflow::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// A study that takes a second or two, with \p more arguments.
std::vector<std::string> small_bias(const std::vector<std::string>& more = {}) {
  return with_defaults(
      {"bias", "--samples", "20", "--chains", "64", "--threads", "1", "--backend", "cpu", "--seed", "1"},
      {{"--draws", "64000"}, {"--count", "3"}}, more);
}

json bias_json(const std::vector<std::string>& more = {}) {
  return run_json(small_bias(more));
}

class Bias : public testing::Test {
 protected:
  static void SetUpTestSuite() { found = bias_json(); }
  static inline json found;
};

TEST_F(Bias, TriesEveryIntegratorAtAscendingSteps) {
  EXPECT_EQ(found["kind"], "bias");
  EXPECT_EQ(found["backend"], "cpu");
  EXPECT_EQ(found["target"], 0.01);
  std::map<std::string, std::vector<double>> steps;
  for (const json& point : found["points"]) {
    steps[point["integrator"]].push_back(point["h"].is_null() ? 0.0 : point["h"].get<double>());
  }
  for (const char* name : {"adjusted", "euler", "hartree", "perfect", "strang"}) {
    EXPECT_EQ(steps.count(name), 1U) << name;
  }
  for (const auto& [name, tried] : steps) {
    EXPECT_EQ(tried.size(), name == "perfect" ? 1U : 3U) << name;
    EXPECT_TRUE(std::is_sorted(tried.begin(), tried.end())) << name;
  }
}

TEST_F(Bias, TakesTheSexticCoupling) {
  const json with = bias_json({"--w", "0.5", "--integrator", "hartree", "--count", "1"});
  EXPECT_EQ(with["model"]["w"], 0.5);
  EXPECT_FALSE(found["model"].contains("w"));
  ASSERT_EQ(with["points"].size(), 1U);
  EXPECT_GT(with["model"]["softest_rate"], found["model"]["softest_rate"]);  // rho* is larger
}

TEST_F(Bias, NumbersOfAPointBelongTogether) {
  std::vector<std::uint64_t> seeds;
  const double rate = found["model"]["softest_rate"];
  for (const json& point : found["points"]) {
    ASSERT_EQ(point["diverged"], 0);
    seeds.push_back(point["seed"]);
    EXPECT_GT(point["effective_per_s"]["value"].get<double>(), 0.0);
    EXPECT_GT(point["effective_per_s"]["error"].get<double>(), 0.0);
    EXPECT_GT(point["reference_steps_per_s"].get<double>(), 0.0);
    if (!point["h"].is_null()) {
      // mala moves every mode at rate 1
      EXPECT_NEAR(point["relaxations"].get<double>(),
                  point["h"].get<double>() * (point["integrator"] == "mala" ? 1.0 : rate), 1e-9);
    }
    for (const char* key : {"variance_pooled", "mean_pooled", "size_mean", "size_variance"}) {
      EXPECT_GT(point[key]["error"].get<double>(), 0.0) << key;
    }
    for (const char* key : {"variance_worst", "mean_worst"}) {
      const json& worst = point[key];
      EXPECT_GE(worst["mode"].get<int>(), 1);
      EXPECT_LE(worst["mode"].get<int>(), 20);
      if (!worst["resolved"].get<bool>()) {
        EXPECT_LE(std::abs(worst["value"].get<double>()), worst["limit"].get<double>()) << point;
      }
    }
    if (point["integrator"] == "perfect" || point["integrator"] == "adjusted") {  // exact at any step
      EXPECT_LT(std::abs(point["size_variance"]["value"].get<double>()),
                4.5 * point["size_variance"]["error"].get<double>());
      EXPECT_FALSE(point["variance_worst"]["resolved"].get<bool>());
    }
  }
  std::sort(seeds.begin(), seeds.end());
  EXPECT_EQ(std::adjacent_find(seeds.begin(), seeds.end()), seeds.end()) << "runs share their noise";
}

// Euler's largest step here, 0.5/(a_M + rho*), widens the stiffest mode by a third.
TEST_F(Bias, OfACoarseEulerIsSeen) {
  const double stiffest = found["model"]["stiffest_rate"];
  int seen = 0;
  for (const json& point : found["points"]) {
    if (point["integrator"] == "euler" && point["h"].get<double>() > 0.45 / stiffest) {
      ++seen;
      EXPECT_TRUE(point["variance_worst"]["resolved"].get<bool>());
      EXPECT_GT(point["variance_worst"]["value"].get<double>(), 0.2);
    }
  }
  EXPECT_EQ(seen, 1);
}

TEST_F(Bias, OrdersOfOneModeAreThoseOfTheSchemes) {
  for (const json& each : found["one_mode"]) {
    const std::string name = each["integrator"];
    if (name == "euler") {
      EXPECT_NEAR(each["variance_order"].get<double>(), 1.0, 0.1);
    } else if (name == "hartree" || name == "strang") {
      EXPECT_NEAR(each["variance_order"].get<double>(), 2.0, 0.1);
      EXPECT_NEAR(each["size_variance_order"].get<double>(), 2.0, 0.1);
    } else {
      EXPECT_TRUE(each["variance_order"].is_null()) << name;
      EXPECT_NEAR(each["variance"][0].get<double>(), 0.0, 1e-8) << name;
    }
  }
  EXPECT_GE(found["one_mode"].size(), 5U);
}

TEST_F(Bias, GainsFollowFromTheRuns) {
  const json& reference = found["reference"];
  EXPECT_EQ(reference["integrator"], "euler");
  EXPECT_EQ(reference["h"], 1e-4);
  const double base =
      reference["effective_per_s"]["value"].get<double>() / reference["reference_steps_per_s"].get<double>();
  EXPECT_GE(found["equal_bias"].size(), 2 * 5U);
  for (const json& each : found["equal_bias"]) {
    if (each["step_from"] == "not known") {
      EXPECT_FALSE(each.contains("run"));
      continue;
    }
    const json& at = each["run"];
    EXPECT_EQ(at["integrator"], each["integrator"]);
    EXPECT_NEAR(each["gain"]["value"].get<double>() * base * at["reference_steps_per_s"].get<double>() /
                    at["effective_per_s"]["value"].get<double>(),
                1.0, 1e-9);
    EXPECT_EQ(each["exact"].get<bool>(), each["step_from"] == "best");
  }
}

TEST_F(Bias, RepeatsWithTheSameSeedAndDraws) {
  const json again = bias_json({"--integrator", "strang"});
  ASSERT_EQ(again["points"].size(), 3U);
  const json twice = bias_json({"--integrator", "strang"});
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(again["points"][i]["size_variance"], twice["points"][i]["size_variance"]);
    EXPECT_EQ(again["points"][i]["variance_worst"], twice["points"][i]["variance_worst"]);
  }
}

TEST(BiasOutput, TableReadsWellAnywhere) {
  const Outcome outcome = run(small_bias({"--count", "1"}));
  ASSERT_EQ(outcome.status, 0) << outcome.told;
  expect_plain_lines(outcome.out);
  for (const char* part :
       {"Bias against the exact average", "Weak order", "The softest mode alone",
        "At a bias of 1 % in the variance of the worst mode", "At a bias of 1 % in Var R", "reference"}) {
    EXPECT_THAT(outcome.out, HasSubstr(part));
  }
}

TEST(BiasOutput, FilesHoldWhatIsPrinted) {
  const TemporaryFolder folder;
  const Outcome as_json = run(small_bias({"--count", "1", "--format", "json", "--out", folder / "b.json"}));
  ASSERT_EQ(as_json.status, 0) << as_json.told;
  EXPECT_EQ(as_json.out, read_text(folder / "b.json"));
  const Outcome as_csv = run(small_bias({"--count", "1", "--format", "csv", "--out", folder / "b.csv"}));
  EXPECT_EQ(as_csv.out, read_text(folder / "b.csv"));
  EXPECT_TRUE(as_csv.out.starts_with("role,integrator,h,relaxations,seed,chains,")) << as_csv.out;
  std::size_t begin = 0;
  std::vector<std::ptrdiff_t> commas;
  while (begin < as_csv.out.size()) {
    const std::size_t end = as_csv.out.find('\n', begin);
    commas.push_back(std::count(as_csv.out.begin() + static_cast<std::ptrdiff_t>(begin),
                                as_csv.out.begin() + static_cast<std::ptrdiff_t>(end), ','));
    begin = end + 1;
  }
  EXPECT_EQ(std::count(commas.begin(), commas.end(), commas.front()),
            static_cast<std::ptrdiff_t>(commas.size()));
  EXPECT_GE(commas.size(), 2 + 5U);
}

TEST(BiasPlan, TakesTheStepsThatAreGiven) {
  const json steps = bias_json({"--integrator", "hartree", "--step-sizes", "0.02,0.01,0.02"});
  ASSERT_EQ(steps["points"].size(), 2U);
  EXPECT_EQ(steps["points"][0]["h"], 0.01);
  EXPECT_EQ(steps["points"][1]["h"], 0.02);
  EXPECT_EQ(bias_json({"--integrator", "hartree", "--step", "0.03"})["points"][0]["h"], 0.03);
  EXPECT_EQ(bias_json({"--integrator", "hartree", "--count", "2", "--every", "3"})["points"][0]["every"], 3);
}

// Where the paper's step is not stable the reference takes Euler's own default.
TEST(BiasPlan, ReferenceIsStable) {
  const json found = bias_json({"--integrator", "perfect", "--reference-step", "10"});
  EXPECT_LT(found["reference"]["h"].get<double>() * found["model"]["stiffest_rate"].get<double>(), 2.0);
}

TEST(BiasPlan, DivergedChainsAreARowNotAnEnd) {
  const json found = bias_json({"--integrator", "euler", "--u", "50", "--start", "prior", "--step-sizes",
                                "0.0001,0.014", "--draws", "6400", "--reference-step", "0.0001"});
  ASSERT_EQ(found["points"].size(), 2U);
  EXPECT_GT(found["points"][1]["diverged"].get<int>(), 0);
  EXPECT_FALSE(found["points"][1].contains("variance_worst"));
  EXPECT_TRUE(found["one_mode"][0]["variance"][3].is_null());  // nor has one mode alone a law at 1/8
}

TEST(BiasPlan, DryRunCountsRuns) {
  const Outcome outcome = run({"bias", "--dry-run", "--samples", "30", "--chains", "64", "--backend", "cpu"});
  EXPECT_EQ(outcome.status, 0) << outcome.told;
  EXPECT_THAT(outcome.out, HasSubstr("1 of the reference"));
  EXPECT_THAT(outcome.out, HasSubstr("time: about"));
}

}  // namespace
}  // namespace ridgeflow::test
