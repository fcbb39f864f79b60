// Sums of lagged products of chains, in O(n log n).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ridgeflow {

// Sum over the chains c and the draws i < n - t of (x_ci - x̄_c)(x_c,i+t - x̄_c), with the chain's own mean
// x̄_c, for the lags t < lags. values: [chain][draw] with `draws` draws a chain; 1 <= lags <= draws <= 2^27 =
// Draws::kMost. [lag]
std::vector<double> lagged_products(std::span<const double> values, std::size_t draws, std::size_t lags);

}  // namespace ridgeflow
