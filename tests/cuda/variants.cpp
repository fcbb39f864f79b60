#include "variants.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "size_classes.hpp"

namespace ridgeflow::kernels {
namespace {

TEST(Variants, GiveThousandModesAWarp) {
  const Variant v = choose_variant<float>(blocks_of(1000));
  EXPECT_EQ(v.kind, StoreKind::kWarp);
  EXPECT_EQ(v.group_size, 32U);
  EXPECT_EQ(v.blocks, 8U);
}

TEST(Variants, GiveSixteenModesAThread) {
  const Variant v = choose_variant<float>(blocks_of(16));
  EXPECT_EQ(v.group_size, 1U);
  EXPECT_EQ(v.blocks, 4U);
}

TEST(Variants, LeaveFewPlacesEmptyInRegisters) {
  const auto expect_few = [](auto scalar) {
    using Scalar = decltype(scalar);
    for (std::uint32_t blocks = 1; blocks <= kBlockThreads * max_register_blocks<Scalar>(); ++blocks) {
      const Variant v = choose_variant<Scalar>(blocks);
      const std::uint32_t held = (blocks + v.group_size - 1) / v.group_size;
      EXPECT_LE(6 * (v.blocks - held), v.blocks) << blocks;
    }
  };
  expect_few(float{});
  expect_few(double{});
  EXPECT_EQ(choose_variant<double>(blocks_of(1024)).blocks, 2U);
}

TEST(SizeClasses, HoldEverySystemOnceAtItsOwnVariant) {
  const std::vector<std::uint32_t> blocks{10, 75, 1, 1250, 3251, 33, 10, 9};
  const std::vector<SizeClass> classes = size_classes<float>(blocks);
  std::vector<std::size_t> seen;
  for (const SizeClass& c : classes) {
    std::uint32_t most = 0;
    for (const std::size_t s : c.systems) {
      EXPECT_EQ(choose_variant<float>(blocks[s]).blocks, c.variant.blocks);
      EXPECT_EQ(choose_variant<float>(blocks[s]).group_size, c.variant.group_size);
      most = std::max(most, blocks[s]);
      seen.push_back(s);
    }
    EXPECT_EQ(c.most_blocks, most);
  }
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, (std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(classes.front().systems, std::vector<std::size_t>{4}) << "largest first";
  EXPECT_EQ(classes.size(), 6U);
}

template <class Scalar>
void expect_room_for_every_size() {
  for (std::uint32_t blocks = 1; blocks < 20000; ++blocks) {
    const Variant v = choose_variant<Scalar>(blocks);
    EXPECT_EQ(v.group_size & (v.group_size - 1), 0U);
    EXPECT_EQ(v.threads % v.group_size, 0U);
    if (v.kind == StoreKind::kMemory) {
      EXPECT_GT(blocks, kBlockThreads * max_shared_blocks<Scalar>());
    } else if (v.kind == StoreKind::kShared) {
      EXPECT_GT(blocks, kBlockThreads * max_register_blocks<Scalar>());
      EXPECT_GE(v.group_size * v.blocks, blocks) << "blocks without a place";
    } else {
      EXPECT_GE(v.group_size * v.blocks, blocks) << "blocks without a place";
      EXPECT_LE(v.blocks, max_register_blocks<Scalar>());
      EXPECT_LE(v.group_size, tree_width(blocks)) << "threads with no block at all";
    }
    EXPECT_EQ(v.kind == StoreKind::kWarp, v.group_size <= 32);
  }
}

TEST(Variants, HaveRoomForEveryBlockInSinglePrecision) {
  expect_room_for_every_size<float>();
}
TEST(Variants, HaveRoomForEveryBlockInDoublePrecision) {
  expect_room_for_every_size<double>();
}

}  // namespace
}  // namespace ridgeflow::kernels
