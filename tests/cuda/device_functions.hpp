/// \file
/// Functions of base/ and random/ as the device computes them, called from the host.
#pragma once

#include <cstdint>
#include <vector>

namespace ridgeflow::test {

/// Of all floats with bits first .. last: how many root_of_radius() gives another result than sqrt.rn.
std::uint64_t count_wrong_roots(std::uint32_t first, std::uint32_t last);

/// Both scaled normals of each (radius word, angle word), as bits.
std::vector<std::uint32_t> device_normal_bits(const std::vector<std::uint32_t>& words);

/// Philox words of counters {c, c + 1, c + 2, c + 3}, c = 0 .. count - 1, under \p seed.
std::vector<std::uint32_t> device_philox(std::uint32_t count, std::uint64_t seed);

/// The same counters by cuRAND's device function.
std::vector<std::uint32_t> curand_philox(std::uint32_t count, std::uint64_t seed);

/// Both fast normals (random/fast_normal.hpp) of each (radius word, angle word).
std::vector<float> device_fast_normals(const std::vector<std::uint32_t>& words);

/// Launches a kernel with more threads than a block may have, by the executor's own launcher.
void launch_badly();

}  // namespace ridgeflow::test
