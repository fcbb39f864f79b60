// Seeds of the suites labelled `validate`: fixed, unless RIDGEFLOW_FRESH_SEEDS asks for others.
#pragma once

#include <charconv>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace ridgeflow::test {

/// What RIDGEFLOW_FRESH_SEEDS says. Unset, empty or 0: 0, the fixed seeds. 1: a number from the system, above
/// 1. Any other number: itself, which repeats a run that printed it. \throws std::invalid_argument for what
/// is no number.
inline std::uint64_t read_fresh_seeds(const char* value) {
  const std::string_view text = value == nullptr ? "" : value;
  std::uint64_t root = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), root);
  if (!text.empty() && (error != std::errc{} || end != text.data() + text.size())) {
    throw std::invalid_argument("RIDGEFLOW_FRESH_SEEDS=" + std::string(text) +
                                ": give 1 for fresh seeds, or the number that a run printed to repeat it");
  }
  if (root == 1) {
    std::random_device device;
    root = (std::uint64_t{device()} << 32U | device()) | 2U;
  }
  return root;
}

inline std::uint64_t fresh_root() {
  static const std::uint64_t root = read_fresh_seeds(std::getenv("RIDGEFLOW_FRESH_SEEDS"));
  return root;
}

/// The seed that stands for \p fixed in this run, printed. Fresh ones are SplitMix64 of root + fixed.
inline std::uint64_t seed_of(std::uint64_t fixed) {
  std::uint64_t seed = fixed;
  if (fresh_root() != 0) {
    seed = fresh_root() + fixed * 0x9E3779B97F4A7C15U;
    seed = (seed ^ (seed >> 30U)) * 0xBF58476D1CE4E5B9U;
    seed = (seed ^ (seed >> 27U)) * 0x94D049BB133111EBU;
    seed ^= seed >> 31U;
    std::printf("seed %" PRIu64 " (RIDGEFLOW_FRESH_SEEDS=%" PRIu64 " repeats it)\n", seed, fresh_root());
  } else {
    std::printf("seed %" PRIu64 " (fixed)\n", seed);
  }
  testing::Test::RecordProperty("seed", std::to_string(seed));
  return seed;
}

/// Chance that anything that a test expects of a right program fails with fresh seeds.
inline constexpr double kFalseAlarm = 1e-4;
/// What a planted error must come to, as a p-value, its chance to be seen by accident.
inline constexpr double kFound = 1e-6;

}  // namespace ridgeflow::test
