/// \file
/// What a test that needs a GPU begins with.
#pragma once

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "ridgeflow/run/executor.hpp"

namespace ridgeflow::test {

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
