#include "ridgeflow/theory/deviation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ridgeflow {
namespace {

void find_largest(const std::vector<double>& values, const std::vector<double>& expected, double& largest,
                  std::size_t& mode) {
  for (std::size_t k = 0; k < std::min(values.size(), expected.size()); ++k) {
    if (values[k] == expected[k]) {
      continue;
    }
    const double relative = std::abs(values[k] / expected[k] - 1.0);
    // A NaN compares false with everything: it must not pass for a small number.
    const double deviation = std::isfinite(relative) ? relative : std::numeric_limits<double>::infinity();
    if (expected[k] != 0.0 && deviation > largest) {
      largest = deviation;
      mode = k + 1;
    }
  }
}

}  // namespace

LargestDeviation largest_deviation(const Prediction& values, const Prediction& expected) {
  LargestDeviation found;
  find_largest(values.mean, expected.mean, found.mean, found.mean_mode);
  find_largest(values.variance, expected.variance, found.variance, found.variance_mode);
  return found;
}

const Prediction* find_prediction(const std::vector<Prediction>& predictions, Theory theory) {
  const auto found = std::find_if(predictions.begin(), predictions.end(),
                                  [theory](const Prediction& each) { return each.theory == theory; });
  return found == predictions.end() ? nullptr : &*found;
}

std::optional<LargestDeviation> distance_from_exact(const std::vector<Prediction>& predictions,
                                                    Theory theory) {
  const Prediction* exact = find_prediction(predictions, Theory::exact);
  const Prediction* other = find_prediction(predictions, theory);
  if (exact == nullptr || other == nullptr) {
    return std::nullopt;
  }
  return largest_deviation(*exact, *other);
}

}  // namespace ridgeflow
