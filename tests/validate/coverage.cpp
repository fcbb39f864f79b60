// Do the errors of a run cover? Thousands of small runs of the sampler itself (64 chains, few draws) against
// the exact average: intervals estimate +- t mcse, t from Student's law with the chains' degrees of freedom.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include <boost/math/distributions/students_t.hpp>
#include <gtest/gtest.h>

#include "ridgeflow/theory/exact.hpp"

#include "support/plants.hpp"
#include "support/posteriors.hpp"
#include "support/seeds.hpp"

namespace ridgeflow {
namespace {

constexpr std::uint32_t kModes = 16;
constexpr std::uint64_t kChains = 64;  // of a run
constexpr std::uint64_t kRunsPerSeed = 500;
constexpr std::uint64_t kSeeds = 8;
constexpr double kRuns = kRunsPerSeed * kSeeds;

// 4000 runs leave 0.74 and 0.35 points of noise in the share of one mode: the bands are 6.8 and 5.8 standard
// errors wide, so that the worst of 68 shares of a right program leaves them once in a million.
struct Level {
  double nominal;
  double band;
};
constexpr Level kLevels[] = {{0.68, 0.05}, {0.95, 0.02}};

// Shares of the runs whose interval holds the exact value, by level.
struct Shares {
  std::vector<std::array<double, 2>> mean;      // [mode]
  std::vector<std::array<double, 2>> variance;  // [mode]
  std::array<double, 2> mean_size{};            // <R>
  std::array<double, 2> variance_size{};        // Var R
};

const Posterior& posterior() {
  static const Posterior posterior = test::standard_posterior(kModes, test::kStandardKappa, 1.0);
  return posterior;
}

struct How {
  const char* integrator;
  double relaxations;   // h (a_1 + rho*); 0: the default step
  std::uint64_t draws;  // of a chain
};

using Change = std::function<void(MomentSummary&)>;
void unchanged(MomentSummary& /*summary*/) {}

Shares shares(const How& how, std::uint64_t seed, const test::Plant& plant = test::nothing,
              const Change& change = unchanged) {
  const ExactAverage exact(posterior());
  const boost::math::students_t law(static_cast<double>(kChains) - 1);
  const auto count = [&law](std::array<double, 2>& share, double deviation, double error) {
    for (std::size_t level = 0; level < 2; ++level) {
      const double t = boost::math::quantile(law, 0.5 + 0.5 * kLevels[level].nominal);
      share[level] += std::abs(deviation) < t * error ? 1 / kRuns : 0.0;
    }
  };
  Shares out{std::vector<std::array<double, 2>>(kModes), std::vector<std::array<double, 2>>(kModes)};
  for (std::uint64_t s = 0; s < kSeeds; ++s) {
    SamplerOptions options;
    options.integrator = how.integrator;
    options.seed = seed + s;
    options.chains = kChains * kRunsPerSeed;
    options.steps = how.draws;
    if (how.relaxations > 0) {
      options.step = how.relaxations / (posterior().softest() + posterior().hartree_ridge());
    }
    const test::PlantedRun run = test::planted_run(posterior(), options, plant);
    for (std::uint64_t i = 0; i < kRunsPerSeed; ++i) {
      Moments moments;
      moments.add(run.chains(i * kChains, kChains));
      MomentSummary summary = summarize_run(moments, posterior(), run.run, run.executor->passes_done());
      change(summary);
      for (std::uint32_t k = 0; k < kModes; ++k) {
        count(out.mean[k], summary.mean[k] - exact.mean(k), summary.mcse_mean[k]);
        count(out.variance[k], summary.variance[k] - exact.variance(k), summary.mcse_variance[k]);
      }
      count(out.mean_size, summary.mean_size - exact.mean_size(), summary.mcse_mean_size);
      count(out.variance_size, summary.variance_size - exact.variance_size(), summary.mcse_variance_size);
    }
  }
  return out;
}

// Share of all modes together, and of the mode farthest from the nominal one.
struct CoveredShare {
  double pooled = 0;
  double worst = 0;
};

CoveredShare coverage(const std::vector<std::array<double, 2>>& share, std::size_t level) {
  CoveredShare out{0, kLevels[level].nominal};
  for (const auto& mode : share) {
    out.pooled += mode[level] / static_cast<double>(share.size());
    if (std::abs(mode[level] - kLevels[level].nominal) > std::abs(out.worst - kLevels[level].nominal)) {
      out.worst = mode[level];
    }
  }
  return out;
}

void print(const std::string& what, double nominal, const CoveredShare& c) {
  std::printf("%s: %.0f %% intervals cover %.2f %%, worst mode %.2f %%\n", what.c_str(), 100 * nominal,
              100 * c.pooled, 100 * c.worst);
}

void expect_coverage(const How& how) {
  const Shares share = shares(how, test::seed_of(401));
  for (std::size_t level = 0; level < 2; ++level) {
    const auto [nominal, band] = kLevels[level];
    const CoveredShare mean = coverage(share.mean, level);
    const CoveredShare variance = coverage(share.variance, level);
    print("means", nominal, mean);
    print("variances", nominal, variance);
    std::printf("<R>: %.2f %%, Var R: %.2f %%\n", 100 * share.mean_size[level],
                100 * share.variance_size[level]);
    for (const double covered : {mean.pooled, mean.worst, variance.pooled, variance.worst,
                                 share.mean_size[level], share.variance_size[level]}) {
      EXPECT_NEAR(covered, nominal, band);
    }
  }
}

TEST(Coverage, IntervalsOfIndependentDraws) {
  expect_coverage({"perfect", 0, 32});
}
TEST(Coverage, IntervalsOfAdjustedDraws) {
  expect_coverage({"adjusted", 0, 32});
}
TEST(Coverage, IntervalsOfCorrelatedDraws) {
  expect_coverage({"adjusted", 0.3, 200});
}

// Errors as of independent draws, from correlated ones.
TEST(Coverage, ErrorsThatForgetAutocorrelationAreFound) {
  const auto naive = [](MomentSummary& s) {
    for (std::size_t k = 0; k < s.mean.size(); ++k) {
      const auto n = static_cast<double>(s.draws);
      s.mcse_mean[k] = std::sqrt(s.variance[k] / n);
      s.mcse_variance[k] = s.variance[k] * std::sqrt(2 / n);
    }
  };
  const Shares share = shares({"adjusted", 0.3, 200}, test::seed_of(402), test::nothing, naive);
  for (std::size_t level = 0; level < 2; ++level) {
    const auto [nominal, band] = kLevels[level];
    print("means, errors of independent draws", nominal, coverage(share.mean, level));
    EXPECT_LT(coverage(share.mean, level).worst, nominal - band);
    EXPECT_LT(coverage(share.variance, level).worst, nominal - band);
  }
}

TEST(Coverage, ErrorsFifteenPerCentOffAreFound) {
  for (const double factor : {0.85, 1.25}) {
    const auto scaled = [factor](MomentSummary& s) {
      for (std::size_t k = 0; k < s.mean.size(); ++k) {
        s.mcse_mean[k] *= factor;
        s.mcse_variance[k] *= factor;
      }
    };
    const Shares share = shares({"perfect", 0, 32}, test::seed_of(403), test::nothing, scaled);
    for (std::size_t level = 0; level < 2; ++level) {
      const auto [nominal, band] = kLevels[level];
      print("means, errors times " + std::to_string(factor), nominal, coverage(share.mean, level));
      EXPECT_GT(std::abs(coverage(share.mean, level).pooled - nominal), band);
      EXPECT_GT(std::abs(coverage(share.variance, level).pooled - nominal), band);
    }
  }
}

// Two per cent of noise are four of a variance, 1.3 standard errors of a run of this length.
TEST(Coverage, NoiseTwoPerCentOffIsFound) {
  const Shares share = shares({"perfect", 0, 32}, test::seed_of(404), test::noise_times(1.02));
  for (std::size_t level = 0; level < 2; ++level) {
    const auto [nominal, band] = kLevels[level];
    print("variances, noise 2 % off", nominal, coverage(share.variance, level));
    EXPECT_GT(std::abs(coverage(share.variance, level).pooled - nominal), band);
  }
}

TEST(Coverage, AcceptingAlwaysIsFound) {
  const Shares share = shares({"adjusted", 0, 32}, test::seed_of(405), test::accept_always);
  std::printf("Var R, every proposal accepted: %.2f %%\n", 100 * share.variance_size[1]);
  EXPECT_LT(share.variance_size[1], kLevels[1].nominal - kLevels[1].band);
}

}  // namespace
}  // namespace ridgeflow
