// Sampling with its progress on the screen.
#pragma once

#include <span>
#include <vector>

#include "ridgeflow/run/sampler.hpp"

namespace ridgeflow::cli {

/// sample_systems(), with progress shown by the first process.
std::vector<SampleResult> sample_with_progress(std::span<const SystemRequest> systems);

/// The same, shared by all ranks: each samples a range of every system's chains, and the first has the
/// results of all, those of one process to the last bit. On other ranks the results are their own share.
std::vector<SampleResult> sample_on_ranks(std::span<const SystemRequest> systems);

}  // namespace ridgeflow::cli
