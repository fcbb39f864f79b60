// A device gives the CPU's bits: every kernel variant, integrator and precision.
#include "support/gpu.hpp"

#include <algorithm>
#include <string>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/measure/comparison.hpp"
#include "ridgeflow/run/golden.hpp"
#include "ridgeflow/run/self_test.hpp"

#include "cuda/systems.hpp"
#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

using test::expect_same_bits;
using test::setup_of;

/// Advances in two calls.
ChainBlock run(Executor& executor, const RunPlan& plan, std::uint64_t chains) {
  executor.start();
  executor.advance(plan.schedule.passes() / 2);
  executor.advance(plan.schedule.passes());
  return executor.export_chains(0, 0, chains);
}

template <class Scalar>
void expect_device_gives_cpu_bits(const test::Case& c) {
  SCOPED_TRACE(c.integrator + ", modes " + std::to_string(c.modes));
  const EnsembleSetup<Scalar> setup = setup_of<Scalar>(c);
  const auto cpu = make_cpu_executor(setup, CpuOptions{});
  const auto cuda = make_cuda_executor(setup);
  expect_same_bits(run(*cuda, setup.plan, c.chains), run(*cpu, setup.plan, c.chains));
}

class GpuTrajectory : public test::Gpu, public testing::WithParamInterface<std::string_view> {};

TEST_P(GpuTrajectory, IsTheCpusInEveryVariantInSinglePrecision) {
  for (const std::uint32_t modes :
       {1U, 5U, 9U, 17U, 40U, 130U, 1000U, 1797U, 5000U, 9001U, 10240U, 12288U, 13001U}) {
    expect_device_gives_cpu_bits<float>({std::string(GetParam()), modes, 20, 1, 37});
  }
}

TEST_P(GpuTrajectory, IsTheCpusInEveryVariantInDoublePrecision) {
  for (const std::uint32_t modes : {3U, 7U, 13U, 130U, 1000U, 3500U, 5000U, 7000U}) {
    expect_device_gives_cpu_bits<double>({std::string(GetParam()), modes, 20, 1, 37});
  }
}

TEST_P(GpuTrajectory, IsTheCpusForAnyMobility) {
  for (const std::uint32_t modes : {9U, 130U, 1000U, 5000U, 12288U, 13001U}) {
    expect_device_gives_cpu_bits<float>({std::string(GetParam()), modes, 20, 1, 37, Mobility::kKernel});
  }
  expect_device_gives_cpu_bits<double>({std::string(GetParam()), 1000, 20, 1, 37, Mobility::kKernel});
}

TEST_P(GpuTrajectory, IsTheCpusOverFlushesBatchesAndUnmeasuredSteps) {
  expect_device_gives_cpu_bits<float>({std::string(GetParam()), 150, 300, 2, 100});
}

INSTANTIATE_TEST_SUITE_P(Integrators, GpuTrajectory, testing::ValuesIn(kIntegratorNames),
                         [](const auto& chosen) { return std::string(chosen.param); });

using GpuRun = test::Gpu;

TEST_F(GpuRun, HasTheGoldenHashes) {
  for (const GoldenCase& which : golden_cases()) {
    const auto cuda = make_cuda_executor(golden_setup(which));
    EXPECT_EQ(golden_hash(which, *cuda), which.hash) << which.name;
  }
}

TEST_F(GpuRun, IsInTheSelfTest) {
  const std::string name = "trajectories, " + cuda_devices().front();
  const std::vector<SelfTestLine> lines = self_test();
  const auto line =
      std::find_if(lines.begin(), lines.end(), [&](const SelfTestLine& each) { return each.name == name; });
  ASSERT_NE(line, lines.end());
  EXPECT_TRUE(line->passed) << line->detail;
}

TEST_F(GpuRun, RefusesMoreChainsThanFitAndSaysHowManyDo) {
  std::uint64_t chains = std::uint64_t{1}
                         << 32;  // of one mode: what is not of a mode takes as much as what is
  EnsembleSetup<float> setup = setup_of<float>({"adjusted", 1, 2, 1, chains});
  setup.systems[0].first_chain = 0;
  try {
    static_cast<void>(make_cuda_executor(setup));
    GTEST_SKIP() << "a device with room for 2^32 chains";
  } catch (const InvalidInput& error) {
    const std::string text = error.what();
    const std::size_t at = text.find("at most ");
    ASSERT_NE(at, std::string::npos) << text;
    chains = std::stoull(text.substr(at + 8));
  }
  setup.systems[0].chains = chains;
  EXPECT_NO_THROW(static_cast<void>(make_cuda_executor(setup))) << chains;
  setup.systems[0].chains = chains + chains / 8;
  EXPECT_THROW(static_cast<void>(make_cuda_executor(setup)), InvalidInput)
      << "no DeviceError: it is foreseen";
}

TEST_F(GpuRun, SystemsOfUnequalSizesHaveTheBitsThatTheyHaveAlone) {
  const std::vector<std::uint32_t> sizes{40, 300, 1, 5000, 13001, 130, 40, 3};
  EnsembleSetup<float> all = setup_of<float>({"hartree", sizes[0], 10, 1, 5});
  for (std::size_t s = 1; s < sizes.size(); ++s) {
    all.systems.push_back(setup_of<float>({"hartree", sizes[s], 10, 1, 5}).systems[0]);
    all.systems[s].first_chain = 1000 * s;
    all.systems[s].chains = 2 + s % 3;
  }
  const auto cuda = make_cuda_executor(all);
  const auto cpu = make_cpu_executor(all, CpuOptions{});
  for (Executor* executor : {cuda.get(), cpu.get()}) {
    executor->start();
    executor->advance(5);
    executor->advance(all.plan.schedule.passes());
  }
  for (std::size_t s = 0; s < sizes.size(); ++s) {
    SCOPED_TRACE("system " + std::to_string(s));
    expect_same_bits(cuda->export_chains(s, 0, all.systems[s].chains),
                     cpu->export_chains(s, 0, all.systems[s].chains));
  }
}

SampleResult fast_run(const char* integrator, double u) {
  SamplerOptions options;
  options.integrator = integrator;
  options.backend = Backend::kCuda;
  options.math = Math::kFast;
  // the fewer still find an error of 2 % of U with p below 1e-20
  options.chains = test::device_is_emulated() ? 256 : 4096;
  options.draws = test::device_is_emulated() ? 200'000 : 20'000'000;
  options.seed = 7;
  return sample(test::standard_posterior(200, test::kStandardKappa, u), options);
}

TEST_F(GpuRun, FastMathHasTheSameLaw) {
  const Posterior posterior = test::standard_posterior(200, test::kStandardKappa, 1.0);
  for (const char* integrator : {"adjusted", "perfect"}) {
    const SampleResult result = fast_run(integrator, 1.0);
    EXPECT_EQ(result.executor.math, Math::kFast);
    const Comparison right = compare(result.summary, predict(posterior, Theory::exact));
    EXPECT_GT(right.mean.p_value, 1e-3) << integrator;
    EXPECT_GT(right.variance.p_value, 1e-3) << integrator;
    const Comparison planted = compare(fast_run(integrator, 1.02).summary, predict(posterior, Theory::exact));
    EXPECT_LT(planted.variance.p_value, 1e-6) << integrator;
  }
}

TEST_F(GpuRun, FastMathHasBitsOfItsOwnAndAlwaysTheSame) {
  EnsembleSetup<float> setup = setup_of<float>({"adjusted", 300, 20, 1, 50});
  const auto reproducible = make_cuda_executor(setup);
  setup.math = Math::kFast;
  const auto fast = make_cuda_executor(setup);
  const auto again = make_cuda_executor(setup);
  const ChainBlock block = run(*fast, setup.plan, 50);
  expect_same_bits(block, run(*again, setup.plan, 50));
  EXPECT_NE(block.d, run(*reproducible, setup.plan, 50).d);
}

TEST_F(GpuRun, ContinuesOnTheCpuToTheSameBits) {
  const EnsembleSetup<float> setup = setup_of<float>({"adjusted", 300, 100, 1, 64});
  const auto cpu = make_cpu_executor(setup, CpuOptions{});
  const auto cuda = make_cuda_executor(setup);
  cuda->start();
  cuda->advance(41);
  cpu->import_chains(0, cuda->export_chains(0, 0, 64));
  cpu->advance(setup.plan.schedule.passes());
  const auto whole = make_cuda_executor(setup);
  expect_same_bits(cpu->export_chains(0, 0, 64), run(*whole, setup.plan, 64));
}

TEST_F(GpuRun, ObservesWhatTheCpuObserves) {
  const Posterior posterior = test::standard_posterior(30, test::kStandardKappa, 1.0);
  SamplerOptions options;
  options.chains = 300;
  options.draws = 300 * 20;
  options.seed = 5;
  options.observe.cumulants = true;
  options.observe.pairs = {{0, 1}};
  options.observe.every = 3;
  options.observe.keep = 4;
  for (const char* integrator : {"adjusted", "perfect"}) {
    options.integrator = integrator;
    options.backend = Backend::kCpu;
    const SampleResult cpu = sample(posterior, options);
    options.backend = Backend::kCuda;
    EXPECT_EQ(sample(posterior, options).observed.serialize(), cpu.observed.serialize()) << integrator;
  }
}

TEST_F(GpuRun, SeveralSystemsShareALaunch) {
  EnsembleSetup<float> both = setup_of<float>({"adjusted", 300, 20, 1, 50});
  EnsembleSetup<float> small = setup_of<float>({"adjusted", 30, 20, 1, 21});
  both.systems.push_back(small.systems[0]);
  const auto cuda = make_cuda_executor(both);
  run(*cuda, both.plan, 50);
  const auto cpu = make_cpu_executor(small, CpuOptions{});
  expect_same_bits(cuda->export_chains(1, 0, 21), run(*cpu, small.plan, 21));
}

TEST_F(GpuRun, LocatesADivergenceAsTheCpuDoes) {
  EnsembleSetup<float> setup = setup_of<float>({"euler", 200, 200, 1, 10});
  setup.systems[0].step.blocks[3].decay[2] = -30.0F;
  setup.systems[0].step.constants.half_quartic_step = 0;
  const auto cpu = make_cpu_executor(setup, CpuOptions{});
  const auto cuda = make_cuda_executor(setup);
  run(*cpu, setup.plan, 10);
  run(*cuda, setup.plan, 10);
  test::expect_same_divergences(*cuda, *cpu);
  EXPECT_FALSE(cpu->divergences().empty());
}

}  // namespace
}  // namespace ridgeflow
