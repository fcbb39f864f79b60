// Sweeps: lists and ranges of numbers in one run.
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

using testing::HasSubstr;

std::vector<std::string> swept(const std::vector<std::string>& more) {
  std::vector<std::string> words{"compare", "--samples", "12,30",    "--u", "0.05:0.8:3:log",
                                 "--draws", "64000",     "--chains", "64",  "--seed",
                                 "77",      "--backend", "cpu"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// A system of the sweep is the run that its own resolved settings repeat, to the last digit.
TEST(Sweep, EachSystemIsARunThatCanBeRepeatedAlone) {
  const Outcome outcome = run(swept({"--format", "json"}));
  ASSERT_EQ(outcome.status, 0) << outcome.told;
  const auto sweep = nlohmann::json::parse(outcome.out);
  ASSERT_EQ(sweep.at("systems").size(), 6U);
  EXPECT_EQ(sweep.at("axes").at(0).at("name"), "samples");
  EXPECT_EQ(sweep.at("axes").at(1).at("values").at(1), 0.2);
  const auto& fifth = sweep.at("systems").at(4);  // samples 30, u 0.2
  EXPECT_EQ(fifth.at("place").at("samples"), 30);
  EXPECT_EQ(fifth.at("place").at("u"), 0.2);
  const Outcome alone = run({"compare", "--samples", "30", "--u", "0.2", "--draws", "64000", "--chains", "64",
                             "--seed", "77", "--backend", "cpu", "--first-chain", "256", "--format", "json",
                             "--burn-in", std::to_string(fifth.at("run").at("burn_in").get<int>())});
  ASSERT_EQ(alone.status, 0) << alone.told;
  EXPECT_EQ(nlohmann::json::parse(alone.out).at("measured"), fifth.at("measured"));
}

TEST(Sweep, TheCsvHasAColumnForEachAxis) {
  const TemporaryFolder folder;
  const Outcome outcome = run(swept({"--out", folder / "sweep.csv", "--theory", "exact"}));
  ASSERT_EQ(outcome.status, 0) << outcome.told;
  const Table table = read_table(folder / "sweep.csv");
  EXPECT_EQ(table.rows(), 3U * (12 + 30));
  EXPECT_EQ(table.columns.at(0), "samples");
  EXPECT_EQ(table.columns.at(1), "u");
  EXPECT_EQ(table.columns.at(2), "k");
  EXPECT_EQ(table.column("samples").front(), 12);
  EXPECT_EQ(table.column("samples").back(), 30);
  EXPECT_EQ(table.column("u").back(), 0.8);
  EXPECT_THAT(outcome.out, HasSubstr("6 systems: samples x u"));
  EXPECT_THAT(outcome.out, HasSubstr("Samples: the 6 systems agree with exact, p of each at least 0.0002"));
}

TEST(Sweep, OfTheSamplersOwnNumbers) {
  const Outcome outcome = run({"compare", "--samples", "6", "--chains", "64,128", "--draws", "6400", "--seed",
                               "1,2", "--integrator", "hartree", "--step", "0.01,0.02", "--backend", "cpu"});
  ASSERT_EQ(outcome.status, 0) << outcome.told;
  EXPECT_THAT(outcome.out, HasSubstr("8 systems: step x chains x seed"));
}

// A wrong sampler must not hide among right ones.
TEST(Sweep, RequireFailsForOneSystemThatDisagrees) {
  const std::vector<std::string> words{"compare",   "--samples", "10",        "--integrator", "euler",
                                       "--step",    "1e-4,0.02", "--draws",   "640000",       "--every",
                                       "8",         "--chains",  "64",        "--seed",       "3",
                                       "--backend", "cpu",       "--require", "--u",          "0"};
  const Outcome outcome = run(words);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.told, HasSubstr("at step = 0.02"));
}

TEST(Sweep, OfPredictionsAlone) {
  const TemporaryFolder folder;
  const Outcome table = run({"predict", "--samples", "10,20", "--out", folder / "p.csv"});
  ASSERT_EQ(table.status, 0) << table.told;
  EXPECT_THAT(table.out, HasSubstr("Training loss of a sample, <R>/2"));
  EXPECT_EQ(read_table(folder / "p.csv").rows(), 30U);
  const Outcome json = run({"predict", "--samples", "10,20", "--format", "json"});
  EXPECT_EQ(nlohmann::json::parse(json.out).at("systems").size(), 2U);
  EXPECT_EQ(run({"predict", "--u", "0.1,0.2", "--dry-run"}).status, 0);
}

TEST(Sweep, RefusesWhatHasNoMeaningForASweep) {
  const TemporaryFolder folder;
  const auto refuses = [](const std::vector<std::string>& words, const std::string& why) {
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.status, 2) << why;
    EXPECT_THAT(outcome.told, HasSubstr(why));
    EXPECT_EQ(outcome.out, "");
  };
  refuses({"bias", "--u", "1,2"}, "--u: takes one number here");
  refuses({"compare", "--threads", "1,2"}, "a number of the whole run");
  refuses({"compare", "--u", "1,2", "--keep", "5", "--out", folder / "k.nc"}, "draws are kept of one system");
  refuses({"compare", "--u", "1,-2"}, "u = -2");
  refuses({"predict", "--u", "1,2", "--size-distribution", folder / "R.csv"},
          "of one system, not of a sweep");
  refuses({"compare", "--u", "0:1:20000"}, "a count of 2 to 10000");
  refuses({"compare", "--u", "1,x"}, "'x' is not a number");
}

TEST(Sweep, DryRunAddsUpAllSystems) {
  const Outcome outcome = run(swept({"--dry-run"}));
  ASSERT_EQ(outcome.status, 0) << outcome.told;
  EXPECT_THAT(outcome.out, HasSubstr("6 systems of up to 30 modes"));
}

// Seeds take all 64 bits, in the order in which they were given, and so does their axis.
TEST(Sweep, HasSeedsOfAllBitsAsCoordinates) {
  const nlohmann::json found =
      run_json({"predict", "--samples", "5", "--theory", "gp", "--seed", "18446744073709551615,1"});
  EXPECT_THAT(found.dump(), HasSubstr("18446744073709551615"));
}

// What the program records it reads, however many numbers that are.
TEST(Sweep, RunsItsOwnRecord) {
  const TemporaryFolder folder;
  const std::vector<std::string> words{"predict",   "--samples", "5",           "--theory",
                                       "gp,wilson", "--u",       "0.01:0.65:65"};
  const nlohmann::json first = run_json(words);
  const std::string record = folder.write("record.toml", first["run_file"].get<std::string>());
  EXPECT_EQ(run_json({"predict", record}), first);
}

}  // namespace
}  // namespace ridgeflow::test
