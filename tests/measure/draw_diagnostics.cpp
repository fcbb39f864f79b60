#include "ridgeflow/measure/draw_diagnostics.hpp"

#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/measure/draws.hpp"
#include "ridgeflow/measure/effective_size.hpp"
#include "ridgeflow/measure/gamma_method.hpp"

namespace ridgeflow {
namespace {

constexpr std::uint64_t kChains = 4;
constexpr std::uint64_t kDraws = 200;

/// Autoregressive draws, [chain][draw][mode]; chain 0 of mode \p shifted sits elsewhere.
DrawStore kept(std::uint32_t modes, std::uint32_t shifted) {
  DrawStore store({{0, kChains}, kDraws, 1, modes, true});
  std::mt19937_64 generator(3);
  std::normal_distribution<double> normal;
  std::vector<double> d(kChains * modes);
  std::vector<double> size(kChains, 1.0);
  std::vector<std::uint64_t> measured(kChains);
  for (std::uint64_t n = 0; n < kDraws; ++n) {
    for (double& each : d) {
      each = 0.5 * each + normal(generator);
    }
    std::vector<double> shown = d;
    if (shifted < modes) {
      shown[shifted] += 5.0;
    }
    for (std::uint64_t& each : measured) {
      ++each;
    }
    StateTile tile;
    tile.first_chain = 0;
    tile.draw = n + 1;
    tile.modes = modes;
    tile.d = shown;
    tile.size = size;
    tile.measured = measured;
    store.keep(n, tile);
  }
  return store;
}

TEST(DrawDiagnostics, AreThoseOfEveryModesOwnDraws) {
  const DrawStore store = kept(3, 3);
  const DrawDiagnostics found = diagnose_draws(store);
  EXPECT_EQ(found.draws, kChains * kDraws);
  EXPECT_EQ(found.modes_looked_at, 3U);
  for (std::uint32_t k = 0; k < 3; ++k) {
    std::vector<double> values;
    for (std::uint64_t c = 0; c < kChains; ++c) {
      for (std::uint64_t n = 0; n < kDraws; ++n) {
        values.push_back(store.d(c, n, k));
      }
    }
    const Draws draws(values, kChains, kDraws);
    const ChainDiagnostics one = diagnose(draws);
    EXPECT_EQ(found.r_hat[k], one.r_hat);
    EXPECT_EQ(found.ess_bulk[k], one.ess_bulk);
    EXPECT_EQ(found.ess_tail[k], one.ess_tail);
    EXPECT_EQ(found.mcse_sd[k], one.mcse_sd);
    EXPECT_EQ(found.tau_int[k], gamma_method(draws).tau_int);
    EXPECT_NEAR(found.tau_int[k], 1.5, 5 * found.tau_int_error[k]);  // (1 + 1/2) / (2 (1 - 1/2))
    EXPECT_LT(found.r_hat[k], 1.05);
  }
}

TEST(DrawDiagnostics, AChainThatSitsElsewhereIsFoundInItsModeAlone) {
  const DrawDiagnostics found = diagnose_draws(kept(3, 1));
  EXPECT_LT(found.r_hat[0], 1.05);
  EXPECT_GT(found.r_hat[1], 1.2);
  EXPECT_LT(found.r_hat[2], 1.05);
}

TEST(DrawDiagnostics, ManyValuesAreLookedAtInSomeModesFromTheFirstToTheLast) {
  const DrawDiagnostics found = diagnose_draws(kept(50, 50), 5.0 * kChains * kDraws);
  EXPECT_LE(found.modes_looked_at, 5U);
  EXPECT_GE(found.modes_looked_at, 4U);
  EXPECT_TRUE(std::isfinite(found.r_hat.front()));
  EXPECT_TRUE(std::isfinite(found.r_hat.back()));
  std::size_t finite = 0;
  for (const double each : found.r_hat) {
    finite += std::isfinite(each) ? 1U : 0U;
  }
  EXPECT_EQ(finite, found.modes_looked_at);
}

TEST(DrawDiagnostics, TooFewDrawsAreRefused) {
  EXPECT_THROW(diagnose_draws(DrawStore({{0, 4}, 3, 1, 1, true})), InvalidInput);
}

}  // namespace
}  // namespace ridgeflow
