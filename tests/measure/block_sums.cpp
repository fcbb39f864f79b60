#include "ridgeflow/measure/block_sums.hpp"

#include <cmath>
#include <numeric>
#include <random>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace ridgeflow {
namespace {

constexpr std::size_t kBlocks = BlockSums::kBlocks;

/// Rows {draws, sum} that look nothing like one another.
std::vector<double> row_of(std::uint64_t chain) {
  const double x = std::sin(1.0 + static_cast<double>(chain));
  return {3.0 + static_cast<double>(chain % 4), 1e3 * x * x * x};
}

void mean_of(std::span<const double> row, std::span<double> out) {
  out[0] = row[1] / row[0];
}

TEST(BlockSums, ErrorOfAMeanIsTheSpreadOfItsBlocks) {
  // One chain a block, one draw a chain: the textbook error of a mean.
  BlockSums sums({10, kBlocks}, 2);
  double square = 0;
  for (std::uint64_t c = 0; c < kBlocks; ++c) {
    const double value = static_cast<double>(c);
    sums.add(10 + c, std::vector<double>{1.0, value});
    square += (value - 31.5) * (value - 31.5);
  }
  const std::vector<Measured> mean = jackknife(sums, mean_of, 1);
  EXPECT_DOUBLE_EQ(mean[0].value, 31.5);
  EXPECT_NEAR(mean[0].error, std::sqrt(square / 63.0 / 64.0), 1e-12);
  EXPECT_EQ(total_of(sums), (std::vector<double>{64.0, 63.0 * 32.0}));
}

TEST(BlockSums, BlocksOfUnequalWeightGiveTheErrorThatIsSeen) {
  // 96 chains: every second block has two. Error of the mean of 96 independent chains, over many runs.
  std::mt19937_64 generator(3);
  std::normal_distribution<double> normal;
  double seen = 0;
  double told = 0;
  constexpr int kRuns = 2000;
  for (int run = 0; run < kRuns; ++run) {
    BlockSums sums({0, 96}, 2);
    for (std::uint64_t c = 0; c < 96; ++c) {
      sums.add(c, std::vector<double>{1.0, normal(generator)});
    }
    const Measured mean = jackknife(sums, mean_of, 1)[0];
    seen += mean.value * mean.value;
    told += mean.error * mean.error;
  }
  EXPECT_NEAR(seen / kRuns * 96, 1.0, 4 * std::sqrt(2.0 / kRuns));
  EXPECT_NEAR(told / kRuns * 96, 1.0, 4 * std::sqrt(2.0 / 40 / kRuns));
}

RC_GTEST_PROP(BlockSums, AnySplitAndOrderMergesToTheSameBits, ()) {
  const ChainRange whole{*rc::gen::inRange<std::uint64_t>(0, 1000),
                         *rc::gen::inRange<std::uint64_t>(64, 400)};
  BlockSums alone(whole, 2);
  std::vector<BlockSums> parts(static_cast<std::size_t>(*rc::gen::inRange(1, 6)), BlockSums(whole, 2));
  std::vector<std::uint64_t> order(whole.chains);
  std::iota(order.begin(), order.end(), whole.first);
  std::mt19937_64 generator(*rc::gen::arbitrary<std::uint64_t>());
  for (const std::uint64_t chain : order) {
    alone.add(chain, row_of(chain));
  }
  std::shuffle(order.begin(), order.end(), generator);
  const bool ranges = *rc::gen::arbitrary<bool>();
  for (const std::uint64_t chain : order) {
    const std::uint64_t part =
        ranges ? (chain - whole.first) * parts.size() / whole.chains : generator() % parts.size();
    parts[part].add(chain, row_of(chain));
  }
  BlockSums merged(whole, 2);
  for (const BlockSums& part : parts) {
    merged.merge(BlockSums::deserialize(part.serialize()));
  }
  RC_ASSERT(merged.complete());
  for (std::size_t b = 0; b < kBlocks; ++b) {
    RC_ASSERT(merged.block(b) == alone.block(b));
  }
}

TEST(BlockSums, RefuseWhatWouldBeWrong) {
  BlockSums sums({5, 64}, 2);
  const std::vector<double> row{1.0, 2.0};
  EXPECT_THROW(sums.add(4, row), std::logic_error);
  EXPECT_THROW(sums.add(69, row), std::logic_error);
  EXPECT_THROW(sums.add(5, std::vector<double>{1.0}), std::logic_error);
  sums.add(5, row);
  EXPECT_THROW(sums.add(5, row), std::logic_error);
  EXPECT_THROW(sums.merge(sums), std::logic_error);
  EXPECT_THROW(sums.merge(BlockSums({5, 65}, 2)), std::logic_error);
  EXPECT_THROW(sums.block(0), std::logic_error);
  EXPECT_THROW(total_of(sums), std::logic_error);
  EXPECT_THROW(BlockSums({0, 63}, 2), std::logic_error);
  std::vector<std::byte> bytes = sums.serialize();
  bytes.pop_back();
  EXPECT_THROW(BlockSums::deserialize(bytes), std::logic_error);
}

TEST(BlockSums, ABlockWithoutDrawsHasNoError) {
  BlockSums sums({0, 64}, 2);
  for (std::uint64_t c = 0; c < 64; ++c) {
    sums.add(c, c == 7 ? std::vector<double>{0.0, 0.0} : row_of(c));
  }
  EXPECT_TRUE(std::isnan(jackknife(sums, mean_of, 1)[0].error));
}

}  // namespace
}  // namespace ridgeflow
