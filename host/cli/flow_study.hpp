// What ridgeflow flow computes: a trajectory of the renormalization group, its vector field, and a second
// system on the same trajectory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "ridgeflow/io/run_config.hpp"
#include "ridgeflow/measure/comparison.hpp"
#include "ridgeflow/model/posterior.hpp"
#include "ridgeflow/run/sampler.hpp"
#include "ridgeflow/theory/continuum_flow.hpp"
#include "ridgeflow/theory/decimation.hpp"
#include "ridgeflow/theory/deviation.hpp"
#include "ridgeflow/theory/prediction.hpp"

namespace ridgeflow::cli {

/// Modes k, from 1, both included.
struct ModeWindow {
  std::size_t first = 0;
  std::size_t last = 0;
};

/// What is asked for beyond the model.
struct FlowRequest {
  std::vector<double> at_tau;                ///< scales of the vector field; empty: chosen
  std::optional<ModeWindow> window;          ///< of the scaling intervals; unset: from k* to M
  std::optional<std::size_t> second_cutoff;  ///< M2; unset: half of the modes
};

/// The vector field of the rescaled flow at one scale. Rows are r', columns U'.
struct FlowField {
  double tau = 0;
  std::vector<double> ridge;                       ///< r', ascending, equally spaced
  std::vector<double> quartic;                     ///< U', likewise, from 0
  std::vector<std::vector<double>> ridge_slope;    ///< dr'/dtau
  std::vector<std::vector<double>> quartic_slope;  ///< dU'/dtau
  std::vector<std::vector<double>> ln_magnitude;   ///< of the two in units of Lambda^g and Lambda^2g
  std::vector<double> nullcline_ridge;             ///< r' from -Lambda^g to 0, where the nullcline runs
  std::vector<double> nullcline;                   ///< U' on the r-nullcline there
  std::vector<double> tree_nullcline;              ///< U' on its tree term alone; infinite without a target
};

/// Along the continuum flow, [mode], at cutoff k + 1/2.
struct FlowColumns {
  std::vector<double> tau, ridge_plain, quartic_plain, ridge_corrected, quartic_corrected;
  std::vector<double> ridge_rescaled, quartic_rescaled, gamma_ridge, gamma_quartic;  ///< of the plain flow
};

/// Where the continuum is furthest from the decimation, relative.
struct FlowDeviation {
  double ridge = 0;
  std::size_t ridge_mode = 0;  ///< k, from 1; 0: there is nothing to compare
  double quartic = 0;
  std::size_t quartic_mode = 0;
};

/// What power-law data allow.
struct ContinuumStudy {
  PowerLaw law;
  FlowTrajectory plain;
  FlowTrajectory corrected;
  double learning_scale = 0;  ///< k*
  FlowColumns columns;
  FlowDeviation plain_deviation;
  FlowDeviation corrected_deviation;
  std::vector<FlowField> fields;
  ModeWindow window;
  ScalingIntervals intervals;
  std::optional<SampleExponents> sample_exponents;  ///< where the closed form holds
};

/// Largest relative difference over the modes of the smaller system.
struct LargestDifference {
  double value = 0;
  std::size_t mode = 0;  ///< k, from 1
};

/// One theory in the small system against the large one.
struct TheoryDifference {
  Theory theory = Theory::exact;
  LargestDifference mean;
  LargestDifference variance;
};

/// Both systems, sampled.
struct SampledCutoffs {
  SampleResult large;
  SampleResult small;
  SampleComparison between;  ///< the small one's modes against those of the large one
  Comparison large_exact;
  Comparison small_exact;
};

/// The system of M2 modes and P2 = M2 samples with the couplings that mode M2 sees in the large one.
struct SecondCutoff {
  Posterior small;
  Prediction exact;                            ///< of `small`
  std::vector<TheoryDifference> renormalized;  ///< wilson, exact
  TheoryDifference bare;                       ///< exact, with kappa and u of the large one kept
  std::optional<SampledCutoffs> sampled;
};

struct FlowStudy {
  const Posterior& posterior;
  Decimation decimation;
  Prediction exact;
  LargestDeviation from_exact;              ///< of exact from wilson
  std::optional<ContinuumStudy> continuum;  ///< power-law data
  std::optional<SecondCutoff> second;       ///< two modes or more, and a decimation that gets that far
};

/// The power law of \p model; nothing where its spectrum is read from a file.
std::optional<PowerLaw> power_law_of(const ModelConfig& model);

/// All but the sampling. \throws InvalidInput for a request that does not fit the model, NumericalFailure if
/// the continuum flow breaks down, or the decimation above a cutoff that was asked for.
FlowStudy study_flow(const Posterior& posterior, const std::optional<PowerLaw>& law,
                     const FlowRequest& request);

/// What is to be sampled for the check: the large system, the small one, with independent noise.
std::vector<SystemRequest> check_systems(const FlowStudy& study, const RunConfig& config);
/// What the two say of each other and of `exact`.
SampledCutoffs compare_cutoffs(const FlowStudy& study, std::vector<SampleResult> results);

}  // namespace ridgeflow::cli
