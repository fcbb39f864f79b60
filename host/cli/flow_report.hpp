// What flow found, as text for a terminal, as CSV and as JSON.
#pragma once

#include <string>

#include "ridgeflow/io/run_config.hpp"

#include "cli/flow_study.hpp"
#include "cli/tables.hpp"

namespace ridgeflow::cli {

struct FlowReport {
  RunConfig config;  ///< resolved
  FlowStudy study;
};

std::string csv_text(const FlowReport& report);
Json json_of(const FlowReport& report);
std::string table_text(const FlowReport& report);

}  // namespace ridgeflow::cli
