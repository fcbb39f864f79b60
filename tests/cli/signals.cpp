// A run that a signal stops keeps what it has, says so, and tells its exit status; a second signal ends it.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/running.hpp"

namespace ridgeflow {
namespace {

using nlohmann::json;
using test::Outcome;
using test::Running;

/// The line that is said just before the sampling begins.
constexpr const char* kBegins = "from the system";
/// Time to come past burn-in.
constexpr double kAWhile = 0.7;

/// Words of a run that takes hours, with \p more.
std::vector<std::string> long_run(std::vector<std::string> verb, const std::vector<std::string>& more = {}) {
  verb.insert(verb.end(), {"--kappa", "4", "--u", "0.3", "--draws", "1e13", "--chains", "64", "--backend",
                           "cpu", "--threads", "1"});
  verb.insert(verb.end(), more.begin(), more.end());
  return test::program_words(verb);
}

/// Of a run that SIGTERM ended with no result, which it \p said; it was to write into \p folder.
void expect_nothing_left(const Outcome& outcome, const test::TemporaryFolder& folder,
                         const std::string& said) {
  EXPECT_EQ(outcome.status, 143) << outcome.err;
  EXPECT_NE(outcome.told.find(said), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(folder.count(), 0);
}

void expect_partial(const json& run) {
  EXPECT_EQ(run.at("partial"), true);
  EXPECT_GT(run.at("draws_per_chain_done"), 0);
  EXPECT_LT(run.at("draws_per_chain_done"), run.at("draws_per_chain"));
}

TEST(Signals, StopARunAndKeepWhatItHas) {
  for (const auto& [signal, name] : {std::pair(SIGINT, "SIGINT"), {SIGTERM, "SIGTERM"}, {SIGHUP, "SIGHUP"}}) {
    SCOPED_TRACE(name);
    const test::TemporaryFolder folder;
    Running program(long_run({"compare", "--samples", "12"}, {"--out", folder / "part.json", "--require"}));
    program.wait_until_said(kBegins, kAWhile);
    program.send(signal);
    const Outcome& outcome = program.outcome();
    EXPECT_EQ(outcome.status, 128 + signal) << outcome.err;
    EXPECT_FALSE(program.was_killed());
    EXPECT_NE(outcome.told.find(std::string(name) + ": stopped after "), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.out.find("Partial: stopped after "), std::string::npos) << outcome.out;
    EXPECT_EQ(folder.count(), 1);
    const json part = json::parse(test::read_text(folder / "part.json"));
    expect_partial(part.at("run"));
    EXPECT_EQ(part.at("measured").at("draws"),
              64 * part.at("run").at("draws_per_chain_done").get<std::uint64_t>());
    EXPECT_EQ(part.at("measured").at("mean").size(), 12U);
    EXPECT_TRUE(part.at("measured").at("mcse_variance").at(11).is_number());
    EXPECT_NE(part.at("run_file").get<std::string>().find("draws = 10000000000000"), std::string::npos)
        << "the run file is the one that was asked for";
  }
}

TEST(Signals, APartialTableSaysSoInItsColumns) {
  Running program(long_run({"compare", "--samples", "12"}, {"--format", "csv"}));
  program.wait_until_said(kBegins, kAWhile);
  program.send(SIGINT);
  const Outcome& outcome = program.outcome();
  EXPECT_EQ(outcome.status, 130) << outcome.err;
  const std::string header = outcome.out.substr(0, outcome.out.find('\n'));
  EXPECT_NE(header.find(",draws_per_chain_done,draws_per_chain"), std::string::npos) << header;
  const Outcome whole = test::run(test::small_compare({"--format", "csv"}));
  EXPECT_EQ(whole.out.find("draws_per_chain"), std::string::npos);
}

// What the theories say is known before the sampling: one that fails costs no samples, and a stop does not
// wait for any.
TEST(Signals, TheoriesSpeakBeforeTheSampling) {
  const test::TemporaryFolder folder;
  Running program(long_run({"compare", "--samples", "100000", "--w", "0.01"}, {"--out", folder / "part.nc"}));
  program.wait_until_said(kBegins, 0);
  program.send(SIGTERM);  // exact alone takes longer than the signal
  expect_nothing_left(program.outcome(), folder, "SIGTERM: ended at once; no part of a result is kept");
}

TEST(Signals, ARunStoppedBeforeTwoOfItsBatchesIsNotBlamedForThem) {
  Running program(long_run({"compare", "--samples", "12"}));
  program.wait_until_said(kBegins, kAWhile);
  program.send(SIGINT);
  const std::string told = test::unwrapped(program.outcome().out);
  EXPECT_NE(told.find("median tau_int not known (stopped before two of its batches of "), std::string::npos)
      << told;
  EXPECT_EQ(told.find("tau_int is not known"), std::string::npos) << told;
}

TEST(Signals, DuringBurnInLeaveNothing) {
  const test::TemporaryFolder folder;
  Running program(
      long_run({"compare", "--samples", "12"}, {"--burn-in", "1e12", "--out", folder / "part.nc"}));
  program.wait_until_said(kBegins, kAWhile);
  program.send(SIGTERM);
  expect_nothing_left(program.outcome(), folder, "stopped before its first draws; nothing is written");
}

TEST(Signals, ASecondOneEndsTheRun) {
  const test::TemporaryFolder folder;
  Running program(long_run({"compare", "--samples", "12"}, {"--out", folder / "part.nc"}));
  program.wait_until_said(kBegins, kAWhile);
  program.send(SIGINT);
  program.send(SIGTERM);
  EXPECT_EQ(program.outcome().status, 143);
  EXPECT_TRUE(program.was_killed());
  EXPECT_EQ(program.outcome().out, "");
  EXPECT_EQ(folder.count(), 0);
}

// As under nohup, and as a shell starts what it runs in the background.
TEST(Signals, WhatTheParentIgnoredStaysIgnored) {
  std::vector<std::string> words = long_run({"compare", "--samples", "12"}, {"--format", "json"});
  words.insert(words.begin(), {"/bin/sh", "-c", "trap '' HUP INT; exec \"$@\"", "sh"});
  Running program(std::move(words));
  program.wait_until_said(kBegins, kAWhile);
  program.send(SIGHUP);
  program.send(SIGINT);
  program.wait_until_said(kBegins, kAWhile);
  ASSERT_TRUE(program.runs());
  program.send(SIGTERM);
  EXPECT_EQ(program.outcome().status, 143);
  expect_partial(json::parse(program.outcome().out).at("run"));
}

TEST(Signals, ASweepKeepsTheSystemsThatHaveDraws) {
  for (const char* format : {"json", "csv", "table"}) {
    const test::TemporaryFolder folder;
    // Seeds are runs one after the other: the second has none yet.
    Running program(long_run({"compare", "--samples", "12"},
                             {"--seed", "1,2", "--out", folder / "part.nc", "--format", format}));
    program.wait_until_said("a sweep over", 2 * kAWhile);
    program.send(SIGINT);
    const Outcome& outcome = program.outcome();
    EXPECT_EQ(outcome.status, 130) << outcome.err;
    EXPECT_NE(outcome.told.find("of 2 systems 0 are whole, 1 have a part of their draws and 1 none"),
              std::string::npos)
        << outcome.err;
    EXPECT_EQ(folder.count(), 1);
    if (std::string(format) == "json") {
      const json part = json::parse(outcome.out);
      expect_partial(part.at("systems").at(0).at("run"));
      EXPECT_EQ(part.at("systems").at(1).at("run").at("draws_per_chain_done"), 0);
      EXPECT_TRUE(part.at("systems").at(1).at("measured").at("mean").at(0).is_null());
    }
  }
}

TEST(Signals, ChecksSayThatTheyArePartial) {
  const std::vector<std::pair<std::vector<std::string>, const char*>> verbs{
      {{"transfer", "--samples", "12", "--to", "6", "--check"}, "/check"},
      {{"curve", "--check", "--check-at", "10,12"}, "/check"},
      {{"flow", "--samples", "12", "--check"}, "/second_cutoff/sampled"},
      {{"relevance", "--samples", "12", "--to", "6", "--check"}, "/check"}};
  for (const auto& [verb, place] : verbs) {
    SCOPED_TRACE(verb.front());
    const test::TemporaryFolder folder;
    Running program(long_run(verb, {"--out", folder / "part.json"}));
    program.wait_until_said(kBegins, kAWhile);
    program.send(SIGINT);
    const Outcome& outcome = program.outcome();
    EXPECT_EQ(outcome.status, 130) << outcome.err;
    EXPECT_NE(test::unwrapped(outcome.out).find("stopped after "), std::string::npos) << outcome.out;
    const json part = json::parse(test::read_text(folder / "part.json"));
    ASSERT_TRUE(part.contains(json::json_pointer(place))) << part.dump(1).substr(0, 2000);
    EXPECT_NE(part.at(json::json_pointer(place)).dump().find("\"partial\":true"), std::string::npos);

    Running burning(long_run(verb, {"--out", folder / "none.json", "--burn-in", "1e12"}));
    burning.wait_until_said(kBegins, kAWhile);
    burning.send(SIGINT);
    EXPECT_EQ(burning.outcome().status, 130);
    EXPECT_NE(burning.outcome().told.find("nothing is written"), std::string::npos) << burning.outcome().err;
    EXPECT_EQ(folder.count(), 1);
  }
}

TEST(Signals, StudiesThatAreWorthNothingUnfinishedLeaveNothing) {
  const test::TemporaryFolder folder;
  Running bias(test::program_words({"bias", "--samples", "12", "--chains", "64", "--threads", "1",
                                    "--backend", "cpu", "--seconds", "60", "--out", folder / "bias.json"}));
  bias.wait_until_said(kBegins, 3 * kAWhile);
  bias.send(SIGINT);
  EXPECT_EQ(bias.outcome().status, 130);
  EXPECT_TRUE(bias.outcome().told.find("nothing is written") != std::string::npos ||
              bias.outcome().told.find("no part of a result is kept") != std::string::npos)
      << bias.outcome().err;
  Running profile(
      test::program_words({"profile", "--samples", "12", "--chains", "64", "--threads", "1", "--backend",
                           "cpu", "--seconds", "60", "--out", folder / "profile.json"}));
  std::this_thread::sleep_for(std::chrono::duration<double>(kAWhile));
  profile.send(SIGTERM);
  EXPECT_EQ(profile.outcome().status, 143);
  EXPECT_NE(profile.outcome().told.find("SIGTERM: ended at once; no part of a result is kept"),
            std::string::npos)
      << profile.outcome().err;
  EXPECT_EQ(folder.count(), 0);
}

// It is passed on to Python, which is drawing then, or still looking at its libraries.
TEST(Signals, LeaveNoPartOfAPicture) {
  const test::TemporaryFolder folder;
  const Outcome made = test::run(test::small_compare({"--out", folder / "made.nc"}));
  ASSERT_EQ(made.status, 0) << made.err;
  for (const auto& [signal, name] : {std::pair(SIGINT, "SIGINT"), {SIGTERM, "SIGTERM"}}) {
    for (const double seconds : {0.1, 0.6, 1.2}) {
      Running program(test::program_words({"plot", folder / "made.nc"}));
      std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
      program.send(signal);
      const Outcome& outcome = program.outcome();
      if (outcome.status == 0) {  // done by then: whole
        EXPECT_EQ(folder.count(), 4);
        for (const char* extension : {"png", "svg", "pdf"}) {
          std::filesystem::remove(folder / (std::string("made.") + extension));
        }
        continue;
      }
      if (outcome.status == 2) {
        GTEST_SKIP() << outcome.err;  // no libraries
      }
      EXPECT_EQ(outcome.status, 128 + signal) << outcome.err;
      EXPECT_NE(outcome.told.find(std::string(name) + ": "), std::string::npos) << outcome.err;
      EXPECT_EQ(outcome.err.find("Traceback"), std::string::npos) << outcome.err;
      EXPECT_EQ(folder.count(), 1);
    }
  }
}

/// A pipe that nobody reads.
class ClosedPipe {
 public:
  ClosedPipe() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe(ends), 0);
    ::close(ends[0]);
    end_ = ends[1];
  }
  ClosedPipe(const ClosedPipe&) = delete;
  ClosedPipe& operator=(const ClosedPipe&) = delete;
  ClosedPipe(ClosedPipe&&) = delete;
  ClosedPipe& operator=(ClosedPipe&&) = delete;
  ~ClosedPipe() { ::close(end_); }
  int end() const { return end_; }

 private:
  int end_ = -1;
};

TEST(Signals, AReaderThatIsGoneEndsNothing) {
  const ClosedPipe pipe;
  const test::TemporaryFolder folder;
  for (const char* verb : {"predict", "compare", "flow"}) {
    const std::string path = folder / (std::string(verb) + ".json");
    std::vector<std::string> words{verb, "--samples", "40", "--out", path};
    if (std::string(verb) == "compare") {
      words = test::small_compare({"--out", path});
    }
    Running program(test::program_words(words), pipe.end());
    EXPECT_EQ(program.outcome().status, 0) << verb << ": " << program.outcome().err;
    EXPECT_EQ(program.outcome().told.find("standard output"), std::string::npos);
    EXPECT_TRUE(json::accept(test::read_text(path))) << verb;
  }
  Running help(test::program_words({"--help"}), pipe.end());
  EXPECT_EQ(help.outcome().status, 0);
}

TEST(Signals, AnErrorStreamThatIsGoneEndsNothing) {
  const ClosedPipe pipe;
  Running program(test::program_words({"compare", "--samples", "40", "--draws", "5e7", "--chains", "64",
                                       "--seed", "1", "--backend", "cpu", "--format", "json"}),
                  -1, pipe.end());
  EXPECT_EQ(program.outcome().status, 0);
  EXPECT_EQ(json::parse(program.outcome().out).at("run").at("partial"), false);
}

}  // namespace
}  // namespace ridgeflow
