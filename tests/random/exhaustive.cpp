// Every word that noise can be made of: all 2^32 radius words and all 2^22 angles. Their averages are those
// of the normals themselves, without sampling error.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "ridgeflow/random/normal.hpp"

#include "cpu/lane_kernels.hpp"
#include "random/words.hpp"

namespace ridgeflow {

test::WordSums test::radius_sums_portable(std::uint64_t begin, std::uint64_t end) {
  return RadiusSums<float, double>::of(begin, end);
}

test::NormalSums test::normal_sums_portable(std::uint32_t first_chain, std::uint32_t chains, float factor) {
  return NormalMoments<float, double>::of(first_chain, chains, factor);
}

namespace {

struct Widest {
  test::RadiusSumsFunction radii = test::radius_sums_portable;
  test::NormalSumsFunction normals = test::normal_sums_portable;
};

Widest widest() {
#if defined(__x86_64__)
  const std::string_view name = available_lane_kernels().front().name;
  if (name == "avx512") {
    return {test::radius_sums_avx512, test::normal_sums_avx512};
  }
  if (name == "avx2") {
    return {test::radius_sums_avx2, test::normal_sums_avx2};
  }
#endif
  return {};
}

// Splits [0, count) over two threads.
template <class Sums, class Part>
Sums in_two(std::uint64_t count, const Part& part) {
  Sums low{};
  Sums high{};
  std::thread other([&] { high = part(count / 2, count); });
  low = part(0, count / 2);
  other.join();
  low.merge(high);
  return low;
}

TEST(Exhaustive, MomentsOfAllRadii) {
  const auto sums = in_two<test::WordSums>(std::uint64_t{1} << 32, widest().radii);
  EXPECT_EQ(sums.not_finite, 0U);
  EXPECT_GT(sums.smallest, 0.0);
  EXPECT_NEAR(sums.smallest, std::sqrt(-std::log2(1.0 - 0x1p-24)), 1e-10);
  EXPECT_NEAR(sums.largest, std::sqrt(33.0), 1e-6);
  // r^2 is exponential of mean 2 once it carries kNormalScale: E r^2 = 2, E r^4 = 8, E r^6 = 48
  const double scale = kNormalScale * kNormalScale;
  const double second = scale * sums.second / 0x1p32;
  const double fourth = scale * scale * sums.fourth / 0x1p32;
  const double sixth = scale * scale * scale * sums.sixth / 0x1p32;
  std::printf("E r^2/2 - 1 = %.2e, E r^4/8 - 1 = %.2e, E r^6/48 - 1 = %.2e\n", second / 2 - 1, fourth / 8 - 1,
              sixth / 48 - 1);
  EXPECT_NEAR(second / 2, 1.0, 4.1e-8);
  EXPECT_NEAR(fourth / 8, 1.0, 4.1e-8);
  EXPECT_NEAR(sixth / 48, 1.0, 4.1e-8);
}

// z-scores of the moments to the sixth and of the counts beyond 3, 4 and 5 sigma.
std::vector<double> normal_scores(std::uint32_t chains, float factor) {
  const auto sums = in_two<test::NormalSums>(chains / 16, [factor](std::uint64_t begin, std::uint64_t end) {
    return widest().normals(static_cast<std::uint32_t>(16 * begin),
                            static_cast<std::uint32_t>(16 * (end - begin)), factor);
  });
  EXPECT_EQ(sums.not_finite, 0U);
  const double count = static_cast<double>(chains) * static_cast<double>(test::kDrawsPerChain);
  const double expected[] = {1, 0, 1, 0, 3, 0, 15};
  const double variance[] = {0, 1, 2, 15, 96, 945, 10170};
  std::vector<double> scores;
  for (std::size_t n = 1; n <= 6; ++n) {
    scores.push_back((sums.power[n] - count * expected[n]) / std::sqrt(count * variance[n]));
  }
  for (std::size_t t = 0; t < 3; ++t) {
    const double p = std::erfc(static_cast<double>(t + 3) / std::numbers::sqrt2);
    scores.push_back((sums.beyond[t] - count * p) / std::sqrt(count * p * (1 - p)));
  }
  std::printf("%.3g draws, factor %.6f, z of moments 1 to 6 and of tails beyond 3, 4, 5:", count,
              static_cast<double>(factor));
  for (const double z : scores) {
    std::printf(" %.2f", z);
  }
  std::printf("\n");
  return scores;
}

// Nine numbers: 4.5 sigma is one in 16 000, and the seed is fixed.
TEST(LongRun, MomentsAndTailsOfTenBillionNormals) {
  for (const double z : normal_scores(9600, 1.0F)) {
    EXPECT_LT(std::abs(z), 4.5);
  }
}

TEST(LongRun, PlantedErrorInTheAmplitudeIsFound) {
  const std::vector<double> scores = normal_scores(960, 1.0003F);
  EXPECT_GT(scores[1], 8.0);
}

struct LogErrors {
  double relative = 0;
  double ulps = 0;
  double radius = 0;  // relative error of the rounded root

  void merge(const LogErrors& other) {
    this->relative = std::max(this->relative, other.relative);
    this->ulps = std::max(this->ulps, other.ulps);
    this->radius = std::max(this->radius, other.radius);
  }
};

double ulp_of(double x) {
  return std::ldexp(1.0, std::ilogb(x) - 23);
}

// Words that convert to the same float are taken once: 2^24 small ones and 2^23 for each longer length.
TEST(Exhaustive, AccuracyOfTheLogarithm) {
  const auto errors = in_two<LogErrors>(
      (std::uint64_t{1} << 24) + (std::uint64_t{8} << 23), [](std::uint64_t begin, std::uint64_t end) {
        LogErrors worst;
        for (std::uint64_t i = begin; i < end; ++i) {
          std::uint64_t w = i;
          if (i >= (1U << 24)) {
            const std::uint64_t length = (i - (1U << 24)) >> 23;
            w = ((std::uint64_t{1} << 23) + (i & 0x7FFFFFU)) << (length + 1);
          }
          const auto word = static_cast<std::uint32_t>(w);
          const double expected = -std::log2(static_cast<double>(uniform_inside<float>(word)));
          const float found = negative_log2_uniform<float>(word);
          const double error = std::abs(static_cast<double>(found) - expected);
          const double radius = std::sqrt(expected);
          worst.merge({error / expected, error / ulp_of(expected),
                       std::abs(static_cast<double>(root_of_radius(found)) - radius) / radius});
        }
        return worst;
      });
  std::printf("-log2 u: relative error %.3e, %.3f ulp; radius: relative error %.3e\n", errors.relative,
              errors.ulps, errors.radius);
  // what random/normal.hpp states
  EXPECT_LT(errors.relative, 1.56e-7);
  EXPECT_LT(errors.ulps, 1.64);
  EXPECT_LT(errors.radius, 1.14e-7);
}

struct CircleSums {
  double error = 0;
  double length_error = 0;
  double cos2 = 0;
  double cos4 = 0;
  double cos6 = 0;
  double sin2 = 0;
  double cos_sin = 0;

  void merge(const CircleSums& other) {
    this->error = std::max(this->error, other.error);
    this->length_error = std::max(this->length_error, other.length_error);
    this->cos2 += other.cos2;
    this->cos4 += other.cos4;
    this->cos6 += other.cos6;
    this->sin2 += other.sin2;
    this->cos_sin += other.cos_sin;
  }
};

TEST(Exhaustive, EveryAngle) {
  const auto sums = in_two<CircleSums>(std::uint64_t{1} << 22, [](std::uint64_t begin, std::uint64_t end) {
    CircleSums part;
    for (std::uint64_t n = begin; n < end; ++n) {
      const Pair<float> point = circle_point<float>(static_cast<std::uint32_t>(n << 8));
      const double angle = 0.5 * std::numbers::pi * (static_cast<double>(n) + 0.5) / 0x1p22;
      const double x = static_cast<double>(point.first);
      const double y = static_cast<double>(point.second);
      const double c2 = x * x;
      // cosines of places falling, sines rising: both strictly inside the quadrant
      part.merge({std::max(std::abs(x - std::cos(angle)), std::abs(y - std::sin(angle))),
                  std::abs(std::sqrt(c2 + y * y) - 1.0), c2, c2 * c2, c2 * c2 * c2, y * y, x * y});
    }
    return part;
  });
  std::printf(
      "circle: absolute error %.3e, length %.3e; E cos^2 - 1/2 = %.1e, E cos^4 - 3/8 = %.1e, E cos^6 - "
      "5/16 = %.1e\n",
      sums.error, sums.length_error, sums.cos2 / 0x1p22 - 0.5, sums.cos4 / 0x1p22 - 0.375,
      sums.cos6 / 0x1p22 - 0.3125);
  EXPECT_LT(sums.error, 1.5e-7);
  EXPECT_LT(sums.length_error, 1.5e-7);
  EXPECT_NEAR(sums.cos2 / 0x1p22, 0.5, 3.2e-8);
  EXPECT_NEAR(sums.sin2 / 0x1p22, 0.5, 3.2e-8);
  EXPECT_NEAR(sums.cos4 / 0x1p22, 0.375, 3.2e-8);
  EXPECT_NEAR(sums.cos6 / 0x1p22, 0.3125, 3.2e-8);
  EXPECT_NEAR(sums.cos_sin / 0x1p22, 1.0 / std::numbers::pi, 3.2e-8);
}

}  // namespace
}  // namespace ridgeflow
