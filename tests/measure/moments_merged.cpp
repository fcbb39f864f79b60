// Moments merged: any split of the chains gives one run's bits, and superchains can be kept apart.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ridgeflow/measure/moments.hpp"

#include "support/moments.hpp"

namespace ridgeflow {
namespace {

ChainBlock part_of(const ChainBlock& all, std::uint64_t first, std::uint64_t count) {
  ChainBlock part;
  part.resize(count, all.modes);
  part.first_chain = all.first_chain + first;
  const auto rows = [&](const auto& from, auto& to, std::uint64_t width) {
    std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(first * width), count * width, to.begin());
  };
  rows(all.sum, part.sum, all.modes);
  rows(all.square, part.square, all.modes);
  rows(all.size_sum, part.size_sum, 1);
  rows(all.size_square, part.size_square, 1);
  rows(all.measured, part.measured, 1);
  rows(all.accepted, part.accepted, 1);
  return part;
}

ChainBlock random_block(std::mt19937& generator, std::uint64_t chains, std::uint64_t first) {
  ChainBlock all;
  all.resize(chains, 3);
  all.first_chain = first;
  std::normal_distribution<double> normal;
  for (auto* array : {&all.sum, &all.square, &all.size_sum, &all.size_square}) {
    std::generate(array->begin(), array->end(), [&] { return normal(generator); });
  }
  std::fill(all.measured.begin(), all.measured.end(), 7);
  return all;
}

// However the chains are cut into blocks, handed to partial moments and merged, and in whatever order.
RC_GTEST_PROP(Moments, AnySplitAndOrderGivesTheSameBits, (std::uint32_t seed)) {
  std::mt19937 generator(seed);
  const std::uint64_t chains = *rc::gen::inRange<std::uint64_t>(1, 200);
  const ChainBlock all = random_block(generator, chains, *rc::gen::inRange<std::uint64_t>(0, 1000));
  Moments whole;
  whole.add(all);

  std::vector<Moments> parts;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> cuts;
  for (std::uint64_t first = 0; first < chains;) {
    const std::uint64_t count = std::min<std::uint64_t>(chains - first, 1 + generator() % 40);
    cuts.emplace_back(first, count);
    first += count;
  }
  std::shuffle(cuts.begin(), cuts.end(), generator);
  for (const auto& [first, count] : cuts) {
    if (parts.empty() || generator() % 2 == 0) {
      parts.emplace_back();
    }
    parts.back().add(part_of(all, first, count));
  }
  while (parts.size() > 1) {  // merge any two, the second as another process would send it
    const std::size_t i = generator() % (parts.size() - 1);
    parts[i].merge(Moments::deserialize(parts[i + 1].serialize()));
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
  RC_ASSERT(test::same_bits(whole, parts[0]));
}

// Kept apart, superchains are aligned ranges that have no chain in common and leave none out; from however
// many parts they come they are the same, and so is the sum of all.
RC_GTEST_PROP(Moments, NodesKeptApartChangeNoBit, (std::uint32_t seed)) {
  std::mt19937 generator(seed);
  const std::uint64_t chains = *rc::gen::inRange<std::uint64_t>(16, 300);
  const std::uint64_t first = *rc::gen::inRange<std::uint64_t>(0, 100);
  const ChainBlock all = random_block(generator, chains, first);
  Moments plain(3, chains);
  plain.add(all);
  Moments kept(3, chains, KeepNodes::kYes);
  kept.add(all);
  RC_ASSERT(kept.keeps_nodes() && !plain.keeps_nodes());
  RC_ASSERT(test::same_bits(plain, kept));

  const std::uint64_t cut = generator() % chains;
  Moments parts(3, chains, KeepNodes::kYes);
  parts.add(part_of(all, cut, chains - cut));
  Moments left(3, chains, KeepNodes::kYes);
  left.add(part_of(all, 0, cut));
  parts.merge(Moments::deserialize(left.serialize()));
  RC_ASSERT(parts.nodes().size() == kept.nodes().size());

  std::uint64_t next = first;
  std::uint64_t whole = 0;
  for (const auto& [begin, node] : kept.nodes()) {
    const std::uint64_t length = std::uint64_t{1} << node.level;
    RC_ASSERT(begin == next && begin % length == 0U && length <= kept.superchain_length());
    RC_ASSERT(node.chains.chains == static_cast<double>(length));
    next += length;
    whole += length == kept.superchain_length() ? 1U : 0U;
    const Moments::Node& other = parts.nodes().at(begin);
    RC_ASSERT(std::memcmp(other.modes.data(), node.modes.data(), 3 * sizeof(ModeSums)) == 0);
    RC_ASSERT(std::memcmp(&other.chains, &node.chains, sizeof node.chains) == 0);
  }
  RC_ASSERT(next == first + chains);
  RC_ASSERT(whole >= 15U && whole < 32U && kept.nodes().size() <= 64U);
  RC_ASSERT(kept.nodes().size() == kept_nodes(first, chains));
}

TEST(Moments, NodesAreKeptByAllOrNone) {
  std::mt19937 generator(1);
  Moments kept(3, 64, KeepNodes::kYes);
  kept.add(random_block(generator, 64, 0));
  Moments plain(3, 64);
  plain.add(random_block(generator, 64, 64));
  EXPECT_THROW(plain.merge(kept), std::logic_error);
  Moments none;
  none.merge(kept);
  EXPECT_EQ(none.nodes().size(), 16U);
}

TEST(Moments, BytesCutShortAreRefused) {
  std::mt19937 generator(1);
  Moments moments;
  moments.add(random_block(generator, 2, 0));
  std::vector<std::byte> bytes = moments.serialize();
  EXPECT_TRUE(test::same_bits(moments, Moments::deserialize(bytes)));
  bytes.pop_back();
  EXPECT_THROW(Moments::deserialize(bytes), std::logic_error);
  EXPECT_THROW(Moments::deserialize({}), std::logic_error);
}

}  // namespace
}  // namespace ridgeflow
