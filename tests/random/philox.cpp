#include "ridgeflow/random/philox.hpp"

#include <cstdint>
#include <random>

#include <Random123/philox.h>
#undef philox4x32  // its C interface is a macro of our function's name
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ridgeflow/chain/chain_view.hpp"

namespace ridgeflow {
namespace {

using HostWords = Words<std::uint32_t>;

HostWords of_random123(const HostWords& c, const NoiseKey& key) {
  const r123::Philox4x32 philox;
  const auto out = philox({{c.w0, c.w1, c.w2, c.w3}}, {{key.low[0], key.high[0]}});
  return {out[0], out[1], out[2], out[3]};
}

bool equal(const HostWords& a, const HostWords& b) {
  return a.w0 == b.w0 && a.w1 == b.w1 && a.w2 == b.w2 && a.w3 == b.w3;
}

TEST(Philox, KnownAnswers) {
  constexpr std::uint32_t kOnes = 0xFFFFFFFFU;
  EXPECT_TRUE(equal(philox4x32(HostWords{0, 0, 0, 0}, noise_key(0)),
                    {0x6627E8D5U, 0xE169C58DU, 0xBC57AC4CU, 0x9B00DBD8U}));
  EXPECT_TRUE(equal(philox4x32(HostWords{kOnes, kOnes, kOnes, kOnes}, noise_key(~std::uint64_t{0})),
                    {0x408F276DU, 0x41C83B0EU, 0xA20BC7C6U, 0x6D5451FDU}));
  EXPECT_TRUE(equal(philox4x32(HostWords{0x243F6A88U, 0x85A308D3U, 0x13198A2EU, 0x03707344U},
                               noise_key(0x299F31D0A4093822U)),
                    {0xD16CFE09U, 0x94FDCCEBU, 0x5001E420U, 0x24126EA1U}));
}

TEST(Philox, IsThatOfRandom123) {
  std::mt19937 generator(1);
  const auto word = [&] { return static_cast<std::uint32_t>(generator()); };
  for (int i = 0; i < 200000; ++i) {
    const HostWords counter{word(), word(), word(), word()};
    const NoiseKey key = noise_key(std::uint64_t{word()} << 32 | word());
    ASSERT_TRUE(equal(philox4x32(counter, key), of_random123(counter, key)));
  }
}

TEST(Philox, KeyIsTheSeedLowWordFirst) {
  const NoiseKey key = noise_key(0x0123456789ABCDEFU);
  EXPECT_EQ(key.low[0], 0x89ABCDEFU);
  EXPECT_EQ(key.high[0], 0x01234567U);
}

TEST(StreamWord, StepAboveTheStream) {
  EXPECT_EQ(stream_word(Stream::kStep, 0), 0U);
  EXPECT_EQ(stream_word(Stream::kInitial, 0xFFFFFFFFU), 3U);
  EXPECT_EQ(stream_word(Stream::kAcceptance, std::uint64_t{1} << 32), 0x102U);
  EXPECT_EQ(stream_word(Stream::kOpening, kMaxStep), 0xFFFFFF01U);
}

void expect_step_noise(std::uint32_t chain, std::uint64_t step, std::uint32_t block, Stream stream,
                       std::uint64_t seed) {
  const NoiseKey key = noise_key(seed);
  const HostWords counter{chain, static_cast<std::uint32_t>(step), block, stream_word(stream, step)};
  const HostWords expected = of_random123(counter, key);
  EXPECT_TRUE(equal(StepNoise<std::uint32_t>(chain, step, stream, key)(block), expected))
      << chain << " " << step << " " << block << " " << static_cast<std::uint32_t>(stream) << " " << seed;
}

// The products taken out of the block loop must not change a bit, beyond 2^32 steps either.
TEST(StepNoise, IsPhiloxAtTheEdges) {
  constexpr std::uint32_t kOnes = 0xFFFFFFFFU;
  constexpr std::uint64_t kBeyond = std::uint64_t{1} << 32;
  for (const std::uint32_t chain : {0U, 1U, 0x80000000U, kOnes}) {
    for (const std::uint64_t step :
         {std::uint64_t{0}, std::uint64_t{1}, kBeyond - 1, kBeyond, kBeyond + 1, kMaxStep}) {
      for (const std::uint32_t block : {0U, 1U, 249U, kOnes}) {
        for (const Stream stream : {Stream::kStep, Stream::kOpening, Stream::kAcceptance, Stream::kInitial}) {
          for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, kBeyond, ~std::uint64_t{0}}) {
            expect_step_noise(chain, step, block, stream, seed);
          }
        }
      }
    }
  }
}

RC_GTEST_PROP(StepNoise, IsPhilox,
              (std::uint32_t chain, std::uint64_t step, std::uint32_t block, std::uint64_t seed)) {
  for (const std::uint32_t stream : {0U, 1U, 2U, 3U}) {
    expect_step_noise(chain, step & kMaxStep, block, static_cast<Stream>(stream), seed);
  }
}

// Four steps share a counter; the word's place in it is the step modulo four.
TEST(AcceptanceWord, WordOfTheQuad) {
  const NoiseKey key = noise_key(77);
  for (const std::uint64_t step : {std::uint64_t{0}, std::uint64_t{5}, std::uint64_t{1234567},
                                   std::uint64_t{1} << 34, (std::uint64_t{1} << 40) + 3, kMaxStep}) {
    const std::uint64_t quad = step / 4;
    const HostWords words =
        of_random123({9U, static_cast<std::uint32_t>(quad), 0U, stream_word(Stream::kAcceptance, quad)}, key);
    const std::uint32_t expected[] = {words.w0, words.w1, words.w2, words.w3};
    EXPECT_EQ(acceptance_word(acceptance_words(9U, quad, key), step), expected[step % 4]) << step;
  }
}

}  // namespace
}  // namespace ridgeflow
