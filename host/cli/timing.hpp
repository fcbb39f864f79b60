// Short timed runs: what profile reports and what a dry run predicts from.
#pragma once

#include <cstdint>
#include <limits>

#include "ridgeflow/run/sampler.hpp"

namespace ridgeflow::cli {

/// What a timed run measured. NaN: not known, or not asked for.
struct Speed {
  static constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();

  double updates_per_second = 0;            ///< mode updates
  double chain_steps_per_second = 0;        ///< steps of single chains
  double effective_per_second = kNotKnown;  ///< independent draws of the softest mode
  ExecutorInfo executor;

  RunTiming timing;                    ///< of the whole timed run, its stages as those of a real one
  std::uint64_t passes = 0;            ///< in timing.sample
  double calibrate = 0;                ///< seconds that the next two took
  double clock = kNotKnown;            ///< of a core of the CPU, measured beside the passes [Hz]
  double scaling = kNotKnown;          ///< measure_thread_scaling() of its threads, likewise
  double processor_share = kNotKnown;  ///< processor time of the passes over threads x wall time
  double wall = 0;                     ///< seconds of all of it
  double floor = kNotKnown;            ///< floor_of() the executor [mode updates/s]

  double seconds_per_chain_step() const { return 1.0 / this->chain_steps_per_second; }
  double share_of_floor() const { return this->updates_per_second / this->floor; }
};

/// kFull adds all that may be not known.
enum class TimingDetail { kRates, kFull };

/// Steps \p options.chains chains, measuring as they ask, \p repeats times for about \p seconds each;
/// medians. Independent draws are counted where the run got as long as a usual burn-in, for which up to 4 \p
/// seconds more are spent. \throws as sample() does.
Speed measure_speed(const Posterior& posterior, SamplerOptions options, double seconds, int repeats,
                    TimingDetail detail);

/// What a run would take.
struct Cost {
  std::uint64_t state_bytes = 0;
  double seconds = 0;
  Speed speed;
};
/// From a run of about 0.2 s with as many of its chains as fit into 256 MiB.
Cost estimate_cost(const Posterior& posterior, const SamplerOptions& options, const ResolvedRun& run);

}  // namespace ridgeflow::cli
