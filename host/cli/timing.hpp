// Short timed runs: what profile reports and what a dry run predicts from.
#pragma once

#include <cstdint>

#include "ridgeflow/run/sampler.hpp"

namespace ridgeflow::cli {

struct Speed {
  double updates_per_second = 0;      ///< mode updates
  double chain_steps_per_second = 0;  ///< steps of single chains
  double effective_per_second = 0;    ///< independent draws of the softest mode; only where asked for
  ExecutorInfo executor;
};

/// Steps \p options.chains chains, measuring as they ask, \p repeats times for about \p seconds each;
/// medians. With \p effective also the share of draws that is independent. \throws as sample() does.
Speed measure_speed(const Posterior& posterior, SamplerOptions options, double seconds, int repeats,
                    bool effective);

/// What a run would take.
struct Cost {
  std::uint64_t state_bytes = 0;
  double seconds = 0;
  Speed speed;
};
/// From a run of about 0.2 s with as many of its chains as fit into 256 MiB.
Cost estimate_cost(const Posterior& posterior, const SamplerOptions& options, const ResolvedRun& run);

}  // namespace ridgeflow::cli
