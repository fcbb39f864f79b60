#include "ridgeflow/base/error.hpp"

#include <array>
#include <string_view>
#include <type_traits>

#include <gtest/gtest.h>

#include "ridgeflow/base/names.hpp"

namespace ridgeflow {
namespace {

TEST(Error, ValidateSaysWhatIsWrong) {
  EXPECT_NO_THROW(validate(true, "never seen"));
  try {
    validate(false, "kappa = -1 must be positive");
    FAIL() << "nothing thrown";
  } catch (const InvalidInput& error) {
    EXPECT_STREQ(error.what(), "kappa = -1 must be positive");
  }
}

// The program tells the three apart to choose its exit status; none may be caught as another.
TEST(Error, KindsAreDistinct) {
  static_assert(!std::is_base_of_v<InvalidInput, NumericalFailure>);
  static_assert(!std::is_base_of_v<NumericalFailure, DeviceError>);
  static_assert(!std::is_base_of_v<DeviceError, InvalidInput>);
  static_assert(std::is_base_of_v<std::runtime_error, InvalidInput>);
}

TEST(Error, ContractsHoldInDebugBuildsOnly) {
  const bool kept = false;
#if defined(NDEBUG)
  EXPECT_NO_THROW(RIDGEFLOW_EXPECT(kept));
  static_cast<void>(kept);
#else
  EXPECT_THROW(RIDGEFLOW_EXPECT(kept), std::logic_error);
  EXPECT_NO_THROW(RIDGEFLOW_EXPECT(!kept));
#endif
}

TEST(Names, NearestKnownName) {
  constexpr std::array<std::string_view, 3> kNames{"adjusted", "euler", "hartree"};
  EXPECT_EQ(nearest_name("adjustd", kNames), "adjusted");
  EXPECT_EQ(nearest_name("eulre", kNames), "euler");
  EXPECT_EQ(nearest_name("", kNames), "euler");  // fewest letters to put in
  EXPECT_EQ(nearest_name("x", std::span<const std::string_view>{}), "");
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
}

}  // namespace
}  // namespace ridgeflow
