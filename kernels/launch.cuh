/// \file
/// The kernels, and the one checked way to launch them.
#pragma once

#include <cstddef>
#include <iterator>
#include <type_traits>
#include <utility>

#include "advance.cuh"
#include "group.cuh"
#include "launch.hpp"
#include "store.cuh"

namespace ridgeflow::kernels {

/// Chain number \p chain of a launch, over all systems.
template <class Scalar>
__device__ ChainPlace<Scalar> place(const LaunchArguments<Scalar>& arguments, std::uint64_t chain) {
  std::uint32_t low = 0;
  std::uint32_t high = arguments.system_count;
  while (high - low > 1) {
    const std::uint32_t middle = (low + high) / 2;
    (arguments.systems[middle].chains_before <= chain ? low : high) = middle;
  }
  return {arguments.systems + low, chain - arguments.systems[low].chains_before};
}

/// Takes one chain through a launch, or, for Initial, to its start.
template <class Scalar, class Integrator, class Store, class Normals, class Group>
__device__ __forceinline__ void run_chain(const LaunchArguments<Scalar>& arguments, std::uint64_t number,
                                          Group& group) {
  extern __shared__ double moments[];
  ChainAdvance<Scalar, Integrator, Group, Store, Normals> advance(group, place(arguments, number),
                                                                  arguments.plan, arguments.blocks_per_thread,
                                                                  reinterpret_cast<Quad<Scalar>*>(moments));
  if constexpr (std::is_same_v<Integrator, Initial>) {
    advance.start();
  } else {
    advance.run(arguments.begin, arguments.passes);
  }
}

/// Several chains a block, each by up to 32 neighbouring threads.
template <class Scalar, class Integrator, class Store, class Normals>
__global__ void __launch_bounds__(kWarpThreads, 1)
    advance_by_warps(const __grid_constant__ LaunchArguments<Scalar> arguments) {
  WarpGroup group(arguments.group_size);
  const std::uint64_t number =
      (static_cast<std::uint64_t>(blockIdx.x) * blockDim.x + threadIdx.x) / arguments.group_size;
  if (number < arguments.chain_count) {
    run_chain<Scalar, Integrator, Store, Normals>(arguments, number, group);
  }
}

/// One chain a block.
template <class Scalar, class Integrator, class Store, class Normals>
__global__ void __launch_bounds__(kBlockThreads, 1)
    advance_by_blocks(const __grid_constant__ LaunchArguments<Scalar> arguments) {
  __shared__ double shared[2 * BlockGroup::kMaxThreads];
  BlockGroup group(arguments.group_size, shared);
  run_chain<Scalar, Integrator, Store, Normals>(arguments, blockIdx.x, group);
}

/// Asks for \p shared bytes of dynamic shared memory for \p kernel.
inline void allow_shared(const void* kernel, std::size_t shared, const char* name) {
  if (shared > 0) {
    check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(shared)),
          name);
  }
}

/// Launches, with \p shared bytes of dynamic shared memory, and reads the launch's own error at once.
template <class Scalar>
void launch_checked(void (*kernel)(LaunchArguments<Scalar>), const char* name, std::uint64_t grid,
                    std::uint32_t threads, const LaunchArguments<Scalar>& arguments, cudaStream_t stream,
                    std::size_t shared = 0) {
  static_assert(std::is_trivially_copyable_v<LaunchArguments<Scalar>>);
  void* parameters[] = {const_cast<LaunchArguments<Scalar>*>(&arguments)};
  const auto* function = reinterpret_cast<const void*>(kernel);
  allow_shared(function, shared, name);
  check(cudaLaunchKernel(function, dim3(static_cast<unsigned>(grid)), dim3(threads), parameters, shared,
                         stream),
        name);
  check(cudaGetLastError(), name);
}

/// A kernel and the dynamic shared memory that it wants.
template <class Scalar>
struct Kernel {
  void (*function)(LaunchArguments<Scalar>);
  std::size_t shared;
};

/// The kernel of \p variant.
template <class Scalar, class Integrator, class Normals>
Kernel<Scalar> find_kernel(const Variant& variant) {
  constexpr bool kPrevious = Integrator::kRefuses;
  constexpr std::uint32_t kMost = max_register_blocks<Scalar>();
  const auto by_blocks = [](auto store) -> Kernel<Scalar> {
    using Store = typename decltype(store)::type;
    return {advance_by_blocks<Scalar, Integrator, Store, Normals>, Store::moments_bytes()};
  };
  const auto shared = [&](auto blocks) {
    return by_blocks(std::type_identity<RegisterStore<Scalar, decltype(blocks)::value, kPrevious,
                                                      kBlockThreads, MomentsIn::kSharedMemory>>{});
  };
  Kernel<Scalar> kernel{};
  const auto take_registers_if = [&](auto blocks) {
    constexpr int kBlocks = decltype(blocks)::value;
    if constexpr (kBlocks <= kMost) {
      if (variant.blocks == kBlocks && variant.kind == StoreKind::kWarp) {
        kernel.function = advance_by_warps<Scalar, Integrator,
                                           RegisterStore<Scalar, kBlocks, kPrevious, kWarpLanes>, Normals>;
      }
      // with half as many the chain would have half the threads
      if constexpr (2 * kBlocks > kMost) {
        if (variant.blocks == kBlocks && variant.kind == StoreKind::kBlock) {
          kernel = by_blocks(std::type_identity<RegisterStore<Scalar, kBlocks, kPrevious, kBlockThreads>>{});
        }
      }
    }
  };
  switch (variant.kind) {
    case StoreKind::kWarp:
    case StoreKind::kBlock:
      [&]<std::size_t... i>(std::index_sequence<i...>) {
        (take_registers_if(std::integral_constant<int, static_cast<int>(kRegisterBlocks[i])>{}), ...);
      }
      (std::make_index_sequence<std::size(kRegisterBlocks)>{});
      break;
    case StoreKind::kShared:
      return variant.blocks == max_shared_blocks<Scalar>()
                 ? shared(std::integral_constant<int, max_shared_blocks<Scalar>()>{})
                 : shared(std::integral_constant<int, fewer_shared_blocks<Scalar>()>{});
    case StoreKind::kMemory:
      return by_blocks(std::type_identity<MemoryStore<Scalar, kSumsOf<Integrator>>>{});
  }
  return kernel;
}

template <class Scalar, class Integrator, class Normals>
void launch_advance(const Variant& variant, const LaunchArguments<Scalar>& arguments, cudaStream_t stream) {
  const Kernel<Scalar> kernel = find_kernel<Scalar, Integrator, Normals>(variant);
  const std::uint64_t chains = variant.chains_per_block();
  launch_checked(kernel.function, Integrator::kName, (arguments.chain_count + chains - 1) / chains,
                 variant.threads, arguments, stream, kernel.shared);
}

template <class Scalar, class Integrator, class Normals>
int warps_per_multiprocessor(const Variant& variant) {
  const Kernel<Scalar> kernel = find_kernel<Scalar, Integrator, Normals>(variant);
  const auto* function = reinterpret_cast<const void*>(kernel.function);
  allow_shared(function, kernel.shared, Integrator::kName);
  int blocks = 0;
  check(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, function, static_cast<int>(variant.threads),
                                                      kernel.shared),
        "occupancy");
  return blocks * static_cast<int>(variant.threads) / 32;
}

}  // namespace ridgeflow::kernels
