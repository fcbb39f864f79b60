// A disk that is full, a quota, a device that fails, at every call that the program makes on the folder of
// its results: nothing is lost, left behind or printed wrongly (tests/faults/failing_calls.cpp makes the
// calls fail).
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <map>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "cli/program.hpp"

namespace ridgeflow::test {
namespace {

using testing::HasSubstr;

/// Names and contents of the files in \p folder.
std::map<std::string, std::string> contents(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files[entry.path().filename().string()] = read_text(entry.path().string());
  }
  return files;
}

/// \p table without the line that tells how long the sampling took.
std::string untimed(const std::string& table) {
  std::istringstream lines(unwrapped(table));
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    if (line.find(" mode updates in ") == std::string::npos) {
      kept += line + "\n";
    }
  }
  return kept;
}

using Environment = std::map<std::string, std::string>;

/// Runs the program with its calls on the files of one folder counted, or made to fail.
class Faults {
 public:
  explicit Faults(const std::string& folder) : folder_(std::filesystem::canonical(folder).string()) {}

  Outcome run(const std::vector<std::string>& arguments, const Environment& faults) const {
    std::filesystem::remove(this->log());
    std::vector<std::string> words{"/usr/bin/env", "LD_PRELOAD=" RIDGEFLOW_FAILING_CALLS,
                                   "FAULT_FOLDER=" + this->folder_, "FAULT_LOG=" + this->log()};
    for (const auto& [name, value] : faults) {
      words.push_back(fmt::format("{}={}", name, value));
    }
    words.emplace_back(RIDGEFLOW_PROGRAM);
    words.insert(words.end(), arguments.begin(), arguments.end());
    return run_words(words);
  }
  /// The calls of the last run.
  std::vector<std::string> calls() const {
    std::istringstream lines(read_text(this->log()));
    std::vector<std::string> names;
    for (std::string line; std::getline(lines, line);) {
      names.push_back(line);
    }
    if (!names.empty()) {
      names.erase(names.begin());  // "loaded"
    }
    return names;
  }
  /// Whether calls can be made to fail at all: not in a program of one piece, nor under a sanitizer.
  bool work() const {
    if (std::string(RIDGEFLOW_FAILING_CALLS).empty()) {
      return false;
    }
    return this->run({"--version"}, {}).status == 0 && std::filesystem::exists(this->log());
  }

 private:
  std::string log() const { return this->scratch_ / "log"; }

  std::string folder_;
  TemporaryFolder scratch_;
};

/// A run that writes files.
struct Writer {
  std::string name;
  std::vector<std::string> words;
  std::vector<std::string> outputs;  ///< alternately a flag and the name of the file
  bool replaces = false;             ///< files of these names are there, and --force is given
};

/// What a test's report calls it.
void PrintTo(const Writer& writer, std::ostream* out) {
  *out << writer.name;
}

const std::vector<std::string> kPredict{"predict", "--samples", "4", "--theory", "gp,exact"};
const std::vector<std::string> kCompare{"compare", "--samples", "4", "--chains",  "64", "--draws",
                                        "640",     "--seed",    "1", "--threads", "1"};

std::vector<std::string> with(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::vector<Writer> writers() {
  return {{"predict_nc", kPredict, {"--out", "x.nc"}},
          {"predict_nc_replaced", kPredict, {"--out", "x.nc"}, true},
          {"predict_csv", kPredict, {"--out", "x.csv"}},
          {"predict_csv_replaced", kPredict, {"--out", "x.csv"}, true},
          {"predict_json", kPredict, {"--out", "x.json"}, true},
          {"size_distribution", kPredict, {"--size-distribution", "R.csv", "--out", "x.nc"}},
          {"predict_sweep_nc", with(kPredict, {"--u", "0.1,0.2"}), {"--out", "x.nc"}, true},
          {"compare_nc", kCompare, {"--out", "x.nc"}},
          {"compare_csv", kCompare, {"--out", "x.csv"}},
          {"compare_json", kCompare, {"--out", "x.json"}, true},
          {"compare_sweep_nc", with(kCompare, {"--u", "0.1,0.2"}), {"--out", "x.nc"}},
          {"transfer_write",
           {"transfer", "--samples", "6", "--to", "4"},
           {"--write", "x.toml", "--out", "x.json"}},
          {"flow_json", {"flow", "--samples", "6"}, {"--out", "x.json"}, true}};
}

/// The ways that writing goes: netCDF and text, a file that is there and two files.
std::vector<Writer> some_writers() {
  std::vector<Writer> some = writers();
  std::erase_if(some, [](const Writer& writer) {
    return !std::set<std::string>{"predict_nc_replaced", "compare_csv", "transfer_write"}.contains(
        writer.name);
  });
  return some;
}

class WriteFaults : public testing::TestWithParam<Writer> {
 protected:
  void SetUp() override {
    if (!this->faults.work()) {
      GTEST_SKIP()
          << "this program cannot be preloaded (a sanitizer, or one piece): no call can be made to fail";
    }
    const TemporaryFolder elsewhere;
    std::vector<std::string> plain = this->GetParam().words;
    for (std::size_t i = 0; i < this->GetParam().outputs.size(); i += 2) {
      if (this->GetParam().outputs[i] != "--out") {  // which alone has no say in the table
        plain.push_back(this->GetParam().outputs[i]);
        plain.push_back(elsewhere / this->GetParam().outputs[i + 1]);
      }
    }
    this->table = untimed(run(plain).out);
    ASSERT_FALSE(this->table.empty());
    this->lay_out();
    const Outcome clean = this->faults.run(this->words(), {});
    ASSERT_EQ(clean.status, 0) << clean.told;
    EXPECT_EQ(untimed(clean.out), this->table);
    this->calls = this->faults.calls();
    this->finished = contents(this->folder.path());
    const auto probe = std::find(this->calls.rbegin(), this->calls.rend(), "unlink");
    ASSERT_NE(probe, this->calls.rend());  // the last that the door was tried with
    this->door = static_cast<int>(this->calls.rend() - probe);
  }
  std::vector<std::string> words() const {
    std::vector<std::string> words = this->GetParam().words;
    for (std::size_t i = 0; i < this->GetParam().outputs.size(); i += 2) {
      words.push_back(this->GetParam().outputs[i]);
      words.push_back(this->folder / this->GetParam().outputs[i + 1]);
    }
    if (this->GetParam().replaces) {
      words.emplace_back("--force");
    }
    return words;
  }
  /// The folder as a run finds it.
  void lay_out() const {
    for (const auto& [name, content] : contents(this->folder.path())) {
      std::filesystem::remove(this->folder / name);
    }
    this->folder.write("other", "somebody's");
    for (std::size_t i = 1; this->GetParam().replaces && i < this->GetParam().outputs.size(); i += 2) {
      this->folder.write(this->GetParam().outputs[i], "an earlier result");
    }
  }
  /// That a run ended well: its files are whole. Some have the time in them.
  void expect_done(const Outcome& outcome) const {
    EXPECT_EQ(outcome.status, 0) << outcome.told;
    EXPECT_EQ(untimed(outcome.out), this->table);
    const auto files = contents(this->folder.path());
    ASSERT_EQ(files.size(), this->finished.size());
    for (const auto& [name, content] : this->finished) {
      ASSERT_TRUE(files.contains(name)) << name;
      const std::string& ours = files.at(name);
      EXPECT_EQ(ours.substr(0, 8), content.substr(0, 8)) << name;
      EXPECT_NEAR(static_cast<double>(ours.size()), static_cast<double>(content.size()), 40) << name;
    }
  }
  /// That a run whose \p call failed lost, left and broke nothing. Of two files one may be there.
  void expect_refused(const Outcome& outcome, int call, int error) const {
    EXPECT_EQ(outcome.status, 4);
    EXPECT_THAT(outcome.told, HasSubstr(std::strerror(error)));  // NOLINT(concurrency-mt-unsafe)
    EXPECT_THAT(outcome.told, HasSubstr(this->folder.path()));
    if (call > this->door || !outcome.out.empty()) {
      EXPECT_EQ(untimed(outcome.out), this->table);
    }
    const auto files = contents(this->folder.path());
    const bool two = this->GetParam().outputs.size() > 2;
    int missing = 0;
    for (const auto& [name, content] : files) {
      EXPECT_TRUE(this->finished.contains(name)) << name << " is left behind";
      EXPECT_THAT(name, testing::Not(HasSubstr(".tmp")));
    }
    for (const auto& [name, content] : this->finished) {
      if (name == "other") {
        EXPECT_EQ(files.at(name), "somebody's");
      } else if (!this->GetParam().replaces) {
        missing += files.contains(name) ? 0 : 1;
      } else {
        EXPECT_EQ(files.at(name), "an earlier result") << name;
      }
    }
    EXPECT_TRUE(this->GetParam().replaces || missing >= (two && call > this->door ? 1 : 2 - (two ? 0 : 1)));
  }

  TemporaryFolder folder;
  Faults faults{folder.path()};
  std::string table;
  std::vector<std::string> calls;
  std::map<std::string, std::string> finished;
  int door = 0;  ///< calls before the work
};

class WriteFaultsOfOtherKinds : public WriteFaults {};

/// Calls whose failure may pass: they ask what is there, or hand on what not every file system knows; and
/// what is removed is tried again.
bool may_pass(const std::string& call) {
  return std::set<std::string>{"stat", "lstat", "fstat", "statx", "faccessat", "fchown", "unlink"}.contains(
      call);
}

TEST_P(WriteFaults, OfOneCallLoseAndLeaveNothing) {
  for (int call = 1; call <= static_cast<int>(this->calls.size()); ++call) {
    const std::string& name = this->calls[static_cast<std::size_t>(call - 1)];
    for (const int error : {ENOSPC, EIO, EDQUOT}) {
      SCOPED_TRACE(fmt::format("call {}, {}, fails with {}", call, name, error));
      this->lay_out();
      const Outcome outcome = this->faults.run(
          this->words(), {{"FAULT_AT", std::to_string(call)}, {"FAULT_ERROR", std::to_string(error)}});
      if (outcome.status == 0 && may_pass(name)) {
        this->expect_done(outcome);
      } else {
        this->expect_refused(outcome, call, error);
      }
    }
  }
}

// A disk stays full. What is left to do then is to tidy up.
TEST_P(WriteFaultsOfOtherKinds, ThatLastLoseAndLeaveNothing) {
  for (int call = 1; call <= static_cast<int>(this->calls.size()); ++call) {
    const std::string& name = this->calls[static_cast<std::size_t>(call - 1)];
    SCOPED_TRACE(fmt::format("from call {}, {}, on", call, name));
    this->lay_out();
    const Outcome outcome =
        this->faults.run(this->words(), {{"FAULT_AT", std::to_string(call)},
                                         {"FAULT_UNTIL", "1000"},
                                         {"FAULT_ERROR", std::to_string(name == "unlink" ? EDQUOT : EIO)}});
    this->expect_refused(outcome, call, name == "unlink" ? EDQUOT : EIO);
  }
}

TEST_P(WriteFaultsOfOtherKinds, ThatAreInterruptionsPass) {
  for (int call = 1; call <= static_cast<int>(this->calls.size()); ++call) {
    SCOPED_TRACE(fmt::format("call {}, {}", call, this->calls[static_cast<std::size_t>(call - 1)]));
    this->lay_out();
    this->expect_done(this->faults.run(
        this->words(), {{"FAULT_AT", std::to_string(call)}, {"FAULT_ERROR", std::to_string(EINTR)}}));
  }
}

// Half of what is to be written, each time: the rest follows.
TEST_P(WriteFaultsOfOtherKinds, ThatAreShortWritesPass) {
  this->lay_out();
  this->expect_done(
      this->faults.run(this->words(), {{"FAULT_AT", "1"}, {"FAULT_UNTIL", "100000"}, {"FAULT_ERROR", "0"}}));
  EXPECT_GT(this->faults.calls().size(), this->calls.size() + 5);
}

TEST_P(WriteFaultsOfOtherKinds, AtAnySizeLoseAndLeaveNothing) {
  std::size_t largest = 0;
  for (const auto& [name, content] : this->finished) {
    largest = std::max(largest, content.size());
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, largest / 3, largest / 2, largest - 60}) {
    for (const int error : {ENOSPC, EFBIG}) {
      SCOPED_TRACE(fmt::format("a disk of {} bytes, {}", size, error));
      this->lay_out();
      const Outcome outcome = this->faults.run(
          this->words(), {{"FAULT_SIZE", std::to_string(size)}, {"FAULT_ERROR", std::to_string(error)}});
      this->expect_refused(outcome, this->door + 1, error);
    }
  }
}

// As a network's file system may: the renaming is done, and reported as failed.
TEST_P(WriteFaultsOfOtherKinds, ThatAreNoneAreFoundOut) {
  const auto last = std::find(this->calls.rbegin(), this->calls.rend(), "renameat2");
  ASSERT_NE(last, this->calls.rend());
  for (const int error : {EINTR, EIO, ENOENT}) {
    this->lay_out();
    this->expect_done(
        this->faults.run(this->words(), {{"FAULT_AT", std::to_string(this->calls.rend() - last)},
                                         {"FAULT_ERROR", std::to_string(error)},
                                         {"FAULT_DONE", "1"}}));
  }
}

std::string name_of(const testing::TestParamInfo<Writer>& writer) {
  return writer.param.name;
}
INSTANTIATE_TEST_SUITE_P(Every, WriteFaults, testing::ValuesIn(writers()), name_of);
INSTANTIATE_TEST_SUITE_P(Every, WriteFaultsOfOtherKinds, testing::ValuesIn(some_writers()), name_of);

/// While it lives no file of this process and its children grows beyond \p bytes, by the system's own limit.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &this->before_);
    const rlimit limit{bytes, this->before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  FileSizeLimit(FileSizeLimit&&) = delete;
  FileSizeLimit& operator=(FileSizeLimit&&) = delete;
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &this->before_); }

 private:
  rlimit before_{};
};

// Limits above the size of the table, which goes to a file here, and below that of the result.
TEST(FileSize, BeyondTheLimitIsAWriteThatFails) {
  const TemporaryFolder folder;
  const std::string table = untimed(run(kCompare).out);
  for (const char* name : {"x.nc", "x.json"}) {
    ASSERT_EQ(run(with(kCompare, {"--out", folder / name})).status, 0);
    const std::size_t size = read_text(folder / name).size();
    std::filesystem::remove(folder / name);
    for (std::size_t limit = table.size() + 500; limit < size; limit += 1 + (size - table.size()) / 10) {
      Outcome outcome;
      {
        const FileSizeLimit limited(limit);
        outcome = run(with(kCompare, {"--out", folder / name}));
      }
      EXPECT_EQ(outcome.status, 4) << limit;
      EXPECT_EQ(untimed(outcome.out), table);
      EXPECT_THAT(outcome.told, HasSubstr(std::string(name) + ": File too large"));
      EXPECT_EQ(folder.count(), 0);
    }
  }
}

// Memory that ends while the file is made, which is made in it: bisected, so that it ends everywhere near.
TEST(Memory, ThatIsTooLittleForAFileLosesNoTable) {
  const TemporaryFolder folder;
  if (std::string(RIDGEFLOW_FAILING_CALLS).empty()) {
    GTEST_SKIP() << "a sanitizer takes more memory than there is";
  }
  const std::vector<std::string> predict{"predict", "--samples", "20000", "--theory", "gp"};
  const std::string table = run(predict).out;
  const auto limited = [&](std::size_t kibibytes) {
    std::vector<std::string> words{"/usr/bin/env", "OMP_NUM_THREADS=1", "prlimit",
                                   fmt::format("--as={}", kibibytes << 10), RIDGEFLOW_PROGRAM};
    words.insert(words.end(), predict.begin(), predict.end());
    words.insert(words.end(), {"--out", folder / "x.nc"});
    return run_words(words);
  };
  std::size_t too_little = 1 << 10;
  std::size_t enough = 4 << 20;
  int lost_files = 0;
  while (enough - too_little > 32) {
    const std::size_t middle = (too_little + enough) / 2;
    const Outcome outcome = limited(middle);
    EXPECT_LT(outcome.status, 128) << middle << " KiB: " << outcome.told;
    EXPECT_EQ(folder.count(), outcome.status == 0 ? 1 : 0);
    if (outcome.status == 0 || !outcome.out.empty()) {
      EXPECT_EQ(outcome.out, table);
    }
    lost_files += outcome.status == 4 && !outcome.out.empty() ? 1 : 0;
    (outcome.status == 0 ? enough : too_little) = middle;
    std::filesystem::remove(folder / "x.nc");
  }
  EXPECT_GT(lost_files, 0);  // the limits met the making of the file
}

TEST(FileLocks, AreNotNeeded) {
  const TemporaryFolder folder;
  const Faults faults(folder.path());
  if (!faults.work()) {
    GTEST_SKIP() << "this program cannot be preloaded";
  }
  const Outcome outcome = faults.run(with(kCompare, {"--out", folder / "x.nc"}), {{"FAULT_LOCKS", "1"}});
  EXPECT_EQ(outcome.status, 0) << outcome.told;
  EXPECT_EQ(folder.count(), 1);
}

}  // namespace
}  // namespace ridgeflow::test
