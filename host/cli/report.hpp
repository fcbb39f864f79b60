// What a comparison says, in words and tables.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ridgeflow/io/run_config.hpp"
#include "ridgeflow/measure/comparison.hpp"
#include "ridgeflow/measure/draw_diagnostics.hpp"
#include "ridgeflow/measure/shape_comparison.hpp"
#include "ridgeflow/measure/verdict.hpp"
#include "ridgeflow/run/sampler.hpp"

#include "cli/agreement.hpp"
#include "cli/tables.hpp"

namespace ridgeflow::cli {

/// Of R = sum d_k^2.
struct SizeMoments {
  double mean = 0;
  double variance = 0;
};

/// A finished comparison. References: everything must outlive it.
struct Findings {
  const RunConfig& config;  ///< resolved
  const Posterior& posterior;
  const std::vector<Prediction>& predictions;
  const std::vector<Comparison>& comparisons;  ///< in the order of the predictions
  const SampleResult& samples;
  const ShapeComparison* shape =
      nullptr;  ///< of what was observed beyond two moments; null: nothing was, or no exact
  const DrawDiagnostics* diagnostics = nullptr;          ///< of kept draws; null: none were kept
  std::optional<SizeMoments> exact_size = std::nullopt;  ///< where `exact` is among the predictions
};

/// That of \p theory among \p comparisons; null: there is none.
const Comparison* find_comparison(const std::vector<Comparison>& comparisons, Theory theory);

/// Samples against `exact`: what --require asks for.
struct Verdict {
  bool known = false;                 ///< `exact` was among the predictions
  bool differs = false;               ///< in numbers, not only in doubt for want of mixing
  bool agrees = false;                ///< no problem found
  std::vector<std::string> problems;  ///< each in words
};

/// Fails for p below \p smallest_p in means or variances, or in what was observed beyond them, a p that is no
/// number, anything that could not be compared, or a split R-hat above 1.01.
Verdict judge(const Findings& findings, double smallest_p = kSmallestP);

/// Whether the run has converged and is long enough by its streaming estimates.
ConvergenceVerdict streaming_convergence(const Findings& findings);

/// Whether the run has converged and is long enough, with the remedy if not (measure/verdict.hpp): by the
/// streaming estimates, and by the kept draws where there are any.
std::vector<std::string> convergence_sentences(const Findings& findings);

/// What is wrong with chains whose largest split R-hat is above 1.01; nothing where it is not.
std::optional<std::string> mixing_problem(const MomentSummary& summary);

/// Where \p problems say that numbers differ: also that the precision of \p run may be why.
void explain_by_precision(Problems& problems, const ResolvedRun& run, const Posterior& posterior,
                          const std::string& where = "");

/// What a run was: integrator, chains, draws, seed, where it ran.
Json run_json(const SampleResult& samples, std::uint64_t seed);
/// Moments of every mode with their errors, and of R.
Json measured_json(const SampleResult& samples);
std::string report_text(const Findings& findings);
Json report_json(const Findings& findings);

}  // namespace ridgeflow::cli
