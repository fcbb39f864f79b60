/// \file
/// Launches, as host code calls them.
#pragma once

#include <cuda_runtime_api.h>

#include "arguments.hpp"
#include "variants.hpp"

namespace ridgeflow::kernels {

/// Throws DeviceError naming \p what unless \p status is success; clears the runtime's pending error, so that
/// the next call is not blamed for this one.
void check(cudaError_t status, const char* what);

/// Advances all chains. Instantiated for every integrator, precision and kind of normals
/// (random/fast_normal.hpp), each in a source of its own. \throws DeviceError if the launch is refused.
template <class Scalar, class Integrator, class Normals>
void launch_advance(const Variant& variant, const LaunchArguments<Scalar>& arguments, cudaStream_t stream);

/// Warps of launch_advance() that a multiprocessor holds at a time. Instantiated with it.
template <class Scalar, class Integrator, class Normals>
int warps_per_multiprocessor(const Variant& variant);

/// Draws all initial states.
template <class Scalar>
void launch_start(const LaunchArguments<Scalar>& arguments, cudaStream_t stream);

}  // namespace ridgeflow::kernels
