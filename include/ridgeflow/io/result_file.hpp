/// \file
/// Results as one netCDF-4 file (docs/architecture.md, "A result file").
#pragma once

#include <string>
#include <vector>

#include "ridgeflow/io/run_config.hpp"
#include "ridgeflow/measure/comparison.hpp"
#include "ridgeflow/measure/draw_diagnostics.hpp"
#include "ridgeflow/measure/shape_comparison.hpp"
#include "ridgeflow/run/sampler.hpp"
#include "ridgeflow/theory/exact_cumulants.hpp"
#include "ridgeflow/theory/prediction.hpp"

namespace ridgeflow {

/// What a result file holds. References: everything must outlive the call.
struct ResultContents {
  const RunConfig& config;  ///< resolved: what repeats the run
  const Posterior& posterior;
  const std::vector<Prediction>& predictions;
  const SampleResult* samples = nullptr;                 ///< null where nothing was sampled
  const std::vector<Comparison>* comparisons = nullptr;  ///< of the samples with the predictions; or null
  const ModeCumulants* cumulants = nullptr;              ///< of the exact posterior; or null
  const ShapeComparison* shape = nullptr;                ///< of what samples have beyond two moments; or null
  const DrawDiagnostics* diagnostics = nullptr;          ///< of the draws that samples have kept; or null
};

/// Writes a netCDF-4 file with the groups `constant_data` and `prediction`, and with samples `sample_stats`,
/// `moments`, `comparison` and `timing`; `node_moments` where nodes were kept; `posterior`, `diagnostics`,
/// `cumulants`, `size_distribution` and `pair_covariance` where they were asked for. Dimensions are fixed and
/// stand in each group with their coordinates
/// (`mode` = k from 1, `theory` = name); every variable has units and long_name; unwritten values are NaN.
///
/// Made in memory, written under a temporary name and renamed: \p path is never half a file. One that is
/// there is replaced only where the config says so (RunConfig::replace). \throws DeviceError as PendingFile
/// does, and where the netCDF library fails.
void write_result(const std::string& path, const ResultContents& contents);

/// Writes the systems of the sweep of \p config, in the order of grid_of(), as one file of the same groups:
/// every variable has the axes of the sweep as its first dimensions, named by their keys (`u`, `samples`), in
/// the order of RunConfig::sweep. Where systems have fewer modes than the largest one the rest is NaN. Root
/// attributes are those that all systems share, `kind` = "sweep" and `axes`. \throws as write_result().
void write_sweep(const std::string& path, const RunConfig& config,
                 const std::vector<ResultContents>& systems);

}  // namespace ridgeflow
