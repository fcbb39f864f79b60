// Where the system starts no threads or gives no memory, the program says so; OpenMP's own end, with the
// status of a failed comparison, is never reached.
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

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
  const Outcome limited = run_with({"OMP_THREAD_LIMIT=1"}, test::small_compare({"--threads", "2"}));
  EXPECT_EQ(limited.status, 0) << limited.err;
  EXPECT_NE(test::unwrapped(limited.out).find("1 thread)"), std::string::npos) << limited.out;
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
