/// \file
/// Small ensembles that tests of executors run.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ridgeflow/run/sampler.hpp"
#include "ridgeflow/run/tables.hpp"

namespace ridgeflow::test {

struct Case {
  std::string integrator;
  std::uint32_t modes;
  std::uint64_t draws;
  std::uint64_t every;
  std::uint64_t chains = 3;
  Mobility mobility = Mobility::kField;
  double w = 0;
};

template <class Scalar>
EnsembleSetup<Scalar> setup_of(const Case& c) {
  const Posterior posterior(power_law_spectrum(c.modes, 0.2, 0.3), Couplings{100, 4.0, 0.5, c.w});
  SamplerOptions options;
  options.integrator = c.integrator;
  options.steps = c.draws * c.every;
  options.every = c.every;
  options.burn_in = 3;
  options.mobility = c.mobility;
  options.seed = 0x123456789ABCDEF0ULL;
  options.precision = sizeof(Scalar) == sizeof(float) ? Precision::kSingle : Precision::kDouble;
  EnsembleSetup<Scalar> setup = make_setup<Scalar>(posterior, resolve(options, posterior));
  setup.systems[0].first_chain = 77;
  setup.systems[0].chains = c.chains;
  return setup;
}

/// Whether every bit of \p a and \p b is the same; the first place where not.
template <class T>
testing::AssertionResult same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  if (a.size() != b.size()) {
    return testing::AssertionFailure() << a.size() << " values, not " << b.size();
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::memcmp(&a[i], &b[i], sizeof(T)) != 0) {
      return testing::AssertionFailure() << "[" << i << "] is " << testing::PrintToString(a[i]) << ", not "
                                         << testing::PrintToString(b[i]);
    }
  }
  return testing::AssertionSuccess();
}

inline void expect_same_bits(const ChainBlock& a, const ChainBlock& b) {
  EXPECT_TRUE(same_bits(a.d, b.d));
  EXPECT_TRUE(same_bits(a.carried, b.carried));
  EXPECT_TRUE(same_bits(a.recent_sum, b.recent_sum));
  EXPECT_TRUE(same_bits(a.recent_square, b.recent_square));
  EXPECT_TRUE(same_bits(a.sum, b.sum));
  EXPECT_TRUE(same_bits(a.square, b.square));
  EXPECT_TRUE(same_bits(a.first_sum, b.first_sum));
  EXPECT_TRUE(same_bits(a.first_square, b.first_square));
  EXPECT_TRUE(same_bits(a.batch_origin, b.batch_origin));
  EXPECT_TRUE(same_bits(a.batch_square, b.batch_square));
  EXPECT_TRUE(same_bits(a.size, b.size));
  EXPECT_TRUE(same_bits(a.carried_size, b.carried_size));
  EXPECT_TRUE(same_bits(a.size_sum, b.size_sum));
  EXPECT_TRUE(same_bits(a.size_square, b.size_square));
  EXPECT_EQ(a.accepted, b.accepted);
  EXPECT_EQ(a.measured, b.measured);
  EXPECT_EQ(a.first_measured, b.first_measured);
  EXPECT_EQ(a.batch_measured, b.batch_measured);
}

/// Chains that left the finite numbers, at the same place.
inline void expect_same_divergences(const Executor& a, const Executor& b) {
  const std::vector<Divergence> found = a.divergences();
  const std::vector<Divergence> expected = b.divergences();
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].system, expected[i].system);
    EXPECT_EQ(found[i].chain, expected[i].chain);
    EXPECT_EQ(found[i].step, expected[i].step);
    EXPECT_EQ(found[i].mode, expected[i].mode);
  }
}

/// States, sizes and counts of all chains of \p system, which has \p chains of \p modes modes.
struct States {
  std::vector<double> d, size;
  std::vector<std::uint64_t> measured;
};
inline States states_of(const Executor& executor, std::size_t system, std::uint64_t chains,
                        std::size_t modes) {
  States states{std::vector<double>(chains * modes), std::vector<double>(chains),
                std::vector<std::uint64_t>(chains)};
  executor.export_states(system, 0, chains, {states.d, states.size, states.measured});
  return states;
}
inline void expect_same_bits(const States& a, const States& b) {
  EXPECT_TRUE(same_bits(a.d, b.d));
  EXPECT_TRUE(same_bits(a.size, b.size));
  EXPECT_EQ(a.measured, b.measured);
}

}  // namespace ridgeflow::test
