// Runs that several tests need: an executor for a posterior whose tables a test may first tamper with.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ridgeflow/run/executor.hpp"
#include "ridgeflow/run/options.hpp"
#include "ridgeflow/run/tables.hpp"

namespace ridgeflow::test {

/// Multiplies the noise of every step.
template <class Scalar>
void scale_noise(EnsembleSetup<Scalar>& setup, double factor) {
  for (BlockCoefficients<Scalar>& block : setup.systems[0].step.blocks) {
    for (Scalar& noise : block.noise) {
      noise = static_cast<Scalar>(factor * static_cast<double>(noise));
    }
  }
}

/// The block after all passes.
template <class Scalar>
ChainBlock run_all(EnsembleSetup<Scalar> setup, const CpuOptions& options = {}) {
  const std::uint64_t passes = setup.plan.schedule.passes();
  const std::uint64_t chains = setup.systems[0].chains;
  const auto executor = make_cpu_executor(std::move(setup), options);
  executor->start();
  executor->advance(passes);
  return executor->export_chains(0, 0, chains);
}

}  // namespace ridgeflow::test
