/// \file
/// What a run measured beyond two moments.
#pragma once

#include <optional>
#include <vector>

#include "ridgeflow/measure/cumulants.hpp"
#include "ridgeflow/measure/size_histogram.hpp"
#include "ridgeflow/model/mode_pair.hpp"

namespace ridgeflow {

/// Estimates with errors; unset or empty: not asked for.
struct ObservedSummary {
  std::optional<ModeCumulantEstimates> cumulants;
  std::optional<SizeEstimates> size;
  std::vector<ModePair> pairs;
  std::vector<Measured> covariance;  ///< [pair]
  double least_acceptance = 1;       ///< over chains
  double largest_acceptance = 1;

  bool has_shape() const { return this->cumulants || !this->pairs.empty(); }
};

}  // namespace ridgeflow
