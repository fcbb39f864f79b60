// What the systems of a sweep found, one line each, as text for a terminal, as CSV and as JSON.
#pragma once

#include <string>
#include <vector>

#include "ridgeflow/io/run_config.hpp"
#include "ridgeflow/model/posterior.hpp"
#include "ridgeflow/theory/prediction.hpp"

#include "cli/report.hpp"
#include "cli/tables.hpp"

namespace ridgeflow::cli {

/// One system of a sweep. References: everything must outlive it.
struct SweepSystem {
  std::vector<KeyValue> place;  ///< its value on every axis
  const Posterior& posterior;
  const std::vector<Prediction>& predictions;
  const Findings* findings = nullptr;  ///< null where nothing was sampled
  std::string csv;                     ///< its per-mode CSV
  Json json;                           ///< its own report
};

struct SweepReport {
  const RunConfig& config;  ///< with the axes
  std::vector<SweepSystem> systems;
};

/// Values of the axes at system \p system of the grid.
std::vector<KeyValue> place_in_grid(const RunConfig& config, std::size_t system);

std::string table_text(const SweepReport& report);
/// The per-mode CSV of every system under one header, with a column for each axis before it. \throws
/// InvalidInput if the systems do not have the same theories.
std::string csv_text(const SweepReport& report);
Json json_of(const SweepReport& report);

/// Samples of all systems against `exact`, p of each at 1e-3 over their number: what --require asks of a
/// sweep.
Verdict judge(const SweepReport& report);

}  // namespace ridgeflow::cli
