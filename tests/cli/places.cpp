// Where results go: never over what a run reads, never over what is there unless told so, through links and
// by any name.
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "cli/program.hpp"

namespace ridgeflow::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const char* const kSpectrum = "lambda,y\n1,1\n0.5,1\n0.1,1\n";

class Places : public testing::Test {
 protected:
  /// A run of \p words is refused with \p problem, and changes nothing in the folder.
  void refused(const std::vector<std::string>& words, const std::string& problem) const {
    const int before = this->folder.count();
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.status, 2) << outcome.told;
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.told, HasSubstr(problem));
    EXPECT_EQ(this->folder.count(), before);
  }

  TemporaryFolder folder;
};

TEST_F(Places, AnInputIsNoOutputByAnyName) {
  const std::string spectrum = this->folder.write("mine.csv", kSpectrum);
  fs::create_directory(this->folder / "inner");
  fs::create_symlink(this->folder.path(), this->folder / "inner/back");
  fs::create_symlink("mine.csv", this->folder / "soft.csv");
  fs::create_hard_link(spectrum, this->folder / "hard.csv");
  const std::string here = fs::relative(spectrum).string();
  for (const std::string& name : {spectrum, here, this->folder / "./mine.csv",
                                  this->folder / "inner/../mine.csv", this->folder / "inner/back/mine.csv",
                                  this->folder / "inner/back/soft.csv", this->folder / "hard.csv"}) {
    this->refused({"predict", "--spectrum", spectrum, "--samples", "3", "--force", "--out", name},
                  "this run reads that file, as its spectrum; name another file");
    this->refused({"predict", "--spectrum", this->folder / "soft.csv", "--samples", "3", "--force",
                   "--size-distribution", name},
                  "this run reads that file, as its spectrum");
  }
  EXPECT_EQ(read_text(spectrum), kSpectrum);
}

// Every verb that reads and writes; a spectrum named in a run file counts as one of a flag.
TEST_F(Places, AnInputIsNoOutputOfAnyVerb) {
  this->folder.write("mine.csv", kSpectrum);
  const std::string text = "[model]\nspectrum = \"mine.csv\"\nsamples = 3\n";
  const std::string run_file = this->folder.write("run.toml", text);
  for (const std::vector<std::string>& verb : std::vector<std::vector<std::string>>{
           {"compare"}, {"predict"}, {"flow"}, {"relevance"}, {"transfer", "--to", "2"}}) {
    std::vector<std::string> words = verb;
    words.insert(words.end(), {run_file, "--force", "--out", this->folder / "mine.csv"});
    this->refused(words, "as its spectrum");
  }
  this->refused({"transfer", run_file, "--to", "2", "--force", "--write", run_file}, "as its run file");
  EXPECT_EQ(read_text(run_file), text);
  EXPECT_EQ(read_text(this->folder / "mine.csv"), kSpectrum);
}

TEST_F(Places, AResultIsReplacedIfToldSo) {
  for (const char* name : {"x.nc", "x.csv", "x.json"}) {
    const std::string path = this->folder.write(name, "earlier");
    ::chmod(path.c_str(), 0640);
    const std::vector<std::string> words{"predict", "--samples", "3", "--out", path};
    this->refused(words, "it exists already; --force replaces it");
    EXPECT_EQ(read_text(path), "earlier");
    std::vector<std::string> forced = words;
    forced.emplace_back("--force");
    EXPECT_EQ(run(forced).status, 0);
    EXPECT_NE(read_text(path), "earlier");
    struct stat status = {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0640U);
  }
}

TEST_F(Places, ALinkIsFollowed) {
  fs::create_symlink("to_come.nc", this->folder / "x.nc");
  EXPECT_EQ(run({"predict", "--samples", "3", "--out", this->folder / "x.nc"}).status, 0);
  EXPECT_TRUE(fs::is_symlink(this->folder / "x.nc"));
  EXPECT_TRUE(read_text(this->folder / "to_come.nc").starts_with("\x89HDF"));
  EXPECT_EQ(this->folder.count(), 2);
  fs::create_symlink("none/x.nc", this->folder / "astray.nc");
  this->refused({"predict", "--samples", "3", "--out", this->folder / "astray.nc"}, "/none does not exist");
}

TEST_F(Places, WhatIsNoPlaceForAFileIsRefused) {
  fs::create_symlink("/dev/full", this->folder / "full.csv");
  fs::create_symlink("/dev/stdout", this->folder / "out.csv");
  fs::create_directory(this->folder / "folder.csv");
  ::mkfifo((this->folder / "pipe.csv").c_str(), 0600);
  const auto predict = [&](const std::string& name) {
    return std::vector<std::string>{"predict", "--samples", "3", "--force", "--out", name};
  };
  this->refused(predict(this->folder / "full.csv"), "it is not a regular file");
  this->refused(predict(this->folder / "pipe.csv"), "it is not a regular file");
  this->refused(predict(this->folder / "out.csv"), "standard output goes to that file already");
  this->refused(predict(this->folder / "folder.csv"), "it is a directory; name a file in it");
  this->refused(predict(this->folder / (std::string(300, 'x') + ".csv")), "File name too long");
  this->refused(predict("/dev/stdout"), "use .nc, .csv or .json");
}

TEST_F(Places, TwoOutputsAreTwoFiles) {
  fs::create_symlink("R.csv", this->folder / "link.csv");
  for (const char* name : {"R.csv", "./R.csv", "link.csv"}) {
    this->refused({"predict", "--samples", "3", "--out", this->folder / "R.csv", "--size-distribution",
                   this->folder / name},
                  "writes the same file; name another");
  }
}

// A stand-in for what builds the program, and one for Python that draws as the real one does: not over a
// picture that is there unless told so.
TEST_F(Places, QuickstartReplacesItsOwnResultAndNoOther) {
  fs::create_directory(this->folder / "examples");
  fs::create_directory(this->folder / "bin");
  fs::copy_file(RIDGEFLOW_QUICKSTART, this->folder / "quickstart");
  this->folder.write("examples/standard.toml",
                     "[model]\nsamples = 4\n[sampler]\nchains = 64\ndraws = 640\nseed = 1\n");
  const auto script = [&](const char* name, const std::string& text) {
    ::chmod(this->folder.write(name, "#!/bin/sh\n" + text).c_str(), 0755);
  };
  script("bin/cmake",
         "case $1 in\n--version) echo cmake version 3.25.1 ;;\n--preset) mkdir -p build/run\n"
         "ln -sf " RIDGEFLOW_PROGRAM " build/run/ridgeflow\necho '-- Configuring done' ;;\nesac\n");
  script("bin/python",
         "for word; do\n[ \"$word\" = --check-libraries ] && exit 0\n[ \"$word\" = --force ] && force=yes\n"
         "[ \"$last\" = --out ] && prefix=$word\nlast=$word\ndone\n"
         "[ -e $prefix.svg ] && [ -z \"$force\" ] && exit 2\necho drawn >> $prefix.svg\n");
  const auto quickstart = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"/usr/bin/env",
                                   "PATH=" + this->folder.path() + "/bin:/usr/bin:/bin",
                                   "RIDGEFLOW_PYTHON=" + this->folder.path() + "/bin/python",
                                   "bash",
                                   this->folder / "quickstart",
                                   "run",
                                   "--no-install"};
    words.insert(words.end(), more.begin(), more.end());
    return run_words(words);
  };
  const std::string result = this->folder / "ridgeflow-run/standard.nc";
  const Outcome first = quickstart({});
  ASSERT_EQ(first.status, 0) << first.out << first.told;
  const auto written = fs::last_write_time(result);
  const Outcome second = quickstart({});
  EXPECT_EQ(second.status, 0) << second.out << second.told;
  EXPECT_NE(fs::last_write_time(result), written);
  EXPECT_EQ(read_text(this->folder / "ridgeflow-run/standard.svg"), "drawn\ndrawn\n");

  const std::string other = this->folder.write("mine.nc", "mine");
  const Outcome third = quickstart({"--", "--out", other});
  EXPECT_EQ(third.status, 2);
  EXPECT_THAT(third.told, HasSubstr("it exists already; --force replaces it"));
  EXPECT_EQ(read_text(other), "mine");
  EXPECT_EQ(quickstart({"--", "--out", other, "--force"}).status, 0);
}

}  // namespace
}  // namespace ridgeflow::test
