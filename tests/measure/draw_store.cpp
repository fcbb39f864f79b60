#include "ridgeflow/measure/draw_store.hpp"

#include <cmath>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace ridgeflow {
namespace {

struct Tile {
  std::vector<double> d;
  std::vector<double> size;
  std::vector<std::uint64_t> measured;
  StateTile view(std::uint64_t first) const { return {0, first, 1, 2, d, size, measured}; }
};

TEST(DrawStore, KeepsWhatItIsShown) {
  for (const bool wide : {false, true}) {
    DrawStore store({{10, 2}, 2, 5, 2, wide});
    store.keep(0, Tile{{1, 2, 3, 4}, {5, 25}, {1, 1}}.view(10));
    store.keep(1, Tile{{0.1, 0, 0, 8}, {0.01, 64}, {2, 2}}.view(10));
    EXPECT_EQ(store.d(10, 0, 1), 2);
    EXPECT_EQ(store.d(10, 1, 0), wide ? 0.1 : static_cast<double>(0.1F));
    EXPECT_EQ(store.d(11, 1, 1), 8);
    EXPECT_EQ(store.size()[3], 64);
    EXPECT_EQ(store.single().empty(), wide);
    EXPECT_EQ(store.shape().bytes(), 2.0 * 2.0 * ((wide ? 16.0 : 8.0) + 8.0));
  }
}

TEST(DrawStore, AStartIsNoDraw) {
  // Chain 0 refuses its first two draws, chain 1 all of them.
  DrawStore store({{0, 2}, 3, 1, 2, false});
  store.keep(0, Tile{{9, 9, 9, 9}, {162, 162}, {0, 0}}.view(0));
  EXPECT_TRUE(std::isnan(store.d(0, 0, 0)));
  store.keep(1, Tile{{9, 9, 9, 9}, {162, 162}, {0, 0}}.view(0));
  store.keep(2, Tile{{1, 2, 9, 9}, {5, 162}, {1, 0}}.view(0));
  for (const std::uint64_t draw : {0U, 1U, 2U}) {
    EXPECT_EQ(store.d(0, draw, 1), 2);
    EXPECT_EQ(store.size()[draw], 5);
    EXPECT_TRUE(std::isnan(store.d(1, draw, 0)));
  }
}

TEST(DrawStore, AppendsTheChainsThatFollow) {
  DrawStore first({{0, 1}, 1, 3, 2, false});
  DrawStore second({{1, 1}, 1, 3, 2, false});
  first.keep(0, Tile{{1, 2}, {5}, {1}}.view(0));
  second.keep(0, Tile{{3, 4}, {25}, {1}}.view(1));
  DrawStore both = first;
  both.append(DrawStore::deserialize(second.serialize()));
  EXPECT_EQ(both.shape().chains.chains, 2U);
  EXPECT_EQ(both.d(0, 0, 1), 2);
  EXPECT_EQ(both.d(1, 0, 0), 3);
  EXPECT_THROW(first.append(first), std::logic_error);
  EXPECT_THROW(first.append(DrawStore({{1, 1}, 2, 3, 2, false})), std::logic_error);
}

}  // namespace
}  // namespace ridgeflow
