// Runs of different seeds share no noise. A seed that enters as an offset of a counter, not as the key,
// replays the noise of another seed some chains or steps later; every run by itself looks right. So the
// states of two runs are correlated at every offset of chains, steps and noise blocks within a window.
#include "support/seeds.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/p_values.hpp"
#include "support/plants.hpp"
#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

constexpr std::uint32_t kModes = 64;
constexpr std::uint64_t kChains = 512;
constexpr std::uint64_t kSteps = 6;
constexpr std::int64_t kWindow = 4;

using States = std::vector<std::vector<double>>;  // [step][chain * modes + mode], standardized

// Independent draws of a free system (`perfect`, U = 0): the normals of the steps themselves, at the right
// place.
States states(std::uint64_t seed, std::uint64_t first_chain = 0, std::uint64_t skipped_steps = 0) {
  const Posterior posterior = test::standard_posterior(kModes, test::kStandardKappa, 0.0);
  SamplerOptions options;
  options.integrator = "perfect";
  options.seed = seed;
  options.chains = kChains;
  options.first_chain = first_chain;
  options.steps = kSteps + skipped_steps;
  const ResolvedRun run = resolve(options, posterior);
  const auto executor = make_cpu_executor(make_setup<float>(posterior, run), {});
  executor->start();
  States out;
  for (std::uint64_t step = 1; step <= kSteps; ++step) {
    executor->advance(skipped_steps + step);
    std::vector<double> d = executor->export_chains(0, 0, kChains).d;
    for (std::size_t i = 0; i < d.size(); ++i) {
      const std::size_t k = i % kModes;
      d[i] = (d[i] - posterior.mean_at(k, posterior.ridge())) /
             std::sqrt(posterior.variance_at(k, posterior.ridge()));
    }
    out.push_back(std::move(d));
  }
  return out;
}

struct Correlation {
  double z = 0;                          // times the square root of the number of pairs
  std::array<std::int64_t, 3> offset{};  // chains, steps, modes
  double p = 1;                          // of the largest |z|, corrected for the number of offsets
};

// The largest over all offsets: pairs (x at i + offset, y at i).
Correlation largest_correlation(const States& x, const States& y) {
  Correlation largest;
  int offsets = 0;
  for (std::int64_t chains = -kWindow; chains <= kWindow; ++chains) {
    for (std::int64_t steps = -kWindow; steps <= kWindow; ++steps) {
      for (const std::int64_t modes : {0, 1, 2, 4, -1, -2, -4}) {
        double sum = 0;
        double pairs = 0;
        for (std::int64_t t = std::max<std::int64_t>(0, -steps);
             t < std::int64_t{kSteps} - std::max<std::int64_t>(0, steps); ++t) {
          const double* a = x[static_cast<std::size_t>(t + steps)].data();
          const double* b = y[static_cast<std::size_t>(t)].data();
          for (std::int64_t c = std::max<std::int64_t>(0, -chains);
               c < std::int64_t{kChains} - std::max<std::int64_t>(0, chains); ++c) {
            const std::int64_t begin = std::max<std::int64_t>(0, -modes);
            const std::int64_t end = std::int64_t{kModes} - std::max<std::int64_t>(0, modes);
            for (std::int64_t k = begin; k < end; ++k) {
              sum += a[(c + chains) * std::int64_t{kModes} + k + modes] * b[c * std::int64_t{kModes} + k];
            }
            pairs += static_cast<double>(end - begin);
          }
        }
        const double z = sum / std::sqrt(pairs);
        ++offsets;
        if (std::abs(z) > std::abs(largest.z)) {
          largest.z = z;
          largest.offset = {chains, steps, modes};
        }
      }
    }
  }
  largest.p = std::min(1.0, offsets * test::normal_p(largest.z));
  std::printf("largest correlation: %.1f standard errors at %+d chains, %+d steps, %+d modes; p = %.3g\n",
              largest.z, static_cast<int>(largest.offset[0]), static_cast<int>(largest.offset[1]),
              static_cast<int>(largest.offset[2]), largest.p);
  return largest;
}

TEST(Seeds, RunsOfDifferentSeedsShareNoNoise) {
  const std::uint64_t seed = test::seed_of(7);
  const States x = states(seed);
  const std::uint64_t others[] = {seed + 1, seed + 2, seed ^ (std::uint64_t{1} << 32U),
                                  seed ^ (std::uint64_t{1} << 63U)};
  for (const std::uint64_t other : others) {
    EXPECT_GT(largest_correlation(x, states(other)).p, test::kFalseAlarm / 4) << other;
  }
}

// Seeds 0 and 3, or 0 and 2, as an offset of chains, or of steps, under one key.
TEST(Seeds, SeedAsAnOffsetOfChainsIsFound) {
  const std::uint64_t key = test::seed_of(7);
  const Correlation c = largest_correlation(states(key, 0), states(key, 3));
  EXPECT_LT(c.p, test::kFound);
  EXPECT_EQ(c.offset, (std::array<std::int64_t, 3>{3, 0, 0}));
}

TEST(Seeds, SeedAsAnOffsetOfStepsIsFound) {
  const std::uint64_t key = test::seed_of(7);
  const Correlation c = largest_correlation(states(key, 0, 0), states(key, 0, 2));
  EXPECT_LT(c.p, test::kFound);
  EXPECT_EQ(c.offset, (std::array<std::int64_t, 3>{0, 2, 0}));
}

TEST(Seeds, TheEnvironmentVariableIsRead) {
  EXPECT_EQ(test::read_fresh_seeds(nullptr), 0U);
  EXPECT_EQ(test::read_fresh_seeds(""), 0U);
  EXPECT_EQ(test::read_fresh_seeds("0"), 0U);
  EXPECT_EQ(test::read_fresh_seeds("18446744073709551615"), 18446744073709551615U);
  EXPECT_GT(test::read_fresh_seeds("1"), 1U);
  EXPECT_NE(test::read_fresh_seeds("1"), test::read_fresh_seeds("1"));
  for (const char* wrong : {"yes", "-1", "12x", "18446744073709551616"}) {
    EXPECT_THROW(test::read_fresh_seeds(wrong), std::invalid_argument) << wrong;
  }
}

}  // namespace
}  // namespace ridgeflow
