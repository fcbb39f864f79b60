// Chains of every integrator in every store, handed from one executor to the other at any pass and in
// launches of any length; systems of unequal sizes; divergences.
#include <string>
#include <vector>

#include "ridgeflow/integrate/list.hpp"

#include "cuda/systems.hpp"
#include "support/gpu.hpp"

namespace ridgeflow {
namespace {

using test::expect_same_bits;
using test::setup_of;

class GpuHandover : public test::Gpu, public testing::WithParamInterface<std::string_view> {
 protected:
  std::string integrator() const { return std::string(GetParam()); }
};

template <class Scalar>
void expect_handover_changes_nothing(const test::Case& c) {
  SCOPED_TRACE(c.integrator + ", modes " + std::to_string(c.modes) + ", every " + std::to_string(c.every));
  const EnsembleSetup<Scalar> setup = setup_of<Scalar>(c);
  const std::uint64_t passes = setup.plan.schedule.passes();
  const auto whole = make_cpu_executor(setup, CpuOptions{});
  whole->start();
  whole->advance(passes);
  const ChainBlock expected = whole->export_chains(0, 0, c.chains);
  const test::States states = test::states_of(*whole, 0, c.chains, c.modes);
  for (const std::uint64_t split : {std::uint64_t{0}, passes / 3, passes - 1, passes}) {
    SCOPED_TRACE("split at pass " + std::to_string(split) + " of " + std::to_string(passes));
    const auto from_cuda = make_cuda_executor(setup);
    const auto to_cpu = make_cpu_executor(setup, CpuOptions{});
    from_cuda->start();
    from_cuda->advance(split);
    to_cpu->import_chains(0, from_cuda->export_chains(0, 0, c.chains));
    to_cpu->advance(passes);
    expect_same_bits(to_cpu->export_chains(0, 0, c.chains), expected);

    const auto from_cpu = make_cpu_executor(setup, CpuOptions{});
    const auto to_cuda = make_cuda_executor(setup);
    from_cpu->start();
    from_cpu->advance(split);
    to_cuda->import_chains(0, from_cpu->export_chains(0, 0, c.chains));
    to_cuda->advance(passes);
    expect_same_bits(to_cuda->export_chains(0, 0, c.chains), expected);
    expect_same_bits(test::states_of(*to_cuda, 0, c.chains, c.modes), states);
  }
  const auto pass_by_pass = make_cuda_executor(setup);
  pass_by_pass->start();
  for (std::uint64_t pass = 1; pass <= passes; ++pass) {
    pass_by_pass->advance(pass);
  }
  expect_same_bits(pass_by_pass->export_chains(0, 0, c.chains), expected);
}

TEST_P(GpuHandover, ChangesNothingInSinglePrecision) {
  for (const std::uint32_t modes : {1U, 5U, 63U, 300U, 2000U, 11000U, 13001U}) {
    for (const Mobility mobility : {Mobility::kField, Mobility::kKernel}) {
      expect_handover_changes_nothing<float>({this->integrator(), modes, 4, 2, 5, mobility});
    }
  }
}

TEST_P(GpuHandover, ChangesNothingInDoublePrecision) {
  for (const std::uint32_t modes : {5U, 300U, 2000U, 5000U, 7000U}) {
    for (const Mobility mobility : {Mobility::kField, Mobility::kKernel}) {
      expect_handover_changes_nothing<double>({this->integrator(), modes, 4, 2, 5, mobility});
    }
  }
}

TEST_P(GpuHandover, ChangesNothingWithASexticTerm) {
  expect_handover_changes_nothing<float>({this->integrator(), 300, 12, 2, 5, Mobility::kField, 0.3});
}

TEST_P(GpuHandover, ChangesNothingOverHalvesBatchesAndFlushes) {
  expect_handover_changes_nothing<float>({this->integrator(), 37, 700, 1, 7});
  expect_handover_changes_nothing<double>({this->integrator(), 37, 300, 3, 7});
}

TEST_P(GpuHandover, PartsOfUnequalSystemsAreThoseOfTheSystemsAlone) {
  for (const std::uint32_t largest : {40U, 300U, 5000U, 13001U}) {
    std::vector<EnsembleSetup<float>> each;
    for (const std::uint32_t modes : {largest, 3U, 40U, largest / 2, 1U}) {
      each.push_back(setup_of<float>({this->integrator(), modes, 10, 1, 3 + modes % 4}));
      each.back().systems[0].first_chain = 1000 * each.size();
    }
    EnsembleSetup<float> all = each[0];
    for (std::size_t s = 1; s < each.size(); ++s) {
      all.systems.push_back(each[s].systems[0]);
    }
    const auto cuda = make_cuda_executor(all);
    cuda->start();
    cuda->advance(5);
    cuda->advance(all.plan.schedule.passes());
    for (std::size_t s = 0; s < each.size(); ++s) {
      SCOPED_TRACE("system " + std::to_string(s) + " of " + std::to_string(largest));
      const auto alone = make_cpu_executor(each[s], CpuOptions{});
      alone->start();
      alone->advance(all.plan.schedule.passes());
      const std::uint64_t chains = each[s].systems[0].chains;
      expect_same_bits(cuda->export_chains(s, 0, chains), alone->export_chains(0, 0, chains));
      expect_same_bits(cuda->export_chains(s, 1, chains - 2), alone->export_chains(0, 1, chains - 2));
    }
  }
}

TEST_P(GpuHandover, ADivergenceIsFoundInEveryStore) {
  for (const std::uint32_t modes : {3U, 200U, 1500U, 11000U, 13001U}) {
    for (const float decay : {-30.0F, -1e30F}) {
      SCOPED_TRACE("modes " + std::to_string(modes) + ", decay " + std::to_string(decay));
      EnsembleSetup<float> setup = setup_of<float>({this->integrator(), modes, 60, 1, 6});
      setup.systems[0].step.blocks[modes > 20 ? 3 : 0].decay[2] = decay;
      setup.systems[0].step.constants.half_quartic_step = 0;
      const auto cpu = make_cpu_executor(setup, CpuOptions{});
      const auto cuda = make_cuda_executor(setup);
      for (Executor* executor : {cpu.get(), cuda.get()}) {
        executor->start();
        executor->advance(30);
        executor->advance(setup.plan.schedule.passes());
      }
      test::expect_same_divergences(*cuda, *cpu);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Integrators, GpuHandover, testing::ValuesIn(kIntegratorNames),
                         [](const auto& chosen) { return std::string(chosen.param); });

}  // namespace
}  // namespace ridgeflow
