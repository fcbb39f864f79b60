// Simulation-based calibration (Talts, Betancourt, Simpson, Vehtari and Gelman, arXiv:1804.06788).
//
// Draw (hyperparameters, data, d~) from the joint law of a model, let the sampler draw from the posterior of
// d given the rest, and the rank of d~ among its draws is uniform, for every function of d. The model
// (support/joint_model.hpp) is a full one at any U: kappa, u and the targets y come from a prior, d from
// N(y, 1/a), and the interacting part of exp(-S) is the likelihood of one binary observation. The truth is
// drawn by rejection from that prior, not from the Hartree Gaussian that the sampler proposes from, by
// generators of the C++ library: what the two sides share is the definition of S.
//
// Each repetition is one system of an ensemble: 9 chains, 7 draws each, kThin steps apart, after a burn-in.
// At the default step a mode forgets all but e^-7 with an accepted step, and 79 % of steps or more are
// accepted (92 % on average), so that draws are independent to 1e-3 and ranks of 63 of them uniform on 0
// .. 63. Eight times as many repetitions showed no deviation either.
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/joint_model.hpp"
#include "support/p_values.hpp"
#include "support/plants.hpp"
#include "support/seeds.hpp"

namespace ridgeflow {
namespace {

using test::JointDraw;
using test::JointModel;

constexpr std::uint64_t kRepetitions = 8192;
constexpr std::uint64_t kChains = 9;
constexpr std::uint64_t kSnapshots = 7;
constexpr std::uint64_t kBurnIn = 24;
constexpr std::uint64_t kThin = 4;
constexpr std::size_t kBins = 16;  // of 64 ranks

JointModel model() {
  JointModel m = test::joint_model(0.5);
  m.kappa_low = 2;
  m.kappa_high = 8;  // r from 1 to 4
  m.u_low = 0.125;
  m.u_high = 2;  // U from 1 to 16
  return m;
}

EnsembleSetup<float> ensemble(const std::string& integrator, const JointModel& m,
                              const std::vector<JointDraw>& truths, std::uint64_t seed) {
  SamplerOptions options;
  options.integrator = integrator;
  options.burn_in = kBurnIn + kSnapshots * kThin;
  options.seed = seed;
  EnsembleSetup<float> setup;
  for (std::uint64_t i = 0; i < truths.size(); ++i) {
    const Posterior posterior = m.posterior(truths[i]);
    ResolvedRun run = resolve(options, posterior);
    run.plan.schedule.draws = 0;
    EnsembleSetup<float> one = make_setup<float>(posterior, run);
    one.systems[0].first_chain = i * kChains;
    one.systems[0].chains = kChains;
    if (i == 0) {
      setup = std::move(one);
    } else {
      setup.systems.push_back(std::move(one.systems[0]));
    }
  }
  return setup;
}

// p-values of the rank histograms: one for each mode, one for R.
std::vector<double> rank_p_values(const std::string& integrator, std::uint64_t seed,
                                  const test::Plant& plant = test::nothing) {
  const JointModel m = model();
  const std::size_t modes = m.a.size();
  std::mt19937_64 generator(seed);
  std::vector<JointDraw> truths(kRepetitions);
  for (JointDraw& truth : truths) {
    truth = m.draw(generator);
  }
  EnsembleSetup<float> setup = ensemble(integrator, m, truths, seed);
  plant(setup);
  const auto executor = make_cpu_executor(std::move(setup), {});
  executor->start();
  std::vector<std::vector<std::uint64_t>> below(kRepetitions, std::vector<std::uint64_t>(modes + 1));
  for (std::uint64_t snapshot = 1; snapshot <= kSnapshots; ++snapshot) {
    executor->advance(kBurnIn + snapshot * kThin);
    for (std::size_t i = 0; i < kRepetitions; ++i) {
      const ChainBlock block = executor->export_chains(i, 0, kChains);
      for (std::uint64_t c = 0; c < kChains; ++c) {
        for (std::size_t k = 0; k < modes; ++k) {
          below[i][k] += block.d[c * modes + k] < truths[i].d[k] ? 1U : 0U;
        }
        below[i][modes] += block.size[c] < test::size_of(truths[i].d) ? 1U : 0U;
      }
    }
  }
  std::vector<double> p;
  for (std::size_t q = 0; q <= modes; ++q) {
    std::vector<std::uint64_t> counts(kBins);
    for (const auto& ranks : below) {
      ++counts[ranks[q] * kBins / (kChains * kSnapshots + 1)];
    }
    p.push_back(test::equal_counts_p(counts));
  }
  return p;
}

class SimulationBasedCalibration : public testing::TestWithParam<const char*> {};

TEST_P(SimulationBasedCalibration, RanksAreUniform) {
  const std::vector<double> p = rank_p_values(GetParam(), test::seed_of(101));
  std::printf("%s: smallest p of %zu rank histograms, corrected: %.3g\n", GetParam(), p.size(),
              test::smallest_p(p));
  EXPECT_GT(test::smallest_p(p), test::kFalseAlarm);
}

TEST_P(SimulationBasedCalibration, HartreeGaussianIsFound) {
  const std::vector<double> p = rank_p_values(GetParam(), test::seed_of(102), test::accept_always);
  std::printf("%s, every proposal accepted: p %.3g, of R %.3g\n", GetParam(), test::smallest_p(p), p.back());
  EXPECT_LT(test::smallest_p(p), test::kFound);
}

TEST_P(SimulationBasedCalibration, WrongCentreOfTheAcceptanceIsFound) {
  const std::vector<double> p =
      rank_p_values(GetParam(), test::seed_of(103), test::acceptance_centre_times(1.3));
  std::printf("%s, R* of the acceptance 30 %% off: p %.3g, of R %.3g\n", GetParam(), test::smallest_p(p),
              p.back());
  EXPECT_LT(test::smallest_p(p), test::kFound);
}

// One mode's noise, in all systems: seen in that mode's ranks.
TEST_P(SimulationBasedCalibration, WrongNoiseOfOneModeIsFound) {
  const std::vector<double> p =
      rank_p_values(GetParam(), test::seed_of(104), [](EnsembleSetup<float>& setup) {
        for (SystemSetup<float>& system : setup.systems) {
          system.step.blocks[1].noise[2] *= 1.15F;
        }
      });
  std::printf("%s, noise of mode 7 15 %% off: p of that mode %.3g\n", GetParam(), p[6]);
  EXPECT_LT(p[6] * static_cast<double>(p.size()), test::kFound);
}

INSTANTIATE_TEST_SUITE_P(ExactIntegrators, SimulationBasedCalibration, testing::Values("adjusted", "perfect"),
                         [](const auto& which) { return std::string(which.param); });

}  // namespace
}  // namespace ridgeflow
