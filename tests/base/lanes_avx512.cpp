// Compiled for the width it tests (tests/CMakeLists.txt).
#if defined(__x86_64__)
#include "cpu/lanes_avx512.hpp"

#include "base/lanes.hpp"

namespace ridgeflow::test {

LaneFailure check_avx512_float(const std::uint32_t* words, std::size_t count) {
  return LaneCheck<avx512::Float>().run(words, count);
}
LaneFailure check_avx512_double(const std::uint32_t* words, std::size_t count) {
  return LaneCheck<avx512::Double>().run(words, count);
}

}  // namespace ridgeflow::test
#endif
