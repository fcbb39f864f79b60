// What `ridgeflow predict` says of the exact posterior beyond two moments.
#pragma once

#include <optional>
#include <string>

#include "ridgeflow/io/run_config.hpp"
#include "ridgeflow/theory/exact_cumulants.hpp"
#include "ridgeflow/theory/size_distribution.hpp"

#include "cli/tables.hpp"

namespace ridgeflow::cli {

/// What was asked for; nothing otherwise.
struct BeyondVariance {
  std::optional<ModeCumulants> modes;
  std::optional<SizeCumulants> size;
  std::optional<SizeDistribution> distribution;
};
BeyondVariance beyond_variance(const RunConfig& config, const Posterior& posterior);

/// The file of the distribution of R is to be a CSV: called before any work. \throws InvalidInput.
void check_size_file(const RunConfig& config);

/// Tables of the cumulants, and the quantiles of R; empty where neither was asked for.
std::string beyond_variance_text(const Posterior& posterior, const BeyondVariance& beyond);
/// `exact_kappa3`, `exact_kappa4` and the cumulants of R.
Json cumulants_json(const BeyondVariance& beyond);
/// `R,density,cdf`, 513 lines evenly from the quantile 1e-6 to the quantile 1 - 1e-6; 17 significant digits.
std::string size_distribution_csv(const SizeDistribution& distribution);

}  // namespace ridgeflow::cli
