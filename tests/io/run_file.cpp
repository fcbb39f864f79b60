// Run files: what they set, what a bad one is told, and that a written one says the same.
#include "ridgeflow/io/run_file.hpp"

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"

#include "support/temporary.hpp"

namespace ridgeflow {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

RunConfig parsed(const std::string& text) {
  RunConfig config;
  parse_run_file(text, "run.toml", "", config);
  return config;
}

/// Every setting, to compare two configurations by.
std::vector<std::optional<KeyValue>> settings(const RunConfig& config) {
  std::vector<std::optional<KeyValue>> values;
  for (const RunKey& key : run_keys()) {
    values.push_back(key.get(config));
  }
  return values;
}

TEST(RunFile, SetsWhatItSays) {
  const RunConfig config = parsed(
      "[model]\nsamples = 50\nalpha = 1\nkappa = 2\n\n[sampler]\nintegrator = \"euler\"\ndraws = 1e6\n"
      "seed = \"18446744073709551615\"\nbackend = \"cpu\"\nstart = \"zero\"\n"
      "[compare]\ntheory = [\"exact\", \"gp\"]\nrequire = true\n"
      "[observe]\ncumulants = true\npairs = [\"1:2\", \"3:10\"]\nevery = 4\nkeep = 10\nkeep_limit = 1\n"
      "node_moments = false\n"
      "[predict]\nsize_distribution = \"R.csv\"\n"
      "[output]\nfile = \"x.nc\"\nformat = \"json\"\n");
  EXPECT_EQ(config.model.samples, 50);
  EXPECT_EQ(config.model.alpha, 1.0);  // a whole number will do for a number
  EXPECT_EQ(config.model.kappa, 2.0);
  EXPECT_EQ(config.sampler.integrator, "euler");
  EXPECT_EQ(config.sampler.draws, 1'000'000U);  // and 1e6 for a whole one
  EXPECT_EQ(config.seed, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(config.sampler.backend, Backend::kCpu);
  EXPECT_EQ(config.sampler.start, Start::kZero);
  EXPECT_EQ(config.theories, (std::vector{Theory::exact, Theory::gp}));
  EXPECT_TRUE(config.require);
  EXPECT_TRUE(config.sampler.observe.cumulants);
  EXPECT_EQ(config.sampler.observe.pairs, (std::vector<ModePair>{{0, 1}, {2, 9}}));
  EXPECT_EQ(config.sampler.observe.every, 4U);
  EXPECT_EQ(config.sampler.observe.keep, 10U);
  EXPECT_EQ(config.sampler.observe.keep_limit, 1.0);
  EXPECT_EQ(config.node_moments, false);
  EXPECT_EQ(config.size_distribution, "R.csv");
  EXPECT_EQ(config.out, "x.nc");
  EXPECT_EQ(config.format, Format::kJson);
}

TEST(RunFile, LeavesTheRestAsItWas) {
  EXPECT_EQ(settings(parsed("")), settings(RunConfig{}));
  EXPECT_EQ(settings(parsed("[model]\n[sampler]\n")), settings(RunConfig{}));
}

TEST(RunFile, TakesSpectrumPathsFromItsFolder) {
  const test::TemporaryFolder folder;
  folder.write("s.csv", "a,y\n1,1\n2,1\n");
  const std::string path = folder.write("run.toml", "[model]\nspectrum = \"s.csv\"\n");
  RunConfig config;
  read_run_file(path, config);
  EXPECT_EQ(config.model.spectrum, folder / "s.csv");
  const Posterior posterior = make_posterior(config.model);
  EXPECT_EQ(posterior.modes(), 2U);
  EXPECT_EQ(posterior.couplings().samples, 2);
}

struct BadText {
  std::string text;
  std::string problem;
};

TEST(RunFile, RefusesBadText) {
  const std::vector<BadText> texts{
      {"[sampler]\nchain = 3\n", "run.toml:2: unknown key sampler.chain: did you mean sampler.chains?"},
      {"[model]\nchains = 3\n", "run.toml:2: unknown key model.chains: did you mean sampler.chains?"},
      {"[sample]\nchains = 3\n", "run.toml:1: unknown section [sample]: did you mean [sampler]?"},
      {"chains = 3\n", "unknown key chains: did you mean sampler.chains?"},
      {"model = 3\n", "model must be a section"},
      {"[[model]]\nsamples = 3\n", "must be a section"},
      {"[model]\nsamples = \"many\"\n", "run.toml:2: model.samples: must be a whole number"},
      {"[model]\nsamples = 1.5\n", "must be a whole number"},
      {"[model]\nsamples = nan\n", "must be a whole number"},
      {"[model]\nsamples = 1e300\n", "must lie in"},
      {"[sampler]\nseed = 1e18\n", "must be written in digits: as 1e+18"},
      {"[model]\nsamples = inf\n", "must be a whole number, not inf"},
      {"[model]\nsamples = true\n", "must be a whole number"},
      {"[model]\nsamples = 2020-01-01\n", "must be a whole number"},
      {"[model]\n\nkappa = \"4\"\n", "run.toml:3: model.kappa: must be a number"},
      {"[model]\nkappa = [true]\n", "must be a number"},
      {"[model]\nkappa = [1, \"two\"]\n", "'two' is not a number"},
      {"[model]\nkappa = []\n", "must hold at least one value"},
      {"[model]\nkappa = \"1:2\"\n", "a range is FROM:TO:COUNT"},
      {"[model]\nkappa = \"1:2:1\"\n", "a count of 2 to 10000"},
      {"[model]\nu = \"0:2:5:log\"\n", "needs ends above 0"},
      {"[model]\nu = \"0:2:5:lin\"\n", "a range is FROM:TO:COUNT"},
      {"[model]\nu = [0.5, 0.5]\n", "has the value 0.5 twice"},
      {"[model]\nsamples = [10, 20.5]\n", "must be a whole number"},
      {"[sampler]\nthreads = [1, 2]\n", "a number of the whole run"},
      {"[model]\nkappa.x = 1\n", "must be a number"},
      {"[model]\nspectrum = 3\n", "must be text"},
      {"[sampler]\nchains = -1\n", "sampler.chains: must lie in 0 ... 18446744073709551615"},
      {"[sampler]\nchains = \"64\"\n", "sampler.chains: must be a whole number"},
      {"[sampler]\nseed = \"ten\"\n", "sampler.seed: 'ten' is not a whole number"},
      {"[sampler]\nseed = 18446744073709551615\n", "write a seed in quotes, \"18446744073709551615\""},
      {"[model]\nu = 1e999\n", "run.toml:2: '1e999' is too large"},
      {"[model]\nu = 1e-400\n", "run.toml:2: model.u: '1e-400' is too small"},
      {"[model]\nkappa = [ 1.0, 1e-400, 2 ]\n", "model.kappa: '1e-400' is too small"},
      {"[model]\n\"u\" = 0.0e0 # \xC3\xA4\nkappa = 1_0.0e-4_00\n",
       "run.toml:3: model.kappa: '1_0.0e-4_00' is too small"},
      {"[model]\nu = 05\n", "leading zero"},
      {"[model]\nu = 0,05\n", "run.toml:2: not TOML"},
      {"[model]\nu = [0.1, nan]\n", "'nan' is no value of a system"},
      {"lambda,y\n1,2\n",
       "is a table of numbers, not a run file; a spectrum is given as --spectrum run.toml"},
      {"# lambda,y\n1.0,2.0\n", "is a table of numbers"},
      {"1.5 2.5\n", "is a table of numbers"},
      {"{\"kind\": \"flow\"}\n", "is JSON"},
      {"\x93NUMPY\x01", "is an .npy array"},
      {"\x89HDF\r\n", "is a netCDF file"},
      {"[sampler]\nthreads = -1\n", "sampler.threads: must lie in 0 ... 4096"},
      {"[sampler]\nthreads = 99999999999\n", "must lie in"},
      {"[sampler]\nbackend = \"gpu\"\n", "sampler.backend: backend 'gpu' is not known"},
      {"[sampler]\nprecision = \"half\"\n", "precision 'half' is not known"},
      {"[sampler]\nmath = \"quick\"\n", "math 'quick' is not known"},
      {"[sampler]\ndraws = 10\nsteps = 10\n", "both draws and steps"},
      {"[compare]\ntheory = [\"exat\"]\n", "did you mean \"exact\""},
      {"[compare]\ntheory = [\"exact\", \"exact\"]\n", "names exact twice"},
      {"[compare]\ntheory = []\n", "at least one theory"},
      {"[compare]\ntheory = \"exact\"\n", "must be a list of names"},
      {"[compare]\ntheory = [1]\n", "unknown theory \"1\""},
      {"[compare]\nrequire = 1\n", "must be true or false"},
      {"[output]\nformat = \"xml\"\n", "unknown format 'xml'"},
      {"[model]\nsamples = 3\nsamples = 4\n", "run.toml:3: not TOML"},
      {"[model\n", "not TOML"},
      {"samples: 3\n", "not TOML"},
      {std::string("[model]\nu = 1\0\n", 15), "is not text"},
      {"\xFF\xFE[model]\n", "UTF-16 text: save it as UTF-8"},
      {std::string("[\0m\0o\0d\0", 8), "UTF-16 text"},
  };
  for (const BadText& bad : texts) {
    EXPECT_THAT([&] { parsed(bad.text); }, ThrowsMessage<InvalidInput>(HasSubstr(bad.problem))) << bad.text;
  }
}

// What would drive the parser into deep recursion is refused before it is parsed.
TEST(RunFile, RefusesWhatWouldOverflowTheParser) {
  std::string key = "a";
  for (int i = 0; i < 300'000; ++i) {
    key += ".a";
  }
  EXPECT_THAT([&] { parsed(key + " = 1\n"); }, ThrowsMessage<InvalidInput>(HasSubstr("524288")));
  const std::string shorter = key.substr(0, 60'001);
  for (const std::string& text :
       {shorter + " = 1\n", "[" + shorter + "]\n", "x = {" + shorter + " = 1}\n",
        "s = '''\n'''\n" + shorter + " = 1\n", "s = \"\\\"\"\n" + shorter + " = 1\n",
        "x = [1, {" + shorter + " = 1}]\n", "s = \"\"\"a\"\"\"\"\"\n" + shorter + " = 1\n",
        "s = \"\" # \"\n" + shorter + " = 1\n", "a = {b = 1, " + shorter + " = 1}\n"}) {
    EXPECT_THAT([&] { parsed(text); }, ThrowsMessage<InvalidInput>(HasSubstr("dots in a key")));
  }
  const std::string brackets(60'000, '[');
  const std::string braces(60'000, '{');
  for (const std::string& text : {brackets, "x = " + brackets, "x = " + braces}) {
    EXPECT_THAT([&] { parsed(text); }, ThrowsMessage<InvalidInput>(HasSubstr("open brackets")));
  }
  EXPECT_THAT(
      [&] {
        RunConfig c;
        apply_setting(key + "=1", c);
      },
      ThrowsMessage<InvalidInput>(HasSubstr("unknown key")));
  EXPECT_THAT(
      [&] {
        RunConfig c;
        apply_setting("compare.theory=" + brackets, c);
      },
      ThrowsMessage<InvalidInput>(HasSubstr("open brackets")));
}

// The guard is against keys: a record of many numbers, long text and comments are no danger.
TEST(RunFile, TakesAnyNumberOfDotsOutsideOfKeys) {
  const std::string dots(1000, '.');
  const std::string brackets(1000, '[');
  const RunConfig config =
      parsed("# " + dots + brackets + "\n[model] # " + brackets + "\nspectrum = \"" + dots + brackets +
             "\"\nu = 0.5 # " + dots + "\n[output]\nfile = '''" + dots + "\n" + brackets + "'''\n");
  EXPECT_EQ(config.model.spectrum, dots + brackets);
  EXPECT_EQ(config.model.u, 0.5);
}

// The largest sweep in numbers of all digits; its grid is as large as it is long.
TEST(RunFile, TakesTheRecordOfTheLargestSweep) {
  RunConfig config;
  set_from_text(config, *find_run_key("model.u"), "0.01:0.65:10000:log", "--u");
  RunConfig again;
  parse_run_file(to_toml(config), "again.toml", "", again);
  ASSERT_EQ(again.sweep.size(), 1U);
  EXPECT_EQ(again.sweep[0].values, config.sweep[0].values);
  EXPECT_EQ(grid_of(again).size(), 10'000U);
  std::string longer = "[model]\nu = [0";
  for (int i = 1; i <= 10'000; ++i) {
    longer.append(",").append(std::to_string(i));
  }
  EXPECT_THAT([&] { parsed(longer + "]\n"); }, ThrowsMessage<InvalidInput>(HasSubstr("has 10001 values")));
}

TEST(RunFile, LeavesTheConfigurationAloneWhereItIsRefused) {
  RunConfig config;
  EXPECT_THROW(parse_run_file("[model]\nsamples = 5\nfoo = 1\n", "run.toml", "", config), InvalidInput);
  EXPECT_EQ(settings(config), settings(RunConfig{}));
}

TEST(Settings, AreTomlOrBareWords) {
  RunConfig config;
  for (const char* setting :
       {"sampler.integrator=euler", "model.kappa = 2", "sampler.chains=1e3", "compare.theory=[\"exact\"]",
        "output.file=\"a b.nc\"", "compare.require=true"}) {
    apply_setting(setting, config);
  }
  EXPECT_EQ(config.sampler.integrator, "euler");
  EXPECT_EQ(config.model.kappa, 2.0);
  EXPECT_EQ(config.sampler.chains, 1000U);
  EXPECT_EQ(config.theories, std::vector{Theory::exact});
  EXPECT_EQ(config.out, "a b.nc");
  EXPECT_TRUE(config.require);
}

TEST(Settings, FitIntoTheRecord) {
  RunConfig config;
  for (const char* name : {"model.modes", "sampler.chains", "sampler.draws"}) {
    for (const char* text : {"9223372036854775808", "1,18446744073709551615"}) {
      EXPECT_THAT([&] { set_from_text(config, *find_run_key(name), text, name); },
                  ThrowsMessage<InvalidInput>(HasSubstr("9223372036854775807")))
          << name << " " << text;
    }
  }
  EXPECT_NO_THROW(set_from_text(config, *find_run_key("sampler.seed"), "9223372036854775808", "--seed"));
}

TEST(Settings, HaveNoNegativeZero) {
  RunConfig config;
  set_from_text(config, *find_run_key("model.u"), "-0.", "--u");
  EXPECT_FALSE(std::signbit(config.model.u));
  set_from_text(config, *find_run_key("model.u"), "-0.,12", "--u");
  EXPECT_EQ(to_toml(config).find("-0"), std::string::npos) << to_toml(config);
}

TEST(Settings, RefuseBadText) {
  const std::vector<BadText> texts{{"chains", "KEY=VALUE"},
                                   {"=3", "KEY=VALUE"},
                                   {"", "KEY=VALUE"},
                                   {"sampler.chain=3", "did you mean sampler.chains?"},
                                   {"sampler.chains=", "is not a whole number"},
                                   {"sampler.chains=x", "'x' is not a whole number"},
                                   {"compare.theory=[\"exact\"", "not TOML"},
                                   {"sampler.chains=[1.5]", "must be a whole number"},
                                   {"model.u=1\nmodel.w=2", "is not a number"},
                                   {"model.u=[1]\nw=2", "one value is set at a time"}};
  for (const BadText& bad : texts) {
    RunConfig config;
    EXPECT_THAT([&] { apply_setting(bad.text, config); }, ThrowsMessage<InvalidInput>(HasSubstr(bad.problem)))
        << bad.text;
  }
}

TEST(Settings, TheLaterOfDrawsAndStepsCounts) {
  RunConfig config;
  apply_setting("sampler.steps=10", config);
  EXPECT_EQ(config.sampler.steps, 10U);
  apply_setting("sampler.draws=99", config);
  EXPECT_FALSE(config.sampler.steps);
  EXPECT_EQ(config.sampler.draws, 99U);
}

/// Any value that \p key takes.
KeyValue any_value(const RunKey& key) {
  const auto pick = [](auto const& names) { return std::string(*rc::gen::elementOf(names)); };
  const std::string name(key.name);
  if (name == "sampler.integrator") {
    return pick(std::vector<std::string>(kIntegratorNames.begin(), kIntegratorNames.end()));
  }
  if (name == "sampler.start") {
    return pick(std::vector<std::string>{"hartree", "prior", "zero"});
  }
  if (name == "sampler.precision") {
    return pick(std::vector<std::string>{"auto", "single", "double"});
  }
  if (name == "sampler.mobility") {
    return pick(std::vector<std::string>{"field", "kernel"});
  }
  if (name == "sampler.math") {
    return pick(std::vector<std::string>{"reproducible", "fast"});
  }
  if (name == "sampler.backend") {
    return pick(std::vector<std::string>{"auto", "cpu", "cuda"});
  }
  if (name == "output.format") {
    return pick(std::vector<std::string>{"table", "csv", "json"});
  }
  if (name == "observe.pairs") {
    return std::vector<std::string>{"1:2", "3:" + std::to_string(*rc::gen::inRange(1, 1000))};
  }
  switch (key.type) {
    case KeyType::kSwitch:
      return *rc::gen::arbitrary<bool>();
    case KeyType::kInteger:
      return name == "sampler.threads" ? KeyValue(std::int64_t{*rc::gen::inRange(0, 4097)})
             : name == "model.samples" ? KeyValue(*rc::gen::arbitrary<std::int64_t>())
             : key.digits_as_text      ? KeyValue(*rc::gen::arbitrary<std::uint64_t>())
                                       : KeyValue(*rc::gen::arbitrary<std::uint64_t>() >> 1);
    case KeyType::kReal:
      return *rc::gen::arbitrary<double>();
    case KeyType::kList:
      return std::vector<std::string>{"exact", "wilson"};
    default: {
      // printable and control characters; nothing at all means "unset"
      const auto letter = rc::gen::map(rc::gen::inRange(1, 128), [](int c) { return static_cast<char>(c); });
      return "x" + *rc::gen::container<std::string>(letter);
    }
  }
}

RC_GTEST_PROP(RunFile, WrittenAndReadIsTheSame, ()) {
  RunConfig config;
  for (const RunKey& key : run_keys()) {
    if (*rc::gen::arbitrary<bool>()) {
      key.set(config, any_value(key));
    }
  }
  const std::string text = to_toml(config);
  RunConfig again;
  parse_run_file(text, "run.toml", "", again);
  RC_ASSERT(settings(again) == settings(config));
  RC_ASSERT(to_toml(again) == text);
}

TEST(RunFile, ExamplesAreReadAndMakePosteriors) {
  int examples = 0;
  for (const auto& entry : std::filesystem::directory_iterator(RIDGEFLOW_EXAMPLES)) {
    if (entry.path().extension() == ".toml") {
      RunConfig config;
      read_run_file(entry.path().string(), config);
      EXPECT_GT(make_posterior(config.model).modes(), 1U) << entry.path();
      ++examples;
    }
  }
  EXPECT_GE(examples, 4);
}

TEST(Model, RefusesContradictions) {
  const test::TemporaryFolder folder;
  ModelConfig model;
  model.spectrum = folder.write("s.csv", "a,y\n1,1\n2,1\n");
  model.modes = 3;
  EXPECT_THAT([&] { make_posterior(model); }, ThrowsMessage<InvalidInput>(HasSubstr("has modes 1 to 2")));
  model.modes = 0;
  EXPECT_THROW(make_posterior(model), InvalidInput);
  model.modes = 1;
  EXPECT_EQ(make_posterior(model).modes(), 1U);
  EXPECT_EQ(make_posterior(model).couplings().samples, 2);  // those of the file
  model.alpha = 0.1;
  EXPECT_THAT([&] { make_posterior(model); }, ThrowsMessage<InvalidInput>(HasSubstr("power law")));
}

// A run asks for the posterior many times, once for each system of a sweep.
TEST(Model, ReadsItsSpectrumOnce) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("s.csv", "a,y\n2,1\n1,3\n1,2\n");
  RunConfig config;
  config.model.spectrum = path;
  const auto warning = load_spectrum(config.model);
  ASSERT_TRUE(warning.has_value());
  EXPECT_THAT(*warning, HasSubstr("--sort"));
  folder.write("s.csv", "a,y\n4,1\n");
  EXPECT_EQ(make_posterior(config.model).spectrum().a, (std::vector<double>{2, 1, 1}));
  RunConfig sweep = config;
  set_from_text(sweep, *find_run_key("model.u"), "0.1,0.2", "--u");
  for (const RunConfig& system : grid_of(sweep)) {
    EXPECT_EQ(make_posterior(system.model).modes(), 3U);
  }
  // Another setting is another spectrum.
  folder.write("s.csv", "a,y\n2,1\n1,3\n1,2\n");
  set_from_text(config, *find_run_key("model.sort"), "true", "--sort");
  EXPECT_EQ(make_posterior(config.model).spectrum().y,
            (std::vector<double>{3, 2, 1}));  // equal a: as in the file
  EXPECT_FALSE(load_spectrum(config.model).has_value());
  config.model.modes = 1;
  EXPECT_EQ(make_posterior(config.model).spectrum().y, (std::vector<double>{3}));
  set_from_text(config, *find_run_key("model.spectrum"), folder.write("t.csv", "a,y\n7,7\n"), "--spectrum");
  EXPECT_EQ(make_posterior(config.model).spectrum().a, (std::vector<double>{7}));
  config.model.spectrum.clear();
  config.model.read.reset();
  EXPECT_THAT([&] { make_posterior(config.model); }, ThrowsMessage<InvalidInput>(HasSubstr("none is given")));
}

}  // namespace
}  // namespace ridgeflow
