// Every verb's lines fit a terminal of 80 columns, whatever goes into them.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cli/program.hpp"

namespace ridgeflow::test {
namespace {

using Words = std::vector<std::string>;

const std::vector<std::string> kVerbs{"compare",   "predict", "flow", "transfer", "curve",
                                      "relevance", "profile", "bias", "info",     "plot"};

/// Few draws, and a seed of all its digits.
Words sampled(Words words, const Words& more = {}) {
  words.insert(words.end(),
               {"--draws", "2000", "--chains", "64", "--seed", "18446744073709551615", "--backend", "cpu"});
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// Runs \p words; what it says on either stream is in lines that fit.
void expect_fits(const Words& words, int status = 0) {
  const Outcome outcome = run(words);
  std::string asked;
  for (const std::string& word : words) {
    asked += " " + word;
  }
  SCOPED_TRACE("ridgeflow" + asked);
  EXPECT_EQ(outcome.status, status) << outcome.err;
  EXPECT_NE(outcome.out + outcome.err, "");
  expect_plain_lines(outcome.out);
  expect_lines_fit(outcome.err);
}

TEST(EightyColumns, Help) {
  expect_fits({"--help"});
  expect_fits({}, 2);
  for (const std::string& verb : kVerbs) {
    expect_fits({verb, "--help"});
  }
}

TEST(EightyColumns, Compare) {
  const Words awkward{"--samples", "123", "--kappa", "3.14159265358979", "--u", "0.0512345678901234"};
  expect_fits(sampled({"compare"}, awkward));
  expect_fits(sampled({"compare", "--cumulants", "--pairs", "1:2,100:123"}, awkward));
  expect_fits(sampled({"compare", "--integrator", "euler", "--step", "1.23456789e-4"}, awkward));
  expect_fits(sampled({"compare", "--w", "1e-3"}, awkward));
  expect_fits(sampled({"compare", "--u", "1e-12", "--kappa", "1e9", "--samples", "2"}));
}

TEST(EightyColumns, Predict) {
  expect_fits({"predict", "--samples", "1e6", "--theory", "gp,hartree,wilson,completed"});
  expect_fits({"predict", "--samples", "100", "--u", "20", "--kappa", "1e-3", "--cumulants"});
  expect_fits({"predict", "--samples", "100", "--w", "0.01"});
}

TEST(EightyColumns, SweepsOfManyAxes) {
  expect_fits({"predict", "--u", "0.0512345678901234,0.1", "--kappa", "3.14159265358979,5", "--samples",
               "12,34", "--alpha", "0.123456789,0.2", "--beta", "0.3,0.987654321", "--scale", "1,2"});
  expect_fits(sampled({"compare", "--u", "0.0512345678901234,0.1", "--kappa", "3.14159265358979,5",
                       "--samples", "12,34", "--alpha", "0.123456789,0.2"}));
  expect_fits({"compare", "--samples", "20", "--seed", "18446744073709551614,18446744073709551615", "--draws",
               "1000", "--chains", "64", "--backend", "cpu"});
}

TEST(EightyColumns, Studies) {
  expect_fits({"flow", "--samples", "20000", "--at-tau", "0,1.23456789,2.5"});
  expect_fits(sampled({"flow", "--samples", "60", "--check"}));
  expect_fits({"transfer", "--samples", "1e5", "--to", "50000,99999"});
  expect_fits(sampled({"transfer", "--samples", "60", "--to", "30,90", "--check"}));
  expect_fits({"curve", "--from", "10", "--to", "1e5", "--points", "5", "--u", "3"});
  expect_fits(sampled({"curve", "--to", "100", "--check", "--check-at", "10,100"}));
  expect_fits({"relevance", "--samples", "500", "--to", "20", "--u", "5"});
  expect_fits(sampled({"relevance", "--samples", "60", "--check"}));
}

TEST(EightyColumns, Timings) {
  expect_fits({"bias", "--samples", "40", "--chains", "64", "--seed", "18446744073709551615", "--count", "2",
               "--draws", "1500", "--backend", "cpu"});
  expect_fits({"profile", "--seconds", "0.001", "--sizes", "16,12288", "--chain-counts", "64,128", "--chains",
               "64", "--samples", "20", "--backend", "cpu"});
  expect_fits({"info"});
}

TEST(EightyColumns, DryRuns) {
  const TemporaryFolder folder;
  expect_fits(
      {"compare", "--draws", "1e15", "--cumulants", "--keep", "7", "--out", folder / "x.nc", "--dry-run"});
  expect_fits({"compare", "--samples", "10,20", "--u", "1,2", "--dry-run"});
  expect_fits({"predict", "--samples", "10,20000", "--dry-run"});
  expect_fits({"flow", "--samples", "300", "--check", "--dry-run"});
  expect_fits({"transfer", "--samples", "300", "--to", "200", "--check", "--dry-run"});
  expect_fits({"curve", "--check", "--dry-run"});
  expect_fits({"relevance", "--samples", "300", "--check", "--dry-run"});
  expect_fits({"profile", "--dry-run"});
  expect_fits({"bias", "--samples", "20", "--chains", "64", "--count", "2", "--dry-run"});
}

TEST(EightyColumns, ErrorsAndWarningsWithLongNames) {
  const TemporaryFolder folder;
  const std::string words(70, 'a');
  const std::string wide = folder / ("\xe5\xbe\xae\xe8\xbd\xaf " + words + " " + words + ".csv");
  for (const char* verb : {"compare", "predict", "flow", "transfer", "relevance", "profile", "bias"}) {
    expect_fits({verb, "--spectrum", wide}, 2);
    expect_fits({verb, "--" + words + words, "1"}, 2);
    expect_fits({verb, "--u", "0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1.0 1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8"}, 2);
  }
  expect_fits({"compare", wide}, 2);
  expect_fits({"plot", wide}, 2);
  expect_fits({"compare", folder.write(words + ".toml", "[model]\nsamples = \n")}, 2);
  expect_fits({words + words}, 2);
  // smallest eigenvalue first: a warning that names the file
  const std::string spectrum = folder.write(words + words + ".csv", "lambda,y\n0.1,0.2\n0.5,0.1\n0.9,0.3\n");
  expect_fits(sampled({"compare", "--spectrum", spectrum}));
  expect_fits(sampled({"compare", "--samples", "20", "--out", folder / (words + words + ".json")}));
}

}  // namespace
}  // namespace ridgeflow::test
