// The verdict of a comparison, before its tables: what a reader in a hurry takes along.
#pragma once

#include <string>
#include <vector>

#include "cli/report.hpp"

namespace ridgeflow::cli {

/// Three lines: whether the samples agree with exact, how far the renormalization group is from it, whether
/// the chains have converged. More where something is wrong.
std::string verdict_lines(const Findings& findings);

/// The line on the samples: \p verdict of \p what ("the 7 systems"; may be empty), with \p good said after
/// "agree with exact" where they do.
std::string samples_line(const Verdict& verdict, const std::string& what, const std::string& good);

}  // namespace ridgeflow::cli
