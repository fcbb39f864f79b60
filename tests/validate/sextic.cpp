// The exact integrators with a strong sextic coupling, against the functional decimation: chi^2 over modes of
// means and variances, <R> and Var R. W R*^2/8 is as large as (U/2) R*.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>

#include <gtest/gtest.h>

#include "ridgeflow/measure/comparison.hpp"
#include "ridgeflow/theory/functional_decimation.hpp"

#include "support/p_values.hpp"
#include "support/plants.hpp"
#include "support/posteriors.hpp"
#include "support/seeds.hpp"

namespace ridgeflow {
namespace {

constexpr double kU = 0.5;
constexpr double kW = 2.3;

struct Deviation {
  double means;      // p of chi^2 over modes
  double variances;  // likewise
  double size;       // p of <R>
  double spread;     // p of Var R
};

/// One run with the couplings u and \p w, tampered with by \p plant, against kU and kW.
Deviation deviation(const std::string& integrator, std::uint64_t seed, double w = kW,
                    const test::Plant& plant = test::nothing) {
  const Spectrum spectrum = power_law_spectrum(50, 0.2, 0.3);
  const Posterior truth(spectrum, Couplings{50, test::kStandardKappa, kU, kW});
  const Posterior sampled(spectrum, Couplings{50, test::kStandardKappa, kU, w});
  SamplerOptions options;
  options.integrator = integrator;
  options.chains = 500;
  options.draws = 1'000'000;
  options.seed = seed;
  if (integrator == "mala") {
    options.every = 8;
  }
  const MomentSummary summary = test::summary_of(test::planted_run(sampled, options, plant), sampled);
  const FunctionalDecimation exact(truth);
  const Comparison c = compare(summary, {Theory::exact, exact.mean(), exact.variance()});
  const Deviation out{
      c.mean.p_value, c.variance.p_value,
      test::normal_p((summary.mean_size - exact.mean_size()) / summary.mcse_mean_size),
      test::normal_p((summary.variance_size - exact.variance_size()) / summary.mcse_variance_size)};
  std::printf("%s, w = %g: p = %.3g (means), %.3g (variances), %.3g (<R>), %.3g (Var R)\n",
              integrator.c_str(), w, out.means, out.variances, out.size, out.spread);
  return out;
}

TEST(SexticGoodnessOfFit, ExactIntegratorsGiveTheFunctionalDecimation) {
  std::uint64_t seed = 501;
  for (const char* integrator : {"adjusted", "perfect", "mala"}) {
    const Deviation of = deviation(integrator, test::seed_of(seed++));
    for (const double p : {of.means, of.variances, of.size, of.spread}) {
      EXPECT_GT(p, test::kFalseAlarm / 12) << integrator;
    }
  }
}

TEST(SexticGoodnessOfFit, ThreePerCentOfWAreFound) {
  std::uint64_t seed = 511;
  for (const char* integrator : {"adjusted", "perfect", "mala"}) {
    EXPECT_LT(deviation(integrator, test::seed_of(seed++), 1.03 * kW).size, test::kFound) << integrator;
  }
}

TEST(SexticGoodnessOfFit, AcceptanceWithoutTheCubeIsFound) {
  const test::Plant plant = [](EnsembleSetup<float>& setup) {
    setup.systems[0].step.constants.cubic_acceptance = 0;
  };
  std::uint64_t seed = 521;
  for (const char* integrator : {"adjusted", "perfect"}) {
    EXPECT_LT(deviation(integrator, test::seed_of(seed++), kW, plant).size, test::kFound) << integrator;
  }
}

}  // namespace
}  // namespace ridgeflow
