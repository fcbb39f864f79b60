/// \file
/// Small ensembles that tests of executors run.
#pragma once

#include <string>

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

inline void expect_same_bits(const ChainBlock& a, const ChainBlock& b) {
  EXPECT_EQ(a.d, b.d);
  EXPECT_EQ(a.carried, b.carried);
  EXPECT_EQ(a.recent_sum, b.recent_sum);
  EXPECT_EQ(a.recent_square, b.recent_square);
  EXPECT_EQ(a.sum, b.sum);
  EXPECT_EQ(a.square, b.square);
  EXPECT_EQ(a.first_sum, b.first_sum);
  EXPECT_EQ(a.first_square, b.first_square);
  EXPECT_EQ(a.batch_origin, b.batch_origin);
  EXPECT_EQ(a.batch_square, b.batch_square);
  EXPECT_EQ(a.size, b.size);
  EXPECT_EQ(a.carried_size, b.carried_size);
  EXPECT_EQ(a.size_sum, b.size_sum);
  EXPECT_EQ(a.size_square, b.size_square);
  EXPECT_EQ(a.accepted, b.accepted);
  EXPECT_EQ(a.measured, b.measured);
  EXPECT_EQ(a.first_measured, b.first_measured);
  EXPECT_EQ(a.batch_measured, b.batch_measured);
}

}  // namespace ridgeflow::test
