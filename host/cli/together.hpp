// Several systems by one run: what the checks of transfer and curve share.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ridgeflow/io/run_config.hpp"
#include "ridgeflow/run/precision.hpp"
#include "ridgeflow/run/sampler.hpp"

namespace ridgeflow::cli {

/// The precision that \p options come to, for a study whose runs all take one, and why; warns where resolve()
/// would of it.
PrecisionChoice precision_of_all(const SamplerOptions& options, const Posterior& posterior);

/// A request for each of \p posteriors with the sampler options of \p config, moments alone; their chains are
/// numbered one after the other, so that the systems' noise is independent, and where one of them needs
/// double precision all take it. Every one is resolved once: what cannot be run is refused here. \throws
/// InvalidInput.
std::vector<SystemRequest> requests_for(std::span<const Posterior* const> posteriors,
                                        const RunConfig& config);

/// Samples them by one run, with progress; warnings go to the log, each once. \throws RunStopped where a
/// signal stopped it before every system had draws.
std::vector<SampleResult> sample_together(std::span<const SystemRequest> systems);

/// What that would take: mode updates, memory, time.
std::string together_cost_text(std::span<const SystemRequest> systems);

/// "adjusted, 1024 chains x 3907 draws of each system, seed 1" and where and how fast it ran, two lines.
std::string together_text(std::span<const SampleResult> samples, const RunConfig& config);

/// Seconds of all stages of all systems.
double together_seconds(std::span<const SampleResult> samples);

}  // namespace ridgeflow::cli
