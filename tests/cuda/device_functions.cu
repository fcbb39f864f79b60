#include <curand_philox4x32_x.h>

#include "ridgeflow/random/fast_normal.hpp"
#include "ridgeflow/random/normal.hpp"

#include "cuda/device_functions.hpp"
#include "device_array.hpp"
#include "launch.cuh"

namespace ridgeflow::test {
namespace {

using kernels::check;
using kernels::DeviceArray;

__global__ void wrong_roots(std::uint32_t first, std::uint32_t last, unsigned long long* wrong) {
  const std::uint64_t stride = static_cast<std::uint64_t>(gridDim.x) * blockDim.x;
  for (std::uint64_t bits = first + static_cast<std::uint64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
       bits <= last; bits += stride) {
    const float x = __uint_as_float(static_cast<std::uint32_t>(bits));
    if (bits_of(root_of_radius(x)) != bits_of(__fsqrt_rn(x))) {
      atomicAdd(wrong, 1ULL);
    }
  }
}

__global__ void normals(const std::uint32_t* words, std::uint32_t* bits, std::uint32_t pairs) {
  const std::uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < pairs) {
    const Pair<float> xi = scaled_normal_pair<float>(words[2 * i], words[2 * i + 1]);
    bits[2 * i] = bits_of(xi.first);
    bits[2 * i + 1] = bits_of(xi.second);
  }
}

__global__ void philox_words(std::uint32_t* out, std::uint32_t count, NoiseKey key) {
  const std::uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {
    const Words<std::uint32_t> w = philox4x32(Words<std::uint32_t>{i, i + 1, i + 2, i + 3}, key);
    out[4 * i] = w.w0;
    out[4 * i + 1] = w.w1;
    out[4 * i + 2] = w.w2;
    out[4 * i + 3] = w.w3;
  }
}

__global__ void curand_words(std::uint32_t* out, std::uint32_t count, std::uint64_t seed) {
  const std::uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) {
    const uint4 w = curand_Philox4x32_10(
        make_uint4(i, i + 1, i + 2, i + 3),
        make_uint2(static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)));
    out[4 * i] = w.x;
    out[4 * i + 1] = w.y;
    out[4 * i + 2] = w.z;
    out[4 * i + 3] = w.w;
  }
}

__global__ void fast_normals(const std::uint32_t* words, float* xi, std::uint32_t pairs) {
  const std::uint32_t i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < pairs) {
    const Pair<float> pair = FastNormals::pair(words[2 * i], words[2 * i + 1]);
    xi[2 * i] = pair.first;
    xi[2 * i + 1] = pair.second;
  }
}

}  // namespace

std::uint64_t count_wrong_roots(std::uint32_t first, std::uint32_t last) {
  DeviceArray<unsigned long long> wrong(1);
  wrong_roots<<<1024, 256>>>(first, last, wrong.get());
  check(cudaGetLastError(), "wrong_roots");
  return wrong.download(0, 1)[0];
}

std::vector<std::uint32_t> device_normal_bits(const std::vector<std::uint32_t>& words) {
  const DeviceArray<std::uint32_t> in(words);
  const DeviceArray<std::uint32_t> out(words.size());
  const auto pairs = static_cast<std::uint32_t>(words.size() / 2);
  normals<<<(pairs + 255) / 256, 256>>>(in.get(), out.get(), pairs);
  check(cudaGetLastError(), "normals");
  return out.download(0, words.size());
}

std::vector<std::uint32_t> device_philox(std::uint32_t count, std::uint64_t seed) {
  const DeviceArray<std::uint32_t> out(4ULL * count);
  philox_words<<<(count + 255) / 256, 256>>>(out.get(), count, noise_key(seed));
  check(cudaGetLastError(), "philox_words");
  return out.download(0, out.size());
}

std::vector<std::uint32_t> curand_philox(std::uint32_t count, std::uint64_t seed) {
  const DeviceArray<std::uint32_t> out(4ULL * count);
  curand_words<<<(count + 255) / 256, 256>>>(out.get(), count, seed);
  check(cudaGetLastError(), "curand_words");
  return out.download(0, out.size());
}

std::vector<float> device_fast_normals(const std::vector<std::uint32_t>& words) {
  const DeviceArray<std::uint32_t> in(words);
  const DeviceArray<float> out(words.size());
  const auto pairs = static_cast<std::uint32_t>(words.size() / 2);
  fast_normals<<<(pairs + 255) / 256, 256>>>(in.get(), out.get(), pairs);
  check(cudaGetLastError(), "fast_normals");
  return out.download(0, words.size());
}

void launch_badly() {
  kernels::launch_checked(
      kernels::advance_by_blocks<float, Initial, kernels::MemoryStore<float, kSumsOf<Initial>>,
                                 ReproducibleNormals>,
      "a bad launch", 1, 2048, kernels::LaunchArguments<float>{}, nullptr);
}

}  // namespace ridgeflow::test
