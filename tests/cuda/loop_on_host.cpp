// The CUDA executor's loop, run by host threads, gives the CPU executor's bits for every store and group
// size.
#include <algorithm>
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

/// All chains, one after the other, in two launches; \c size threads a chain.
template <class Scalar, class Integrator, class Store>
ChainBlock by_loop(const EnsembleSetup<Scalar>& setup, std::uint32_t size, std::uint32_t places = 0) {
  const SystemSetup<Scalar>& system = setup.systems[0];
  const std::uint32_t per_thread = (system.step.block_count() + size - 1) / size;
  test::HostChains<Scalar> chains(system, system.start, std::max(places, blocks_of(system.step.modes)));
  const auto for_each_chain = [&](std::uint32_t threads, const auto& body) {
    for (std::uint64_t c = 0; c < system.chains; ++c) {
      test::run_as_group(threads, [&](test::HostGroup& group) {
        body(group, kernels::ChainPlace<Scalar>{&chains.system(), c});
      });
    }
  };
  for_each_chain(4, [&](test::HostGroup& group, const kernels::ChainPlace<Scalar>& place) {
    kernels::ChainAdvance<Scalar, Initial, test::HostGroup, kernels::MemoryStore<Scalar>>(
        group, place, setup.plan, per_thread)
        .start();
  });
  chains.set_tables(system.step);
  const std::uint64_t passes = setup.plan.schedule.passes();
  std::uint64_t done = 0;
  for (const std::uint64_t end : {passes / 3, passes}) {
    for_each_chain(size, [&](test::HostGroup& group, const kernels::ChainPlace<Scalar>& place) {
      kernels::ChainAdvance<Scalar, Integrator, test::HostGroup, Store>(group, place, setup.plan, per_thread)
          .run(done, end);
    });
    done = end;
  }
  return chains.export_chains(system.step.modes);
}

template <class Scalar, class Integrator, int kBlocks>
ChainBlock by_registers(const EnsembleSetup<Scalar>& setup, std::uint32_t size) {
  return by_loop<Scalar, Integrator, kernels::RegisterStore<Scalar, kBlocks, Integrator::kRefuses>>(
      setup, size, kBlocks * size);
}

template <class Scalar, class Integrator>
void expect_loop_gives_cpu_bits(std::uint32_t modes, std::uint64_t draws, std::uint64_t every) {
  const EnsembleSetup<Scalar> setup = setup_of<Scalar>({Integrator::kName, modes, draws, every});
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
    expect_same_bits(by_loop<Scalar, Integrator, kernels::MemoryStore<Scalar>>(setup, size), expected);
  }
}

template <class Integrator>
class CudaLoop : public testing::Test {};
using Integrators = testing::Types<Adjusted, Euler, Hartree, Perfect, Strang>;
TYPED_TEST_SUITE(CudaLoop, Integrators);

TYPED_TEST(CudaLoop, GivesTheBitsOfTheCpuExecutor) {
  for (const std::uint32_t modes : {1U, 5U, 16U, 39U}) {
    expect_loop_gives_cpu_bits<float, TypeParam>(modes, 9, 1);
  }
}

TYPED_TEST(CudaLoop, FlushesAndClosesBatchesAsTheCpuExecutorDoes) {
  expect_loop_gives_cpu_bits<float, TypeParam>(5, 200, 1);
}

TYPED_TEST(CudaLoop, SkipsUnmeasuredSteps) {
  expect_loop_gives_cpu_bits<float, TypeParam>(7, 5, 3);
}

TYPED_TEST(CudaLoop, HoldsInDoublePrecision) {
  expect_loop_gives_cpu_bits<double, TypeParam>(13, 9, 1);
}

TEST(CudaLoop, CatchesAPlantedError) {
  EnsembleSetup<float> setup = setup_of<float>({"adjusted", 5, 9, 1});
  const ChainBlock expected = on_cpu(setup);
  setup.systems[0].step.blocks[1].noise[0] *= 1.0F + 0x1p-20F;
  const ChainBlock off = by_loop<float, Adjusted, kernels::MemoryStore<float>>(setup, 2);
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
    test::HostChains<float> chains(system, system.start, blocks_of(system.step.modes));
    for (std::uint64_t c = 0; c < system.chains; ++c) {
      test::run_as_group(size, [&](test::HostGroup& group) {
        kernels::ChainAdvance<float, Initial, test::HostGroup, kernels::MemoryStore<float>>(
            group, {&chains.system(), c}, setup.plan, per_thread)
            .start();
      });
    }
    chains.set_tables(system.step);
    for (std::uint64_t c = 0; c < system.chains; ++c) {
      test::run_as_group(size, [&](test::HostGroup& group) {
        kernels::ChainAdvance<float, Euler, test::HostGroup, kernels::MemoryStore<float>>(
            group, {&chains.system(), c}, setup.plan, per_thread)
            .run(0, setup.plan.schedule.passes());
      });
      EXPECT_EQ(chains.divergence()[c].step, expected[c].step);
      EXPECT_EQ(chains.divergence()[c].mode, expected[c].mode);
    }
  }
}

}  // namespace
}  // namespace ridgeflow
