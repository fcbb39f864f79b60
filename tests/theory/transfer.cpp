#include "ridgeflow/theory/transfer.hpp"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ridgeflow/base/error.hpp"

#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

using test::relative_deviation;

TEST(Transfer, TwoModesByHand) {
  // As in the decimation: mode 2 with a = 3, y = 0 leaves r = 1.0125, U = 0.0996875.
  const Posterior posterior(Spectrum{{1.0, 3.0}, {2.0, 0.0}}, Couplings{2, 2.0, 0.05});
  const TransferredCouplings to = transfer(posterior, 1);
  EXPECT_DOUBLE_EQ(to.ridge, 1.0125);
  EXPECT_DOUBLE_EQ(to.quartic, 0.0996875);
  EXPECT_DOUBLE_EQ(to.kappa, 1.0 / 1.0125);
  EXPECT_DOUBLE_EQ(to.u, 0.0996875);
  EXPECT_EQ(to.samples, 1);
  EXPECT_DOUBLE_EQ(to.couplings().ridge(), 1.0125);
}

TEST(Transfer, ToTheSameSizeChangesNothing) {
  const Posterior posterior = test::standard_posterior(100, 4.0, 0.3);
  for (const TransferredCouplings& to :
       {transfer(posterior, 100), transfer(posterior, posterior.spectrum(), 100)}) {
    EXPECT_DOUBLE_EQ(to.kappa, 4.0);
    EXPECT_DOUBLE_EQ(to.u, 0.3);
  }
}

TEST(Transfer, WithFewerModesThanTheTargetOnlyRescales) {
  const Posterior posterior(power_law_spectrum(10, 0.2, 0.3), Couplings{100, 4.0, 0.3});
  const TransferredCouplings to = transfer(posterior, 50);
  EXPECT_DOUBLE_EQ(to.ridge, 25.0);
  EXPECT_DOUBLE_EQ(to.quartic, 30.0);
  EXPECT_DOUBLE_EQ(to.kappa, 2.0);
}

TEST(Transfer, UpAndDownAgain) {
  for (const double u : {0.0, 0.05, 0.5}) {
    const Posterior small = test::standard_posterior(200, 3.0, u);
    const Spectrum larger = power_law_spectrum(900, 0.2, 0.3);
    const TransferredCouplings up = transfer(small, larger, 900);
    EXPECT_LE(up.ridge, small.ridge());
    EXPECT_GE(up.quartic, small.quartic());
    const TransferredCouplings down = transfer(Posterior(larger, up.couplings()), 200);
    EXPECT_LT(relative_deviation(down.kappa, 3.0), 1e-13);
    EXPECT_LT(relative_deviation(down.u, u), 1e-13);
  }
}

RC_GTEST_PROP(Transfer, DownAndUpAgain, ()) {
  const auto modes = *rc::gen::inRange<std::size_t>(2, 300);
  const auto kept = *rc::gen::inRange<std::size_t>(1, modes);
  const Posterior large =
      test::standard_posterior(modes, test::between(0.1, 10), std::pow(10.0, test::between(-6, -1)));
  const TransferredCouplings down = transfer(large, static_cast<std::int64_t>(kept));
  const Posterior small(leading_modes(large.spectrum(), kept), down.couplings());
  const TransferredCouplings up = transfer(small, large.spectrum(), large.couplings().samples);
  RC_ASSERT(relative_deviation(up.kappa, large.couplings().kappa) < 1e-11);
  RC_ASSERT(relative_deviation(up.u, large.couplings().u) < 1e-11);
}

TEST(Transfer, RefusesBadInput) {
  const Posterior posterior = test::standard_posterior(10, 4.0, 0.3);
  const Spectrum larger = power_law_spectrum(20, 0.2, 0.3);
  EXPECT_THROW(transfer(posterior, 0), InvalidInput);
  EXPECT_THROW(transfer(posterior, -1), InvalidInput);
  EXPECT_THROW(transfer(posterior, 11), InvalidInput);
  EXPECT_THROW(transfer(posterior, larger, 9), InvalidInput);
  EXPECT_THROW(transfer(posterior, power_law_spectrum(9, 0.2, 0.3), 20), InvalidInput);
  EXPECT_THROW(transfer(posterior, power_law_spectrum(20, 0.2, 0.31), 20), InvalidInput);
  EXPECT_THROW(transfer(posterior, Spectrum{{1.0}, {}}, 20), InvalidInput);
  EXPECT_THROW(leading_modes(larger, 0), InvalidInput);
  EXPECT_EQ(leading_modes(larger, 99).size(), 20U);
}

TEST(Transfer, SaysWhereTheFlowBreaksDown) {
  const Spectrum flat{{1.0, 1.0}, {0.0, 0.0}};
  EXPECT_THROW(transfer(Posterior(flat, Couplings{2, 2.0, 10.0}), 1),
               NumericalFailure);  // bubble 5 on the way down
  const Posterior alone(leading_modes(flat, 1), Couplings{1, 1.0, 10.0});
  EXPECT_THROW(transfer(alone, flat, 2), NumericalFailure);  // B U above 1 on the way up
  // The tadpole of the second mode alone is more than the ridge that is left of it.
  const Posterior soft(Spectrum{{1.0}, {0.0}}, Couplings{1, 100.0, 0.2});
  EXPECT_THROW(transfer(soft, Spectrum{{1.0, 1.0}, {0.0, 0.0}}, 2), NumericalFailure);
}

}  // namespace
}  // namespace ridgeflow
