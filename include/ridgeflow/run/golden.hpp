/// \file
/// Golden trajectories: short runs whose bits are known (docs/trajectory.md, "Golden trajectories"). Every
/// executor must reproduce them; a machine without a GPU fixes them for a machine with one.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "ridgeflow/run/executor.hpp"

namespace ridgeflow {

/// A short run and what its chains must hash to.
struct GoldenCase {
  std::string_view name;
  std::string_view integrator;
  std::uint32_t modes = 0;
  std::uint64_t first_chain = 0;
  std::uint64_t chains = 0;
  std::uint64_t burn_in = 0;
  std::uint64_t every = 1;
  std::uint64_t draws = 0;
  std::uint64_t seed = 0;
  bool sextic = false;     ///< with a sextic coupling
  bool mobile = false;     ///< by the integrator's twin for any mobility
  std::uint64_t hash = 0;  ///< trajectory_hash() of all chains at the end; 0 where none is on record
};

/// All of them. Their hashes are those of tests/data/golden_trajectories.csv, compiled in.
std::vector<GoldenCase> golden_cases();

/// Tables and plan of \p which. The tables come from no posterior and no function of the C library, whose
/// last bit differs between versions, but from small fractions by +, -, *, / and sqrt in double.
EnsembleSetup<float> golden_setup(const GoldenCase& which);

/// Hash of \p executor taken from its start to the end of \p which, with all chains exported at once.
std::uint64_t golden_hash(const GoldenCase& which, Executor& executor);

}  // namespace ridgeflow
