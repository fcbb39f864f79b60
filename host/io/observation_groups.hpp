// The groups of a result that hold what was measured beyond two moments.
#pragma once

#include "ridgeflow/measure/shape_comparison.hpp"
#include "ridgeflow/run/sampler.hpp"

#include "io/result_group.hpp"

namespace ridgeflow::io {

inline constexpr Meaning kModeMeaning{"1", "mode k, from 1 in the order of the spectrum"};
inline constexpr Meaning kChainMeaning{"1", "index of the chain"};
inline constexpr Meaning kDrawMeaning{"1", "measurement of the chain, from 1"};

/// `posterior`, `cumulants`, `size_distribution` and `pair_covariance`: those that \p samples have, with the
/// exact columns of \p shape where it is not null.
void write_observations(ResultGroup& root, const SampleResult& samples, const ShapeComparison* shape);

}  // namespace ridgeflow::io
