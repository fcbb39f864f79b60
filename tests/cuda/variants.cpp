#include "variants.hpp"

#include <gtest/gtest.h>

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
