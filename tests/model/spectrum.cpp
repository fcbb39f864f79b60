#include "ridgeflow/model/spectrum.hpp"

#include <cmath>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Spectrum, PowerLawByHand) {
  const Spectrum spectrum = power_law_spectrum(4, 1.0, 3.0, 2.0);
  ASSERT_EQ(spectrum.size(), 4U);
  EXPECT_DOUBLE_EQ(spectrum.a[0], 1.0);
  EXPECT_DOUBLE_EQ(spectrum.a[1], 4.0);
  EXPECT_DOUBLE_EQ(spectrum.a[3], 16.0);
  EXPECT_DOUBLE_EQ(spectrum.y[0], 2.0);
  EXPECT_DOUBLE_EQ(spectrum.y[1], 0.5);
  EXPECT_DOUBLE_EQ(spectrum.y[3], 0.125);
}

TEST(Spectrum, AnyOtherIsKeptAsItIs) {
  const Spectrum spectrum = make_spectrum({3.0, 1.0, 2.0}, {0.0, -1.0, 5.0});
  EXPECT_EQ(spectrum.a, (std::vector<double>{3.0, 1.0, 2.0}));
  EXPECT_EQ(spectrum.y, (std::vector<double>{0.0, -1.0, 5.0}));
}

TEST(Spectrum, RefusesBadInput) {
  EXPECT_THROW(power_law_spectrum(0, 0.2, 0.3), InvalidInput);
  EXPECT_THROW(power_law_spectrum(kMaxModes + 1, 0.2, 0.3), InvalidInput);
  EXPECT_THROW(power_law_spectrum(3, kNan, 0.3), InvalidInput);
  EXPECT_THROW(power_law_spectrum(3, 0.2, kInfinity), InvalidInput);
  EXPECT_THROW(power_law_spectrum(3, 0.2, 0.3, kNan), InvalidInput);
  EXPECT_THROW(power_law_spectrum(1000, 1e6, 0.3), InvalidInput);  // a overflows
  EXPECT_THROW(make_spectrum({}, {}), InvalidInput);
  EXPECT_THROW(make_spectrum({1.0}, {1.0, 2.0}), InvalidInput);
  EXPECT_THROW(make_spectrum({1.0, 0.0}, {1.0, 2.0}), InvalidInput);
  EXPECT_THROW(make_spectrum({1.0, -1.0}, {1.0, 2.0}), InvalidInput);
  EXPECT_THROW(make_spectrum({1.0, kInfinity}, {1.0, 2.0}), InvalidInput);
  EXPECT_THROW(make_spectrum({1.0, 1.0}, {1.0, kNan}), InvalidInput);
}

TEST(Spectrum, NamesTheFirstBadMode) {
  try {
    make_spectrum({1.0, -2.0, kNan}, {1.0, 1.0, 1.0});
    FAIL() << "took a negative a";
  } catch (const InvalidInput& error) {
    EXPECT_NE(std::string(error.what()).find("mode 2"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace ridgeflow
