// Groups of several systems stacked along the axes of their grid.
#include "io/result_group.hpp"

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ridgeflow::io {
namespace {

using testing::ElementsAre;

/// A system with \p modes modes whose numbers tell where they come from.
ResultGroup system_of(double label, std::size_t modes, const std::vector<std::string>& theories) {
  ResultGroup root;
  root.set_attribute("device", "one and the same");
  root.set_attribute("seed", static_cast<std::uint64_t>(label));
  ResultGroup& group = root.make_group("moments");
  const int theory = group.add_named_dimension("theory", theories, {"1", "theory"});
  const int mode = group.add_counted_dimension("mode", modes, {"1", "mode"});
  std::vector<double> values;
  for (std::size_t t = 0; t < theories.size(); ++t) {
    for (std::size_t k = 0; k < modes; ++k) {
      values.push_back(100 * label + 10 * static_cast<double>(t) + static_cast<double>(k));
    }
  }
  group.add("z", {theory, mode}, values, {"1", "numbers"});
  group.add("u", label, {"1", "the axis itself"});
  group.add("draws", std::uint64_t{7}, {"1", "whole"});
  return root;
}

std::vector<double> numbers_of(const ResultGroup& group, const std::string& name) {
  for (const ResultGroup::Variable& variable : group.variables()) {
    if (variable.name == name) {
      return std::get<std::vector<double>>(variable.values);
    }
  }
  return {};
}

const std::vector<GridAxis> kAxis{{"u", 2, std::vector<double>{1, 2}, "1", "axis"}};

TEST(StackedGroups, PadsModesAndPlacesTheoriesByName) {
  std::vector<ResultGroup> systems;
  systems.push_back(system_of(1, 3, {"gp", "exact"}));
  systems.push_back(system_of(2, 2, {"exact"}));
  const ResultGroup all = stacked_groups(kAxis, systems);
  const ResultGroup* group = all.find_group("moments");
  ASSERT_NE(group, nullptr);
  ASSERT_EQ(group->dimensions().size(), 3U);  // u, theory, mode
  EXPECT_EQ(group->dimensions()[0].name, "u");
  EXPECT_EQ(group->dimensions()[2].size, 3U);
  const std::vector<double> z = numbers_of(*group, "z");
  ASSERT_EQ(z.size(), 12U);
  const std::vector<double> first(z.begin(), z.begin() + 6);
  EXPECT_THAT(first, ElementsAre(100, 101, 102, 110, 111, 112));
  for (const std::size_t i : {6U, 7U, 8U, 11U}) {  // no gp, and two modes only
    EXPECT_TRUE(std::isnan(z[i])) << i;
  }
  EXPECT_EQ(z[9], 200);
  EXPECT_EQ(z[10], 201);
  EXPECT_THAT(numbers_of(*group, "draws"), ElementsAre(7, 7));
}

TEST(StackedGroups, LeavesOutWhatRepeatsAnAxisAndRenamesWhatDoesNot) {
  std::vector<ResultGroup> systems;
  systems.push_back(system_of(1, 1, {"gp"}));
  systems.push_back(system_of(2, 1, {"gp"}));
  const ResultGroup same = stacked_groups(kAxis, systems);
  EXPECT_TRUE(numbers_of(*same.find_group("moments"), "u").empty());
  EXPECT_TRUE(numbers_of(*same.find_group("moments"), "u_of_system").empty());
  systems[1] = system_of(3, 1, {"gp"});
  const ResultGroup other = stacked_groups(kAxis, systems);
  EXPECT_THAT(numbers_of(*other.find_group("moments"), "u_of_system"), ElementsAre(1, 3));
}

TEST(StackedGroups, KeepAttributesThatAllShare) {
  std::vector<ResultGroup> systems;
  systems.push_back(system_of(1, 1, {"gp"}));
  systems.push_back(system_of(2, 1, {"gp"}));
  const ResultGroup all = stacked_groups(kAxis, systems);
  ASSERT_EQ(all.attributes().size(), 1U);
  EXPECT_EQ(all.attributes()[0].first, "device");
}

TEST(ResultGroup, AVariableMustFillItsDimensions) {
  ResultGroup group;
  const int mode = group.add_counted_dimension("mode", 3, {"1", "mode"});
  EXPECT_THROW(group.add("short", {mode}, {1, 2}, {"1", "two of three"}), std::logic_error);
}

}  // namespace
}  // namespace ridgeflow::io
