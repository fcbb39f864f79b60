// A run shared by MPI ranks is the run of one process, to the last digit.
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "cli/running.hpp"

namespace ridgeflow {
namespace {

using test::Outcome;

class Ranks : public testing::Test {
 protected:
  void SetUp() override {
    if (std::string(RIDGEFLOW_MPIEXEC).empty()) {
      GTEST_SKIP() << "built without MPI";
    }
    // Open MPI asks before it runs as root or with more ranks than cores
    ::setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
    ::setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
    ::setenv("OMPI_MCA_rmaps_base_oversubscribe", "1", 1);
    ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1);  // Open MPI keeps memory to its end, and that is not ours
  }

  static Outcome on_ranks(const std::string& ranks, const std::vector<std::string>& arguments) {
    std::vector<std::string> words{RIDGEFLOW_MPIEXEC, "-n", ranks, RIDGEFLOW_PROGRAM};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return test::run_words(std::move(words));
  }
};

const std::vector<std::string> kCompare{"compare",  "--samples", "40",     "--draws", "30000",
                                        "--chains", "200",       "--seed", "5",       "--backend",
                                        "cpu",      "--format",  "csv"};

TEST_F(Ranks, GiveTheNumbersOfOneProcess) {
  const Outcome alone = test::run(kCompare);
  ASSERT_EQ(alone.status, 0) << alone.told;
  for (const char* ranks : {"2", "3"}) {
    const Outcome shared = on_ranks(ranks, kCompare);
    ASSERT_EQ(shared.status, 0) << shared.told;
    EXPECT_EQ(shared.out, alone.out) << ranks << " ranks";
  }
}

TEST_F(Ranks, SampleTheSweepOfOneProcess) {
  std::vector<std::string> words = kCompare;
  words.insert(words.end(), {"--u", "0.1,0.4", "--kappa", "3,5"});
  const Outcome alone = test::run(words);
  ASSERT_EQ(alone.status, 0) << alone.told;
  const Outcome shared = on_ranks("3", words);
  ASSERT_EQ(shared.status, 0) << shared.told;
  EXPECT_EQ(shared.out, alone.out);
}

TEST_F(Ranks, ObserveWhatOneProcessObserves) {
  std::vector<std::string> words = kCompare;
  words.back() = "json";
  words.insert(words.end(), {"--cumulants", "--pairs", "1:2,3:40", "--observe-every", "3"});
  const auto observed = [](const Outcome& outcome) {
    return outcome.status != 0 ? outcome.told
                               : nlohmann::json::parse(outcome.out).at("beyond_two_moments").dump();
  };
  const std::string alone = observed(test::run(words));
  EXPECT_NE(alone.find("pair_covariance"), std::string::npos) << alone;
  for (const char* ranks : {"2", "3"}) {
    EXPECT_EQ(observed(on_ranks(ranks, words)), alone) << ranks << " ranks";
  }
}

TEST_F(Ranks, RefuseSharesTooSmallForErrors) {
  const Outcome shared = on_ranks("4", kCompare);  // 50 chains each
  EXPECT_EQ(shared.status, 2);
  EXPECT_NE(shared.told.find("fewer ranks"), std::string::npos) << shared.told;
}

// The signal reaches one of them; all stop at one pass, and the first writes what they have together.
TEST_F(Ranks, StopTogetherWhenOneIsAskedTo) {
  const test::TemporaryFolder folder;
  test::Running shared({RIDGEFLOW_MPIEXEC, "-n", "2", RIDGEFLOW_PROGRAM, "compare", "--samples", "12",
                        "--draws", "1e13", "--chains", "200", "--threads", "1", "--backend", "cpu", "--out",
                        folder / "part.json"});
  shared.wait_until_said("from the system", 1.5);
  const std::string launcher = std::to_string(shared.id());
  std::istringstream children(test::read_text("/proc/" + launcher + "/task/" + launcher + "/children"));
  std::vector<pid_t> ranks;
  for (pid_t each = 0; children >> each;) {
    ranks.push_back(each);
  }
  ASSERT_EQ(ranks.size(), 2U);
  ::kill(ranks.back(), SIGTERM);
  EXPECT_EQ(shared.outcome().status, 143) << shared.outcome().err;
  EXPECT_NE(shared.outcome().told.find("SIGTERM: stopped after"), std::string::npos) << shared.outcome().err;
  const auto part = nlohmann::json::parse(test::read_text(folder / "part.json"));
  EXPECT_EQ(part.at("run").at("partial"), true);
  EXPECT_EQ(part.at("measured").at("draws"),
            200 * part.at("run").at("draws_per_chain_done").get<std::uint64_t>());
}

TEST_F(Ranks, OnlyTheFirstSpeaks) {
  const Outcome shared = on_ranks("2", {"predict", "--samples", "5", "--format", "csv"});
  EXPECT_EQ(shared.out, test::run({"predict", "--samples", "5", "--format", "csv"}).out);
}

}  // namespace
}  // namespace ridgeflow
