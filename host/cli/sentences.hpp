// The findings as a physicist would tell them.
#pragma once

#include <string>
#include <vector>

#include "cli/lines.hpp"
#include "cli/report.hpp"

namespace ridgeflow::cli {

std::vector<std::string> sentences(const Findings& findings);

/// "1.075236 +- 0.000058": as many digits of the value as its error has meaning for.
std::string with_error(double value, double error);

/// "AMD EPYC 9B14 (avx512, 8 threads)": what a run ran on.
std::string executor_text(const ExecutorInfo& executor);

}  // namespace ridgeflow::cli
