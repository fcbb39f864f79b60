/// \file
/// What the step size of an integrator costs: the bias of its samples against the exact average, and the
/// independent draws that it makes in a second.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ridgeflow/measure/moments.hpp"
#include "ridgeflow/measure/power_law.hpp"
#include "ridgeflow/run/control.hpp"
#include "ridgeflow/run/executor.hpp"
#include "ridgeflow/run/options.hpp"

namespace ridgeflow {

/// Exact moments that samples are held against: by the auxiliary field at W = 0, else by functional
/// decimation. [mode]
struct ExactMoments {
  explicit ExactMoments(const Posterior& posterior);

  std::vector<double> mean;
  std::vector<double> variance;
  double mean_size = 0;      ///< <R>
  double variance_size = 0;  ///< Var R
};

/// The mode whose bias is worst.
struct WorstBias {
  std::uint32_t mode = 0;  ///< k, from 1
  Measured bias;           ///< of that mode
  bool resolved = false;   ///< at 0.1 % after Bonferroni's correction for the number of modes, variances by
                           ///< the deviates of measure/variance_deviation.hpp
  double limit = 0;        ///< bias that would have been resolved in any mode

  /// What the bias is, or, where none is resolved, cannot exceed unseen.
  double bound() const;
};

/// One run at one step size. Bias: measured over exact less 1, but for worst_mean.
struct StepBias {
  std::string integrator;
  double step = 0;  ///< h; infinite without a step size
  std::uint64_t seed = 0;
  double relaxations = 0;  ///< h (min a + rho*): in relaxation times of the softest mode; h itself for `mala`
  std::uint64_t chains = 0;
  std::uint64_t every = 0;
  std::uint64_t burn_in = 0;
  std::uint64_t draws = 0;     ///< counted in all chains
  std::uint64_t diverged = 0;  ///< chains that left the finite numbers: then nothing below holds
  double acceptance = 1;
  double seconds = 0;             ///< of the measured passes
  double steps_per_second = 0;    ///< of single chains, measured
  Measured effective_per_second;  ///< independent draws of the softest mode; NaN where chains hardly moved
  double pace = 1;  ///< rate of a yardstick timed beside this run, to compare runs on a machine that is busy
  double paced() const { return this->effective_per_second.value / this->pace; }

  MomentSummary summary;
  std::vector<Measured> variance;  ///< [mode] relative bias
  WorstBias worst_mean;            ///< in standard deviations of the mode
  WorstBias worst_variance;
  /// Relative shift b of all means together, mean = (1 + b) exact, by least squares with weights 1/variance;
  /// NaN where all exact means are zero.
  Measured pooled_mean;
  Measured pooled_variance;  ///< average over modes of the relative bias
  Measured mean_size;        ///< of <R>
  Measured variance_size;    ///< of Var R
};

/// Step sizes to try, ascending: \p count of them in constant ratio around the default, a factor 2 apart or
/// less where the limit of stability would be passed (0.9 of it is the largest). One, for an integrator
/// without a step size. \throws InvalidInput for an unknown integrator or count = 0.
std::vector<double> trial_steps(const std::string& integrator, const Posterior& posterior, std::size_t count);

/// Steps between measurements that lose next to nothing: half the stiffest mode's relaxation time.
std::uint64_t measuring_interval(double step, const Posterior& posterior);

/// Samples as sample() does and compares. Errors come from the spread over independent chains; those of
/// pooled numbers too, so that what modes share is in them. Divergence is reported in the result. \p info:
/// what it ran on, where not null. \throws as sample() does otherwise, and RunStopped where \p control asks
/// for a stop before the last pass: the bias of a step is told from whole runs.
StepBias measure_bias(const Posterior& posterior, const ExactMoments& exact, const SamplerOptions& options,
                      ExecutorInfo* info = nullptr, const RunControl& control = {});

/// The quantities that a law is fitted to.
enum class BiasOf { kWorstVariance, kPooledVariance, kSizeVariance };

/// Largest h (min a + rho*) at which a bias is taken to show its leading order: past it even a scheme that is
/// stable at any step saturates.
inline constexpr double kLeadingOrderRelaxations = 0.125;

/// What is known of one integrator's bias over its step sizes.
struct BiasLaw {
  std::uint32_t mode = 0;      ///< of kWorstVariance: the mode followed, worst at the largest step; from 1
  std::vector<double> steps;   ///< [point] those that did not diverge
  std::vector<Measured> bias;  ///< [point]
  std::optional<FittedPowerLaw> law;  ///< of |bias| in h; none: not resolved
};
/// \p points of one integrator, by ascending step; those that diverged are left out. A single mode's bias is
/// too noisy to tell an order: kWorstVariance takes the exponent of all modes together, where that is
/// resolved, and fits its own factor.
BiasLaw fit_bias(const std::vector<StepBias>& points, BiasOf what);

/// The step that an integrator may take.
struct AllowedStep {
  double step = 0;
  std::optional<std::size_t> tested;  ///< the point that was measured there
  bool by_law = false;                ///< from the fitted law, not from a tested point
};
/// Largest step at which |bias| is within \p target: a tested one where the bias, or what could not have been
/// seen of it, is; or the fitted law's, not above the points that it was fitted to. \p exact: an integrator
/// whose law does not depend on the step takes the one with most effective samples for its pace. Nothing: no
/// step is known to be within the target.
std::optional<AllowedStep> allowed_step(const std::vector<StepBias>& points, BiasOf what, double target,
                                        bool exact);

}  // namespace ridgeflow
