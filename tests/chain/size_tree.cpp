#include "ridgeflow/chain/size_tree.hpp"

#include <bit>
#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ridgeflow/chain/chain_block.hpp"
#include "ridgeflow/chain/mode_tables.hpp"

namespace ridgeflow {
namespace {

// The definition, top down: node b of the level with `width` nodes is node b + node b + width of the level
// below.
float node(const std::vector<float>& leaves, std::uint32_t b, std::uint32_t width) {
  if (width >= tree_width(static_cast<std::uint32_t>(leaves.size()))) {
    return b < leaves.size() ? leaves[b] : 0.0F;
  }
  return node(leaves, b, 2 * width) + node(leaves, b + width, 2 * width);
}

TEST(SizeTree, WidthsAndBlocks) {
  EXPECT_EQ(tree_width(1), 1U);
  EXPECT_EQ(tree_width(2), 2U);
  EXPECT_EQ(tree_width(3), 4U);
  EXPECT_EQ(tree_width(250), 256U);
  EXPECT_EQ(tree_width(1U << 22), 1U << 22);
  EXPECT_EQ(blocks_of(1), 1U);
  EXPECT_EQ(blocks_of(4), 1U);
  EXPECT_EQ(blocks_of(5), 2U);
  EXPECT_EQ(blocks_of(1000), 250U);
}

// 2^24 + 1 rounds to 2^24: numbers whose sum shows the order.
TEST(SizeTree, ByHand) {
  constexpr float kBig = 0x1p24F;
  const auto reduced = [](std::vector<float> sums) {
    return reduce_size_tree(sums.data(), static_cast<std::uint32_t>(sums.size()));
  };
  EXPECT_EQ(reduced({3.0F}), 3.0F);
  EXPECT_EQ(reduced({3.0F, 4.0F}), 7.0F);
  EXPECT_EQ(reduced({kBig, 1.0F, 1.0F}), kBig);         // (0 + 2) + 1
  EXPECT_EQ(reduced({1.0F, kBig, 1.0F}), kBig + 2.0F);  // (0 + 2) + 1
  EXPECT_EQ(reduced({1.0F, 1.0F, kBig}), kBig);         // (0 + 2) + 1
  EXPECT_EQ(reduced({1.0F, kBig, 1.0F, 0.0F, 1.0F}),
            kBig + 4.0F);  // ((0 + 4) + 2) + (1 + 3): 3 rounds to even
  EXPECT_EQ(reduced({kBig, 1.0F, 1.0F, 1.0F, 1.0F}), kBig + 2.0F);  // ((0 + 4) + 2) + (1 + 3)
}

RC_GTEST_PROP(SizeTree, IsTheRecursion, (std::uint32_t seed)) {
  const std::uint32_t blocks = *rc::gen::inRange(1U, 600U);
  std::mt19937 generator(seed);
  std::vector<float> sums(blocks);
  for (float& sum : sums) {
    sum = std::uniform_real_distribution<float>(0.0F, 1.0F)(generator);
  }
  const float expected = node(sums, 0, 1);
  RC_ASSERT(std::bit_cast<std::uint32_t>(reduce_size_tree(sums.data(), blocks)) ==
            std::bit_cast<std::uint32_t>(expected));
}

TEST(SizeTree, BlockInTheOrderOfItsModes) {
  // squares 2^24, then three that vanish one by one but not together
  EXPECT_EQ(block_size(0x1p12F, 1.0F, 1.0F, 1.0F), 0x1p24F);
  EXPECT_EQ(block_size(1.0F, 1.0F, 1.0F, 0x1p12F), 0x1p24F + 4.0F);  // 3 + 2^24 rounds to even
  EXPECT_EQ(block_size(1.0F, 2.0F, 3.0F, 4.0F), 30.0F);
  EXPECT_EQ(block_size(1.0 + 0x1p-30, 0.0, 0.0, 0.0), (1.0 + 0x1p-30) * (1.0 + 0x1p-30));
}

TEST(ModeTables, SetsLieOneAfterAnother) {
  ModeTables<float> tables;
  tables.modes = 5;
  tables.sets = 2;
  tables.blocks.resize(4);
  tables.blocks[3].decay[1] = 0.5F;
  EXPECT_EQ(tables.block_count(), 2U);
  EXPECT_EQ(tables.view().set(1)[1].decay[1], 0.5F);
  EXPECT_EQ(tables.blocks[0].decay[0], 0.0F);
  static_assert(sizeof(BlockCoefficients<float>) == 64 && alignof(BlockCoefficients<float>) == 64);
  static_assert(sizeof(BlockCoefficients<double>) == 128);
}

TEST(ChainBlock, ResizeClears) {
  ChainBlock block;
  block.resize(2, 3);
  block.d[5] = 1;
  block.accepted[1] = 1;
  block.resize(3, 2);
  EXPECT_EQ(block.d.size(), 6U);
  EXPECT_EQ(block.d[5], 0.0);
  EXPECT_EQ(block.accepted.size(), 3U);
  EXPECT_EQ(block.accepted[1], 0U);
}

}  // namespace
}  // namespace ridgeflow
