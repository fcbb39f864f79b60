// The findings as a physicist would tell them.
#pragma once

#include <string>
#include <vector>

#include "cli/report.hpp"

namespace ridgeflow::cli {

std::vector<std::string> sentences(const Findings& findings);

/// \p sentence in lines of at most 98 columns, the later ones indented, with a line end.
std::string wrapped(const std::string& sentence);

}  // namespace ridgeflow::cli
