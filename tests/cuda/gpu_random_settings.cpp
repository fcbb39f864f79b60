// A device gives the CPU's bits whatever is asked for: settings at random, always the same ones.
#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"

#include "cuda/random_setting.hpp"
#include "cuda/systems.hpp"
#include "support/gpu.hpp"

namespace ridgeflow {
namespace {

using test::expect_same_bits;
using test::RandomSetting;

constexpr std::uint64_t kBatches = 8;  // tests, so that they run side by side

/// RIDGEFLOW_RANDOM_SETTINGS: how many settings there are, or 6 a batch.
std::uint64_t number_of_settings() {
  const char* wanted = std::getenv("RIDGEFLOW_RANDOM_SETTINGS");
  return wanted == nullptr ? 6 * kBatches : std::strtoull(wanted, nullptr, 10);
}

template <class Scalar>
EnsembleSetup<Scalar> ensemble_of(const RandomSetting& setting) {
  EnsembleSetup<Scalar> all;
  std::uint64_t first = setting.options.first_chain;
  for (std::size_t s = 0; s < setting.posteriors.size(); ++s) {
    EnsembleSetup<Scalar> one = make_setup<Scalar>(setting.posteriors[s], test::resolve_system(setting, s));
    one.systems[0].first_chain = first;
    one.systems[0].chains = setting.chains[s];
    first += setting.chains[s];
    if (s == 0) {
      all = std::move(one);
    } else {
      all.systems.push_back(std::move(one.systems[0]));
    }
  }
  return all;
}

/// Every chain of every system, unless one left the finite numbers: then where it did.
void expect_same_chains(const RandomSetting& setting, const Executor& found, const Executor& expected) {
  test::expect_same_divergences(found, expected);
  if (!expected.divergences().empty()) {
    return;
  }
  for (std::size_t s = 0; s < setting.posteriors.size(); ++s) {
    SCOPED_TRACE("system " + std::to_string(s));
    const std::uint64_t chains = setting.chains[s];
    expect_same_bits(found.export_chains(s, 0, chains), expected.export_chains(s, 0, chains));
    const std::size_t modes = setting.posteriors[s].modes();
    expect_same_bits(test::states_of(found, s, chains, modes), test::states_of(expected, s, chains, modes));
  }
}

/// The rest of the passes by \p to, from \p from's chains.
void hand_over(const RandomSetting& setting, const Executor& from, Executor& to, std::uint64_t passes) {
  for (std::size_t s = 0; s < setting.posteriors.size(); ++s) {
    to.import_chains(s, from.export_chains(s, 0, setting.chains[s]));
  }
  to.advance(passes);
}

template <class Scalar>
void expect_executors_agree(const RandomSetting& setting) {
  const EnsembleSetup<Scalar> setup = ensemble_of<Scalar>(setting);
  const std::uint64_t passes = setup.plan.schedule.passes();
  const bool fast = setup.math == Math::kFast;  // has no CPU to be compared with: with itself, uninterrupted
  const auto cuda = make_cuda_executor(setup);
  const auto other = fast ? make_cuda_executor(setup) : make_cpu_executor(setup, CpuOptions{});
  cuda->start();
  cuda->advance(setting.cut % passes);
  const auto third = fast ? make_cuda_executor(setup) : make_cpu_executor(setup, CpuOptions{});
  const bool finite = cuda->divergences().empty();
  if (finite) {
    hand_over(setting, *cuda, *third, passes);
  }
  cuda->advance(passes);
  other->start();
  other->advance(passes);
  expect_same_chains(setting, *cuda, *other);
  if (finite && other->divergences().empty()) {
    SCOPED_TRACE("handed over at pass " + std::to_string(setting.cut % passes));
    expect_same_chains(setting, *third, *other);
  }
}

/// The bytes of all that was measured; or why there is none.
std::vector<std::vector<std::byte>> measured_by(Backend backend, const RandomSetting& setting,
                                                std::string& why) {
  std::vector<SystemRequest> requests;
  for (const Posterior& posterior : setting.posteriors) {
    requests.push_back({&posterior, setting.options});
    requests.back().options.backend = backend;
  }
  number_chains(requests);
  std::vector<std::vector<std::byte>> bytes;
  try {
    for (const SampleResult& result : sample_systems(requests)) {
      EXPECT_EQ(result.executor.backend, to_string(backend));
      bytes.push_back(result.moments.serialize());
      bytes.push_back(result.observed.serialize());
    }
  } catch (const NumericalFailure& failure) {
    const std::string text = failure.what();
    why =
        text.substr(std::min(text.size(), text.find(" left the")));  // how many until then, the clock decides
  }
  return bytes;
}

class GpuRandomSettings : public test::Gpu, public testing::WithParamInterface<std::uint64_t> {};

TEST_P(GpuRandomSettings, HaveTheCpusBits) {
  std::uint64_t tried = 0;
  for (std::uint64_t index = GetParam(); index < number_of_settings(); index += kBatches) {
    const RandomSetting setting = test::random_setting(index);
    SCOPED_TRACE("setting " + std::to_string(index) + ": " + setting.describe());
    if (setting.sampled) {
      std::string cpu_failure;
      std::string cuda_failure;
      const auto expected = measured_by(Backend::kCpu, setting, cpu_failure);
      EXPECT_TRUE(measured_by(Backend::kCuda, setting, cuda_failure) == expected);
      EXPECT_EQ(cuda_failure, cpu_failure);
    } else if (setting.options.precision == Precision::kSingle) {
      expect_executors_agree<float>(setting);
    } else {
      expect_executors_agree<double>(setting);
    }
    ++tried;
  }
  RecordProperty("settings", static_cast<int>(tried));
}

INSTANTIATE_TEST_SUITE_P(Batches, GpuRandomSettings, testing::Range(std::uint64_t{0}, kBatches));

// No device is needed: that the list holds what it is there for.
TEST(RandomSettings, HoldEveryKind) {
  std::set<std::string> integrators;
  std::set<std::string> kinds;
  for (std::uint64_t index = 0; index < 6 * kBatches; ++index) {
    const RandomSetting setting = test::random_setting(index);
    const SamplerOptions& options = setting.options;
    integrators.insert(options.integrator);
    kinds.insert(std::string(to_string(options.precision)) + " precision");
    kinds.insert(std::string(to_string(options.math)) + " math");
    kinds.insert(options.mobilities.empty() ? std::string(to_string(options.mobility)) : "mobilities");
    kinds.insert("start " + std::string(to_string(options.start)));
    kinds.insert(setting.posteriors.size() > 1 ? "systems" : "system");
    kinds.insert(options.first_chain == 0 ? "first" : options.first_chain <= 5000 ? "later" : "last");
    for (const Posterior& posterior : setting.posteriors) {
      kinds.insert(posterior.sextic() > 0 ? "sextic" : "quartic");
      kinds.insert(posterior.modes() > 12288 ? "in memory"
                   : posterior.modes() > 40  ? "by groups"
                                             : "by threads");
    }
    if (setting.sampled) {
      kinds.insert(options.observe.cumulants ? "cumulants" : "no cumulants");
      kinds.insert(options.observe.pairs.empty() ? "no pairs" : "pairs");
      kinds.insert(options.observe.keep > 0 ? "keep" : "no keep");
    }
  }
  EXPECT_EQ(integrators, std::set<std::string>(kIntegratorNames.begin(), kIntegratorNames.end()));
  const std::set<std::string> all{"single precision",
                                  "double precision",
                                  "reproducible math",
                                  "fast math",
                                  "field",
                                  "kernel",
                                  "mobilities",
                                  "start hartree",
                                  "start prior",
                                  "start zero",
                                  "system",
                                  "systems",
                                  "first",
                                  "later",
                                  "last",
                                  "sextic",
                                  "quartic",
                                  "in memory",
                                  "by groups",
                                  "by threads",
                                  "cumulants",
                                  "no cumulants",
                                  "pairs",
                                  "no pairs",
                                  "keep",
                                  "no keep"};
  EXPECT_EQ(kinds, all);
}

}  // namespace
}  // namespace ridgeflow
