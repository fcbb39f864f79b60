// Compiled for the width it tests (tests/CMakeLists.txt).
#if defined(__x86_64__)
#include "cpu/lanes_avx2.hpp"

#include "base/lanes.hpp"

namespace ridgeflow::test {

LaneFailure check_avx2_float(const std::uint32_t* words, std::size_t count) {
  return LaneCheck<avx2::Float>().run(words, count);
}
LaneFailure check_avx2_double(const std::uint32_t* words, std::size_t count) {
  return LaneCheck<avx2::Double>().run(words, count);
}

}  // namespace ridgeflow::test
#endif
