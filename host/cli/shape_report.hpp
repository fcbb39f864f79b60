// What a comparison says beyond two moments: cumulants, the distribution of R, pairs of modes.
#pragma once

#include <string>
#include <vector>

#include "cli/report.hpp"
#include "cli/tables.hpp"

namespace ridgeflow::cli {

/// Tables; empty where nothing was observed.
std::string shape_text(const Findings& findings);
/// The mode most resolved not to be Gaussian, and how R and the pairs agree with the exact average.
std::vector<std::string> shape_sentences(const Findings& findings);
/// Everything observed and its comparison; null where nothing was.
Json shape_json(const Findings& findings);
/// What of it speaks against the samples: p < \p smallest_p, or what could not be compared.
Problems shape_problems(const ShapeComparison& shape, const ObservedSummary& measured, double smallest_p);

/// What a dry run, and the log, say of the draws to be kept; empty where none are.
std::string kept_text(const ResolvedRun& run, std::size_t modes);

}  // namespace ridgeflow::cli
