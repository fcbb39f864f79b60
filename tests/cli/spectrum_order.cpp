// The order of the modes in a spectrum file: said where it is wrong, and mended on request.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/program.hpp"
#include "support/temporary.hpp"

namespace ridgeflow::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Every verb that reads a spectrum, with what a file of three modes or four leaves to say.
const std::vector<std::vector<std::string>> kVerbs{
    {"predict"},
    {"predict", "--modes", "2"},
    {"predict", "--u", "0.1,0.2"},
    {"transfer", "--to", "2"},
    {"flow"},
    {"relevance"},
    {"compare", "--draws", "640", "--chains", "64", "--seed", "1"}};

// The order of a spectrum changes what the renormalization group and --modes make of it: one warning,
// everywhere.
TEST(Spectrum, OutOfOrderIsWarnedOfOnce) {
  const TemporaryFolder folder;
  const std::string up = folder.write("up.csv", "lambda,y\n0.1,1\n0.5,1\n1,1\n");
  const std::string down = folder.write("down.csv", "y,lambda\n1,1\n1,0.5\n1,0.1\n");
  const std::string said = "Or the header says a where the column is lambda";
  for (const std::vector<std::string>& verb : kVerbs) {
    std::vector<std::string> words = verb;
    words.insert(words.end(), {"--spectrum", up});
    const std::string err = run(words).told;
    EXPECT_THAT(err, HasSubstr("the modes are not in order")) << verb.front();
    const std::size_t first = err.find(said);
    EXPECT_NE(first, std::string::npos);
    EXPECT_EQ(err.find(said, first + 1), std::string::npos) << verb.front();
    words.back() = down;
    EXPECT_EQ(run(words).told.find(said), std::string::npos) << verb.front();
  }
}

// numpy.linalg.eigh gives ascending eigenvalues. With --sort every digit is that of the file sorted by hand.
TEST(Spectrum, IsSortedOnRequest) {
  const TemporaryFolder folder;
  const std::string ascending = folder.write("ascending.csv", "lambda,y\n0.1,3\n0.1,4\n0.5,2\n1,1\n");
  const std::string by_hand = folder.write("by_hand.csv", "lambda,y\n1,1\n0.5,2\n0.1,3\n0.1,4\n");
  const auto out = [](std::vector<std::string> words, const std::string& spectrum) {
    words.insert(words.end(), {"--format", "csv", "--spectrum", spectrum});
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.told, Not(HasSubstr("not in order")));
    return outcome.out;
  };
  for (const std::vector<std::string>& verb : kVerbs) {
    std::vector<std::string> words = verb;
    words.emplace_back("--sort");
    const std::string expected = out(verb, by_hand);
    EXPECT_EQ(out(words, ascending), expected) << verb.front();
    EXPECT_EQ(out(words, by_hand), expected) << verb.front();
    words.back() = "--set";
    words.emplace_back("model.sort=false");
    EXPECT_EQ(out(words, by_hand), expected) << verb.front();
  }
  EXPECT_THAT(run({"predict", "--spectrum", ascending}).told, HasSubstr("--sort sorts them"));
}

// What a result holds of its run repeats it, the sorting too, and nothing of what was read.
TEST(Spectrum, SortedIsKeptInTheRecord) {
  const TemporaryFolder folder;
  const std::string ascending = folder.write("ascending.csv", "lambda,y\n0.1,3\n0.5,2\n1,1\n");
  const std::string by_hand = folder.write("by_hand.csv", "lambda,y\n1,1\n0.5,2\n0.1,3\n");
  const std::string record = folder / "record.toml";
  EXPECT_EQ(run({"transfer", "--spectrum", ascending, "--sort", "--to", "3", "--write", record}).status, 0);
  EXPECT_THAT(read_text(record), HasSubstr("sort = true"));
  EXPECT_EQ(run({"predict", record, "--format", "csv", "--u", "0.1"}).out,
            run({"predict", record, "--format", "csv", "--u", "0.1", "--spectrum", by_hand}).out);
  // A flag that names another file, or takes the sorting back, counts.
  EXPECT_THAT(run({"predict", record, "--set", "model.sort=false"}).told, HasSubstr("not in order"));
  const std::string json = run({"predict", "--spectrum", ascending, "--sort", "--format", "json"}).out;
  EXPECT_THAT(json, HasSubstr("sort = true"));
}

TEST(Spectrum, SortingNothingIsRefused) {
  for (const std::string verb : {"predict", "compare", "flow", "relevance", "bias", "profile"}) {
    const Outcome outcome = run({verb, "--sort"});
    EXPECT_EQ(outcome.status, 2) << verb;
    EXPECT_THAT(outcome.told, HasSubstr("none is given (--spectrum FILE)")) << verb;
  }
  EXPECT_EQ(run({"curve", "--sort"}).status, 2);
}

}  // namespace
}  // namespace ridgeflow::test
