#include "ridgeflow/base/counted.hpp"

#include <cstdint>

#include <gtest/gtest.h>

namespace ridgeflow {
namespace {

TEST(Counted, TakesThePluralUnlessThereIsOne) {
  EXPECT_EQ(counted(0, "thread"), "0 threads");
  EXPECT_EQ(counted(1, "thread"), "1 thread");
  EXPECT_EQ(counted(2, "thread"), "2 threads");
  EXPECT_EQ(counted(-1, "thread"), "-1 threads");
  EXPECT_EQ(counted(~std::uint64_t{0}, "draw"), "18446744073709551615 draws");
  EXPECT_EQ(counted(1, "pass", "passes"), "1 pass");
  EXPECT_EQ(counted(2, "pass", "passes"), "2 passes");
}

}  // namespace
}  // namespace ridgeflow
