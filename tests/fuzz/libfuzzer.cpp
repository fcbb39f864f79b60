// What libFuzzer calls, with the reader that the build names.
#include <cstddef>
#include <cstdint>

#include <spdlog/spdlog.h>

#include "fuzz/readers.hpp"

extern "C" int LLVMFuzzerInitialize(int* /*count*/, char*** /*words*/) {
  spdlog::set_level(spdlog::level::off);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ridgeflow::fuzz::RIDGEFLOW_FUZZED({reinterpret_cast<const char*>(data), size});
  return 0;
}
