// A mean far above its spread needs double precision: the run takes it by itself, or says what single does.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"

namespace ridgeflow::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Means of up to 1e6 standard deviations, as of kernels that are positive only to rounding.
Outcome compare_far_means(const TemporaryFolder& folder, const std::vector<std::string>& more) {
  std::vector<std::string> words{
      "compare",   "--spectrum", folder.write("s.csv", "a,y\n1,0.9\n3,0.6\n1e14,0.8765\n3e9,0.7\n"),
      "--samples", "40",         "--chains",
      "64",        "--draws",    "64000",
      "--seed",    "3",          "--backend",
      "cpu"};
  words.insert(words.end(), more.begin(), more.end());
  return run(words);
}

TEST(Precision, DoubleIsTakenWhereMeansNeedItAndSaidSo) {
  const TemporaryFolder folder;
  const Outcome outcome = compare_far_means(folder, {"--require"});
  EXPECT_EQ(outcome.status, 0) << outcome.told;
  EXPECT_THAT(outcome.told, HasSubstr("double precision is taken, because single rounds the mean of mode 3"));
  EXPECT_THAT(unwrapped(outcome.out),
              HasSubstr("double precision is taken, because single rounds the mean of mode 3"));
  EXPECT_EQ(compare_far_means(folder, {"--format", "csv"}).out,
            compare_far_means(folder, {"--format", "csv", "--precision", "double"}).out);
}

TEST(Precision, SingleIsKeptWhereItIsAskedForAndNamedWhereItFails) {
  const TemporaryFolder folder;
  const Outcome outcome = compare_far_means(folder, {"--precision", "single", "--require"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.told, HasSubstr("single precision rounds the mean of mode 3"));
  const nlohmann::json found =
      nlohmann::json::parse(compare_far_means(folder, {"--precision", "single", "--format", "json"}).out);
  ASSERT_FALSE(found["agrees_with_exact"]);
  EXPECT_THAT(found["problems"].back().get<std::string>(),
              AllOf(HasSubstr("the mean of mode 3"), HasSubstr("--precision double")));
}

TEST(Precision, ADryRunSaysWhichAndWhy) {
  const TemporaryFolder folder;
  EXPECT_THAT(unwrapped(compare_far_means(folder, {"--dry-run"}).out),
              HasSubstr("precision: double (single rounds the mean of mode 3"));
  EXPECT_THAT(unwrapped(compare_far_means(folder, {"--dry-run", "--precision", "single"}).out),
              HasSubstr("precision: single (it is asked for)"));
  EXPECT_THAT(unwrapped(compare_far_means(folder, {"--dry-run", "--modes", "2,3"}).out),
              AllOf(HasSubstr("precision: single of 1 system (rounding moves no mean by more than 0.25 of"),
                    HasSubstr(", double of 1 system (single rounds the mean of mode 3")));
  for (const std::vector<std::string>& verb :
       std::vector<std::vector<std::string>>{{"compare", "--samples", "20"},
                                             {"transfer", "--samples", "20", "--to", "10", "--check"},
                                             {"flow", "--samples", "20", "--check"},
                                             {"relevance", "--samples", "20", "--check"},
                                             {"curve", "--check", "--check-at", "10"},
                                             {"profile"},
                                             {"bias", "--samples", "20"}}) {
    std::vector<std::string> words = verb;
    words.insert(words.end(), {"--dry-run", "--backend", "cpu"});
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(unwrapped(outcome.out), HasSubstr("precision: single (rounding moves no mean"))
        << verb.front();
  }
  // Where one system needs double all take it, for that system's reason.
  const std::string far = folder.write("far.csv", "a,y\n1,0.9\n3,0.6\n1e14,0.8765\n");
  EXPECT_THAT(
      unwrapped(run({"transfer", "--spectrum", far, "--sort", "--to", "2", "--check", "--dry-run"}).out),
      HasSubstr("precision: double (single rounds the mean of mode 3"));
}

TEST(Precision, OrdinaryMeansStaySingle) {
  const Outcome outcome = run(small_compare({"--format", "json"}));
  const nlohmann::json found = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(found["run"]["precision"], "single");
  EXPECT_THAT(found["run_file"].get<std::string>(), HasSubstr("precision = \"single\""));
  EXPECT_THAT(outcome.err, Not(HasSubstr("precision")));
}

// Draws decide as well as the spectrum: each system of a sweep takes what it needs.
TEST(Precision, EachSystemOfASweepTakesItsOwn) {
  const TemporaryFolder folder;
  const std::string spectrum = folder.write("s.csv", "a,y\n1,0.9\n3,0.6\n1e6,1\n3e3,0.7\n");
  const nlohmann::json found =
      run_json({"compare", "--spectrum", spectrum, "--samples", "40", "--chains", "64", "--draws",
                "6400,64000000", "--integrator", "perfect", "--seed", "3", "--backend", "cpu"});
  EXPECT_EQ(found["systems"][0]["run"]["precision"], "single");
  EXPECT_EQ(found["systems"][1]["run"]["precision"], "double");
}

// Systems that are held against each other take one precision.
TEST(Precision, StudiesOfSeveralSystemsTakeDoubleForAllWhereOneNeedsIt) {
  const TemporaryFolder folder;
  const std::string spectrum = folder.write("s.csv", "a,y\n1,0.9\n3,0.6\n1e3,0.7\n1e12,1\n");
  const Outcome outcome =
      run({"transfer", "--spectrum", spectrum, "--samples", "4", "--to", "3", "--check", "--chains", "64",
           "--draws", "6400", "--seed", "3", "--backend", "cpu", "--format", "json"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.told, HasSubstr("double precision is taken, because single rounds the mean of mode 4"));
  const nlohmann::json found = nlohmann::json::parse(outcome.out);
  for (const nlohmann::json& system : found["check"]["systems"]) {
    EXPECT_EQ(system["run"]["precision"], "double") << system["role"];
  }
}

TEST(Precision, StudiesOfTimeTakeThatOfTheRunsTheySpeakOf) {
  const TemporaryFolder folder;
  const std::string spectrum = folder.write("s.csv", "a,y\n1,0.9\n3,1e6\n");
  for (const std::vector<std::string>& verb :
       {std::vector<std::string>{"profile", "--chain-counts", "64", "--integrator", "adjusted"},
        std::vector<std::string>{"bias", "--integrator", "perfect"}}) {
    std::vector<std::string> words = verb;
    words.insert(words.end(), {"--spectrum", spectrum, "--samples", "4", "--u", "0", "--chains", "64",
                               "--seconds", "0.01", "--backend", "cpu", "--format", "json"});
    const Outcome outcome = run(words);
    EXPECT_THAT(outcome.told, HasSubstr("double precision is taken")) << verb.front();
    EXPECT_THAT(outcome.out, HasSubstr("\"precision\": \"double\"")) << verb.front();
  }
}

}  // namespace
}  // namespace ridgeflow::test
