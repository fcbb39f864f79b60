/// \file
/// Marks for code that both the host compiler and nvcc read.
#pragma once

/// A function of host and device alike. On the host it is always inlined: the CPU executor compiles the same
/// header once for each vector width, and an out-of-line copy built for one width must never be linked into
/// another.
#if defined(__CUDACC__)
#define RIDGEFLOW_FUNCTION __host__ __device__ __forceinline__
#else
#define RIDGEFLOW_FUNCTION [[gnu::always_inline]] inline
#endif

/// Nonzero while nvcc compiles for the device itself (not in its host pass).
#if defined(__CUDA_ARCH__)
#define RIDGEFLOW_DEVICE_PASS 1
#else
#define RIDGEFLOW_DEVICE_PASS 0
#endif

/// Unrolls the loop that follows, whose count is a constant.
#if defined(__CUDACC__)
#define RIDGEFLOW_UNROLL _Pragma("unroll")
#else
#define RIDGEFLOW_UNROLL _Pragma("GCC unroll 16")
#endif
