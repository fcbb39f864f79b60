/// \file
/// What a run may be asked to do, drawn at random: for tests that compare executors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ridgeflow/run/sampler.hpp"

namespace ridgeflow::test {

/// One or several systems of unequal sizes under one plan.
struct RandomSetting {
  SamplerOptions options;                 ///< of all systems; chains: of each where it is sampled
  std::vector<Posterior> posteriors;      ///< of each system
  std::vector<std::uint64_t> chains;      ///< of each system
  std::vector<std::string> descriptions;  ///< of each system

  /// Whether sample_systems() runs it, with what it observes, and not an executor by itself: only such runs
  /// have at least kMinChains chains.
  bool sampled = false;
  std::uint64_t cut = 0;  ///< modulo the passes of the run: where the work is interrupted

  std::string describe() const;
};

/// Setting \p index of a list that never ends and never changes. It is legal: resolve() and the tables accept
/// it.
RandomSetting random_setting(std::uint64_t index);

/// The resolved run of system \p s of \p setting. \throws InvalidInput where it is not legal.
ResolvedRun resolve_system(const RandomSetting& setting, std::size_t s);

}  // namespace ridgeflow::test
