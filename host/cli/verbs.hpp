// The verbs of the program. Each registers its flags and hands back what it does; the number is the exit
// status (docs/architecture.md, "The command line").
#pragma once

#include <functional>

#include <CLI/App.hpp>

namespace ridgeflow::cli {

inline constexpr int kDone = 0;
inline constexpr int kComparisonFailed = 1;
inline constexpr int kBadInput = 2;
inline constexpr int kNumericalFailure = 3;
inline constexpr int kSystemFailure = 4;

using Action = std::function<int()>;

Action add_compare(CLI::App& app);
Action add_predict(CLI::App& app);
Action add_transfer(CLI::App& app);
Action add_curve(CLI::App& app);
Action add_profile(CLI::App& app);
Action add_bias(CLI::App& app);
Action add_flow(CLI::App& app);
Action add_relevance(CLI::App& app);
Action add_info(CLI::App& app);
Action add_plot(CLI::App& app);

}  // namespace ridgeflow::cli
