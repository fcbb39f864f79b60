/// \file
/// The threads that share a chain. A group sums one number a thread under the strided tree of
/// chain/size_tree.hpp: rounds of half >= 32 pair threads of different warps, those below are butterflies.
/// Host code may model the same interface (tests/cuda does, with threads and a barrier), so that the kernels'
/// loop runs and is tested without a GPU.
#pragma once

#include <cstdint>

#include "ridgeflow/base/macros.hpp"

namespace ridgeflow::kernels {

/// Up to 32 neighbouring threads of a warp.
class WarpGroup {
 public:
  __device__ explicit WarpGroup(std::uint32_t size) : size_(size), lane_(threadIdx.x % size) {
    const std::uint32_t first = (threadIdx.x % 32U) - lane_;
    mask_ = (size == 32U ? ~0U : ((1U << size) - 1U)) << first;
  }
  __device__ std::uint32_t lane() const { return lane_; }
  __device__ std::uint32_t size() const { return size_; }

  /// Orders memory between the threads of the group.
  __device__ void sync() const { __syncwarp(mask_); }

  template <class T>
  __device__ T sum(T value) {
    for (std::uint32_t half = size_ / 2; half > 0; half /= 2) {
      value = value + __shfl_xor_sync(mask_, value, static_cast<int>(half));
    }
    return value;
  }
  template <class T>
  __device__ T largest(T value) {
    for (std::uint32_t half = size_ / 2; half > 0; half /= 2) {
      const T other = __shfl_xor_sync(mask_, value, static_cast<int>(half));
      value = other > value ? other : value;
    }
    return value;
  }

 private:
  std::uint32_t size_;
  std::uint32_t lane_;
  std::uint32_t mask_;
};

/// A whole block of 64 to 256 threads. Every warp reads all partial sums and reduces them itself, so one
/// barrier a sum is enough; two buffers take turns so that the next sum cannot overwrite one still being
/// read.
class BlockGroup {
 public:
  static constexpr std::uint32_t kMaxThreads = 256;
  /// \p shared: 2 kMaxThreads doubles.
  __device__ BlockGroup(std::uint32_t size, double* shared) : size_(size), shared_(shared) {}
  __device__ std::uint32_t lane() const { return threadIdx.x; }
  __device__ std::uint32_t size() const { return size_; }

  __device__ void sync() const { __syncthreads(); }

  template <class T>
  __device__ T sum(T value) {
    return this->reduce(value, [](T a, T b) { return a + b; });
  }
  template <class T>
  __device__ T largest(T value) {
    return this->reduce(value, [](T a, T b) { return b > a ? b : a; });
  }

 private:
  template <class T, class Combine>
  __device__ T reduce(T value, Combine combine) {
    T* buffer = reinterpret_cast<T*>(shared_ + turn_ * kMaxThreads);
    turn_ ^= 1U;
    buffer[threadIdx.x] = value;
    __syncthreads();
    // strided tree over the warps, at this thread's place in a warp
    const std::uint32_t place = threadIdx.x % 32U;
    const std::uint32_t warps = size_ / 32U;
    T part[kMaxWarps];
#pragma unroll
    for (std::uint32_t w = 0; w < kMaxWarps; ++w) {
      part[w] = w < warps ? buffer[w * 32U + place] : T(0);
    }
#pragma unroll
    for (std::uint32_t half = kMaxWarps / 2; half > 0; half /= 2) {
#pragma unroll
      for (std::uint32_t w = 0; w < half; ++w) {
        part[w] = combine(part[w], part[w + half]);
      }
    }
    value = part[0];
#pragma unroll
    for (int half = 16; half > 0; half /= 2) {
      value = combine(value, __shfl_xor_sync(~0U, value, half));
    }
    return value;
  }

  static constexpr std::uint32_t kMaxWarps = kMaxThreads / 32U;
  std::uint32_t size_;
  double* shared_;
  std::uint32_t turn_ = 0;
};

}  // namespace ridgeflow::kernels
