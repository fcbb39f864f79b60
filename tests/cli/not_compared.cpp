// Modes that cannot be compared are counted and named, and never pass for modes that agree.
#include <string>
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

/// A spectrum of a mode so stiff that single precision holds it still, and of three that move.
std::string with_a_still_mode(const TemporaryFolder& folder, bool first = false) {
  return folder.write(
      "s.csv", first ? "a,y\n1e20,0.1\n1,0.9\n2,0.6\n5,0.3\n" : "a,y\n1,0.9\n2,0.6\n5,0.3\n1e20,0.1\n");
}

Outcome run_on(const std::string& spectrum, std::vector<std::string> words,
               const std::vector<std::string>& more = {}) {
  words.insert(words.end(), {"--spectrum", spectrum, "--samples", "40", "--chains", "64", "--draws", "6400",
                             "--seed", "3", "--threads", "1", "--backend", "cpu", "--precision", "single"});
  words.insert(words.end(), more.begin(), more.end());
  return run(words);
}

TEST(NotCompared, ModeIsNamedAndFailsWhatIsRequired) {
  const TemporaryFolder folder;
  const std::string spectrum = with_a_still_mode(folder);
  const Outcome outcome = run_on(spectrum, {"compare"}, {"--require"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.told, HasSubstr("not comparable at 1 of 4 modes (k = 4)"));
  EXPECT_THAT(outcome.out, HasSubstr("not comparable at 1 of 4 modes (k = 4)"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("samples agree with")));
  EXPECT_THAT(outcome.out, Not(HasSubstr("inf")));
  EXPECT_THAT(outcome.out, Not(HasSubstr("nan")));
  EXPECT_EQ(run_on(spectrum, {"compare"}).status, 0);  // nothing was required
  // with the still mode left out there is nothing to say
  EXPECT_EQ(run_on(spectrum, {"compare"}, {"--modes", "3", "--require"}).status, 0);
}

TEST(NotCompared, CountsAreOfTheModesCompared) {
  const TemporaryFolder folder;
  const json found = json::parse(run_on(with_a_still_mode(folder), {"compare"}, {"--format", "json"}).out);
  EXPECT_EQ(found["agrees_with_exact"], false);
  for (const char* theory : {"exact", "wilson"}) {
    const json& mean = found["comparison"][theory]["mean"];
    EXPECT_EQ(mean["modes_compared"], 3) << theory;
    EXPECT_EQ(mean["not_compared"], std::vector<int>{4}) << theory;
    EXPECT_TRUE(mean["z"][3].is_null()) << theory;
  }
}

TEST(NotCompared, OneSystemOfASweepFailsIt) {
  const TemporaryFolder folder;
  const Outcome outcome = run_on(with_a_still_mode(folder), {"compare"}, {"--u", "0.01,0.02", "--require"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.told, HasSubstr("u = 0.01 the means are not comparable at 1 of 4 modes (k = 4)"));
  EXPECT_THAT(outcome.out, HasSubstr("KNOWN to agree"));
}

TEST(NotCompared, NoCheckPassesOverIt) {
  const TemporaryFolder folder;
  const std::string spectrum = with_a_still_mode(folder, true);
  const Outcome transfer = run_on(spectrum, {"transfer", "--to", "20", "--check"}, {"--require"});
  EXPECT_EQ(transfer.status, 1);
  EXPECT_THAT(transfer.out, HasSubstr("are NOT KNOWN to agree"));
  EXPECT_THAT(transfer.told, HasSubstr("not comparable at 1 of 4 modes (k = 1)"));
  const Outcome flow = run_on(spectrum, {"flow", "--second-cutoff", "3", "--check"});
  EXPECT_THAT(flow.out, HasSubstr("not comparable at 1 of 3 modes (k = 1)"));
  const Outcome relevance = run_on(spectrum, {"relevance", "--to", "3", "--check"});
  EXPECT_THAT(relevance.out, HasSubstr("comparable at 1 of 3 modes (k = 1)"));
}

TEST(NotCompared, WhatIsObservedBeyondTwoMoments) {
  const TemporaryFolder folder;
  const Outcome outcome =
      run_on(with_a_still_mode(folder), {"compare"}, {"--cumulants", "--pairs", "1:2,3:4", "--require"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.told, HasSubstr("the third cumulants are not comparable at 1 of 4 modes (k = 4)"));
  EXPECT_THAT(outcome.told, HasSubstr("the covariances of pairs differ"));  // its covariance is rounding
}

// A chi^2 far beyond what a tail in double precision holds still tells two theories apart.
TEST(NotCompared, HopelessTheoriesAreToldApart) {
  const json found = json::parse(
      run({"curve", "--at", "100", "--check", "--check-at", "100,200", "--chains", "1024", "--draws",
           "400000", "--u", "5", "--seed", "1", "--backend", "cpu", "--format", "json"})
          .out);
  const json& agreement = found["check"]["agreement"];
  const double gp = agreement["gp"]["chi_squared"];
  const double wilson = agreement["wilson"]["chi_squared"];
  EXPECT_GT(wilson, 0.0);
  EXPECT_GT(gp, 2 * 1444.0);
  EXPECT_GT(gp, wilson);
  EXPECT_EQ(agreement["exact"]["points_compared"], 2);
}

}  // namespace
}  // namespace ridgeflow::test
