// Errors that a test plants in the tables of a run, all through public structures, and runs that carry them.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "ridgeflow/random/normal.hpp"
#include "ridgeflow/run/executor.hpp"
#include "ridgeflow/run/sampler.hpp"
#include "ridgeflow/run/tables.hpp"

#include "support/runs.hpp"

namespace ridgeflow::test {

/// Changes the tables of a run before it starts. [setup of one or more systems]
using Plant = std::function<void(EnsembleSetup<float>&)>;

inline void nothing(EnsembleSetup<float>& /*setup*/) {}

/// All modes' noise amplitudes times \p factor; variances then by its square where steps forget the state.
inline Plant noise_times(double factor) {
  return [factor](EnsembleSetup<float>& setup) { scale_noise(setup, factor); };
}

/// One mode's noise amplitude, mode index from 0.
inline Plant noise_of_mode_times(std::uint32_t mode, double factor) {
  return [=](EnsembleSetup<float>& setup) {
    float& noise = setup.systems[0].step.blocks[mode / kBlockModes].noise[mode % kBlockModes];
    noise = static_cast<float>(factor * static_cast<double>(noise));
  };
}

/// Every proposal accepted: what is sampled is the Hartree Gaussian.
inline void accept_always(EnsembleSetup<float>& setup) {
  for (SystemSetup<float>& system : setup.systems) {
    system.step.constants.acceptance_scale = 0;
    system.step.constants.cubic_acceptance = 0;
  }
}

/// R* of the acceptance rule alone.
inline Plant acceptance_centre_times(double factor) {
  return [factor](EnsembleSetup<float>& setup) {
    for (SystemSetup<float>& system : setup.systems) {
      float& size = system.step.constants.hartree_size;
      size = static_cast<float>(factor * static_cast<double>(size));
    }
  };
}

/// Makes mode \p mode (from 0) of a free system move as x' = phi x + noise about \p mean with stationary
/// \p variance, both in its step and its start: AR(1), made by the executor itself.
inline void make_autoregressive(SystemSetup<float>& system, std::uint32_t mode, double phi, double mean,
                                double variance) {
  const auto set = [=](ModeTables<float>& tables, double decay) {
    BlockCoefficients<float>& block = tables.blocks[mode / kBlockModes];
    const std::uint32_t j = mode % kBlockModes;
    block.decay[j] = static_cast<float>(decay);
    const double rounded = static_cast<double>(block.decay[j]);
    block.drift[j] = static_cast<float>((1 - rounded) * mean);
    block.noise[j] = static_cast<float>(std::sqrt(variance * (1 - rounded) * (1 + rounded)) * kNormalScale);
    block.centre[j] = static_cast<float>(mean);
  };
  set(system.step, phi);
  set(system.start, 0.0);
}

/// A finished run and what it takes to summarize any of its chains.
struct PlantedRun {
  ResolvedRun run;
  std::vector<double> centres;  ///< m*_k as the chains hold it
  std::unique_ptr<Executor> executor;

  ChainBlock chains(std::uint64_t first, std::uint64_t count) const {
    return this->executor->export_chains(0, first, count);
  }
};

/// Runs \p options on the CPU to the end, with \p plant.
inline PlantedRun planted_run(const Posterior& posterior, const SamplerOptions& options,
                              const Plant& plant = nothing) {
  PlantedRun out;
  out.run = resolve(options, posterior);
  EnsembleSetup<float> setup = make_setup<float>(posterior, out.run);
  plant(setup);
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    out.centres.push_back(
        static_cast<double>(setup.systems[0].step.blocks[k / kBlockModes].centre[k % kBlockModes]));
  }
  out.executor = make_cpu_executor(std::move(setup), {options.threads, options.lanes});
  out.executor->start();
  out.executor->advance(out.run.plan.schedule.passes());
  return out;
}

/// What the run reports.
inline MomentSummary summary_of(const PlantedRun& run, const Posterior& posterior) {
  return summarize_run(collect_moments(*run.executor, run.run, posterior.modes()), posterior, run.run,
                       run.executor->passes_done());
}

}  // namespace ridgeflow::test
