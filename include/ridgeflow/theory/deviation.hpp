/// \file
/// How far apart predictions are, free of noise.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "ridgeflow/theory/prediction.hpp"

namespace ridgeflow {

/// Largest |value/expected - 1| over the modes that two predictions have in common, of what is not 0.
struct LargestDeviation {
  double mean = 0;
  std::size_t mean_mode = 0;  ///< its mode k, from 1; 0: no mean differs
  double variance = 0;
  std::size_t variance_mode = 0;
};

/// How far \p values, of a transferred system say, are from \p expected, of the large one: modes 1 to the
/// last that both have. A number that is not finite counts as infinitely far.
LargestDeviation largest_deviation(const Prediction& values, const Prediction& expected);

/// That of \p theory among \p predictions; null: there is none.
const Prediction* find_prediction(const std::vector<Prediction>& predictions, Theory theory);

/// Largest |exact/theory - 1| of \p theory; nothing where either is not among \p predictions.
std::optional<LargestDeviation> distance_from_exact(const std::vector<Prediction>& predictions,
                                                    Theory theory);

}  // namespace ridgeflow
