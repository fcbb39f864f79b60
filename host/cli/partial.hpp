// What a stop has left of a run: told, marked, and in the exit status.
#pragma once

#include <span>
#include <string>

#include "ridgeflow/run/sampler.hpp"

#include "cli/tables.hpp"

namespace ridgeflow::cli {

/// "stopped after 120 of 3907 draws a chain"; empty for a whole run.
std::string partial_text(const SampleResult& samples);

/// The same in brackets, after a blank.
std::string partial_remark(const SampleResult& samples);

/// How long a run was to be and how long it became: draws a chain, and whether it was stopped.
Json length_json(const SampleResult& samples);

/// How much of a run there must be for a result of it.
enum class Enough {
  kOneMeasured,  ///< some systems, the others without numbers
  kAllMeasured   ///< every system: they are compared with one another
};

/// Looks at \p samples, the results of all systems and chains of the run. Where it was stopped the log says
/// so, and the program's exit status will be that of the signal. \throws RunStopped where there is not
/// \p enough.
void accept_stop(std::span<const SampleResult> samples, Enough enough);

/// Whether accept_stop() found the run stopped.
bool result_is_partial();

}  // namespace ridgeflow::cli
