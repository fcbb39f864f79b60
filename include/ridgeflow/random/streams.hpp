/// \file
/// The one list of noise streams. Two uses of noise with the same (seed, chain, step, block) must differ
/// here.
#pragma once

#include <cstdint>

namespace ridgeflow {

/// Stream ids, the low 8 bits of counter word 3 (docs/trajectory.md, "Counter"). Never renumber: it would
/// change every trajectory.
enum class Stream : std::uint32_t {
  kStep = 0,     ///< normals of a step
  kOpening = 1,  ///< normals that take a start to where the first kick is (IntegratorDefaults::kEndsHalfway)
  kAcceptance = 2,  ///< uniforms of acceptance: one word a step, four steps a counter
  kInitial = 3,     ///< normals of the initial state
};

/// Largest step that the counter can tell apart: 56 bits.
inline constexpr std::uint64_t kMaxStep = (std::uint64_t{1} << 56) - 1;
/// Largest chain index + 1 that the counter can tell apart.
inline constexpr std::uint64_t kMaxChains = std::uint64_t{1} << 32;

}  // namespace ridgeflow
