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
  EXPECT_EQ(nearest_name("EULER", kNames), "euler");
  // Of a name that shares no half of its letters with any nothing is known.
  EXPECT_EQ(nearest_name("", kNames), "");
  EXPECT_EQ(nearest_name("rg", std::array<std::string_view, 1>{"gp"}), "");
  EXPECT_EQ(nearest_name("rq", std::array<std::string_view, 1>{"rg"}), "rg");
  EXPECT_EQ(nearest_name("x", std::span<const std::string_view>{}), "");
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("Euler Maruyama", "euler-maruyama"), 0U);
  EXPECT_EQ(did_you_mean("euler", "one of three"), "did you mean euler?");
  EXPECT_EQ(did_you_mean("euler", "one of three", "[]"), "did you mean [euler]?");
  EXPECT_EQ(did_you_mean("", "one of three", "[]"), "one of three");
}

TEST(Names, OtherWordsOfTheField) {
  constexpr std::array<std::string_view, 2> kNames{"gp", "wilson"};
  constexpr std::array kWords{Synonym{"rg", "wilson"}, Synonym{"gaussian-process", "gp"}};
  EXPECT_EQ(nearest_name("rg", kNames, kWords), "wilson");
  EXPECT_EQ(nearest_name("Gaussian process", kNames, kWords), "gp");
  EXPECT_EQ(nearest_name("gausian proces", kNames, kWords), "gp");
  EXPECT_EQ(nearest_name("gq", kNames, kWords), "gp");
}

}  // namespace
}  // namespace ridgeflow
