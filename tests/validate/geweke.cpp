// Geweke's joint distribution test ("Getting it right", JASA 99 (2004), p. 799).
//
// The joint law of targets y and state d (support/joint_model.hpp) is simulated twice. Once directly, by
// rejection from the prior. Once by alternating the sampler's own step of d given y with an exact draw of y
// given d, which is Gaussian: that leaves the joint law in place only if the step leaves the posterior of
// every y in place, also where a single step is far from an independent draw. Every function of (y, d) must
// have the same mean in both.
//
// Chains start in the joint law, from the rejection, so there is nothing to burn in; a wrong step drifts away
// from it. Each chain is a system of its own, because its y is; every transition builds their tables anew,
// imports the chains and takes the next step, so that the noise is that of one long run.
#include <cmath>
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
using test::MeanError;

constexpr std::size_t kChains = 512;
constexpr std::uint64_t kTransitions = 300;
constexpr std::size_t kDirectDraws = 200'000;
constexpr double kRelaxations = 0.7;  // h (a_1 + rho*): a step keeps half of the softest mode

JointModel model() {
  JointModel m = test::joint_model(0.5);
  m.kappa_low = m.kappa_high = 4;  // r = 2
  m.u_low = m.u_high = 1;          // U = 8
  return m;
}

// d, d^2, y, y^2, d y of every mode, R, R^2.
std::vector<double> quantities(const JointDraw& at) {
  std::vector<double> out;
  for (std::size_t k = 0; k < at.d.size(); ++k) {
    const double d = at.d[k];
    const double y = at.y[k];
    out.insert(out.end(), {d, d * d, y, y * y, d * y});
  }
  const double size = test::size_of(at.d);
  out.insert(out.end(), {size, size * size});
  return out;
}

const std::vector<MeanError>& direct(const JointModel& m, std::uint64_t seed) {
  static std::vector<MeanError> estimates;
  if (estimates.empty()) {
    std::mt19937_64 generator(seed);
    std::vector<double> sum;
    std::vector<double> square;
    for (std::size_t i = 0; i < kDirectDraws; ++i) {
      const std::vector<double> q = quantities(m.draw(generator));
      sum.resize(q.size());
      square.resize(q.size());
      for (std::size_t j = 0; j < q.size(); ++j) {
        sum[j] += q[j];
        square[j] += q[j] * q[j];
      }
    }
    constexpr double n = kDirectDraws;
    for (std::size_t j = 0; j < sum.size(); ++j) {
      estimates.push_back({sum[j] / n, std::sqrt((square[j] / n - sum[j] * sum[j] / n / n) / (n - 1))});
    }
  }
  return estimates;
}

// The systems of all chains for their present y.
EnsembleSetup<float> systems_of(const JointModel& m, const std::string& integrator,
                                const std::vector<JointDraw>& states, std::uint64_t seed) {
  SamplerOptions options;
  options.integrator = integrator;
  options.burn_in = kTransitions;
  options.seed = seed;
  EnsembleSetup<float> setup;
  for (std::size_t c = 0; c < states.size(); ++c) {
    const Posterior posterior = m.posterior(states[c]);
    if (integrator != "perfect") {
      options.step = kRelaxations / (posterior.softest() + posterior.hartree_ridge());
    }
    ResolvedRun run = resolve(options, posterior);
    run.plan.schedule.draws = 0;
    EnsembleSetup<float> one = make_setup<float>(posterior, run);
    one.systems[0].first_chain = c;
    one.systems[0].chains = 1;
    if (c == 0) {
      setup = std::move(one);
    } else {
      setup.systems.push_back(std::move(one.systems[0]));
    }
  }
  return setup;
}

ChainBlock block_at(const JointDraw& state, std::uint64_t chain) {
  ChainBlock block;
  block.resize(1, static_cast<std::uint32_t>(state.d.size()));
  block.first_chain = chain;
  for (std::size_t k = 0; k < state.d.size(); ++k) {
    block.d[k] = static_cast<double>(static_cast<float>(state.d[k]));
  }
  block.size[0] = static_cast<double>(static_cast<float>(test::size_of(block.d)));
  return block;
}

// Deviations of the alternating simulator from the direct one, in standard errors.
std::vector<double> deviations(const std::string& integrator, std::uint64_t seed,
                               const test::Plant& plant = test::nothing) {
  const JointModel m = model();
  const std::vector<MeanError>& expected = direct(m, seed + 1);
  std::mt19937_64 generator(seed);
  std::vector<JointDraw> states(kChains);
  std::vector<ChainBlock> blocks;
  for (std::size_t c = 0; c < kChains; ++c) {
    states[c] = m.draw(generator);
    blocks.push_back(block_at(states[c], c));
  }
  std::vector<std::vector<double>> means(expected.size(), std::vector<double>(kChains));
  for (std::uint64_t t = 0; t < kTransitions; ++t) {
    EnsembleSetup<float> setup = systems_of(m, integrator, states, seed);
    plant(setup);
    const auto executor = make_cpu_executor(std::move(setup), {1, "auto"});  // a step is too short to share
    for (std::size_t c = 0; c < kChains; ++c) {
      executor->import_chains(c, blocks[c]);
    }
    executor->advance(t + 1);
    for (std::size_t c = 0; c < kChains; ++c) {
      blocks[c] = executor->export_chains(c, 0, 1);
      states[c].d = blocks[c].d;
      for (std::size_t k = 0; k < states[c].y.size(); ++k) {
        states[c].y[k] = m.draw_target(k, states[c].d[k], generator);
      }
      const std::vector<double> q = quantities(states[c]);
      for (std::size_t j = 0; j < q.size(); ++j) {
        means[j][c] += q[j] / static_cast<double>(kTransitions);
      }
    }
  }
  std::vector<double> z;
  for (std::size_t j = 0; j < means.size(); ++j) {
    const MeanError measured = test::mean_error(means[j]);
    z.push_back((measured.mean - expected[j].mean) / std::hypot(measured.error, expected[j].error));
  }
  return z;
}

double smallest_p(const std::vector<double>& z) {
  std::vector<double> p;
  for (const double x : z) {
    p.push_back(test::normal_p(x));
  }
  return test::smallest_p(p);
}

void expect_found(const char* what, const std::vector<double>& z) {
  std::printf("%s: p %.3g\n", what, smallest_p(z));
  EXPECT_LT(smallest_p(z), test::kFound) << what;
}

TEST(Geweke, BothSimulatorsAgree) {
  for (const char* integrator : {"adjusted", "perfect"}) {
    const std::vector<double> z = deviations(integrator, test::seed_of(201));
    std::printf("%s: smallest p of %zu quantities, corrected: %.3g\n", integrator, z.size(), smallest_p(z));
    EXPECT_GT(smallest_p(z), test::kFalseAlarm / 2) << integrator;
  }
}

TEST(Geweke, PlantedErrorsAreFound) {
  expect_found("every proposal accepted", deviations("adjusted", test::seed_of(202), test::accept_always));
  expect_found("R* of the acceptance 20 % off",
               deviations("adjusted", test::seed_of(203), test::acceptance_centre_times(1.2)));
  expect_found("noise of all modes 3 % off",
               deviations("adjusted", test::seed_of(204), [](EnsembleSetup<float>& setup) {
                 for (SystemSetup<float>& system : setup.systems) {
                   for (BlockCoefficients<float>& block : system.step.blocks) {
                     for (float& noise : block.noise) {
                       noise *= 1.03F;
                     }
                   }
                 }
               }));
}

}  // namespace
}  // namespace ridgeflow
