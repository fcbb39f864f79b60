// What the program prints and writes.
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

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

TEST(Predict, CsvIsTheReferenceTable) {
  const TemporaryFolder folder;
  const Outcome outcome = run({"predict", "--format", "csv"});  // the standard run is the default
  ASSERT_EQ(outcome.status, 0) << outcome.told;
  const Table ours = read_table(folder.write("ours.csv", outcome.out));
  const Table reference = read_table(reference_path("fig3"));
  ASSERT_EQ(ours.rows(), reference.rows());
  EXPECT_EQ(ours.columns.size(), 3U + 14U);
  for (std::size_t i = 0; i < ours.columns.size(); ++i) {
    const std::string& name = ours.columns[i];
    EXPECT_EQ(name, reference.columns[i]);
    for (std::size_t k = 0; k < ours.rows(); ++k) {
      const double expected = reference.column(name)[k];
      ASSERT_NEAR(ours.column(name)[k], expected, 1e-9 * std::abs(expected)) << name << " " << k + 1;
    }
  }
}

TEST(Compare, NamesTheIntegratorUnderAnyMobilityAndSaysWhetherItConverged) {
  for (const char* name : {"adjusted", "euler", "hartree", "mala", "strang"}) {
    const Outcome outcome = run({"compare", "--samples", "8", "--chains", "64", "--draws", "20000", "--seed",
                                 "5", "--integrator", name, "--mobility", "kernel", "--backend", "cpu"});
    ASSERT_EQ(outcome.status, 0) << outcome.told;
    EXPECT_THAT(outcome.out, HasSubstr(std::string(name).append(", h = "))) << name;
    EXPECT_THAT(outcome.out, HasSubstr("R-hat")) << name;
  }
  const Outcome still = run({"compare", "--samples", "8", "--chains", "64", "--draws", "2000", "--seed", "5",
                             "--integrator", "euler", "--step", "1e-4", "--burn-in", "0", "--start", "zero"});
  ASSERT_EQ(still.status, 0) << still.told;
  EXPECT_THAT(still.out, HasSubstr("exceeds 1.01"));  // planted: chains that have not come to rest
  EXPECT_THAT(still.out, Not(HasSubstr("no sign of not having converged")));
}

TEST(Predict, ColumnsFollowTheOrderAskedFor) {
  const Outcome outcome = run({"predict", "--samples", "2", "--theory", "exact,gp", "--format", "csv"});
  EXPECT_TRUE(outcome.out.starts_with("k,a,y,exact_mean,exact_var,gp_mean,gp_var\n1,1,1,")) << outcome.out;
}

TEST(Predict, SexticCouplingLeavesTheTheoriesThatKnowIt) {
  const TemporaryFolder folder;
  const nlohmann::json json = run_json({"predict", "--samples", "4", "--u", "0.5", "--w", "0.25"});
  EXPECT_EQ(json["parameters"]["w"], 0.25);
  EXPECT_EQ(json["parameters"]["W"], 1.0);
  EXPECT_EQ(json["parameters"]["rg_W"][3], 1.0);
  EXPECT_EQ(json["predictions"].size(), 4U);
  for (const char* theory : {"gp", "hartree", "wilson", "exact"}) {
    EXPECT_TRUE(json["predictions"].contains(theory)) << theory;
  }
  EXPECT_FALSE(run_json({"predict", "--samples", "4"})["parameters"].contains("W"));

  const Outcome table = run({"predict", "--samples", "4", "--w", "0.25"});
  EXPECT_THAT(table.out, HasSubstr("w = 0.25: r = "));
  EXPECT_THAT(unwrapped(table.out), HasSubstr("W = 1, rho*"));
  EXPECT_THAT(table.out, HasSubstr("W(k)"));
  EXPECT_THAT(run({"predict", "--samples", "4"}).out, Not(HasSubstr("W =")));

  for (const std::vector<std::string>& more : {std::vector<std::string>{"--theory", "gp,saddle"},
                                               {"--cumulants"},
                                               {"--size-distribution", folder / "R.csv"}}) {
    std::vector<std::string> words{"predict", "--samples", "4", "--w", "0.25"};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome refused = run(words);
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.told, HasSubstr("not defined with a sextic coupling; theories that are: gp, hartree, "
                                        "wilson, exact"));
  }
  EXPECT_EQ(run({"predict", "--samples", "4", "--w", "-0.25"}).status, 2);
}

TEST(Compare, SexticCouplingIsSampledAndComparedWithTheTheoriesThatKnowIt) {
  const TemporaryFolder folder;
  std::vector<std::string> words = small_compare(
      {"--u", "0.5", "--w", "2", "--cumulants", "--pairs", "1:2", "--force", "--out", folder / "x.nc"});
  const nlohmann::json json = run_json(words);
  EXPECT_EQ(json["parameters"]["W"], 80.0);
  EXPECT_TRUE(json["comparison"].contains("hartree"));
  EXPECT_FALSE(json["comparison"].contains("saddle"));
  EXPECT_FALSE(json["beyond_two_moments"]["cumulants"].contains("exact_kappa3"));
  EXPECT_EQ(json["beyond_two_moments"]["cumulants"]["kappa3"]["value"].size(), 40U);
  EXPECT_EQ(json["beyond_two_moments"]["pair_covariance"]["covariance"]["value"].size(), 1U);
  EXPECT_TRUE(json["beyond_two_moments"]["size_distribution"]["mean"].contains("value"));

  const Outcome table = run(words);
  ASSERT_EQ(table.status, 0) << table.told;
  EXPECT_THAT(table.out, HasSubstr("W = 80"));
  EXPECT_THAT(table.out, HasSubstr("Beyond two moments: exact cumulants"));
  words.insert(words.end(), {"--theory", "hartree,saddle"});
  EXPECT_EQ(run(words).status, 2);
}

TEST(Predict, RunFileThenFlagsThenSettings) {
  const TemporaryFolder folder;
  const std::string file = folder.write("run.toml", "[model]\nsamples = 3\n[compare]\ntheory = [\"gp\"]\n");
  EXPECT_EQ(read_table(folder.write("1", run({"predict", file, "--format", "csv"}).out)).rows(), 3U);
  EXPECT_EQ(
      read_table(folder.write("2", run({"predict", file, "--samples", "4", "--format", "csv"}).out)).rows(),
      4U);
  EXPECT_EQ(read_table(folder.write("3", run({"predict", file, "--samples", "4", "--set", "model.samples=5",
                                              "--set", "output.format=csv"})
                                             .out))
                .rows(),
            5U);
}

TEST(Predict, CumulantsAreTheLastColumns) {
  const TemporaryFolder folder;
  const std::vector<std::string> words{"predict", "--samples", "3", "--theory",
                                       "gp",      "--u",       "1", "--cumulants"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), words.begin(), words.end());
    return run(more);
  };
  const Outcome csv = with({"--format", "csv", "--out", folder / "x.nc"});
  ASSERT_EQ(csv.status, 0) << csv.told;
  EXPECT_TRUE(csv.out.starts_with("k,a,y,gp_mean,gp_var,exact_kappa3,exact_kappa4\n")) << csv.out;
  const Table table = read_table(folder.write("ours.csv", csv.out));
  const auto json = nlohmann::json::parse(with({"--format", "json"}).out);
  for (const char* name : {"exact_kappa3", "exact_kappa4"}) {
    EXPECT_EQ(json["cumulants"][name].get<std::vector<double>>(), table.column(name));
    EXPECT_LT(table.column(name)[0], 0.0);
  }
  EXPECT_GT(json["cumulants"]["R"]["kappa3"], 0.0);
  EXPECT_THAT(json["run_file"].get<std::string>(), HasSubstr("cumulants = true"));
  const Outcome text = with({});
  EXPECT_THAT(text.out, HasSubstr("exact_kappa3  exact_kappa4"));
  EXPECT_THAT(text.out, HasSubstr("excess kurtosis"));
  EXPECT_THAT(run({"predict", "--samples", "3"}).out, Not(HasSubstr("kappa3")));
}

TEST(Predict, SizeDistributionIsWritten) {
  const TemporaryFolder folder;
  const std::string file = folder / "R.csv";
  EXPECT_EQ(run({"predict", "--samples", "40", "--size-distribution", file, "--dry-run"}).status, 0);
  EXPECT_EQ(folder.count(), 0);
  const Outcome outcome = run({"predict", "--samples", "40", "--size-distribution", file});
  ASSERT_EQ(outcome.status, 0) << outcome.told;
  EXPECT_THAT(outcome.out, HasSubstr("Quantiles of R, exact: 2.5 %"));
  const Table table = read_table(file);
  EXPECT_EQ(table.columns, (std::vector<std::string>{"R", "density", "cdf"}));
  ASSERT_EQ(table.rows(), 513U);
  const std::vector<double>& size = table.column("R");
  const std::vector<double>& density = table.column("density");
  const std::vector<double>& cdf = table.column("cdf");
  EXPECT_NEAR(cdf.front(), 1e-6, 1e-12);
  EXPECT_NEAR(cdf.back(), 1 - 1e-6, 1e-12);
  // Trapezoids under the density are the rise of the distribution function.
  double under = cdf.front();
  for (std::size_t i = 1; i < table.rows(); ++i) {
    EXPECT_GT(cdf[i], cdf[i - 1]);
    under += 0.5 * (size[i] - size[i - 1]) * (density[i] + density[i - 1]);
    ASSERT_NEAR(under, cdf[i], 1e-4);
  }
}

TEST(Compare, CsvHasTheMeasuredColumns) {
  const Outcome outcome = run(small_compare({"--theory", "wilson", "--format", "csv"}));
  EXPECT_TRUE(
      outcome.out.starts_with("k,a,y,wilson_mean,wilson_var,measured_mean,measured_mean_mcse,measured_var,"
                              "measured_var_mcse,ess_mean,ess_sd,r_hat,tau_int\n"))
      << outcome.out.substr(0, 200);
}

TEST(Compare, TableReadsWellAnywhere) {
  const std::vector<std::string> cumulants{"predict", "--cumulants"};
  for (const auto& words : {small_compare(), std::vector<std::string>{"predict"}, cumulants}) {
    const Outcome outcome = run(words);
    expect_plain_lines(outcome.out);
  }
  EXPECT_THAT(run(small_compare()).out, HasSubstr("The samples agree with the exact column"));
}

TEST(Compare, OneOfAThingHasNoPlural) {
  const std::vector<std::string> common{"--samples", "40", "--chains",  "64",  "--draws",   "64",
                                        "--seed",    "1",  "--backend", "cpu", "--threads", "1"};
  for (std::vector<std::string> words : std::vector<std::vector<std::string>>{
           {"compare"}, {"compare", "--dry-run"}, {"flow", "--check", "--second-cutoff", "1"}}) {
    words.insert(words.end(), common.begin(), common.end());
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.status, 0) << outcome.told;
    EXPECT_THAT(outcome.out, HasSubstr("1 thread)"));
    EXPECT_THAT(outcome.out,
                Not(ContainsRegex("(^|[^0-9.])1 (super)?(chains|draws|modes|passes|scales|steps|systems|"
                                  "threads|trials)")))
        << outcome.out;
    expect_plain_lines(outcome.out);
  }
}

TEST(Compare, DisagreementOfASplittingNamesItsStepSize) {
  const auto with_step = [](const char* step) {
    return run({"compare", "--samples", "60", "--u", "1", "--integrator", "strang", "--step", step, "--draws",
                "4e5", "--every", "100", "--seed", "2", "--theory", "exact"})
        .out;
  };
  const std::string coarse = with_step("0.01");
  EXPECT_THAT(coarse, HasSubstr("DO NOT agree"));
  EXPECT_THAT(coarse, HasSubstr("Step size: strang at h = 0.01 has an error of order h^2"));
  const std::string fine = with_step("0.0002");
  EXPECT_THAT(fine, HasSubstr("The samples agree"));
  EXPECT_THAT(fine, testing::Not(HasSubstr("Step size:")));
}

TEST(Compare, JsonHoldsEverything) {
  const TemporaryFolder folder;
  const Outcome outcome = run(small_compare({"--format", "json", "--out", folder / "run.json"}));
  ASSERT_EQ(outcome.status, 0) << outcome.told;
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json, nlohmann::json::parse(read_text(folder / "run.json")));
  EXPECT_EQ(json["measured"]["mean"].size(), 40U);
  EXPECT_EQ(json["predictions"].size(), 7U);
  EXPECT_EQ(json["comparison"]["exact"]["mean"]["z"].size(), 40U);
  EXPECT_EQ(json["run"]["seed"], 1);
  EXPECT_EQ(json["agrees_with_exact"], true);
  EXPECT_THAT(json["run_file"].get<std::string>(), HasSubstr("[sampler]"));
}

// 64 draws of 64 chains give no R-hat, and perfect has no step: numbers that are none are null.
TEST(Compare, NumbersThatAreNoneAreNull) {
  const Outcome outcome =
      run(small_compare({"--integrator", "perfect", "--set", "sampler.draws=64", "--format", "json"}));
  ASSERT_EQ(outcome.status, 0) << outcome.told;
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_TRUE(json["run"]["step"].is_null());
  EXPECT_TRUE(json["measured"]["r_hat"][0].is_null());
}

TEST(Compare, SeedDecidesTheSamples) {
  const auto csv = [](const char* seed) {
    return run({"compare", "--samples", "20", "--draws", "6400", "--chains", "64", "--seed", seed, "--format",
                "csv"})
        .out;
  };
  EXPECT_EQ(csv("18446744073709551615"), csv("18446744073709551615"));
  EXPECT_NE(csv("18446744073709551615"), csv("1"));
}

TEST(Compare, SaysTheSeedItChose) {
  const Outcome outcome = run({"compare", "--samples", "20", "--draws", "6400", "--chains", "64"});
  EXPECT_THAT(outcome.told, HasSubstr("repeats this run"));
  EXPECT_THAT(run(small_compare()).told, Not(HasSubstr("repeats this run")));
}

TEST(Compare, NothingIsWrittenOnFailure) {
  const TemporaryFolder folder;
  for (const char* name : {"x.nc", "x.csv", "x.json"}) {
    EXPECT_EQ(run(small_compare({"--lanes", "mmx", "--out", folder / name})).status, 2);
    EXPECT_EQ(run(small_compare({"--dry-run", "--out", folder / name})).status, 0);
  }
  EXPECT_EQ(folder.count(), 0);
  EXPECT_EQ(run(small_compare({"--out", folder / "x.nc"})).status, 0);
  EXPECT_EQ(folder.count(), 1);
}

// 1e15 draws would take days: the output file is looked at first.
TEST(Compare, OutputIsCheckedBeforeSampling) {
  const TemporaryFolder folder;
  const Outcome outcome = run({"compare", "--draws", "1e15", "--out", folder / "none/x.nc"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.told, HasSubstr("does not exist"));
}

TEST(DryRun, SaysWhatItTakes) {
  const Outcome outcome = run({"compare", "--dry-run", "--draws", "1e12"});
  EXPECT_EQ(outcome.status, 0) << outcome.told;
  EXPECT_THAT(outcome.out, HasSubstr("memory:"));
  EXPECT_THAT(outcome.out, HasSubstr("time: about"));
  EXPECT_THAT(run({"predict", "--dry-run"}).out, HasSubstr("predictions: 7 of them"));
}

TEST(Info, JsonParses) {
  const auto json = nlohmann::json::parse(run({"info", "--format", "json"}).out);
  EXPECT_FALSE(json["version"].get<std::string>().empty());
  EXPECT_GE(json["lanes"].size(), 1U);
  EXPECT_GE(json["self_test"].size(), 1U);
}

}  // namespace
}  // namespace ridgeflow::test
