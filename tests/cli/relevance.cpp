// What ridgeflow relevance says and writes.
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "support/csv.hpp"
#include "support/temporary.hpp"

namespace ridgeflow::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(Relevance, TellsOfEveryScaleAndOfTheSmallSystem) {
  const json found = run_json({"relevance", "--samples", "200", "--u", "0.05", "--w", "0.01", "--to", "50"});
  EXPECT_EQ(found["kind"], "relevance");
  EXPECT_EQ(found["model"]["W"], 2.0);
  const json& scales = found["scales"];
  for (const char* flow : {"functional", "first", "next"}) {
    ASSERT_EQ(scales[std::string(flow) + "_W"].size(), 200U);
    EXPECT_NEAR(scales[std::string(flow) + "_W"][199].get<double>(), 2.0, 1e-12) << flow;
    EXPECT_NEAR(scales[std::string(flow) + "_r"][199].get<double>(), found["model"]["r"].get<double>(),
                1e-10);
  }
  EXPECT_EQ(scales["first_W"][0], 2.0);  // does not flow at first order
  EXPECT_LT(std::abs(scales["next_slope_error"][0].get<double>()),
            0.2 * std::abs(scales["first_slope_error"][0].get<double>()));
  const json& small = found["small_systems"];
  ASSERT_EQ(small.size(), 2U);
  EXPECT_EQ(small[1]["order"], "next");
  EXPECT_EQ(small[1]["P"], 50);
  EXPECT_EQ(small[1]["W"].get<double>(), scales["next_W"][49].get<double>());
  EXPECT_LT(small[1]["largest_mean_error"].get<double>(), 0.1 * small[0]["largest_mean_error"].get<double>());
  EXPECT_FALSE(found.contains("check"));
  EXPECT_EQ(found["vertices"].back()["k"], 200);
}

TEST(Relevance, NamesTheScaleWhereLearningStopsWhereThereIsALaw) {
  const json of_law = run_json({"relevance", "--samples", "200", "--alpha", "0.5"});
  const double ridge = of_law["model"]["r"].get<double>();
  EXPECT_NEAR(of_law["model"]["learning_scale"].get<double>(), std::pow(ridge, 1 / 1.5), 1e-10);
  const TemporaryFolder folder;
  const std::string spectrum = folder.write("spectrum.csv", "a,y\n1,1\n2,1\n3,0.5\n");
  const json of_file = run_json({"relevance", "--spectrum", spectrum, "--samples", "3"});
  EXPECT_FALSE(of_file["model"].contains("learning_scale"));
}

TEST(Relevance, OneLineAScale) {
  const TemporaryFolder folder;
  const std::string text = run({"relevance", "--samples", "30", "--format", "csv"}).out;
  const Table table = read_table(folder.write("scales.csv", text));
  EXPECT_EQ(table.rows(), 30U);
  EXPECT_EQ(table.columns.front(), "k");
  const json found = run_json({"relevance", "--samples", "30"});
  for (const auto& [name, values] : found["scales"].items()) {
    EXPECT_EQ(table.column(name)[7], values[7].get<double>()) << name;
  }
}

TEST(Relevance, ConcludesInWords) {
  const Outcome outcome = run({"relevance", "--samples", "100"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(unwrapped(outcome.out), HasSubstr("times closer, and W is worth keeping"));
  EXPECT_THAT(unwrapped(outcome.out), HasSubstr("At next order the system of P = 50 has kappa = "));
  const Outcome free = run({"relevance", "--samples", "10", "--u", "0"});
  EXPECT_EQ(free.status, 0) << free.told;
}

TEST(Relevance, SamplesBothSystems) {
  const json found =
      run_json({"relevance", "--samples", "40",        "--to",     "20",        "--u",     "0.2",
                "--w",       "0.05",      "--check",   "--chains", "256",       "--draws", "256000",
                "--seed",    "1",         "--backend", "cpu",      "--threads", "1"});
  const json& check = found["check"];
  EXPECT_EQ(check["large"]["mean"].size(), 40U);
  EXPECT_EQ(check["small"]["mean"].size(), 20U);
  for (const char* pair : {"large_against_exact", "small_against_exact", "small_against_large"}) {
    for (const char* quantity : {"mean", "variance"}) {
      EXPECT_GT(check[pair][quantity]["p_value"].get<double>(), 1e-3) << pair << " " << quantity;
    }
  }
}

TEST(Relevance, RefusesBadInput) {
  EXPECT_EQ(run({"relevance", "--samples", "10", "--to", "11"}).status, 2);
  EXPECT_EQ(run({"relevance", "--samples", "10", "--to", "-1"}).status, 2);
  EXPECT_EQ(run({"relevance", "--samples", "10", "--out", "x.nc"}).status, 2);
  EXPECT_THAT(run({"relevance", "--samples", "10", "--to", "11"}).told, HasSubstr("1 ... 10"));
}

}  // namespace
}  // namespace ridgeflow::test
