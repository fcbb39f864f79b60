// Lists and ranges of numbers, and the grid of systems that they make.
#include "io/sweep.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/io/run_config.hpp"
#include "ridgeflow/io/run_file.hpp"

namespace ridgeflow {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

RunConfig with(const std::vector<std::string>& settings) {
  RunConfig config;
  for (const std::string& setting : settings) {
    apply_setting(setting, config);
  }
  return config;
}

std::vector<double> reals(const SweepAxis& axis) {
  std::vector<double> values;
  for (const KeyValue& value : axis.values) {
    values.push_back(std::get<double>(value));
  }
  return values;
}

TEST(Sweep, ListsAndRangesAreAxesInTheOrderOfTheKeys) {
  const RunConfig config = with({"model.u=0.1,0.2,0.4", "model.samples=[10, 20]", "model.kappa=1:3:5"});
  ASSERT_EQ(config.sweep.size(), 3U);
  EXPECT_EQ(config.sweep[0].key->name, "model.samples");
  EXPECT_THAT(config.sweep[0].values, ElementsAre(KeyValue(std::int64_t{10}), KeyValue(std::int64_t{20})));
  EXPECT_EQ(config.sweep[1].key->name, "model.kappa");
  EXPECT_THAT(reals(config.sweep[1]), ElementsAre(1, 1.5, 2, 2.5, 3));
  EXPECT_THAT(reals(config.sweep[2]), ElementsAre(0.1, 0.2, 0.4));
  EXPECT_EQ(config.model.u, 0.1);  // the first value stands in the settings themselves
}

TEST(Sweep, RangesIncludeTheirEndsToTheBit) {
  const RunConfig config = with({"model.u=0.01:0.3:4:log", "model.samples=10:1000:5:log"});
  EXPECT_THAT(reals(config.sweep[1]),
              ElementsAre(0.01, DoubleNear(0.031072325, 1e-9), DoubleNear(0.096548938, 1e-9), 0.3));
  std::vector<std::int64_t> samples;
  for (const KeyValue& value : config.sweep[0].values) {
    samples.push_back(std::get<std::int64_t>(value));
  }
  EXPECT_THAT(samples, ElementsAre(10, 32, 100, 316, 1000));  // rounded
  EXPECT_THAT(reals(with({"model.u=3:1:3"}).sweep[0]), ElementsAre(3, 2, 1));
}

std::vector<std::uint64_t> seeds(const std::string& range) {
  std::vector<std::uint64_t> values;
  const RunConfig config = with({"sampler.seed=" + range});
  for (const KeyValue& value : config.sweep.at(0).values) {
    values.push_back(std::get<std::uint64_t>(value));
  }
  return values;
}

// A double holds 53 of the 64 bits, and rounds the last seeds to one that is none.
TEST(Sweep, RangesOfWholeNumbersAreExact) {
  constexpr std::uint64_t kLast = 18446744073709551615U;
  EXPECT_THAT(seeds("18446744073709551611:18446744073709551615:5"),
              ElementsAre(kLast - 4, kLast - 3, kLast - 2, kLast - 1, kLast));
  EXPECT_THAT(seeds("18446744073709551615:18446744073709551613:3"), ElementsAre(kLast, kLast - 1, kLast - 2));
  EXPECT_THAT(seeds("18446744073709551607:18446744073709551615:3:log"),
              ElementsAre(kLast - 8, kLast - 4, kLast));
  EXPECT_THAT(seeds("0:18446744073709551615:4"),
              ElementsAre(0, 6148914691236517205U, 12297829382473034410U, kLast));
  EXPECT_THAT(seeds("9007199254740993:9007199254740995:3"),
              ElementsAre(9007199254740993U, 9007199254740994U, 9007199254740995U));  // above 2^53
  EXPECT_THAT(seeds("1:1e9:4:log"), ElementsAre(1, 1000, 1000000, 1000000000));
  EXPECT_THAT(seeds("1000:1:4:log"), ElementsAre(1000, 100, 10, 1));
  EXPECT_THAT(seeds("0:10:5"), ElementsAre(0, 3, 5, 8, 10));  // halves away from zero
  const auto refused = [](const std::string& range, const char* why) {
    EXPECT_THAT([&] { with({"sampler.seed=" + range}); }, ThrowsMessage<InvalidInput>(HasSubstr(why)))
        << range;
  };
  refused("18446744073709551613:18446744073709551615:4", "twice, rounded to whole numbers");
  refused("1:18446744073709551616:3", "must lie in 0 ... 18446744073709551615");
  refused("-1:3:3", "must lie in 0 ... 18446744073709551615");
  refused("1e18:2e18:3", "must be written in digits");
  refused("0.5:3:3", "must be a whole number");
}

TEST(Sweep, TheLaterWordCounts) {
  EXPECT_TRUE(with({"model.u=1,2", "model.u=3"}).sweep.empty());
  EXPECT_EQ(with({"model.u=1,2", "model.u=3"}).model.u, 3);
  EXPECT_THAT(reals(with({"model.u=1,2", "model.u=5:7:2"}).sweep[0]), ElementsAre(5, 7));
  EXPECT_TRUE(with({"model.u=[4]"}).sweep.empty());  // a list of one is no list
  EXPECT_EQ(with({"model.u=[4]"}).model.u, 4);
  // steps and draws stand for each other
  const RunConfig counts = with({"sampler.steps=100,200", "sampler.draws=1e4,2e4"});
  ASSERT_EQ(counts.sweep.size(), 1U);
  EXPECT_EQ(counts.sweep[0].key->name, "sampler.draws");
  EXPECT_FALSE(counts.sampler.steps);
}

TEST(Sweep, TheGridHasEveryCombinationTheLastAxisFastest) {
  const std::vector<RunConfig> grid = grid_of(with({"model.samples=10,20", "model.u=1,2,3"}));
  ASSERT_EQ(grid.size(), 6U);
  for (std::size_t s = 0; s < 6; ++s) {
    EXPECT_TRUE(grid[s].sweep.empty());
    EXPECT_EQ(grid[s].model.samples, s < 3 ? 10 : 20);
    EXPECT_EQ(grid[s].model.u, 1.0 + static_cast<double>(s % 3));
  }
  EXPECT_EQ(grid_of(RunConfig{}).size(), 1U);
  EXPECT_THROW(grid_of(with({"model.u=0:1:200", "model.kappa=1:2:200"})), InvalidInput);  // 40 000 systems
}

TEST(Sweep, SurvivesTheRunFileThatSaysIt) {
  const RunConfig config = with({"model.samples=10:1000:5:log", "model.u=0.1,0.30000000000000004",
                                 "sampler.seed=1,18446744073709551615"});
  RunConfig again;
  parse_run_file(to_toml(config), "again.toml", "", again);
  ASSERT_EQ(again.sweep.size(), 3U);
  for (std::size_t a = 0; a < 3; ++a) {
    EXPECT_EQ(again.sweep[a].key, config.sweep[a].key);
    EXPECT_EQ(again.sweep[a].values, config.sweep[a].values);
  }
  EXPECT_EQ(to_toml(again), to_toml(config));
}

TEST(Sweep, AxesHaveTheTypeOfTheirSetting) {
  const std::vector<io::GridAxis> axes = io::grid_axes(with(
      {"model.samples=10,20", "model.u=1,2", "sampler.seed=18446744073709551615,9223372036854775808,1"}));
  ASSERT_EQ(axes.size(), 3U);
  EXPECT_EQ(std::get<std::vector<std::int64_t>>(axes[0].coordinates), (std::vector<std::int64_t>{10, 20}));
  EXPECT_EQ(std::get<std::vector<double>>(axes[1].coordinates), (std::vector<double>{1, 2}));
  EXPECT_EQ(std::get<std::vector<std::uint64_t>>(axes[2].coordinates),
            (std::vector<std::uint64_t>{18446744073709551615U, 9223372036854775808U, 1}));
}

}  // namespace
}  // namespace ridgeflow
