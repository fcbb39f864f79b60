// The acceptance of `mala` against the densities themselves, and the step that is found for it.
#include <algorithm>
#include <cmath>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/random/normal.hpp"
#include "ridgeflow/run/adapt.hpp"
#include "ridgeflow/run/sampler.hpp"
#include "ridgeflow/run/tables.hpp"

#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

using Vector = std::vector<double>;

double action(const Posterior& posterior, const Vector& d) {
  double linear = 0;
  double size = 0;
  for (std::size_t k = 0; k < d.size(); ++k) {
    const double off = d[k] - posterior.spectrum().y[k];
    linear += 0.5 * posterior.spectrum().a[k] * off * off;
    size += d[k] * d[k];
  }
  return linear + 0.5 * posterior.ridge() * size + 0.125 * posterior.quartic() * size * size +
         posterior.sextic() / 48.0 * size * size * size;
}

Vector gradient(const Posterior& posterior, const Vector& d) {
  double size = 0;
  for (const double x : d) {
    size += x * x;
  }
  Vector g(d.size());
  for (std::size_t k = 0; k < d.size(); ++k) {
    g[k] = posterior.spectrum().a[k] * (d[k] - posterior.spectrum().y[k]) +
           (posterior.ridge() + 0.5 * posterior.quartic() * size + 0.125 * posterior.sextic() * size * size) *
               d[k];
  }
  return g;
}

// -log of the density of a proposal, without its constant.
double proposal_cost(const Posterior& posterior, double step, const Vector& from, const Vector& to) {
  const Vector g = gradient(posterior, from);
  double cost = 0;
  for (std::size_t k = 0; k < from.size(); ++k) {
    const double c = 1.0 / (posterior.spectrum().a[k] + posterior.hartree_ridge());
    const double off = to[k] - from[k] + step * c * g[k];
    cost += off * off / (4.0 * step * c);
  }
  return cost;
}

// One step by the functor's rules, and by the definition.
struct Step {
  Vector from;
  Vector to;
  double excess = 0;    // of the functor: accepted where -log2 u is no less
  double expected = 0;  // -A log2 e
};

template <class Tamper>
Step take_step(double u, double w, double step, std::uint32_t seed, const Tamper& tamper) {
  const Posterior posterior(Spectrum{{0.5, 2.0, 7.0}, {1.0, -0.6, 0.4}}, Couplings{3, 2.0, u, w});
  SamplerOptions options;
  options.integrator = "mala";
  options.precision = Precision::kDouble;
  options.step = step;
  const ResolvedRun run = resolve(options, posterior);
  ModeTables<double> tables = build_step_tables<double>(run, posterior);
  tamper(tables.constants);
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  Step taken;
  double size = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    taken.from.push_back(0.7 * normal(generator));
    size += taken.from[k] * taken.from[k];
  }
  const double before = Mala::before(tables.constants, size);
  const Vector g = gradient(posterior, taken.from);
  double proposed_size = 0;
  double sums[4] = {};
  for (std::uint32_t k = 0; k < 3; ++k) {
    const BlockCoefficients<double>& c = tables.blocks[0];
    const double xi = normal(generator);
    const double variance = 1.0 / (posterior.spectrum().a[k] + posterior.hartree_ridge());
    taken.to.push_back(Mala::update(c.decay[k], c.drift[k], c.noise[k], tables.weights[k], taken.from[k],
                                    xi / kNormalScale, before));
    EXPECT_NEAR(taken.to[k], taken.from[k] - step * variance * g[k] + std::sqrt(2 * step * variance) * xi,
                1e-13);
    proposed_size += taken.to[k] * taken.to[k];
    Mala::add_sums(tables.constants, before, taken.from[k], taken.to[k], c.noise[k], c.centre[k],
                   tables.weights[k], sums);
  }
  // what is accepted lies between these two exponential variates
  float refused = 0.0F;
  float accepted = 3000.0F;
  const auto accepts = [&](float x) {
    return Mala::after(tables.constants, size, proposed_size, sums, x).accepted;
  };
  if (accepts(0.0F)) {
    accepted = 0.0F;
  } else {
    for (int i = 0; i < 100; ++i) {
      const float middle = 0.5F * refused + 0.5F * accepted;
      (accepts(middle) ? accepted : refused) = middle;
    }
  }
  taken.excess = static_cast<double>(accepted);
  const double a = action(posterior, taken.from) - action(posterior, taken.to) +
                   proposal_cost(posterior, step, taken.from, taken.to) -
                   proposal_cost(posterior, step, taken.to, taken.from);
  taken.expected = std::clamp(-a / std::log(2.0), 0.0, 3000.0);
  return taken;
}

TEST(Mala, AcceptsByTheDensities) {
  for (const auto& [u, w] :
       {std::pair(0.0, 0.0), {0.5, 0.0}, {20.0, 0.0}, {0.0, 10.0}, {0.5, 2.0}, {20.0, 40.0}}) {
    for (const double step : {0.01, 0.3, 1.5}) {
      for (std::uint32_t seed = 0; seed < 50; ++seed) {
        const Step taken = take_step(u, w, step, seed, [](ChainConstants<double>&) {});
        EXPECT_NEAR(taken.excess, taken.expected, 3e-6 * (1.0 + taken.expected))
            << "u = " << u << ", w = " << w << ", h = " << step << ", seed " << seed;
      }
    }
  }
}

TEST(Mala, ARuleWithoutTheGradientsOrTheInteractionIsFound) {
  double without_gradients = 0;
  double without_interaction = 0;
  double without_cube = 0;
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    const auto off = [](const Step& taken) { return std::abs(taken.excess - taken.expected); };
    without_gradients = std::max(
        without_gradients,
        off(take_step(20.0, 0.0, 0.3, seed, [](ChainConstants<double>& c) { c.gradient_scale = 0; })));
    without_interaction = std::max(
        without_interaction,
        off(take_step(20.0, 0.0, 0.3, seed, [](ChainConstants<double>& c) { c.acceptance_scale = 0; })));
    without_cube = std::max(
        without_cube,
        off(take_step(0.5, 2.0, 0.3, seed, [](ChainConstants<double>& c) { c.cubic_acceptance = 0; })));
  }
  EXPECT_GT(without_cube, 0.1);
  EXPECT_GT(without_gradients, 0.1);
  EXPECT_GT(without_interaction, 0.1);
}

TEST(Mala, RefusesWhatIsNotANumber) {
  const ChainConstants<double> c{0.01, 1.0, 0.9, 0.5, 1, 1, 1, 1};
  const double sums[] = {1, std::nan(""), 1, 1};
  EXPECT_FALSE(Mala::after(c, 1.0, 2.0, sums, 33.0F).accepted);
}

TEST(AdaptStep, FindsTheTargetForAnyNumberOfModes) {
  for (const std::size_t modes : {1U, 30U, 1000U}) {
    const Posterior posterior = test::standard_posterior(modes, 4.0, 0.05);
    SamplerOptions options;
    options.integrator = "mala";
    const std::optional<AdaptedStep> found = adapt_step(posterior, options);
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->acceptance, found->target, 0.01) << modes;
    EXPECT_EQ(found->target, Mala::kTargetAcceptance);
    EXPECT_EQ(found->step, adapt_step(posterior, options)->step);  // found again to the bit
    // the run accepts what the pilot did, to the pilot's error and the tolerance
    options.draws = 64 * 400;
    options.chains = 64;
    const SampleResult result = sample(posterior, options);
    ASSERT_TRUE(result.adapted);
    EXPECT_EQ(result.run.problem.step, found->step);
    EXPECT_NEAR(result.summary.acceptance, found->target, 0.02) << modes;
  }
}

TEST(AdaptStep, LeavesAloneWhatHasAStepOrNoTarget) {
  const Posterior posterior = test::standard_posterior(10, 4.0, 0.05);
  SamplerOptions options;
  EXPECT_FALSE(adapt_step(posterior, options));  // adjusted
  options.integrator = "mala";
  options.step = 0.1;
  EXPECT_FALSE(adapt_step(posterior, options));
  EXPECT_FALSE(sample(posterior, options).adapted);
}

}  // namespace
}  // namespace ridgeflow
