// Variances of few draws a chain: p-values are uniform up to a million modes, where the plain ratio of a
// deviation to its error is not, and a true deviation of a tenth of an error is found.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "ridgeflow/measure/comparison.hpp"
#include "ridgeflow/measure/moments.hpp"

#include "support/p_values.hpp"
#include "support/seeds.hpp"

namespace ridgeflow {
namespace {

constexpr std::uint64_t kChains = 64;

/// Modes of mean 0 and variance 1, each chain an autoregression of the first order started in its law.
struct Ensemble {
  std::uint64_t draws = 2;
  double phi = 0;
};

/// Sum and sum of squares of a chain.
struct ChainSum {
  double sum = 0;
  double square = 0;
};

class ChainDraws {
 public:
  ChainDraws(const Ensemble& ensemble, std::uint64_t seed)
      : ensemble_(ensemble),
        generator_(seed),
        rest_(0.5 * (static_cast<double>(ensemble.draws) - 1.0), 2.0) {}

  ChainSum operator()() {
    const auto n = static_cast<double>(ensemble_.draws);
    if (ensemble_.phi == 0) {  // the mean, and chi^2 of n - 1 degrees about it
      const double sum = std::sqrt(n) * normal_(generator_);
      return {sum, sum * sum / n + rest_(generator_)};
    }
    const double amplitude = std::sqrt(1.0 - ensemble_.phi * ensemble_.phi);
    ChainSum out;
    double d = normal_(generator_);
    for (std::uint64_t i = 0; i < ensemble_.draws; ++i) {
      out.sum += d;
      out.square += d * d;
      d = ensemble_.phi * d + amplitude * normal_(generator_);
    }
    return out;
  }

 private:
  Ensemble ensemble_;
  std::mt19937_64 generator_;
  std::normal_distribution<double> normal_;
  std::gamma_distribution<double> rest_;
};

MomentSummary sampled(const Ensemble& ensemble, std::size_t modes, std::uint64_t seed) {
  constexpr std::size_t kAtATime = 5000;
  ChainDraws draw(ensemble, seed);
  MomentSummary all;
  for (std::size_t from = 0; from < modes; from += kAtATime) {
    const auto part = static_cast<std::uint32_t>(std::min(kAtATime, modes - from));
    ChainBlock block;
    block.resize(kChains, part);
    for (std::size_t i = 0; i < kChains * part; ++i) {
      const auto [sum, square] = draw();
      block.sum[i] = sum;
      block.square[i] = square;
    }
    block.measured.assign(kChains, ensemble.draws);
    Moments moments;
    moments.add(block);
    const MomentSummary s =
        summarize(moments, std::vector<double>(part), 0.0, ensemble.draws, make_measure_plan(ensemble.draws));
    all.chains = s.chains;
    all.draws = s.draws;
    const auto append = [](std::vector<double>& to, const std::vector<double>& more) {
      to.insert(to.end(), more.begin(), more.end());
    };
    append(all.mean, s.mean);
    append(all.mcse_mean, s.mcse_mean);
    append(all.variance, s.variance);
    append(all.mcse_variance, s.mcse_variance);
  }
  return all;
}

/// Modes first ... first + count - 1.
MomentSummary part_of(const MomentSummary& all, std::size_t first, std::size_t count) {
  const auto cut = [&](const std::vector<double>& from) {
    const auto begin = from.begin() + static_cast<std::ptrdiff_t>(first);
    return std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(count));
  };
  MomentSummary part;
  part.chains = all.chains;
  part.draws = all.draws;
  part.mean = cut(all.mean);
  part.mcse_mean = cut(all.mcse_mean);
  part.variance = cut(all.variance);
  part.mcse_variance = cut(all.mcse_variance);
  return part;
}

Prediction truth(std::size_t modes, double variance = 1.0) {
  return {Theory::exact, std::vector<double>(modes), std::vector<double>(modes, variance)};
}

/// The plain ratio, Student's t.
double plain_p(const MomentSummary& s) {
  return agree(s.variance, s.mcse_variance, std::vector<double>(s.variance.size(), 1.0),
               s.degrees_of_freedom())
      .p_value;
}

struct PValues {
  std::vector<double> mean;
  std::vector<double> variance;
  std::vector<double> plain;  ///< of variances
};

/// Of the first \p parts parts of \p modes modes of \p all.
PValues p_values(const MomentSummary& all, std::size_t parts, std::size_t modes) {
  PValues p;
  for (std::size_t first = 0; first < parts * modes; first += modes) {
    const MomentSummary part = part_of(all, first, modes);
    const Comparison c = compare(part, truth(modes));
    p.mean.push_back(c.mean.p_value);
    p.variance.push_back(c.variance.p_value);
    p.plain.push_back(plain_p(part));
  }
  return p;
}

/// Of p-values that should be uniform; of one alone, that it is near neither end.
double uniform_p(const std::vector<double>& p) {
  return p.size() == 1 ? 2.0 * std::min(p[0], 1.0 - p[0]) : test::kolmogorov_smirnov_p(p);
}

class VarianceDeviatesOf : public testing::TestWithParam<std::uint64_t> {};

TEST_P(VarianceDeviatesOf, PValuesAreUniformUpToAMillionModes) {
  constexpr std::size_t kModes = 1'000'000;
  const std::uint64_t draws = GetParam();
  const MomentSummary all = sampled({draws, 0.0}, kModes, test::seed_of(610 + draws));
  for (const auto& [parts, modes] :
       std::vector<std::pair<std::size_t, std::size_t>>{{150, 1'000}, {3, 100'000}, {1, kModes}}) {
    const PValues p = p_values(all, parts, modes);
    EXPECT_GT(uniform_p(p.mean), test::kFalseAlarm) << modes << " modes";
    EXPECT_GT(uniform_p(p.variance), test::kFalseAlarm) << modes << " modes";
    if (draws == 2 || (draws == 10 && modes == kModes)) {
      EXPECT_LT(parts > 3 ? uniform_p(p.plain) : *std::max_element(p.plain.begin(), p.plain.end()),
                test::kFound)
          << "the plain ratio passes: " << modes << " modes";
    }
  }
  // z^2 gains 0.01 and what the relative noise of the wrong law gains or loses
  const double error = std::sqrt(2.0 / static_cast<double>(kChains * draws - 1));
  EXPECT_LT(compare(all, truth(kModes, 1.0 - 0.1 * error)).variance.p_value, test::kFound);
}

INSTANTIATE_TEST_SUITE_P(DrawsAChain, VarianceDeviatesOf, testing::Values(2, 10, 100));

// Correlated draws leave more of the error's law unknown: right for as many modes as a p-value is given for.
TEST(VarianceDeviates, CorrelatedDrawsAreJudgedWhereTheirLawIsKnown) {
  constexpr std::size_t kModes = 100'000;
  const MomentSummary all = sampled({10, 0.5}, kModes, test::seed_of(640));
  for (const std::size_t modes : {std::size_t{1'000}, kModes}) {
    const PValues p = p_values(all, kModes / modes, modes);
    EXPECT_GT(uniform_p(p.mean), test::kFalseAlarm) << modes;
    EXPECT_GT(uniform_p(p.variance), test::kFalseAlarm) << modes;
    EXPECT_LT(uniform_p(p.plain), test::kFound) << modes;
  }
  MomentSummary many = part_of(all, 0, kModes);
  const auto repeat = [](std::vector<double>& values) {
    const std::vector<double> once = values;
    for (int i = 1; i < 10; ++i) {
      values.insert(values.end(), once.begin(), once.end());
    }
  };
  for (auto* values : {&many.mean, &many.mcse_mean, &many.variance, &many.mcse_variance}) {
    repeat(*values);
  }
  const Comparison c = compare(many, truth(10 * kModes));
  EXPECT_TRUE(c.variance.withheld());
  EXPECT_TRUE(std::isnan(c.variance.p_value));
  EXPECT_FALSE(c.mean.withheld());
}

TEST(VarianceDeviates, SystemsOfDifferentDrawsAgree) {
  constexpr std::size_t kModes = 200'000;
  constexpr std::size_t kPart = 1'000;
  const MomentSummary one = sampled({2, 0.0}, kModes, test::seed_of(630));
  const MomentSummary other = sampled({10, 0.0}, kModes, test::seed_of(631));
  std::vector<double> p;
  std::vector<double> means;
  std::vector<double> welch;
  for (std::size_t first = 0; first < kModes; first += kPart) {
    const MomentSummary a = part_of(one, first, kPart);
    const MomentSummary b = part_of(other, first, kPart);
    const SampleComparison c = compare_samples(a, b, kPart);
    p.push_back(c.variance.p_value);
    means.push_back(c.mean.p_value);
    welch.push_back(
        agree(a.variance, c.variance_error, b.variance, 2.0 * static_cast<double>(kChains - 1)).p_value);
  }
  EXPECT_GT(uniform_p(p), test::kFalseAlarm);
  EXPECT_GT(uniform_p(means), test::kFalseAlarm);
  EXPECT_LT(uniform_p(welch), test::kFound);
  EXPECT_GT(uniform_p({compare_samples(one, other, kModes).variance.p_value}), test::kFalseAlarm);
  MomentSummary shifted = other;
  for (double& v : shifted.variance) {
    v *= 1.0 + 0.2 * std::sqrt(2.0 / (2.0 * kChains));
  }
  EXPECT_LT(compare_samples(one, shifted, kModes).variance.p_value, test::kFound);
}

}  // namespace
}  // namespace ridgeflow
