#include "ridgeflow/measure/draws.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {
namespace {

using testing::HasSubstr;

std::string refusal(const std::vector<double>& values, std::size_t chains, std::size_t draws) {
  try {
    const Draws accepted(values, chains, draws);
  } catch (const InvalidInput& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Draws, ViewsChains) {
  const std::vector<double> values{1, 2, 3, 4, 5, 6, 7, 8};
  const Draws draws(values, 2, 4);
  EXPECT_EQ(draws.total(), 8U);
  EXPECT_EQ(draws.chain(1)[0], 5.0);
  EXPECT_FALSE(draws.constant());
  EXPECT_EQ(draws.exponent(), 4);  // 8 is below 16, not below 8
}

TEST(Draws, ExponentBoundsTheValues) {
  for (const double largest : {1e-310, 1e-200, 0.5, 1.0, 1e300, std::numeric_limits<double>::max()}) {
    const std::vector<double> values{0.0, -largest, 0.0, 0.0};
    const double scaled = std::ldexp(largest, -Draws(values, 1, 4).exponent());
    EXPECT_GE(scaled, 0.5) << largest;
    EXPECT_LT(scaled, 1.0) << largest;
  }
  EXPECT_EQ(Draws(std::vector<double>(4), 1, 4).exponent(), 0);
  EXPECT_TRUE(Draws(std::vector<double>(8, 0.1), 2, 4).constant());
}

TEST(Draws, RefusesWhatNoDiagnosticCanUse) {
  EXPECT_EQ(refusal(std::vector<double>(8), 2, 4), "accepted");
  EXPECT_THAT(refusal({}, 0, 4), HasSubstr("no chain"));
  EXPECT_THAT(refusal(std::vector<double>(6), 2, 3), HasSubstr("3 a chain are too few"));
  EXPECT_THAT(refusal({}, 2, 0), HasSubstr("0 a chain are too few"));
  EXPECT_THAT(refusal({}, 1, Draws::kMost + 1), HasSubstr("too many"));
  EXPECT_THAT(refusal(std::vector<double>(9), 2, 4), HasSubstr("9 values are not 2 chains of 4 draws"));
  EXPECT_THAT(refusal(std::vector<double>(8), 1, 4), HasSubstr("8 values"));
  // a product that wraps around to the right size
  EXPECT_THAT(refusal(std::vector<double>(4), std::size_t{1} << 63, 4), HasSubstr("4 values"));
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity(), -HUGE_VAL}) {
    std::vector<double> values(12);
    values[7] = bad;
    EXPECT_THAT(refusal(values, 3, 4), HasSubstr("[chain 1][draw 3]"));
  }
}

}  // namespace
}  // namespace ridgeflow
