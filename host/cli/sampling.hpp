// Sampling with its progress on the screen.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ridgeflow/run/precision.hpp"
#include "ridgeflow/run/sampler.hpp"

namespace ridgeflow::cli {

/// Appends those of \p warnings that are not yet in \p told: systems of one run share most.
void add_distinct(std::vector<std::string>& told, const std::vector<std::string>& warnings);

/// "precision: single (rounding moves no mean by more than 0.25 of its standard error)", of a dry run; of
/// several that differ how many take which, with the first one's reason. Ends its lines.
std::string precision_text(std::span<const PrecisionChoice> choices);
/// That of \p run alone.
PrecisionChoice precision_of(const ResolvedRun& run);

/// sample_systems(), with progress shown by the first process; a signal stops it (cli/partial.hpp).
std::vector<SampleResult> sample_with_progress(std::span<const SystemRequest> systems);

/// The same, shared by all ranks: each samples a range of every system's chains, and the first has the
/// results of all, those of one process to the last bit. On other ranks the results are their own share.
std::vector<SampleResult> sample_on_ranks(std::span<const SystemRequest> systems);

}  // namespace ridgeflow::cli
