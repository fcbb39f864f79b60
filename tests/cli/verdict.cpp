// What the reports say in words: the verdict before the tables, how far theories are from exact, advice that
// applies.
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "support/csv.hpp"

namespace ridgeflow::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The line of \p text that begins with \p begin.
std::string line_of(const std::string& text, const std::string& begin) {
  const std::size_t at = text.rfind("\n" + begin, text.find("\n\n")) + 1;
  return at == 0 ? "" : text.substr(at, text.find('\n', at) - at);
}

std::vector<std::string> standard(const std::vector<std::string>& more) {
  return with_defaults(
      {"compare"},
      {{"--samples", "30"}, {"--u", "0.5"}, {"--chains", "64"}, {"--seed", "11"}, {"--backend", "cpu"}},
      more);
}

/// Largest |exact/wilson - 1| of a column of a per-mode CSV, and its mode.
std::pair<double, int> farthest(const Table& table, const std::string& quantity) {
  std::pair<double, int> found{0.0, 0};
  for (std::size_t i = 0; i < table.rows(); ++i) {
    const double off =
        std::abs(table.column("exact_" + quantity)[i] / table.column("wilson_" + quantity)[i] - 1.0);
    if (off > found.first) {
      found = {off, static_cast<int>(table.column("k")[i])};
    }
  }
  return found;
}

TEST(Verdict, StandsInThreeLinesBeforeTheTables) {
  const Outcome outcome = run(standard({"--draws", "64000"}));
  ASSERT_EQ(outcome.status, 0) << outcome.told;
  const std::string head = outcome.out.substr(0, outcome.out.find("Mean <d_k>"));
  EXPECT_THAT(line_of(head, "Samples: "), HasSubstr("agree with exact: p = "));
  EXPECT_THAT(line_of(head, "RG: "), HasSubstr("% in variances (k = "));
  EXPECT_THAT(line_of(head, "Chains: "), HasSubstr("R-hat at most 1.0"));
}

TEST(Verdict, SaysWhatIsWrong) {
  const Outcome outcome =
      run(standard({"--draws", "640000", "--integrator", "euler", "--step", "0.005", "--every", "8"}));
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("\nSamples: DO NOT agree with exact: the "), Not(HasSubstr("Samples: agree"))));
  const Outcome unknown = run(standard({"--draws", "6400", "--theory", "wilson"}));
  EXPECT_THAT(unknown.out, HasSubstr("\nSamples: not held against exact, which was not asked for"));
}

// It is the theories' own: more draws or other noise do not move it.
TEST(Verdict, DistanceFromExactHasNoNoise) {
  const TemporaryFolder folder;
  const std::string few = run(standard({"--draws", "6400"})).out;
  const std::string many =
      run(standard({"--draws", "640000", "--seed", "12", "--out", folder / "x.csv"})).out;
  EXPECT_EQ(line_of(few, "RG: "), line_of(many, "RG: "));
  const Table table = read_table(folder / "x.csv");
  const auto [mean, mean_mode] = farthest(table, "mean");
  const auto [variance, variance_mode] = farthest(table, "var");
  EXPECT_THAT(many, HasSubstr(fmt::format(
                        "RG: off by up to {:.3g} % in means (k = {}), {:.3g} % in variances (k = {})",
                        100 * mean, mean_mode, 100 * variance, variance_mode)));
  const nlohmann::json found = run_json(standard({"--draws", "6400"}));
  EXPECT_NEAR(found["largest_deviation_of_exact"]["wilson"]["variance"].get<double>(), variance, 1e-12);
  EXPECT_FALSE(found["largest_deviation_of_exact"].contains("exact"));
}

// Without exact the samples give a lower bound, which more draws bring up to the truth and not beyond.
TEST(Verdict, WithoutExactItIsALowerBound) {
  const nlohmann::json truth = run_json({"predict", "--samples", "30", "--u", "5"});
  const double variance = truth["largest_deviation_of_exact"]["wilson"]["variance"];
  const auto bound = [](const char* draws) {
    const nlohmann::json found =
        run_json({"compare", "--samples", "30", "--u", "5", "--chains", "64", "--seed", "11", "--backend",
                  "cpu", "--theory", "wilson", "--draws", draws});
    return found["comparison"]["wilson"]["variance"]["off_at_least"].get<double>();
  };
  EXPECT_LT(bound("64000"), variance);
  EXPECT_LT(bound("3200000"), variance);
  EXPECT_GT(bound("3200000"), 0.7 * variance);
  EXPECT_THAT(unwrapped(run({"compare", "--samples", "30", "--u", "5", "--chains", "64", "--seed", "11",
                             "--backend", "cpu", "--theory", "wilson", "--draws", "640000"})
                            .out),
              AllOf(HasSubstr("RG: off by at least "), HasSubstr("corrected for the choice of the mode")));
}

// A recursion of small steps may lead far: what counts is the distance.
TEST(Verdict, PredictionsSayHowFarTheRenormalizationGroupIs) {
  const TemporaryFolder folder;
  const std::vector<std::string> words{"predict", "--samples", "50", "--u", "20"};
  const Outcome outcome = run(words);
  EXPECT_THAT(outcome.out, Not(HasSubstr("realm")));
  std::vector<std::string> to_file = words;
  to_file.insert(to_file.end(), {"--out", folder / "x.csv"});
  run(to_file);
  const auto [mean, mean_mode] = farthest(read_table(folder / "x.csv"), "mean");
  EXPECT_GT(mean, 0.2);
  EXPECT_THAT(unwrapped(outcome.out),
              HasSubstr(fmt::format("RG (wilson) is off by up to {:.3g} % in means (k = {})", 100 * mean,
                                    mean_mode)));
  for (const std::vector<std::string>& other :
       {std::vector<std::string>{"flow", "--samples", "50", "--u", "20"},
        std::vector<std::string>{"transfer", "--samples", "50", "--u", "20", "--to", "40"}}) {
    EXPECT_THAT(run(other).out, Not(HasSubstr("realm"))) << other.front();
  }
  EXPECT_THAT(unwrapped(run({"flow", "--samples", "50", "--u", "20"}).out),
              HasSubstr(fmt::format("RG (wilson) is off exact by up to {:.3g} % in means (k = {})",
                                    100 * mean, mean_mode)));
}

TEST(Verdict, PredictionsWithoutExactDoNotGuess) {
  EXPECT_THAT(run({"predict", "--samples", "20", "--theory", "wilson"}).out, Not(HasSubstr("off by")));
}

// Short chains in plenty are worth enough, and draws that are kept need not be kept.
TEST(Advice, IsGivenWhereItApplies) {
  const TemporaryFolder folder;
  const Outcome outcome = run(standard({"--integrator", "perfect", "--chains", "1024", "--draws", "40960",
                                        "--keep", "20", "--out", folder / "x.nc"}));
  ASSERT_EQ(outcome.status, 0) << outcome.told;
  EXPECT_THAT(unwrapped(outcome.out), AllOf(Not(HasSubstr("per chain at mode")), Not(HasSubstr("keep draws")),
                                            Not(HasSubstr("at most 1 (")), Not(HasSubstr("1 threads"))));
  const Outcome few = run(standard({"--draws", "256"}));
  EXPECT_THAT(unwrapped(few.out), HasSubstr("of all chains at mode"));  // the advice that does apply
}

TEST(SweepVerdict, SaysWhereTheRenormalizationGroupIsOff) {
  const Outcome outcome = run({"compare", "--samples", "20", "--u", "0.01,0.1,20", "--chains", "64",
                               "--draws", "64000", "--seed", "3", "--backend", "cpu"});
  ASSERT_EQ(outcome.status, 0) << outcome.told;
  const std::string head = unwrapped(outcome.out.substr(0, outcome.out.find("Training loss")));
  EXPECT_THAT(head, AllOf(HasSubstr("Samples: the 3 systems agree with exact"), HasSubstr("(u = 0.01) ... "),
                          HasSubstr("(u = 20); by less than 1 % at 1 of 3 systems, less than 10 % at 2")));
  EXPECT_THAT(outcome.out, HasSubstr("RG (wilson) against exact"));
}

TEST(SweepVerdict, ShowsTheTheoriesThatWereAskedFor) {
  const std::string out = run({"predict", "--samples", "10,20", "--theory", "gp,completed"}).out;
  EXPECT_THAT(out, AllOf(HasSubstr("completed"), HasSubstr("gp"), Not(HasSubstr("hartree")),
                         Not(HasSubstr("exact")), Not(HasSubstr("RG"))));
}

TEST(SweepVerdict, NamesTheSystemThatDisagrees) {
  const Outcome outcome =
      run({"compare", "--samples", "10", "--integrator", "euler", "--step", "0.02,0.01", "--draws", "640000",
           "--every", "8", "--chains", "1024", "--seed", "3", "--backend", "cpu", "--u", "0"});
  EXPECT_THAT(unwrapped(outcome.out),
              HasSubstr("Samples: the 2 systems DO NOT agree with exact: at step = 0.02 the "));
  EXPECT_THAT(outcome.out, HasSubstr("< 1e-300"));  // not 0: what underflows is a bound
}

}  // namespace
}  // namespace ridgeflow::test
