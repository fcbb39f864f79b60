// What --help says is what the program takes: names from their lists, flags that a verb has a use for, and
// the keys of run files.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ridgeflow/io/run_config.hpp"
#include "ridgeflow/io/run_file.hpp"

#include "cli/program.hpp"

namespace ridgeflow::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// What the help of \p verb says of \p flag, in one line; empty where it does not name it.
std::string entry(const std::string& verb, std::string_view flag) {
  const std::string help = run({verb, "--help"}).out;
  const std::size_t begin = help.find(fmt::format("\n  {} ", flag));
  if (begin == std::string::npos) {
    return "";
  }
  std::size_t end = help.find("\n  -", begin + 1);
  end = std::min(end, help.find("\n\n", begin + 1));
  return unwrapped(help.substr(begin + 1, end - begin - 1));
}

TEST(Help, ListsOfNamesAreThoseOfTheProgram) {
  int lists = 0;
  for (const RunKey& key : run_keys()) {
    if (key.choices.empty()) {
      continue;
    }
    const std::string text = entry("compare", key.flag);
    std::size_t last = 0;
    for (const std::string_view name : key.choices) {
      const std::size_t place = text.find(name, last);
      EXPECT_NE(place, std::string::npos) << name << " is not in: " << text;
      last = place == std::string::npos ? last : place + name.size();
    }
    ++lists;
  }
  EXPECT_EQ(lists, 8);
  EXPECT_THAT(entry("compare", "--integrator"), HasSubstr("mala"));
}

TEST(Help, ANameThatIsNotInTheListIsRefusedWithTheList) {
  for (const RunKey& key : run_keys()) {
    if (key.choices.empty()) {
      continue;
    }
    const Outcome outcome = run({"compare", std::string(key.flag), "nonsense"});
    EXPECT_EQ(outcome.status, 2) << key.flag;
    for (const std::string_view name : key.choices) {
      EXPECT_THAT(outcome.told, HasSubstr(std::string(name))) << key.flag;
      RunConfig config;
      set_from_text(config, key, name, key.flag);
      EXPECT_THAT(toml_line(config, key), HasSubstr(std::string(name)));
    }
  }
}

TEST(Help, ExplainsListsAndRanges) {
  for (const char* verb : {"compare", "predict", "transfer", "curve", "flow", "profile", "bias"}) {
    EXPECT_THAT(unwrapped(run({verb, "--help"}).out), HasSubstr("FROM:TO:COUNT")) << verb;
  }
  // as it says
  EXPECT_THAT(run({"transfer", "--samples", "1000", "--to", "10:1000:3:log", "--format", "csv"}).out,
              testing::AllOf(HasSubstr(",10,"), HasSubstr(",100,"), HasSubstr(",1000,")));
}

TEST(Help, HasOnlyFlagsThatTheVerbHasAUseFor) {
  for (const char* flag : {"--draws", "--steps", "--burn-in", "--first-chain"}) {
    EXPECT_EQ(entry("profile", flag), "");
    const Outcome outcome = run({"profile", flag, "100"});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_THAT(outcome.told, HasSubstr(fmt::format("{}: profile times steps", flag)));
  }
  EXPECT_THAT(run({"profile", "--set", "sampler.draws=100"}).told,
              HasSubstr("--set sampler.draws: profile times"));
  for (const char* flag : {"--samples", "--modes", "--spectrum"}) {
    EXPECT_EQ(entry("curve", flag), "");
  }
  EXPECT_THAT(run({"curve", "--modes", "10"}).told, HasSubstr("--modes: P runs along the curve"));
  EXPECT_NE(entry("curve", "--alpha"), "");
  EXPECT_THAT(run({"predict", "--draws", "100"}).told,
              HasSubstr("--draws: ridgeflow predict has no use for it"));
  EXPECT_THAT(run({"predict", "--set", "sampler.draws=100"}).told,
              HasSubstr("--set sampler.draws: ridgeflow predict has no use for it"));
}

TEST(Help, NothingOfASamplerIsSwallowedWhereNothingIsSampled) {
  const std::vector<std::vector<std::string>> studies{{"flow", "--samples", "30"},
                                                      {"relevance", "--samples", "30"},
                                                      {"transfer", "--samples", "30", "--to", "20"},
                                                      {"curve", "--to", "100"}};
  for (const std::vector<std::string>& study : studies) {
    EXPECT_THAT(unwrapped(run({study.front(), "--help"}).out), HasSubstr("Sampling, for --check:"));
    EXPECT_EQ(run(study).status, 0);
    for (const std::vector<std::string>& given : {std::vector<std::string>{"--draws", "1000"},
                                                  {"--integrator", "mala"},
                                                  {"--seed", "1"},
                                                  {"--set", "sampler.chains=64"}}) {
      std::vector<std::string> words = study;
      words.insert(words.end(), given.begin(), given.end());
      const Outcome outcome = run(words);
      EXPECT_EQ(outcome.status, 2) << study.front() << " " << given.front();
      EXPECT_THAT(outcome.told, HasSubstr("nothing is sampled without --check; add it, or leave this out"));
    }
  }
  // what is in a run file is for other verbs as well
  const TemporaryFolder folder;
  const std::string file = folder.write("run.toml", "[model]\nsamples = 30\n[sampler]\ndraws = 1000\n");
  EXPECT_EQ(run({"flow", file}).status, 0);
}

TEST(RunFileReference, IsARunFileOfAllDefaults) {
  const Outcome outcome = run({"help", "run-file"});
  EXPECT_EQ(outcome.status, 0) << outcome.told;
  expect_plain_lines(outcome.out);
  RunConfig config;
  config.model.kappa = 1;  // what the file says counts
  parse_run_file(outcome.out, "reference", "", config);
  EXPECT_EQ(to_toml(config), to_toml(RunConfig{}));
  EXPECT_EQ(run({"--help", "run-file"}).out, outcome.out);
}

TEST(RunFileReference, NamesEveryKeyAndFlag) {
  const std::string text = run({"help", "run-file"}).out;
  std::string section;
  for (const RunKey& key : run_keys()) {
    section = key.section();
    const std::size_t begin = text.find("\n[" + section + "]\n");
    ASSERT_NE(begin, std::string::npos) << section;
    const std::string part = text.substr(begin, text.find("\n[", begin + 1) - begin);
    EXPECT_TRUE(part.find(fmt::format("\n{} = ", key.leaf())) != std::string::npos ||
                part.find(fmt::format("\n# {} = ", key.leaf())) != std::string::npos)
        << key.name;
    EXPECT_THAT(part, HasSubstr(fmt::format("({})", key.flag)));
  }
}

TEST(RunFileReference, IsWhatTheDocumentShows) {
  const std::string page = read_text(RIDGEFLOW_DOCS "/run-file.md");
  const std::size_t begin = page.find("```toml\n# A run file");
  ASSERT_NE(begin, std::string::npos);
  const std::size_t text = begin + std::string("```toml\n").size();
  EXPECT_EQ(page.substr(text, page.find("```", text) - text), run({"help", "run-file"}).out)
      << "write it anew: ridgeflow help run-file";
}

}  // namespace
}  // namespace ridgeflow::test
