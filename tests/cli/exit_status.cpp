// What the program says to bad input, and the exit status that scripts rely on.
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/program.hpp"

namespace ridgeflow::test {
namespace {

using testing::HasSubstr;

struct BadCall {
  std::vector<std::string> words;
  std::string problem;
};

TEST(ExitStatus, IsTwoForBadInput) {
  const TemporaryFolder folder;
  const std::string huge = folder.write("huge.toml", "a" + std::string(600'000, '.') + "a = 1\n");
  const std::string wrong = folder.write("wrong.toml", "[sampler]\nchain = 64\n");
  const std::string euler = folder.write("euler.toml", "[sampler]\nintegrator = \"euler\"\nstep = 1\n");
  const std::vector<BadCall> calls{
      {{}, "Usage"},
      {{"compar"}, "unknown verb 'compar': did you mean compare?"},
      {{"--verson"}, "did you mean --version?"},
      {{"--u", "0.9", "predict"},
       "--u stands before the verb, which would not hear it: write ridgeflow predict"},
      {{"-q", "compare"}, "-q stands before the verb"},
      {{"--seed", "3", "compare"}, "--seed stands before the verb"},
      {{"nonsense", "compare"}, "unknown verb 'nonsense'"},
      {{"help", "compar"}, "unknown verb 'compar': did you mean compare?"},
      {{"run.toml"}, "ridgeflow compare run.toml"},
      {{"predict", "--samples", "20", "--u", "0,05"}, "--u: '05' begins with a zero"},
      {{"predict", "--samples", "20", "--u", "1,"}, "--u: '1,' is a list with an empty place"},
      {{"predict", "--u", "1e-400"}, "--u: '1e-400' is too small"},
      {{"predict", "--u", "-1e999"}, "--u: '-1e999' is too large"},
      {{"predict", "--u", "nan,1"}, "--u: 'nan' is no value"},
      {{"compare", "--require=banana"}, "--require: 'banana' is not true or false"},
      {{"compare", "--dry-run=2"}, "--dry-run: '2' is not true or false"},
      {{"flow", "--check=no"}, "--check: 'no' is not true or false"},
      {{"predict", ""}, "the word after predict is empty"},
      {{"info", "--out", ""}, "the word after --out is empty"},
      {{"info", "--out", "--format", "json"}, "--out: has no value, for --format is a flag"},
      {{"predict", "--set", "--u=1"}, "--set: has no value, for --u=1 is a flag"},
      {{"predict", "--out", "--", "run.toml"}, "--out: has no value"},
      {{"predict", "---samples", "10"}, "unknown flag ---samples: did you mean --samples?"},
      {{"predict", "\xE2\x80\x93samples", "10"}, "with the dash '-' of the keyboard: --samples"},
      {{"predict", "--spectrum=", "run.toml"}, "--spectrum=: has no value"},
      {{"predict", "--out", "\xE9.json"}, "--out: '?.json' is not UTF-8"},
      {{"predict", "--", "--u"}, "run file --u: there is no such file"},
      {{"predict", "++", "words"}, "'++' is not expected here: see ridgeflow predict --help"},
      {{"compare", "++"}, "'++' is not expected here: see ridgeflow compare --help"},
      {{"compare", "--", "run.toml", "--"}, "'--' is not expected here: see ridgeflow compare --help"},
      {{"compare", "run.toml", "--", "--"}, "'--' is not expected here: see ridgeflow compare --help"},
      {{"info", "--", "words"}, "'words' is not expected here: see ridgeflow info --help"},
      {{"compare", "--chain", "64"}, "unknown flag --chain: did you mean --chains?"},
      {{"compare", "--chain=64"}, "did you mean --chains?"},
      {{"predict", "--chains", "64"}, "--chains: ridgeflow predict has no use for it"},
      {{"predict", "--thoery", "exact"}, "did you mean --theory?"},
      {{"compare", "--chains"}, "--chains"},
      {{"compare", "--chains", "x"}, "--chains: 'x' is not a whole number"},
      {{"compare", "--chains", "1.5"}, "--chains: must be a whole number"},
      {{"compare", "--chains", "-64"}, "--chains: must lie in 0 ..."},
      {{"compare", "--chains", "10"}, "10 chains are too few"},
      {{"compare", "--chains", "99999999999"}, "beyond the noise counter"},
      {{"compare", "--draws", "0"}, "nothing would be measured"},
      {{"compare", "--draws", "9", "--steps", "9"}, "exclude each other"},
      {{"compare", "--every", "0"}, "every = 0"},
      {{"compare", "--step", "0"}, "step h = 0"},
      {{"compare", "--step", "nan"}, "step h = nan"},
      {{"compare", "--integrator", "eulr"}, "integrator 'eulr' is not known"},
      {{"compare", "--integrator", "euler", "--step", "1"}, "not stable for euler"},
      {{"compare", "--start", "hot"}, "start 'hot'"},
      {{"compare", "--precision", "half"}, "precision 'half'"},
      {{"compare", "--backend", "gpu"}, "backend 'gpu'"},
      {{"compare", "--lanes", "mmx"}, "lanes 'mmx'"},
      {{"compare", "--lanes", "mmx", "--backend", "cuda"}, "lanes 'mmx'"},
      {{"compare", "--threads", "-1"}, "--threads: must lie in"},
      {{"compare", "--seed", "-1"}, "--seed: must lie in"},
      {{"compare", "--seed", "18446744073709551616"}, "--seed: must lie in 0 ... 18446744073709551615"},
      {{"compare", "--seed", "1", "--seed", "2"}, "--seed"},
      {{"compare", "--require", "--theory", "wilson"}, "leaves it out"},
      {{"compare", "--format", "xml"}, "unknown format 'xml'"},
      {{"compare", "--set", "sampler.chain=64"}, "did you mean sampler.chains?"},
      {{"compare", "--set", "x"}, "KEY=VALUE"},
      {{"compare", "--set", std::string(100'000, '.') + "=1"}, "unknown key"},
      {{"compare", "none.toml"}, "no such file"},
      {{"compare", folder.path()}, "is a directory"},
      {{"compare", huge}, "larger than the limit"},
      {{"compare", wrong}, "wrong.toml:2: unknown key sampler.chain: did you mean sampler.chains?"},
      {{"compare", euler}, "not stable for euler"},
      {{"predict", wrong, "second.toml"}, "'second.toml' is not expected"},
      {{"predict", "--samples", "0"}, "at least one sample"},
      {{"predict", "--samples", "many"}, "--samples: 'many' is not a whole number"},
      {{"predict", "--samples", "99999999999"}, "more than the limit"},
      {{"predict", "--modes", "0"}, "no modes"},
      {{"predict", "--kappa", "0"}, "kappa = 0"},
      {{"predict", "--kappa", "nan"}, "kappa = nan"},
      {{"predict", "--u", "-1"}, "u = -1"},
      {{"predict", "--alpha", "inf"}, "alpha = inf"},
      {{"predict", "--alpha", "1000"}, "mode"},
      {{"predict", "--scale", "1e200"}, "overflows"},
      {{"predict", "--spectrum", "none.csv"}, "no such file"},
      {{"predict", "--theory", "wilso"}, "did you mean \"wilson\""},
      {{"predict", "--theory", ""}, "the word after --theory is empty"},
      {{"predict", "--set", "compare.theory="}, "unknown theory"},
      {{"predict", "--theory", "exact,exact"}, "names exact twice"},
      {{"predict", "--out", "x.txt"}, "use .nc, .csv or .json"},
      {{"predict", "--out", folder / "none/x.nc"}, "none does not exist; make it first"},
      {{"predict", "--out", folder.path() + "/.json/x.json"}, "does not exist"},
      {{"profile", "--sizes", "16,x"}, "--sizes: 'x' is not a whole number"},
      {{"profile", "--sizes"}, "--sizes"},
      {{"profile", "--sizes", "-16"}, "--sizes -16: "},
      {{"profile", "--sizes", "0"}, "--sizes 0: "},
      {{"profile", "--sizes", "0"}, "at least one sample"},
      {{"profile", "--sizes", "99999999999"}, "more than the limit"},
      {{"profile", "--sizes", "65536", "--chains", "1e7", "--backend", "cpu"},
       "--sizes 65536: 10000000 chains"},
      {{"profile", "--sizes", "65536", "--chains", "1e7", "--backend", "cpu"}, "use fewer chains"},
      {{"profile", "--sizes", "16", "--modes", "8"}, "leave out one"},
      {{"profile", "--chain-counts", "10"}, "--chain-counts 10: 10 chains are too few"},
      {{"profile", "--chain-counts", "64,many"}, "--chain-counts: 'many' is not a whole number"},
      {{"profile", "--chain-count", "64"}, "did you mean --chain-counts?"},
      {{"predict", "--cumulant"}, "did you mean --cumulants?"},
      {{"predict", "--size-distribution", "R.nc"}, "written as CSV; use .csv"},
      {{"predict", "--size-distribution", folder / "none/R.csv"}, "none does not exist; make it first"},
      {{"predict", "--size-distribution", "R.csv", "--out", "R.csv"}, "writes the same file"},
      {{"predict", "--set", "observe.cumulants=3"}, "'3' is not true or false"},
      {{"predict", "--set", "observe.cumulant=true"}, "did you mean observe.cumulants?"},
      {{"compare", "--pairs", "1-2"}, "--pairs: '1-2' is no pair of modes: write 1:2"},
      {{"compare", "--pairs", "0:2"}, "--pairs: '0' is no mode: modes count from 1"},
      {{"compare", "--pairs", "1:2:3"}, "--pairs: '2:3' is no mode"},
      {{"compare", "--set", "observe.pairs="}, "'' is no pair"},
      {{"compare", "--samples", "5", "--pairs", "1:6"}, "pair 1:6: the posterior has modes 1 to 5"},
      {{"compare", "--observe-every", "0"}, "observe-every = 0"},
      {{"compare", "--keep", "1e9", "--out", "x.nc"}, "keep = 1000000000: a chain makes"},
      {{"compare", "--keep", "3900", "--out", "x.nc"}, "raise the limit with --keep-limit"},
      {{"compare", "--keep", "2"}, "add --out FILE.nc"},
      {{"compare", "--keep", "-1"}, "--keep: must lie in 0 ..."},
      {{"profile", "--keep", "2"}, "--keep: ridgeflow profile has no use for it"},
      {{"profile", "--seconds", "0"}, "--seconds"},
      {{"profile", "--seconds", "nan"}, "--seconds"},
      {{"profile", "--out", "x.nc"}, "use .csv or .json"},
      {{"bias", "--integrator", "eulr"}, "integrator 'eulr' is not known"},
      {{"bias", "--integrator", "euler", "--step-sizes", "1e-5,1"}, "the largest legal step is just below"},
      {{"bias", "--step", "1"}, "not stable for euler"},
      {{"bias", "--step-sizes", "0", "--integrator", "hartree"}, "step h = 0"},
      {{"bias", "--step-sizes", "x"}, "--step-sizes: 'x' is not a number"},
      {{"bias", "--step-sizes", "nan"}, "--step-sizes: 'nan' is not finite"},
      {{"bias", "--step-sizes", "0.01,inf"}, "--step-sizes: 'inf' is not finite"},
      {{"bias", "--step-sizes", "-0.01"}, "step h = -0.01"},
      {{"bias", "--step-sizes", "0,05"}, "'05' begins with a zero"},
      {{"bias", "--step", "nan"}, "step h = nan"},
      {{"bias", "--step", "inf"}, "step h = inf"},
      {{"bias", "--count", "1.5"}, "--count: must be a whole number, not 1.5"},
      {{"bias", "--target", "nan"}, "--target"},
      {{"bias", "--reference-step", "nan"}, "--reference-step"},
      {{"flow", "--at-tau", "nan"}, "--at-tau: 'nan' is not finite"},
      {{"flow", "--window", "1:2:3"}, "give two modes as K1:K2"},
      {{"flow", "--window", "1:x"}, "--window: 'x' is not a whole number"},
      {{"flow", "--samples", "50", "--second-cutoff", "0"}, "--second-cutoff 0"},
      {{"relevance", "--samples", "50", "--to", "0"}, "--to 0: give 1 ... 50"},
      {{"curve", "--to", "10:100:3"}, "--to: takes one number"},
      {{"bias", "--step-size", "1"}, "did you mean --step-sizes?"},
      {{"bias", "--step", "0.01", "--step-sizes", "0.01"}, "exclude each other"},
      {{"bias", "--draws", "9", "--steps", "9"}, "exclude each other"},
      {{"bias", "--seconds", "0"}, "--seconds"},
      {{"bias", "--seconds", "nan"}, "--seconds"},
      {{"bias", "--target", "0"}, "--target"},
      {{"bias", "--target", "1"}, "--target"},
      {{"bias", "--count", "0"}, "--count"},
      {{"bias", "--reference-step", "-1"}, "--reference-step"},
      {{"bias", "--chains", "10"}, "10 chains are too few"},
      {{"bias", "--out", "x.nc"}, "use .csv or .json"},
      {{"transfer"}, "--to is missing"},
      {{"transfer", "--to", "0"}, "--to 0: the network needs at least one sample"},
      {{"transfer", "--to", "500,many"}, "--to: 'many' is not a whole number"},
      {{"transfer", "--to", "2.5"}, "--to: must be a whole number"},
      {{"transfer", "--to", "99999999999"}, "--to 99999999999: "},
      {{"transfer", "--to", "500", "--require"}, "add --check"},
      {{"transfer", "--to", "500", "--w", "0.1"}, "hyperparameter transfer"},
      {{"transfer", "--to", "500", "--write", "x.json"}, "--write x.json: what is written is a run file"},
      {{"transfer", "--to", "500", "--write", folder / "none/x.toml"}, "none does not exist; make it first"},
      {{"transfer", "--to", "500,100", "--write", "x.toml"}, "--write makes the run file of one target"},
      {{"transfer", "--to", "500", "--out", "x.nc"}, "use .csv or .json"},
      {{"transfer", "--to", "500", "--theory", "exact"}, "--theory: ridgeflow transfer has no use for it"},
      {{"transfer", "--to", "500", "--check", "--chains", "10"}, "10 chains are too few"},
      {{"transfer", "none.toml", "--to", "500"}, "no such file"},
      {{"curve", "--spectrum", "modes.csv"}, "a learning curve is drawn of power-law data"},
      {{"curve", "--samples", "100"}, "P runs along the curve"},
      {{"curve", "--modes", "100"}, "P runs along the curve"},
      {{"curve", "--at", "10,x"}, "--at: 'x' is not a whole number"},
      {{"curve", "--at", "0"}, "--at 0: the network needs at least one sample"},
      {{"curve", "--at", "99999999999"}, "more than the limit"},
      {{"curve", "--at", "10", "--from", "10"}, "exclude each other"},
      {{"curve", "--from", "100", "--to", "10"}, "from must not be above to"},
      {{"curve", "--points", "0"}, "--points 0"},
      {{"curve", "--points", "1"}, "two points or more"},
      {{"curve", "--alpha", "0"}, "alpha = 0"},
      {{"curve", "--beta", "2.4"}, "0 < beta < 2 (1 + alpha)"},
      {{"curve", "--kappa", "0"}, "kappa = 0"},
      {{"curve", "--w", "0.1"}, "no sextic coupling"},
      {{"curve", "--require"}, "add --check"},
      {{"curve", "--check-at", "10"}, "add --check"},
      {{"curve", "--check", "--check-at", "-1"}, "--check-at -1"},
      {{"curve", "--check", "--at", "10", "--chains", "10"}, "10 chains are too few"},
      {{"curve", "--out", "x.nc"}, "use .csv or .json"},
      {{"info", "--format", "csv"}, "info has no columns"},
      {{"plot"}, "RESULT.nc"},
      {{"plot", "none.nc"}, "no such file; --out none.nc of ridgeflow compare writes one"},
      {{"plot", "none.json"}, "no such file; --out none.json of ridgeflow flow, transfer"},
      {{"plot", "--ou", "x", "none.nc"}, "did you mean --out?"},
  };
  for (const BadCall& call : calls) {
    const Outcome outcome = run(call.words);
    const std::string words = fmt::format("{}", fmt::join(call.words, " ")).substr(0, 200);
    EXPECT_EQ(outcome.status, 2) << words << "\n" << outcome.told.substr(0, 1000);
    EXPECT_THAT(outcome.told, HasSubstr(call.problem)) << words;
    EXPECT_EQ(outcome.out, "") << words;
  }
}

TEST(ExitStatus, IsZeroForHelpOnEveryVerb) {
  for (const char* verb : {"compare", "predict", "transfer", "curve", "profile", "bias", "info", "plot"}) {
    const Outcome outcome = run({verb, "--help"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.out, HasSubstr(fmt::format("ridgeflow {}", verb)));
  }
  EXPECT_EQ(run({"--help"}).status, 0);
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"help", "compare"}, {"--help", "compare"}, {"-h", "compare"}}) {
    EXPECT_EQ(run(words).out, run({"compare", "--help"}).out);
  }
  EXPECT_EQ(run({"help"}).out, run({"--help"}).out);
  EXPECT_THAT(run({"--version"}).out, HasSubstr("ridgeflow"));
}

TEST(ExitStatus, IsZeroForSamplesThatAgree) {
  EXPECT_EQ(run(small_compare({"--require"})).status, 0);
}

// Euler-Maruyama at a coarse step widens the variances by far more than the error: the program must see it.
TEST(ExitStatus, IsOneForSamplesThatDoNot) {
  const Outcome outcome = run(small_compare(
      {"--integrator", "euler", "--step", "0.005", "--set", "sampler.draws=400000", "--require"}));
  EXPECT_EQ(outcome.status, 1) << outcome.told;
  EXPECT_THAT(outcome.told, HasSubstr("required comparison failed"));
  EXPECT_THAT(outcome.out, HasSubstr("DO NOT agree"));
  EXPECT_THAT(outcome.out, HasSubstr("Step size: euler"));
  EXPECT_EQ(run(small_compare({"--integrator", "euler", "--step", "0.005", "--set", "sampler.draws=400000"}))
                .status,
            0);
}

// One draw a chain of so many modes: the law of the errors is not known well enough for a p-value.
TEST(ExitStatus, IsOneForSamplesThatCannotBeJudged) {
  std::vector<std::string> words{"compare", "--samples", "100000", "--chains", "64", "--integrator",
                                 "perfect", "--theory",  "exact",  "--seed",   "3",  "--require",
                                 "--draws"};
  words.emplace_back("64");
  const Outcome few = run(words);
  EXPECT_EQ(few.status, 1) << few.told;
  EXPECT_THAT(few.told, HasSubstr("the variances are not judged: with so few draws"));
  EXPECT_THAT(few.out, HasSubstr("are NOT KNOWN to agree"));
  words.back() = "128";
  const Outcome more = run(words);
  EXPECT_THAT(more.told, testing::Not(HasSubstr("not judged")));
}

TEST(ExitStatus, IsThreeForChainsThatDiverge) {
  const Outcome outcome = run(small_compare(
      {"--u", "50", "--integrator", "euler", "--start", "prior", "--set", "sampler.step=0.004"}));
  EXPECT_EQ(outcome.status, 3) << outcome.told;
  EXPECT_THAT(outcome.told, HasSubstr("left the finite numbers"));
}

TEST(ExitStatus, IsFourWhereOutputCannotBeWritten) {
  const Outcome outcome = run({"predict", "--format", "csv"}, "/dev/full");
  EXPECT_EQ(outcome.status, 4);
  EXPECT_THAT(outcome.told, HasSubstr("standard output cannot be written"));
}

TEST(ExitStatus, InfoPassesItsSelfTest) {
  const Outcome outcome = run({"info"});
  EXPECT_EQ(outcome.status, 0) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("self-test"));
}

// An option takes one word each time, so that the run file may stand anywhere; numbers are written as in it.
TEST(CommandLine, TakesTheRunFileAnywhere) {
  const TemporaryFolder folder;
  const std::string file = folder.write("run.toml", "[model]\nsamples = 12\n");
  const auto out = [](const std::vector<std::string>& words) {
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.status, 0) << outcome.told;
    return outcome.out;
  };
  EXPECT_EQ(out({"predict", "--set", "model.u=1", file}), out({"predict", file, "--set", "model.u=1"}));
  EXPECT_EQ(out({"predict", "--set", "model.u=1", "--set", "model.w=.5", file}),
            out({"predict", file, "--u", "+1", "--w", "5e-1"}));
  EXPECT_EQ(out({"transfer", "--to", "5", file}), out({"transfer", file, "--to", "5"}));
  EXPECT_EQ(out({"transfer", "--to", "5,9", file}), out({"transfer", file, "--to", "5", "--to", "0x9"}));
  EXPECT_EQ(out({"transfer", "--to", "5:9:3", file}), out({"transfer", file, "--to", "5,7,9"}));
  EXPECT_EQ(out({"flow", "--at-tau", "0.1,.2", file}), out({"flow", file, "--at-tau", "0.1:0.2:2"}));
  EXPECT_EQ(out({"flow", "--window", "2:1e1", file}), out({"flow", file, "--window=2:10"}));
  EXPECT_THAT(run({"predict", file, "--u", "0,5"}).told, HasSubstr("a sweep over u = 0, 5"));
  EXPECT_EQ(out({"relevance", "--to", "6e0", file}), out({"relevance", file, "--to", "6"}));
  EXPECT_EQ(out({"predict", "--u=1", "--", file}), out({"predict", file, "--u", "1", "--"}));
  EXPECT_EQ(run({"predict", "--", file, file}).status, 2);
  EXPECT_EQ(run({"predict", file, "--", file}).status, 2);
}

}  // namespace
}  // namespace ridgeflow::test
