#include "ridgeflow/theory/relevance.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/theory/exact.hpp"
#include "ridgeflow/theory/transfer.hpp"

#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

using test::relative_deviation;

Posterior with_sextic(const Posterior& posterior, double w) {
  Couplings couplings = posterior.couplings();
  couplings.w = w;
  return Posterior(posterior.spectrum(), couplings);
}

TEST(FirstOrderDecimation, TwoModesByHand) {
  // Mode 2: a = 3, y = 0, r = 1, U = 0.1, W = 0.4: c = 1/4, m = 0; r + U/8 + (W/8)(3/16),
  // U - (U^2/4)/8 + W/8.
  const Posterior posterior(Spectrum{{1.0, 3.0}, {2.0, 0.0}}, Couplings{1, 1.0, 0.1, 0.4});
  const SexticDecimation flow = decimate_first_order(posterior, 1);
  EXPECT_DOUBLE_EQ(flow.ridge.at(1), 1.0);
  EXPECT_DOUBLE_EQ(flow.ridge_below, 1.0125 + 0.009375);
  EXPECT_DOUBLE_EQ(flow.quartic_below, 0.0996875 + 0.05);
  EXPECT_DOUBLE_EQ(flow.sextic_below, 0.4);
  EXPECT_TRUE(std::isnan(flow.ridge.at(0)));
}

TEST(FirstOrderDecimation, WithoutASexticCouplingIsTheDecimation) {
  const Posterior posterior = test::standard_posterior(200, 4.0, 0.3);
  const SexticDecimation flow = decimate_first_order(posterior);
  const Decimation expected = decimate(posterior);
  for (std::size_t k = 0; k < 200; ++k) {
    EXPECT_LT(relative_deviation(flow.ridge[k], expected.ridge[k]), 1e-14);
    EXPECT_LT(relative_deviation(flow.quartic[k], expected.quartic[k]), 1e-14);
    EXPECT_EQ(flow.sextic[k], 0.0);
  }
}

TEST(NextOrderDecimation, InTwoPartsIsTheWhole) {
  const Posterior posterior = with_sextic(test::standard_posterior(50, 4.0, 0.3), 0.2);
  const NextOrderDecimation whole = decimate_next_order(posterior);
  const NextOrderDecimation part = decimate_next_order_above(posterior, 20);
  EXPECT_EQ(part.ridge_below, whole.ridge[19]);
  EXPECT_EQ(part.quartic_below, whole.quartic[19]);
  EXPECT_EQ(part.sextic_below, whole.sextic[19]);
  EXPECT_EQ(part.ridge[20], whole.ridge[20]);
  EXPECT_TRUE(std::isnan(part.ridge[19]));
}

// Error of the mean of mode 1 if it alone is integrated exactly, in the couplings that a flow ends with.
double error_of_first_mode(const Posterior& posterior, const SexticDecimation& flow) {
  const Spectrum first = leading_modes(posterior.spectrum(), 1);
  const FunctionalDecimation alone(first, {flow.ridge[0], flow.quartic[0], flow.sextic[0]});
  return alone.mean()[0] / ExactAverage(posterior).mean(0) - 1.0;
}

TEST(CompareFlows, MeanOfModeOneAfterEachFlow) {
  // docs/theory.md, section 3, "Next order".
  const Posterior standard = test::standard_posterior(1000, test::kStandardKappa, 0.05);
  EXPECT_NEAR(error_of_first_mode(standard, decimate_first_order(standard)), -4.6e-6, 0.05e-6);
  EXPECT_NEAR(error_of_first_mode(standard, decimate_next_order(standard)), -3.3e-7, 0.05e-7);
  const Posterior small = test::standard_posterior(200, test::kStandardKappa, 0.05);
  EXPECT_NEAR(error_of_first_mode(small, decimate_first_order(small)), -9.7e-5, 0.05e-5);
  EXPECT_NEAR(error_of_first_mode(small, decimate_next_order(small)), -1.4e-6, 0.05e-6);
}

TEST(CompareFlows, WithoutInteractionNothingFlows) {
  const FlowComparison flows = compare_flows(test::standard_posterior(10, 4.0, 0.0));
  for (std::size_t k = 0; k < 10; ++k) {
    EXPECT_NEAR(flows.functional_at_zero.ridge[k], 2.5, 1e-11);
    EXPECT_NEAR(flows.functional_at_zero.quartic[k], 0.0, 1e-9);
    EXPECT_LT(std::abs(flows.first_order_errors.slope[k]), 1e-11);
    EXPECT_LT(std::abs(flows.next_order_errors.slope[k]), 1e-11);
  }
}

TEST(CompareFlows, TheLastModeSeesTheBareVertexInEveryFlow) {
  const Posterior posterior = with_sextic(test::standard_posterior(10, 4.0, 0.3), 0.1);
  const FlowComparison flows = compare_flows(posterior);
  EXPECT_DOUBLE_EQ(flows.functional_at_zero.ridge[9], posterior.ridge());
  EXPECT_DOUBLE_EQ(flows.functional_at_zero.quartic[9], posterior.quartic());
  EXPECT_DOUBLE_EQ(flows.functional_at_zero.sextic[9], posterior.sextic());
  EXPECT_LT(std::abs(flows.first_order_errors.slope[9]), 1e-15);
  EXPECT_LT(std::abs(flows.next_order_errors.curvature[9]), 1e-15);
}

double largest(const std::vector<double>& errors) {
  double result = 0;
  for (const double error : errors) {
    result = std::max(result, std::abs(error));
  }
  return result;
}

TEST(CompareFlows, TheNextOrderIsCloser) {
  for (const double w : {0.0, 0.05}) {
    const Posterior posterior = with_sextic(test::standard_posterior(300, test::kStandardKappa, 0.05), w);
    const FlowComparison flows = compare_flows(posterior);
    const double slope[] = {largest(flows.first_order_errors.slope), largest(flows.next_order_errors.slope)};
    const double curvature[] = {largest(flows.first_order_errors.curvature),
                                largest(flows.next_order_errors.curvature)};
    std::printf("w %g: slope %.2g -> %.2g, curvature %.2g -> %.2g\n", w, slope[0], slope[1], curvature[0],
                curvature[1]);
    EXPECT_LT(slope[1], 0.1 * slope[0]);
    EXPECT_LT(curvature[1], 0.1 * curvature[0]);
    EXPECT_GT(slope[1], 1e-8);  // above what the functional flow itself is wrong by
    for (std::size_t k = 0; k < 300; ++k) {
      EXPECT_NEAR(flows.next_order.sextic[k], flows.functional_at_zero.sextic[k],
                  0.1 * largest(flows.functional_at_zero.sextic))
          << k;
    }
  }
}

TEST(DecimatedSystem, ToTheSameSizeChangesNothing) {
  const Posterior posterior = with_sextic(test::standard_posterior(30, 4.0, 0.3), 0.1);
  const Couplings same = decimated_system(posterior, 30).couplings();
  EXPECT_DOUBLE_EQ(same.kappa, 4.0);
  EXPECT_DOUBLE_EQ(same.u, 0.3);
  EXPECT_DOUBLE_EQ(same.w, 0.1);
  EXPECT_EQ(same.samples, 30);
}

TEST(DecimatedSystem, AtFirstOrderWithoutASexticCouplingIsTheTransfer) {
  const Posterior posterior = test::standard_posterior(300, 4.0, 0.3);
  const TransferredCouplings expected = transfer(posterior, 100);
  const DecimatedSystem system = decimated_system(posterior, 100, FlowOrder::first);
  EXPECT_LT(relative_deviation(system.kappa(), expected.kappa), 1e-14);
  EXPECT_LT(relative_deviation(system.couplings().u, expected.u), 1e-14);
  EXPECT_EQ(system.sextic, 0.0);
}

// Largest relative error of the small system's means and variances against the large one's.
double largest_error(const Posterior& large, std::int64_t samples, FlowOrder order) {
  const Posterior small(leading_modes(large.spectrum(), static_cast<std::size_t>(samples)),
                        decimated_system(large, samples, order).couplings());
  const FunctionalDecimation in_small(small);
  const FunctionalDecimation in_large(large);
  double largest = 0;
  for (std::size_t k = 0; k < small.modes(); ++k) {
    largest = std::max({largest, relative_deviation(in_small.mean()[k], in_large.mean()[k]),
                        relative_deviation(in_small.variance()[k], in_large.variance()[k])});
  }
  return largest;
}

TEST(DecimatedSystem, AtTheNextOrderHasTheModesOfTheLargeOne) {
  // The next order counts W as U^2, so that W^2 is left out: it is for W small against U.
  for (const auto& [u, w, gain] : {std::tuple{0.05, 0.0, 0.05},
                                   {0.05, 0.005, 0.05},
                                   {0.05, 0.02, 0.05},
                                   {0.2, 0.02, 0.1},
                                   {0.0, 0.02, 0.6}}) {
    const Posterior large = with_sextic(test::standard_posterior(400, test::kStandardKappa, u), w);
    const double first = largest_error(large, 100, FlowOrder::first);
    const double next = largest_error(large, 100, FlowOrder::next);
    std::printf("u %g w %g: %.2g -> %.2g\n", u, w, first, next);
    EXPECT_LT(next, gain * first) << "u " << u << " w " << w;
    EXPECT_GT(first, 1e-6) << "u " << u << " w " << w;  // the error is not one of the functional flow
  }
}

TEST(DecimatedSystem, RefusesBadInput) {
  const Posterior posterior = test::standard_posterior(10, 4.0, 0.3);
  EXPECT_THROW(decimated_system(posterior, 0), InvalidInput);
  EXPECT_THROW(decimated_system(posterior, -3), InvalidInput);
  EXPECT_THROW(decimated_system(posterior, 11), InvalidInput);
  // c = 1/2, bubble 5: U turns negative at first order.
  const Posterior strong(Spectrum{{1.0, 1.0}, {0.0, 0.0}}, Couplings{2, 2.0, 5.0});
  EXPECT_THROW(decimated_system(strong, 1, FlowOrder::first), NumericalFailure);
}

}  // namespace
}  // namespace ridgeflow
