// One trajectory everywhere: any split of chains, threads, lanes, slices and restarts gives the same bits.
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/run/sampler.hpp"
#include "ridgeflow/run/trajectory_hash.hpp"

#include "cpu/lane_kernels.hpp"
#include "support/moments.hpp"
#include "support/posteriors.hpp"
#include "support/runs.hpp"

namespace ridgeflow {
namespace {

const Posterior& posterior() {
  static const Posterior posterior = test::standard_posterior(37, 4.0, 0.5);
  return posterior;
}

/// Integrators, and those of them that have a twin for other mobilities, with one.
std::vector<std::string> dynamics() {
  std::vector<std::string> all(kIntegratorNames.begin(), kIntegratorNames.end());
  for (const char* name : {"euler", "hartree", "strang"}) {
    all.push_back(std::string(name) + ", kernel");
  }
  return all;
}

ResolvedRun run_of(std::string_view dynamics) {
  SamplerOptions options;
  const std::size_t comma = dynamics.find(',');
  options.integrator = dynamics.substr(0, comma);
  options.mobility = comma == std::string_view::npos ? Mobility::kField : Mobility::kKernel;
  options.chains = 128;
  options.draws = 128 * 140;
  options.every = 2;
  options.burn_in = 3;
  options.seed = 99;
  return resolve(options, posterior());
}

template <class Scalar>
EnsembleSetup<Scalar> setup_of(std::string_view integrator, std::uint64_t first = 0,
                               std::uint64_t chains = 128) {
  EnsembleSetup<Scalar> setup = make_setup<Scalar>(posterior(), run_of(integrator));
  setup.systems[0].first_chain = first;
  setup.systems[0].chains = chains;
  return setup;
}

TEST(SameBits, ChainsInOneRunOrInTwo) {
  for (const std::string& name : dynamics()) {
    Moments whole;
    whole.add(test::run_all(setup_of<float>(name)));
    Moments high;
    high.add(test::run_all(setup_of<float>(name, 50, 78)));
    Moments low;
    low.add(test::run_all(setup_of<float>(name, 0, 50)));
    high.merge(low);
    EXPECT_TRUE(test::same_bits(whole, high)) << name;
  }
}

template <class Scalar>
void expect_width_and_threads(std::string_view name) {
  const std::uint64_t expected =
      trajectory_hash(test::run_all(setup_of<Scalar>(name), CpuOptions{1, "portable"}));
  for (const LaneKernels& kernels : available_lane_kernels()) {
    for (const int threads : {1, 2, 3}) {
      EXPECT_EQ(trajectory_hash(test::run_all(setup_of<Scalar>(name), CpuOptions{threads, kernels.name})),
                expected)
          << name << ", " << kernels.name << ", threads " << threads;
    }
  }
}

TEST(SameBits, AnyVectorWidthAndThreads) {
  for (const std::string& name : dynamics()) {
    expect_width_and_threads<float>(name);
    expect_width_and_threads<double>(name);
  }
}

// Also in the middle of an interval and of a batch.
template <class Scalar>
void expect_restart(std::string_view name) {
  const std::uint64_t expected = trajectory_hash(test::run_all(setup_of<Scalar>(name)));
  const std::uint64_t passes = run_of(name).plan.schedule.passes();
  const std::vector<LaneKernels> kernels = available_lane_kernels();
  const std::uint64_t stops[] = {1, 4, passes / 2, passes / 2 + 1, passes - 1};
  for (std::size_t i = 0; i < std::size(stops); ++i) {
    const auto before =
        make_cpu_executor(setup_of<Scalar>(name), CpuOptions{1, kernels[i % kernels.size()].name});
    before->start();
    before->advance(stops[i]);
    const auto after =
        make_cpu_executor(setup_of<Scalar>(name), CpuOptions{2, kernels[(i + 1) % kernels.size()].name});
    after->import_chains(0, before->export_chains(0, 70, 58));
    after->import_chains(0, before->export_chains(0, 0, 70));
    EXPECT_EQ(after->passes_done(), stops[i]);
    after->advance(passes);
    EXPECT_EQ(trajectory_hash(after->export_chains(0, 0, 128)), expected)
        << name << ", stopped at " << stops[i];
  }
}

TEST(SameBits, AfterARestartOnAnotherWidth) {
  for (const std::string& name : dynamics()) {
    expect_restart<float>(name);
    expect_restart<double>(name);
  }
}

TEST(SameBits, AdvancedInSlices) {
  for (const std::string& name : dynamics()) {
    const std::uint64_t expected = trajectory_hash(test::run_all(setup_of<float>(name)));
    const auto executor = make_cpu_executor(setup_of<float>(name), CpuOptions{});
    executor->start();
    const std::uint64_t passes = run_of(name).plan.schedule.passes();
    for (std::uint64_t pass = 0; pass < passes; pass += 1 + pass % 5) {
      executor->advance(pass);
    }
    executor->advance(passes);
    executor->advance(passes);  // nothing left
    EXPECT_EQ(trajectory_hash(executor->export_chains(0, 0, 128)), expected) << name;
  }
}

TEST(SameBits, SystemsSideBySideAreEachAlone) {
  EnsembleSetup<float> both = setup_of<float>("adjusted", 0, 21);
  const Posterior other = test::standard_posterior(90, 4.0, 0.1);
  ResolvedRun run = run_of("adjusted");
  run.problem.hartree_ridge = other.hartree_ridge();
  both.systems.push_back(
      {build_step_tables<float>(run, other), build_start_tables<float>(run, other), 21, 11});
  EnsembleSetup<float> alone = both;
  alone.systems.erase(alone.systems.begin());
  const auto executor = make_cpu_executor(both, CpuOptions{2, "auto"});
  executor->start();
  executor->advance(both.plan.schedule.passes());
  EXPECT_EQ(trajectory_hash(executor->export_chains(1, 0, 11)), trajectory_hash(test::run_all(alone)));
  EXPECT_EQ(trajectory_hash(executor->export_chains(0, 0, 21)),
            trajectory_hash(test::run_all(setup_of<float>("adjusted", 0, 21))));
}

TEST(SameBits, SampleSaysTheSameOnAnyMachine) {
  SamplerOptions options;
  options.chains = 100;
  options.draws = 20000;
  options.threads = 1;
  options.lanes = "portable";
  options.backend = Backend::kCpu;
  const SampleResult one = sample(posterior(), options);
  options.threads = 2;
  options.lanes = "auto";
  double last = 0;
  const ProgressSink sink = [&last](const ProgressReport& report) {
    EXPECT_GE(report.fraction, last);
    last = report.fraction;
  };
  const SampleResult two = sample(posterior(), options, {sink, {}, {}});
  EXPECT_EQ(last, 1.0);
  EXPECT_TRUE(test::same_bits(one.moments, two.moments));
  EXPECT_EQ(one.summary.mean, two.summary.mean);
  EXPECT_EQ(one.summary.mcse_variance, two.summary.mcse_variance);
  EXPECT_EQ(one.executor.variant, "portable");
  EXPECT_EQ(two.executor.threads, 2);
  options.seed = 2;
  EXPECT_NE(one.summary.mean, sample(posterior(), options).summary.mean);
}

// Single and double precision take the same noise, so they differ by rounding until one of them refuses a
// step that the other takes, and by far less than their errors after it.
TEST(Precision, DoubleAgreesWithSingle) {
  for (const std::string_view name : kIntegratorNames) {
    SamplerOptions options;
    options.integrator = name;
    options.chains = 128;
    options.draws = 128 * 500;
    const SampleResult single = sample(posterior(), options);
    options.precision = Precision::kDouble;
    const SampleResult twice = sample(posterior(), options);
    for (std::size_t k = 0; k < posterior().modes(); ++k) {
      EXPECT_NEAR(single.summary.mean[k], twice.summary.mean[k], 0.1 * twice.summary.mcse_mean[k])
          << name << k;
      EXPECT_NEAR(single.summary.variance[k], twice.summary.variance[k], 0.1 * twice.summary.mcse_variance[k])
          << name << k;
    }
    EXPECT_EQ(twice.run.precision, Precision::kDouble);
  }
}

// A chain that diverges is found at the first step after which R is not finite, and in the mode that did it.
TEST(Divergence, OfEulerIsLocated) {
  const Posterior strong(power_law_spectrum(37, 0.2, 0.3, 30.0), Couplings{37, 4.0, 50.0});
  SamplerOptions options;
  options.integrator = "euler";
  options.step = 0.9 * 2.0 / (strong.stiffest() + strong.hartree_ridge());
  options.start = Start::kPrior;
  options.chains = 100;
  options.burn_in = 60;
  options.draws = 100;
  const ResolvedRun run = resolve(options, strong);
  for (const LaneKernels& kernels : available_lane_kernels()) {
    const auto executor = make_cpu_executor(make_setup<float>(strong, run), CpuOptions{2, kernels.name});
    executor->start();
    std::vector<Divergence> expected(100);
    for (std::uint64_t pass = 1; pass <= run.plan.schedule.passes(); ++pass) {
      executor->advance(pass);
      const ChainBlock block = executor->export_chains(0, 0, 100);
      for (std::uint64_t c = 0; c < 100; ++c) {
        if (std::isfinite(block.size[c]) || expected[c].step != 0) {
          continue;
        }
        std::uint32_t worst = 0;
        for (std::uint32_t k = 0; k < 37; ++k) {
          const double d = block.d[c * 37 + k];
          if (!std::isfinite(d)) {
            worst = k;
            break;
          }
          if (std::abs(d) > std::abs(block.d[c * 37 + worst])) {
            worst = k;
          }
        }
        expected[c] = {0, c, pass, worst + 1};
      }
    }
    const std::vector<Divergence> found = executor->divergences();
    std::size_t i = 0;
    for (const Divergence& each : expected) {
      if (each.step != 0) {
        ASSERT_LT(i, found.size());
        EXPECT_EQ(found[i].chain, each.chain);
        EXPECT_EQ(found[i].step, each.step) << each.chain;
        EXPECT_EQ(found[i].mode, each.mode) << each.chain;
        ++i;
      }
    }
    EXPECT_EQ(i, found.size());
    EXPECT_GT(i, 0U);
  }
  try {
    sample(strong, options);
    FAIL() << "nothing diverged";
  } catch (const NumericalFailure& failure) {
    EXPECT_THAT(failure.what(), testing::ContainsRegex("^(at least [0-9]+|100) of 100 chains left the finite "
                                                       "numbers with euler"));
    EXPECT_THAT(failure.what(), testing::ContainsRegex("chain [0-9]+ at step [0-9]+, in mode [0-9]+"));
  }
}

}  // namespace
}  // namespace ridgeflow
