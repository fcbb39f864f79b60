/// \file
/// What a test that needs a GPU begins with.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ridgeflow/run/executor.hpp"

namespace ridgeflow::test {

/// Whether the first device is the emulator of tests/emulator, some thousand times slower than a device: a
/// test of sampled laws takes fewer draws there, still enough to find its planted error.
inline bool device_is_emulated() {
  const std::vector<std::string> devices = cuda_devices();
  return !devices.empty() && devices.front().find("emulated") != std::string::npos;
}

/// Skips a test without a device, or fails it where RIDGEFLOW_REQUIRE_GPU=1 says that there must be one.
class Gpu : public testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    if (!cuda_devices(&why).empty()) {
      return;
    }
    const char* required = std::getenv("RIDGEFLOW_REQUIRE_GPU");
    if (required != nullptr && std::string(required) == "1") {
      FAIL() << "RIDGEFLOW_REQUIRE_GPU=1, but no CUDA device: " << why;
    }
    GTEST_SKIP() << "no CUDA device: " << why;
  }
};

}  // namespace ridgeflow::test
