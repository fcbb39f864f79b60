// Compiled for the width it sums in (tests/CMakeLists.txt).
#if defined(__x86_64__)
#include "cpu/lanes_avx2.hpp"
#include "random/words.hpp"

namespace ridgeflow::test {

WordSums radius_sums_avx2(std::uint64_t begin, std::uint64_t end) {
  return RadiusSums<avx2::Float, avx2::Double>::of(begin, end);
}

NormalSums normal_sums_avx2(std::uint32_t first_chain, std::uint32_t chains, float factor) {
  return NormalMoments<avx2::Float, avx2::Double>::of(first_chain, chains, factor);
}

}  // namespace ridgeflow::test
#endif
