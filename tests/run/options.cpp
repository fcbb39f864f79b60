#include "ridgeflow/run/options.hpp"

#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/random/normal.hpp"
#include "ridgeflow/run/executor.hpp"
#include "ridgeflow/run/sampler.hpp"

#include "cpu/chain_store.hpp"
#include "cpu/lane_kernels.hpp"
#include "support/posteriors.hpp"
#include "support/runs.hpp"

namespace ridgeflow {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::ThrowsMessage;

const Posterior& posterior() {
  static const Posterior posterior = test::standard_posterior(50, 4.0, 0.05);
  return posterior;
}

// The message with which resolve() refuses; empty where it does not.
std::string refusal(const std::function<void(SamplerOptions&)>& change) {
  SamplerOptions options;
  change(options);
  try {
    resolve(options, posterior());
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "";
}

TEST(Resolve, DefaultsAreLegalForEveryIntegrator) {
  for (const std::string_view name : kIntegratorNames) {
    SamplerOptions options;
    options.integrator = name;
    const ResolvedRun run = resolve(options, posterior());
    EXPECT_EQ(kIntegratorNames[run.integrator], name);
    EXPECT_EQ(run.chains, 1024U);
    EXPECT_EQ(run.draws_per_chain, 3907U);  // 4e6/1024, rounded up
    EXPECT_EQ(run.plan.schedule.draws, run.draws_per_chain);
    EXPECT_EQ(run.plan.measure.draws, run.draws_per_chain);
    EXPECT_EQ(run.plan.key.low[0], 1U);
    EXPECT_EQ(run.warnings.empty(), name != "euler") << name;
    EXPECT_GT(run.problem.step, 0.0);
  }
}

TEST(Resolve, BurnInIsTwelveRelaxationTimes) {
  SamplerOptions options;
  options.step = 0.001;
  const double rate = posterior().softest() + posterior().hartree_ridge();
  EXPECT_EQ(resolve(options, posterior()).plan.schedule.burn_in,
            static_cast<std::uint64_t>(std::ceil(12.0 / (rate * 0.001))));
  options.burn_in = 5;
  EXPECT_EQ(resolve(options, posterior()).plan.schedule.burn_in, 5U);
  options.burn_in.reset();
  options.integrator = "perfect";
  EXPECT_EQ(resolve(options, posterior()).plan.schedule.burn_in, 0U);
}

TEST(Resolve, StepsInPlaceOfDraws) {
  SamplerOptions options;
  options.steps = 100;
  options.every = 7;
  EXPECT_EQ(resolve(options, posterior()).draws_per_chain, 14U);
}

TEST(Resolve, RefusesWithTheProblemAndTheWayOut) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(refusal([](auto&) {}), "");
  EXPECT_THAT(refusal([](auto& o) { o.integrator = "adjustd"; }),
              HasSubstr("'adjustd' is not known: use one of adjusted, euler, hartree, mala, perfect, strang; "
                        "did you mean adjusted?"));
  EXPECT_THAT(refusal([](auto& o) { o.integrator = "Euler-Maruyama"; }), HasSubstr("did you mean euler?"));
  EXPECT_THAT(refusal([](auto& o) { o.integrator = "xyz"; }), HasSubstr("perfect, strang"));
  EXPECT_THAT([] { backend_from_string("GPUU"); },
              ThrowsMessage<InvalidInput>(HasSubstr("auto, cpu, cuda; did you mean cuda?")));
  EXPECT_THAT([] { precision_from_string("float"); },
              ThrowsMessage<InvalidInput>(HasSubstr("did you mean single?")));
  EXPECT_THAT([] { precision_from_string("gpu"); },
              ThrowsMessage<InvalidInput>(EndsWith("auto, single, double")));
  for (const double step : {0.0, -1.0, kInfinity, std::nan("")}) {
    EXPECT_THAT(refusal([step](auto& o) { o.step = step; }), HasSubstr("must be finite and positive"))
        << step;
  }
  EXPECT_THAT(refusal([](auto& o) { o.chains = 63; }), HasSubstr("63 chains are too few"));
  EXPECT_THAT(refusal([](auto& o) { o.chains = 63; }), HasSubstr("at least 64"));
  EXPECT_THAT(refusal([](auto& o) { o.chains = kMaxChains + 1; }), HasSubstr("noise counter's 4294967296"));
  EXPECT_THAT(refusal([](auto& o) { o.first_chain = kMaxChains - 1; }),
              HasSubstr("noise counter's 4294967296"));
  EXPECT_THAT(refusal([](auto& o) { o.first_chain = ~std::uint64_t{0}; }), HasSubstr("noise counter's"));
  EXPECT_EQ(refusal([](auto& o) { o.first_chain = kMaxChains - o.chains; }), "");
  EXPECT_THAT(refusal([](auto& o) { o.every = 0; }), HasSubstr("every = 0"));
  EXPECT_THAT(refusal([](auto& o) { o.draws = 0; }), HasSubstr("draws = 0"));
  EXPECT_THAT(refusal([](auto& o) {
                o.steps = 6;
                o.every = 7;
              }),
              HasSubstr("6 steps hold no measurement at one every 7"));
  EXPECT_THAT(refusal([](auto& o) { o.burn_in = kMaxStep + 1; }), HasSubstr("beyond the noise counter's"));
  EXPECT_THAT(refusal([](auto& o) {
                o.draws = ~std::uint64_t{0};
                o.every = ~std::uint64_t{0};
              }),
              HasSubstr("beyond the noise counter's"));
  EXPECT_THAT(refusal([](auto& o) { o.step = 1e-20; }), HasSubstr("use a larger step"));
}

// What one executor alone reads is right or wrong all the same: a run must not depend on the machine for
// that.
TEST(Resolve, RefusesSettingsOfAnExecutorThatWillNotRunIt) {
  for (const Backend backend : {Backend::kAutomatic, Backend::kCpu, Backend::kCuda}) {
    SCOPED_TRACE(to_string(backend));
    const auto refused = [backend](auto change) {
      return refusal([&](auto& o) {
        o.backend = backend;
        change(o);
      });
    };
    EXPECT_EQ(refused([](auto& o) { o.lanes = "portable"; }), "");
    EXPECT_THAT(refused([](auto& o) { o.lanes = "mmx"; }), HasSubstr("lanes 'mmx': this processor has"));
    EXPECT_THAT(refused([](auto& o) { o.threads = -1; }), HasSubstr("threads = -1"));
  }
}

TEST(Resolve, OneOfAThingHasNoPlural) {
  EXPECT_THAT(refusal([](auto& o) { o.chains = 1; }), HasSubstr("1 chain is too few"));
  EXPECT_THAT(refusal([](auto& o) {
                o.steps = 1;
                o.every = 2;
              }),
              HasSubstr("1 step holds no measurement"));
}

TEST(Resolve, EulersLargestLegalStep) {
  const double limit = 2.0 / (posterior().stiffest() + posterior().hartree_ridge());
  const auto at = [](double step) {
    return refusal([step](auto& o) {
      o.integrator = "euler";
      o.step = step;
    });
  };
  EXPECT_EQ(at(0.999 * limit), "");
  EXPECT_THAT(at(limit), HasSubstr("not stable for euler"));
  char shown[32];
  std::snprintf(shown, sizeof shown, "below h = %.6g,", limit);
  EXPECT_THAT(at(1.0), HasSubstr(shown));
  EXPECT_EQ(refusal([](auto& o) { o.step = 1.0; }), "");  // adjusted takes any
}

TEST(Resolve, WarnsOfWhatIsNotInTheErrorBars) {
  SamplerOptions options;
  options.integrator = "euler";
  const ResolvedRun euler = resolve(options, posterior());
  ASSERT_EQ(euler.warnings.size(), 2U);
  EXPECT_THAT(euler.warnings[0], HasSubstr("first-order step-size error"));
  EXPECT_THAT(euler.warnings[1], HasSubstr("no stationary law"));
  options.integrator = "hartree";
  options.step = 1.0;
  ASSERT_EQ(resolve(options, posterior()).warnings.size(), 1U);
  EXPECT_THAT(resolve(options, posterior()).warnings[0], HasSubstr("times its default step"));
}

TEST(Resolve, PredictedBias) {
  SamplerOptions options;
  EXPECT_TRUE(predicted_variance_bias(resolve(options, posterior()), posterior()).empty());
  options.integrator = "euler";
  const ResolvedRun run = resolve(options, posterior());
  const std::vector<double> bias = predicted_variance_bias(run, posterior());
  ASSERT_EQ(bias.size(), posterior().modes());
  EXPECT_NEAR(bias.back(), 0.125 / 0.875, 1e-12);  // default step: rate h = 1/4
  EXPECT_LT(bias.front(), bias.back());
}

TEST(Resolve, StateBytes) {
  SamplerOptions options;
  options.chains = 100;
  options.integrator = "adjusted";
  // 100 chains are 7 groups of 16, 50 modes 13 blocks of 4; of each chain R and what is counted
  EXPECT_EQ(state_bytes(resolve(options, posterior()), 50),
            112U * (52U * (4U * 4U + 48U) + 4U + 16U + 32U + 16U));
}

TEST(Resolve, StateBytesAreWhatTheExecutorTakes) {
  constexpr std::uint32_t kWidest = 16;
  for (const LaneKernels& lanes : available_lane_kernels()) {
    EXPECT_EQ(kWidest % lanes.width, 0U) << lanes.name;
  }
  for (const std::string_view integrator : kIntegratorNames) {
    for (const std::uint64_t chains : {64U, 65U, 127U}) {
      for (const std::uint32_t modes : {1U, 5U, 50U}) {
        SamplerOptions options;
        options.integrator = integrator;
        options.chains = chains;
        options.precision = Precision::kDouble;
        const ResolvedRun run = resolve(options, posterior());
        const auto [refuses, halfway] = visit_integrator(run.integrator, [](auto each) {
          return std::pair(decltype(each)::kRefuses, decltype(each)::kEndsHalfway);
        });
        EXPECT_EQ(state_bytes(run, modes),
                  ChainStore<double>(modes, 0, chains, kWidest, refuses, halfway).bytes())
            << integrator << ", " << chains << " chains of " << modes << " modes";
      }
    }
  }
}

TEST(Names, ThereAndBack) {
  for (const Start start : {Start::kHartree, Start::kPrior, Start::kZero}) {
    EXPECT_EQ(start_from_string(to_string(start)), start);
  }
  for (const Mobility mobility : {Mobility::kField, Mobility::kKernel}) {
    EXPECT_EQ(mobility_from_string(to_string(mobility)), mobility);
  }
  for (const Precision precision : {Precision::kAutomatic, Precision::kSingle, Precision::kDouble}) {
    EXPECT_EQ(precision_from_string(to_string(precision)), precision);
  }
  for (const Math math : {Math::kReproducible, Math::kFast}) {
    EXPECT_EQ(math_from_string(to_string(math)), math);
  }
  for (const Backend backend : {Backend::kAutomatic, Backend::kCpu, Backend::kCuda}) {
    EXPECT_EQ(backend_from_string(to_string(backend)), backend);
  }
  EXPECT_THROW(start_from_string("cold"), InvalidInput);
  EXPECT_THROW(mobility_from_string("tensor"), InvalidInput);
  EXPECT_THROW(precision_from_string("half"), InvalidInput);
  EXPECT_THROW(math_from_string("quick"), InvalidInput);
  EXPECT_THROW(backend_from_string("tpu"), InvalidInput);
}

TEST(Tables, StepTooSmallForThePrecision) {
  SamplerOptions options;
  options.step = 1e-10;
  options.burn_in = 0;
  EXPECT_EQ(resolve(options, posterior()).precision, Precision::kDouble);  // left to choose
  options.precision = Precision::kSingle;
  ResolvedRun run = resolve(options, posterior());
  EXPECT_THROW(build_step_tables<float>(run, posterior()), InvalidInput);
  EXPECT_NO_THROW(build_step_tables<double>(run, posterior()));
}

TEST(Tables, CoefficientsOfTheStartAndPadding) {
  SamplerOptions options;
  options.start = Start::kPrior;
  const ModeTables<double> prior = build_start_tables<double>(resolve(options, posterior()), posterior());
  const double y = posterior().spectrum().y[3];
  EXPECT_EQ(prior.blocks[0].drift[3], y);
  EXPECT_DOUBLE_EQ(prior.blocks[0].noise[3], kNormalScale / std::sqrt(posterior().spectrum().a[3]));
  EXPECT_DOUBLE_EQ(prior.blocks[0].centre[3], posterior().mean_at(3, posterior().hartree_ridge()));
  const BlockCoefficients<double>& last = prior.blocks[12];  // modes 49, 50 and two that are not
  EXPECT_GT(last.noise[1], 0.0);
  EXPECT_EQ(last.noise[2], 0.0);
  EXPECT_EQ(last.drift[3], 0.0);
  EXPECT_EQ(last.centre[2], 0.0);
}

TEST(Executor, RefusesLanesThatAreNotThere) {
  const ResolvedRun run = resolve(SamplerOptions{}, posterior());
  try {
    make_cpu_executor(make_setup<float>(posterior(), run), CpuOptions{1, "sve"});
    FAIL();
  } catch (const InvalidInput& error) {
    EXPECT_THAT(error.what(), HasSubstr("lanes 'sve'"));
    EXPECT_THAT(error.what(), HasSubstr("portable"));
  }
}

TEST(Executor, WithoutADeviceTheProgramSaysWhy) {
  std::string why;
  if (!cuda_devices(&why).empty()) {
    GTEST_SKIP() << "here is a CUDA device";
  }
  EXPECT_FALSE(why.empty());
  if (!built_with_cuda()) {
    EXPECT_THAT(why, HasSubstr("no CUDA executor"));
  }
  SamplerOptions options;
  options.backend = Backend::kCuda;
  EXPECT_THROW(sample(posterior(), options), DeviceError);
}

TEST(Executor, RefusesABlockOfOtherChains) {
  SamplerOptions options;
  options.chains = 64;
  const ResolvedRun run = resolve(options, posterior());
  const auto executor = make_cpu_executor(make_setup<float>(posterior(), run), CpuOptions{});
  ChainBlock block;
  block.resize(2, 50);
  block.first_chain = 63;
  EXPECT_THROW(executor->import_chains(0, block), std::logic_error);
  block.resize(1, 49);
  EXPECT_THROW(executor->import_chains(0, block), std::logic_error);
}

TEST(HostMemory, IsAskedForBeforeItIsTaken) {
  SamplerOptions options;
  const ResolvedRun run = resolve(options, posterior());
  EXPECT_NO_THROW(require_host_memory(run, 50));
  try {
    require_host_memory(run, std::size_t{1} << 36);  // 64 bytes x 2^46
    FAIL() << "four pebibytes";
  } catch (const InvalidInput& error) {
    EXPECT_THAT(error.what(), HasSubstr("1024 chains of 68719476736 modes need"));
    EXPECT_THAT(error.what(), HasSubstr("use fewer chains"));
  }
}

TEST(Backend, AskedForByNameIsTaken) {
  SamplerOptions options;
  options.backend = Backend::kCpu;
  EXPECT_FALSE(uses_cuda(options));
  options.backend = Backend::kCuda;
  EXPECT_TRUE(uses_cuda(options));
  options.backend = Backend::kAutomatic;
  EXPECT_EQ(uses_cuda(options), !cuda_devices().empty());
}

}  // namespace
}  // namespace ridgeflow
