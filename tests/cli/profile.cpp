// What ridgeflow profile measures and writes. Rates are not judged: only that the numbers belong together.
#include <algorithm>
#include <cmath>
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
using testing::Not;

/// A profile that takes a fraction of a second, with \p more arguments.
std::vector<std::string> small_profile(const std::vector<std::string>& more = {}) {
  return with_defaults({"profile", "--sizes", "20,16,16,40", "--chain-counts", "128,64", "--chains", "64",
                        "--backend", "cpu", "--threads", "1"},
                       {{"--samples", "20"}, {"--seconds", "0.002"}}, more);
}

json profile_json(const std::vector<std::string>& more = {}) {
  return run_json(small_profile(more));
}

std::vector<double> column(const json& rows, const char* key) {
  std::vector<double> values;
  for (const auto& row : rows) {
    values.push_back(row.at(key).get<double>());
  }
  return values;
}

class Profile : public testing::Test {
 protected:
  static void SetUpTestSuite() { found = profile_json(); }
  static std::vector<json> rows() {
    std::vector<json> all;
    for (const char* sweep : {"by_size", "by_chains", "by_integrator"}) {
      all.insert(all.end(), found.at(sweep).begin(), found.at(sweep).end());
    }
    return all;
  }
  static inline json found;
};

TEST_F(Profile, SweepsAscendWithoutRepeats) {
  EXPECT_EQ(column(found["by_size"], "samples"), (std::vector<double>{16, 20, 40}));
  EXPECT_EQ(column(found["by_size"], "modes"), (std::vector<double>{16, 20, 40}));
  EXPECT_EQ(column(found["by_chains"], "chains"), (std::vector<double>{64, 128}));
  EXPECT_EQ(found["by_integrator"].size(), 6U);
  EXPECT_EQ(found["kind"], "profile");
  EXPECT_EQ(found["threads"], 1);
  EXPECT_EQ(found["backend"], "cpu");
}

TEST_F(Profile, NumbersOfARowBelongTogether) {
  for (const json& row : rows()) {
    const double steps = row.at("chain_steps_per_s");
    EXPECT_GT(steps, 0);
    EXPECT_NEAR(row.at("mode_updates_per_s").get<double>() / (steps * row.at("modes").get<double>()), 1.0,
                1e-9);
    EXPECT_NEAR(row.at("s_per_chain_step").get<double>() * steps, 1.0, 1e-12);
    const json& effective = row.at("effective_per_s");
    EXPECT_TRUE(effective.is_null() || effective.get<double>() > 0.0) << row;
    EXPECT_FALSE(row.at("integrator") == "perfect" && effective.is_null()) << row;  // it needs no burn-in
    ASSERT_EQ(row.at("share_of_floor").is_null(), row.at("floor_mode_updates_per_s").is_null());
    if (!row.at("share_of_floor").is_null()) {
      EXPECT_NEAR(
          row.at("share_of_floor").get<double>(),
          row.at("mode_updates_per_s").get<double>() / row.at("floor_mode_updates_per_s").get<double>(),
          1e-12);
    }
    EXPECT_EQ(row.at("clock_hz").is_null(), row.at("thread_scaling").is_null());
    EXPECT_GT(row.at("processor_share").get<double>(), 0.0);
  }
}

// Stages are disjoint pieces of the whole: a stage counted twice, or one that holds another, would exceed it.
TEST_F(Profile, StagesAddUpWithinTheWhole) {
  for (const json& row : rows()) {
    const json& stages = row.at("stages");
    double sum = 0;
    for (const char* stage : {"start_s", "passes_s", "collect_s", "calibrate_s"}) {
      EXPECT_GE(stages.at(stage).get<double>(), 0.0) << stage;
      sum += stages.at(stage).get<double>();
    }
    EXPECT_GT(stages.at("passes_s").get<double>(), 0.0);
    EXPECT_LE(sum, stages.at("total_s").get<double>() * (1 + 1e-9)) << row;
    EXPECT_GE(row.at("passes").get<double>(), 3.0);
  }
}

TEST_F(Profile, StandingsFollowFromTheRows) {
  for (const char* sweep : {"by_size", "by_chains", "by_integrator"}) {
    const std::vector<double> rates = column(found[sweep], "mode_updates_per_s");
    const std::vector<double> of_best = column(found[sweep], "of_best");
    const double best = *std::max_element(rates.begin(), rates.end());
    for (std::size_t i = 0; i < rates.size(); ++i) {
      EXPECT_NEAR(of_best[i], rates[i] / best, 1e-12);
    }
  }
  const std::vector<double> time = column(found["by_size"], "s_per_chain_step");
  EXPECT_NEAR(found["by_size"][0]["exponent"].get<double>(),
              std::log(time[1] / time[0]) / std::log(20.0 / 16.0), 1e-9);
  EXPECT_NEAR(found["by_size"][2]["exponent"].get<double>(),
              std::log(time[2] / time[1]) / std::log(40.0 / 20.0), 1e-9);
  EXPECT_TRUE(found["by_integrator"][0]["exponent"].is_null());
}

// adjusted at P = 20 with 64 chains lies on all three axes and is timed once.
TEST_F(Profile, ATimingOnSeveralAxesIsOne) {
  for (const char* key : {"mode_updates_per_s", "passes", "effective_per_s"}) {
    EXPECT_EQ(found["by_size"][1][key], found["by_chains"][0][key]) << key;
    EXPECT_EQ(found["by_size"][1][key], found["by_integrator"][0][key]) << key;
  }
}

TEST(ProfileFloor, IsNotKnownForWhatWasNotCounted) {
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{"--lanes", "portable"}, {"--precision", "double"}, {"--every", "2"}}) {
    std::vector<std::string> words{"--integrator", "adjusted"};
    words.insert(words.end(), more.begin(), more.end());
    const json row = profile_json(words)["by_integrator"][0];
    EXPECT_TRUE(row["floor_mode_updates_per_s"].is_null()) << more[0];
    EXPECT_TRUE(row["share_of_floor"].is_null()) << more[0];
  }
  EXPECT_THAT(run(small_profile({"--lanes", "portable", "--integrator", "adjusted"})).out,
              HasSubstr("floor: not known for these lanes"));
}

// Three passes of euler are no burn-in: what its chains' means would say of their independence is wrong.
TEST(ProfileEffective, IsNotGivenOfTooShortARun) {
  const std::vector<std::string> brief{"--integrator", "euler", "--samples", "1000", "--seconds", "1e-6"};
  EXPECT_TRUE(profile_json(brief)["by_integrator"][0]["effective_per_s"].is_null());
  EXPECT_GT(profile_json({"--integrator", "perfect"})["by_integrator"][0]["effective_per_s"].get<double>(),
            0.0);
}

TEST(ProfileOutput, TableReadsWellAnywhere) {
  const Outcome outcome = run(small_profile());
  ASSERT_EQ(outcome.status, 0) << outcome.told;
  expect_plain_lines(outcome.out);
  for (const char* part : {"Growth with P = M: adjusted, 64 chains", "Growth with chains: adjusted, P = 20",
                           "Integrators: P = 20", "Time by stage"}) {
    EXPECT_THAT(outcome.out, HasSubstr(part));
  }
}

TEST(ProfileOutput, FilesHoldWhatIsPrinted) {
  const TemporaryFolder folder;
  const Outcome as_json = run(small_profile({"--format", "json", "--out", folder / "p.json"}));
  ASSERT_EQ(as_json.status, 0) << as_json.told;
  EXPECT_EQ(as_json.out, read_text(folder / "p.json"));
  const Outcome as_csv = run(small_profile({"--format", "csv", "--out", folder / "p.csv"}));
  EXPECT_EQ(as_csv.out, read_text(folder / "p.csv"));
  EXPECT_TRUE(as_csv.out.starts_with("sweep,integrator,samples,modes,chains,mode_updates_per_s,"))
      << as_csv.out;
  EXPECT_EQ(std::count(as_csv.out.begin(), as_csv.out.end(), '\n'), 1 + 3 + 2 + 6);
  const auto commas = [&](std::size_t from) {
    return std::count(as_csv.out.begin() + static_cast<std::ptrdiff_t>(from),
                      as_csv.out.begin() + static_cast<std::ptrdiff_t>(as_csv.out.find('\n', from)), ',');
  };
  EXPECT_EQ(commas(0), commas(as_csv.out.find('\n') + 1));
}

TEST(ProfilePlan, OneIntegratorWhereOneIsNamed) {
  const json found = profile_json({"--integrator", "strang"});
  ASSERT_EQ(found["by_integrator"].size(), 1U);
  EXPECT_EQ(found["by_size"][0]["integrator"], "strang");
}

TEST(ProfilePlan, FixedModesHaveNoSizes) {
  const Outcome outcome = run({"profile", "--modes", "8", "--chain-counts", "64", "--seconds", "0.002",
                               "--chains", "64", "--integrator", "adjusted", "--format", "json"});
  ASSERT_EQ(outcome.status, 0) << outcome.told;
  const json found = json::parse(outcome.out);
  EXPECT_EQ(found["by_size"].size(), 0U);
  EXPECT_EQ(found["by_chains"][0]["modes"], 8);
}

TEST(ProfilePlan, DryRunCountsTimings) {
  const Outcome outcome = run({"profile", "--dry-run", "--sizes", "16,1000,65536", "--backend", "cpu"});
  EXPECT_EQ(outcome.status, 0) << outcome.told;
  // 3 sizes; 3 chain counts beside 1024 and 4 integrators beside adjusted at P = 1000
  EXPECT_THAT(outcome.out, HasSubstr("11 timings: 3 by size, 4 by chains, 6 by integrator"));
  EXPECT_THAT(outcome.out, HasSubstr("memory: up to 4 GiB"));
  EXPECT_THAT(outcome.out, HasSubstr("time: about"));
}

TEST(ProfilePlan, ProgressIsNotAmongTheResults) {
  const Outcome outcome = run(small_profile({"--format", "csv"}));
  EXPECT_THAT(outcome.out, Not(HasSubstr("left")));
}

}  // namespace
}  // namespace ridgeflow::test
