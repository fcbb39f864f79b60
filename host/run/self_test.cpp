#include "ridgeflow/run/self_test.hpp"

#include <array>
#include <cstdint>
#include <exception>
#include <utility>

#include <fmt/format.h>

#include "ridgeflow/random/normal.hpp"
#include "ridgeflow/run/golden.hpp"

#include "cpu/lane_kernels.hpp"

namespace ridgeflow {
namespace {

using HostWords = Words<std::uint32_t>;

std::string hex(const HostWords& w) {
  return fmt::format("{:08x} {:08x} {:08x} {:08x}", w.w0, w.w1, w.w2, w.w3);
}

/// Published with Random123 (kat_vectors).
SelfTestLine philox_line() {
  struct Known {
    HostWords counter;
    std::uint64_t seed;
    HostWords answer;
  };
  constexpr std::uint32_t kOnes = 0xFFFFFFFFU;
  const Known known[] = {
      {{0, 0, 0, 0}, 0, {0x6627E8D5U, 0xE169C58DU, 0xBC57AC4CU, 0x9B00DBD8U}},
      {{kOnes, kOnes, kOnes, kOnes}, ~std::uint64_t{0}, {0x408F276DU, 0x41C83B0EU, 0xA20BC7C6U, 0x6D5451FDU}},
      {{0x243F6A88U, 0x85A308D3U, 0x13198A2EU, 0x03707344U},
       0x299F31D0A4093822U,
       {0xD16CFE09U, 0x94FDCCEBU, 0x5001E420U, 0x24126EA1U}}};
  for (const Known& each : known) {
    const std::string found = hex(philox4x32(each.counter, noise_key(each.seed)));
    if (found != hex(each.answer)) {
      return {"philox4x32-10", false, fmt::format("{} in place of {}", found, hex(each.answer))};
    }
  }
  return {"philox4x32-10", true, "3 known answers"};
}

/// Computed by tests/golden/trajectory.py: both ends of the uniform, and ordinary words.
SelfTestLine normal_line() {
  struct Known {
    HostWords words;
    std::array<std::uint32_t, 4> bits;
  };
  constexpr std::uint32_t kOnes = 0xFFFFFFFFU;
  const Known known[] = {{{0, 0, 0, 0}, {0x40B7D375U, 0x3537D375U, 0x40B7D375U, 0x3537D375U}},
                         {{kOnes, kOnes, kOnes, kOnes}, {0xAE19BE61U, 0xB999BE61U, 0xAE19BE61U, 0xB999BE61U}},
                         {{0x6627E8D5U, 0xE169C58DU, 0xBC57AC4CU, 0x9B00DBD8U},
                          {0xBF490BCAU, 0xBF577FDDU, 0xBF0648D5U, 0x3ED1A0FAU}},
                         {{0x80000000U, 0x3FFFFF00U, 0x12345678U, 0xDEADBEEFU},
                          {0x34000000U, 0x3F800000U, 0xBFB664C8U, 0xBFAAEE6FU}}};
  for (const Known& each : known) {
    const BlockNormals<float> found = scaled_normals<float>(each.words);
    for (std::size_t j = 0; j < each.bits.size(); ++j) {
      if (bits_of(found.xi[j]) != each.bits[j]) {
        return {"normals", false,
                fmt::format("words {}: normal {} is {:08x} in place of {:08x}", hex(each.words), j,
                            bits_of(found.xi[j]), each.bits[j])};
      }
    }
  }
  return {"normals", true, fmt::format("{} known answers", 4 * std::size(known))};
}

}  // namespace

SelfTestLine test_trajectories(const std::string& where,
                               const std::function<std::unique_ptr<Executor>(EnsembleSetup<float>)>& make) {
  const std::string name = "trajectories, " + where;
  const std::vector<GoldenCase> cases = golden_cases();
  std::string wrong;
  try {
    for (const GoldenCase& each : cases) {
      const std::uint64_t found = golden_hash(each, *make(golden_setup(each)));
      if (found != each.hash) {
        wrong += fmt::format("{}{} {:016x} in place of {:016x}", wrong.empty() ? "" : ", ", each.name, found,
                             each.hash);
      }
    }
  } catch (const std::exception& error) {  // a device that fails is what the test is for
    return {name, false, error.what()};
  }
  return {name, wrong.empty(), wrong.empty() ? fmt::format("{} golden hashes", cases.size()) : wrong};
}

std::vector<SelfTestLine> self_test() {
  std::vector<SelfTestLine> lines{philox_line(), normal_line()};
  for (const LaneKernels& kernels : available_lane_kernels()) {
    lines.push_back(test_trajectories(kernels.name, [&](EnsembleSetup<float> setup) {
      return make_cpu_executor(std::move(setup), CpuOptions{1, kernels.name});
    }));
  }
  if (const std::vector<std::string> devices = cuda_devices(); !devices.empty()) {
    lines.push_back(test_trajectories(
        devices.front(), [](EnsembleSetup<float> setup) { return make_cuda_executor(std::move(setup)); }));
  }
  return lines;
}

}  // namespace ridgeflow
