// Where the system starts no threads or gives no memory, the program says so; OpenMP's own end, with the
// status of a failed comparison, is never reached.
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "cli/program.hpp"

namespace ridgeflow {
namespace {

using test::Outcome;

/// `ridgeflow` with \p arguments under \p settings of the environment.
Outcome run_with(const std::vector<std::string>& settings, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{"/usr/bin/env"};
  words.insert(words.end(), settings.begin(), settings.end());
  words.emplace_back(RIDGEFLOW_PROGRAM);
  words.insert(words.end(), arguments.begin(), arguments.end());
  return test::run_words(std::move(words));
}

/// Of `compare`, with \p more.
std::vector<std::string> csv_of(const std::vector<std::string>& more) {
  std::vector<std::string> words = test::small_compare({"--format", "csv"});
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST(Limits, ThreadsThatCannotBeStartedAreRefusedWithTheRemedy) {
  // more than any machine has
  const Outcome outcome = run_with({"OMP_STACKSIZE=200000G"}, csv_of({"--threads", "8"}));
  EXPECT_EQ(outcome.status, 4) << outcome.err;
  EXPECT_NE(outcome.told.find("8 threads were asked for, and the system starts 1"), std::string::npos)
      << outcome.err;
  EXPECT_NE(outcome.told.find("OMP_STACKSIZE is 200000G"), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.err.find("libgomp"), std::string::npos) << outcome.err;
}

TEST(Limits, ThreadsOfTheDefaultAreAsManyAsThereCanBe) {
  const Outcome alone = test::run(csv_of({"--threads", "1"}));
  const Outcome few = run_with({"OMP_STACKSIZE=200000G"}, csv_of({}));
  EXPECT_EQ(few.status, 0) << few.err;
  EXPECT_EQ(few.out, alone.out);
  const Outcome told = run_with({"OMP_NUM_THREADS=1"}, test::small_compare());
  EXPECT_NE(test::unwrapped(told.out).find("1 thread)"), std::string::npos) << told.out;
  const Outcome limited = run_with({"OMP_THREAD_LIMIT=1"}, test::small_compare());
  EXPECT_EQ(limited.status, 0) << limited.err;
  EXPECT_NE(test::unwrapped(limited.out).find("1 thread)"), std::string::npos) << limited.out;
}

TEST(Limits, ThreadsBeyondOpenMpsLimitAreRefused) {
  const Outcome outcome = run_with({"OMP_THREAD_LIMIT=2"}, csv_of({"--threads", "3"}));
  EXPECT_EQ(outcome.status, 4) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_NE(outcome.told.find("3 threads were asked for, and OMP_THREAD_LIMIT allows 2: raise it, or ask"),
            std::string::npos)
      << outcome.err;
  EXPECT_EQ(run_with({"OMP_THREAD_LIMIT=2"}, csv_of({"--threads", "2"})).status, 0);
}

/// Words that run \p words where their user may have no second thread: root becomes another user, since no
/// limit holds for root. Empty where that cannot be done here.
std::vector<std::string> without_more_processes(std::vector<std::string> words) {
  std::vector<std::string> before{"/usr/bin/env", "prlimit", "--nproc=1:1"};
  if (::geteuid() == 0) {
    before.insert(before.begin() + 1, {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
  }
  std::vector<std::string> trial = before;
  trial.insert(trial.end(), {words.front(), "--version"});
  if (test::run_words(std::move(trial)).status != 0) {
    return {};
  }
  before.insert(before.end(), words.begin(), words.end());
  return before;
}

TEST(Limits, OfProcessesAreRefusedWithTheRemedyOrKeptTo) {
  const std::vector<std::string> asked =
      without_more_processes(test::program_words(csv_of({"--threads", "4"})));
  if (asked.empty()) {
    GTEST_SKIP() << "no setpriv and prlimit here, or another user may not run " RIDGEFLOW_PROGRAM;
  }
  const Outcome refused = test::run_words(asked);
  EXPECT_EQ(refused.status, 4) << refused.err;
  EXPECT_NE(refused.told.find("4 threads were asked for, and the system starts 1 (Resource temporarily "
                              "unavailable): raise the limit on processes (ulimit -u,"),
            std::string::npos)
      << refused.err;
  const Outcome kept = test::run_words(without_more_processes(test::program_words(csv_of({}))));
  EXPECT_EQ(kept.status, 0) << kept.err;
  EXPECT_EQ(kept.out, test::run(csv_of({})).out);
}

TEST(Limits, AreSaid) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"info"}, test::small_compare({"--dry-run"})}) {
    const Outcome outcome = run_with({"OMP_NUM_THREADS=1"}, words);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_NE(test::unwrapped(outcome.out).find("system: 1 thread unless told (OMP_NUM_THREADS)"),
              std::string::npos)
        << outcome.out;
  }
}

TEST(Limits, OfAddressSpaceAreFoundAtTheDoor) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers take more address space than there would be";
#endif
  const Outcome outcome = test::run_words({"/bin/sh", "-c", "ulimit -v 2000000; exec \"$0\" \"$@\"",
                                           RIDGEFLOW_PROGRAM, "compare", "--samples", "1000", "--chains",
                                           "65536", "--draws", "1e9", "--backend", "cpu", "--seed", "1"});
  EXPECT_EQ(outcome.status, 2) << outcome.err;
  EXPECT_NE(outcome.told.find("the limit on address space (ulimit -v) allows 1.91 GiB"), std::string::npos)
      << outcome.err;
}

}  // namespace
}  // namespace ridgeflow
