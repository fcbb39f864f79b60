// The CUDA executor's loop, run by host threads, gives the CPU executor's bits for every store and group
// size.
#include <algorithm>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "advance.cuh"
#include "cuda/host_chains.hpp"
#include "cuda/host_group.hpp"
#include "cuda/systems.hpp"
#include "store.cuh"

namespace ridgeflow {
namespace {

using test::expect_same_bits;
using test::setup_of;

template <class Scalar>
ChainBlock on_cpu(const EnsembleSetup<Scalar>& setup) {
  const auto executor = make_cpu_executor(setup, CpuOptions{1, "portable"});
  executor->start();
  executor->advance(setup.plan.schedule.passes());
  return executor->export_chains(0, 0, setup.systems[0].chains);
}

/// Which of the chains' threads runs when (test::Turns).
struct Order {
  unsigned seed = 0;
  unsigned stay = 0;  ///< 0: one chain after the other
};

/// All chains in two launches; \c size threads a chain.
template <class Scalar, class Integrator, class Store>
ChainBlock by_loop(const EnsembleSetup<Scalar>& setup, std::uint32_t size, std::uint32_t rounds = 0,
                   Order order = {}) {
  const SystemSetup<Scalar>& system = setup.systems[0];
  using Memory = kernels::MemoryStore<Scalar, 1>;
  constexpr std::uint32_t kStartThreads = 4;
  test::HostChains<Scalar> chains(system, Integrator::kEndsHalfway);
  std::vector<std::vector<kernels::Quad<Scalar>>> moments(  // [chain]
      system.chains,
      std::vector<kernels::Quad<Scalar>>(Store::moments_bytes() / sizeof(kernels::Quad<Scalar>)));
  const auto for_each_chain = [&](std::uint32_t threads, const auto& body) {
    if (order.stay > 0) {
      test::run_as_groups(system.chains, threads, order.seed, order.stay,
                          [&](test::HostGroup& group, std::size_t c) {
                            body(group, kernels::ChainPlace<Scalar>{&chains.system(), c});
                          });
      return;
    }
    for (std::uint64_t c = 0; c < system.chains; ++c) {
      test::run_as_group(threads, [&](test::HostGroup& group) {
        body(group, kernels::ChainPlace<Scalar>{&chains.system(), c});
      });
    }
  };
  const auto rounds_of = [&](std::uint32_t threads) {
    return (system.step.block_count() + threads - 1) / threads;
  };
  chains.set_tables(system.start, kStartThreads, rounds_of(kStartThreads), Memory::kLanes);
  for_each_chain(kStartThreads, [&](test::HostGroup& group, const kernels::ChainPlace<Scalar>& place) {
    kernels::ChainAdvance<Scalar, Initial, test::HostGroup, Memory>(group, place, setup.plan,
                                                                    rounds_of(kStartThreads))
        .start();
  });
  const std::uint32_t per_thread = rounds_of(size);
  chains.set_tables(system.step, size, std::max(rounds, per_thread), Store::kLanes);
  const std::uint64_t passes = setup.plan.schedule.passes();
  std::uint64_t done = 0;
  for (const std::uint64_t end : {passes / 3, passes}) {
    for_each_chain(size, [&](test::HostGroup& group, const kernels::ChainPlace<Scalar>& place) {
      kernels::ChainAdvance<Scalar, Integrator, test::HostGroup, Store>(group, place, setup.plan, per_thread,
                                                                        moments[place.chain].data())
          .run(done, static_cast<std::uint32_t>(end - done));
    });
    done = end;
  }
  return chains.export_chains(system.step.modes);
}

template <class Scalar, class Integrator, int kBlocks>
ChainBlock by_registers(const EnsembleSetup<Scalar>& setup, std::uint32_t size) {
  return by_loop<Scalar, Integrator, kernels::RegisterStore<Scalar, kBlocks, Integrator::kRefuses, 32>>(
      setup, size, kBlocks);
}

template <class Scalar, class Integrator>
void expect_loop_gives_cpu_bits(std::uint32_t modes, std::uint64_t draws, std::uint64_t every, double w = 0) {
  const EnsembleSetup<Scalar> setup =
      setup_of<Scalar>({Integrator::kName, modes, draws, every, 3,
                        Integrator::kAnyMobility ? Mobility::kKernel : Mobility::kField, w});
  const ChainBlock expected = on_cpu(setup);
  const std::uint32_t blocks = blocks_of(modes);
  for (const std::uint32_t size : {1U, 2U, 4U}) {
    SCOPED_TRACE(std::string(Integrator::kName) + ", modes " + std::to_string(modes) + ", threads a chain " +
                 std::to_string(size));
    if (blocks <= size) {
      expect_same_bits(by_registers<Scalar, Integrator, 1>(setup, size), expected);
    }
    if (blocks <= 3 * size) {
      expect_same_bits(by_registers<Scalar, Integrator, 3>(setup, size), expected);
    }
    if (blocks <= 8 * size) {
      expect_same_bits(by_registers<Scalar, Integrator, 8>(setup, size), expected);
    }
    if (blocks <= 12 * size) {
      using Shared =
          kernels::RegisterStore<Scalar, 12, Integrator::kRefuses, 32, kernels::MomentsIn::kSharedMemory>;
      expect_same_bits(by_loop<Scalar, Integrator, Shared>(setup, size, 12), expected);
    }
    expect_same_bits(
        by_loop<Scalar, Integrator, kernels::MemoryStore<Scalar, kSumsOf<Integrator>>>(setup, size),
        expected);
  }
}

/// May be overtaken by other chains wherever it touches memory.
template <class Scalar, int kSumRows>
class OvertakenStore : public kernels::MemoryStore<Scalar, kSumRows> {
  using Base = kernels::MemoryStore<Scalar, kSumRows>;

 public:
  using Base::Base;
  kernels::Quad<Scalar>& d(int j) {
    test::Turns::switch_here();
    return Base::d(j);
  }
  Scalar& part(int j, int i) {
    test::Turns::switch_here();
    return Base::part(j, i);
  }
  Scalar reduce_parts(int i) {
    test::Turns::switch_here();
    return Base::reduce_parts(i);
  }
};

/// Rows of block sums as far apart as a pass that sums R alone needs, in every pass: chains share them.
template <class Scalar, int kSumRows>
class TooFewRows : public OvertakenStore<Scalar, 1> {
 public:
  using OvertakenStore<Scalar, 1>::OvertakenStore;
  static constexpr int kRows = kSumRows;
};

constexpr Order kOrders[] = {{1, 1}, {2, 5}, {3, 40}, {4, 300}};

template <class Integrator>
class CudaLoop : public testing::Test {};
using Integrators =
    testing::Types<Adjusted, Euler, Hartree, Mala, Perfect, Strang, MobileEuler, MobileHartree, MobileStrang>;
TYPED_TEST_SUITE(CudaLoop, Integrators);

TYPED_TEST(CudaLoop, GivesTheBitsOfTheCpuExecutor) {
  for (const std::uint32_t modes : {1U, 5U, 16U, 39U}) {
    expect_loop_gives_cpu_bits<float, TypeParam>(modes, 9, 1);
  }
}

// Chains of a launch are at different passes, with and without a measurement, at the same time.
TYPED_TEST(CudaLoop, GivesTheSameBitsInWhateverOrderChainsRun) {
  using Store = OvertakenStore<float, kSumsOf<TypeParam>>;
  const EnsembleSetup<float> setup = setup_of<float>(
      {TypeParam::kName, 23, 8, 2, 4, TypeParam::kAnyMobility ? Mobility::kKernel : Mobility::kField});
  const ChainBlock expected = on_cpu(setup);
  for (const Order order : kOrders) {
    SCOPED_TRACE(order.seed);
    for (const std::uint32_t size : {1U, 2U}) {
      expect_same_bits(by_loop<float, TypeParam, Store>(setup, size, 0, order), expected);
    }
  }
}

TEST(CudaLoop, FindsRowsThatChainsShareWhereTheyRunAtTheSameTimeAlone) {
  using Store = TooFewRows<float, kSumsOf<Hartree>>;
  const EnsembleSetup<float> setup = setup_of<float>({"hartree", 23, 8, 2, 4});
  const ChainBlock expected = on_cpu(setup);
  expect_same_bits(by_loop<float, Hartree, Store>(setup, 1), expected);
  for (const Order order : kOrders) {
    EXPECT_NE((by_loop<float, Hartree, Store>(setup, 1, 0, order).d), expected.d) << order.seed;
  }
}

TYPED_TEST(CudaLoop, FlushesAndClosesBatchesAsTheCpuExecutorDoes) {
  expect_loop_gives_cpu_bits<float, TypeParam>(5, 200, 1);
}

TYPED_TEST(CudaLoop, SkipsUnmeasuredSteps) {
  expect_loop_gives_cpu_bits<float, TypeParam>(7, 5, 3);
}

TYPED_TEST(CudaLoop, TakesTheSexticCoupling) {
  expect_loop_gives_cpu_bits<float, TypeParam>(5, 9, 1, 0.7);
  EXPECT_NE(on_cpu(setup_of<float>({TypeParam::kName, 5, 9, 1, 3, Mobility::kField, 0.7})).d,
            on_cpu(setup_of<float>({TypeParam::kName, 5, 9, 1, 3})).d);
}

TYPED_TEST(CudaLoop, HoldsInDoublePrecision) {
  expect_loop_gives_cpu_bits<double, TypeParam>(13, 9, 1);
}

TEST(CudaLoop, DrawsTheFastNormalsWhereTheyAreAskedFor) {
  const EnsembleSetup<float> setup = setup_of<float>({"perfect", 7, 3, 1, 1});
  const SystemSetup<float>& system = setup.systems[0];
  test::HostChains<float> chains(system, false);
  using Memory = kernels::MemoryStore<float, 1>;
  chains.set_tables(system.step, 1, system.step.block_count(), Memory::kLanes);
  test::run_as_group(1, [&](test::HostGroup& group) {
    kernels::ChainAdvance<float, Perfect, test::HostGroup, Memory, FastNormals>(group, {&chains.system(), 0},
                                                                                setup.plan, 2)
        .run(0, 1);
  });
  // one draw of the Hartree Gaussian, by hand; R of the start is 0, which may have been kept
  const StepNoise<std::uint32_t> noise(77, 1, Stream::kStep, setup.plan.key);
  const ChainBlock after = chains.export_chains(7);
  ASSERT_EQ(after.accepted[0], 1U);
  for (std::uint32_t b = 0; b < 2; ++b) {
    const BlockNormals<float> fast = FastNormals::of(noise(b));
    const BlockCoefficients<float>& c = system.step.blocks[b];
    for (std::uint32_t j = 0; j < kBlockModes && 4 * b + j < 7; ++j) {
      EXPECT_EQ(after.d[4 * b + j], static_cast<double>(std::fma(c.noise[j], fast.xi[j], c.drift[j])));
    }
  }
}

TEST(CudaLoop, CatchesAPlantedError) {
  EnsembleSetup<float> setup = setup_of<float>({"adjusted", 5, 9, 1});
  const ChainBlock expected = on_cpu(setup);
  setup.systems[0].step.blocks[1].noise[0] *= 1.0F + 0x1p-20F;
  const ChainBlock off = by_loop<float, Adjusted, kernels::MemoryStore<float, 1>>(setup, 2);
  EXPECT_NE(off.d, expected.d);
}

TEST(CudaLoop, LocatesADivergenceAsTheCpuExecutorDoes) {
  EnsembleSetup<float> setup = setup_of<float>({"euler", 21, 200, 1});
  setup.systems[0].step.blocks[3].decay[2] = -30.0F;  // mode 15 grows thirtyfold a step
  setup.systems[0].step.constants.half_quartic_step = 0;
  const auto executor = make_cpu_executor(setup, CpuOptions{1, "portable"});
  executor->start();
  executor->advance(setup.plan.schedule.passes());
  const std::vector<Divergence> expected = executor->divergences();
  ASSERT_EQ(expected.size(), 3U);
  EXPECT_EQ(expected[0].mode, 15U);

  const SystemSetup<float>& system = setup.systems[0];
  for (const std::uint32_t size : {1U, 4U}) {
    const std::uint32_t per_thread = (system.step.block_count() + size - 1) / size;
    using Memory = kernels::MemoryStore<float, 1>;
    test::HostChains<float> chains(system, false);
    chains.set_tables(system.start, size, per_thread, Memory::kLanes);
    for (std::uint64_t c = 0; c < system.chains; ++c) {
      test::run_as_group(size, [&](test::HostGroup& group) {
        kernels::ChainAdvance<float, Initial, test::HostGroup, Memory>(group, {&chains.system(), c},
                                                                       setup.plan, per_thread)
            .start();
      });
    }
    chains.set_tables(system.step, size, per_thread, Memory::kLanes);
    for (std::uint64_t c = 0; c < system.chains; ++c) {
      test::run_as_group(size, [&](test::HostGroup& group) {
        kernels::ChainAdvance<float, Euler, test::HostGroup, Memory>(group, {&chains.system(), c}, setup.plan,
                                                                     per_thread)
            .run(0, static_cast<std::uint32_t>(setup.plan.schedule.passes()));
      });
      EXPECT_EQ(chains.divergence()[c].step, expected[c].step);
      EXPECT_EQ(chains.divergence()[c].mode, expected[c].mode);
    }
  }
}

}  // namespace
}  // namespace ridgeflow
