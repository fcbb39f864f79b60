// What profile found, as text for a terminal, as CSV and as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ridgeflow/io/run_config.hpp"

#include "cli/tables.hpp"
#include "cli/timing.hpp"

namespace ridgeflow::cli {

/// One timed run.
struct Timing {
  std::string integrator;
  std::int64_t samples = 0;  ///< P
  std::size_t modes = 0;     ///< M
  std::uint64_t chains = 0;
  Speed speed;
};

/// Timings along one axis. A timing may be on several.
struct Sweep {
  std::string axis;  ///< "size", "chains" or "integrator"
  std::vector<Timing> timings;
};

struct ProfileReport {
  RunConfig config;
  double seconds = 0;  ///< of each timed run, as asked for
  Sweep by_size;       ///< empty where the number of modes is fixed
  Sweep by_chains;
  Sweep by_integrator;
};

std::string csv_text(const ProfileReport& report);
Json json_of(const ProfileReport& report);
std::string table_text(const ProfileReport& report);

}  // namespace ridgeflow::cli
