// How far theories are from the exact moments, in words and tables: without noise, where exact is known.
#pragma once

#include <string>
#include <vector>

#include "ridgeflow/measure/moments.hpp"
#include "ridgeflow/theory/deviation.hpp"
#include "ridgeflow/theory/prediction.hpp"

#include "cli/tables.hpp"

namespace ridgeflow::cli {

/// "1.5 %"; "no number" where the theory has none.
std::string distance_text(double relative);
/// "0.43 % in means (k = 7), 1.5 % in variances (k = 3)".
std::string distance_text(const LargestDeviation& largest);

/// A table of distance_from_exact() of every other theory under a line that says what it is; with \p measured
/// also what was measured there, with its error, which no choice of the mode has biased. Empty without exact.
std::string distance_table(const std::vector<Prediction>& predictions, const MomentSummary* measured);

Json distance_json(const LargestDeviation& largest);
/// Those of every theory but exact by name; empty without exact.
Json distances_json(const std::vector<Prediction>& predictions);

}  // namespace ridgeflow::cli
