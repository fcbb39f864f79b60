/// \file
/// What a run is asked to do, and what that comes to for a given posterior.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ridgeflow/chain/chain_view.hpp"
#include "ridgeflow/chain/mode_tables.hpp"
#include "ridgeflow/measure/block_sums.hpp"
#include "ridgeflow/measure/draw_store.hpp"
#include "ridgeflow/measure/moments.hpp"
#include "ridgeflow/measure/observation.hpp"
#include "ridgeflow/model/mode_pair.hpp"
#include "ridgeflow/model/posterior.hpp"
#include "ridgeflow/random/fast_normal.hpp"

namespace ridgeflow {

enum class Start { kHartree, kPrior, kZero };  ///< law of the initial state
enum class Mobility { kField, kKernel };       ///< mu_k = 1, or mu_k = 1/a_k
/// Of the state; noise is always single. Automatic: single, or double where a run needs it
/// (run/precision.hpp).
enum class Precision { kSingle, kDouble, kAutomatic };
enum class Backend { kAutomatic, kCpu, kCuda };

/// Fewest chains of a run: errors come from the spread of the chains' means.
inline constexpr std::uint64_t kMinChains = 64;

/// What a run looks at beyond the two moments of all chains that are always measured (run/recorder.hpp), and
/// keeps of these.
struct ObserveOptions {
  std::uint64_t every = 1;           ///< measurements from one that enters sums to the next
  bool cumulants = false;            ///< third and fourth cumulant of every mode, and the distribution of R
  std::vector<ModePair> pairs;       ///< whose covariance is measured
  std::uint64_t keep = 0;            ///< draws kept of each chain, thinned evenly
  double keep_limit = 4.0;           ///< largest size of all kept draws [GiB]
  KeepNodes nodes = KeepNodes::kNo;  ///< moments of superchains beside those of all chains

  bool sums() const { return this->cumulants || !this->pairs.empty(); }
  bool any() const { return this->sums() || this->keep > 0; }
};

/// Options as a user gives them; what is left unset is chosen by resolve().
struct SamplerOptions {
  std::string integrator = "adjusted";   ///< a name of kIntegratorNames
  std::optional<double> step;            ///< h; unset: the integrator's default, or adapted (adapt.hpp)
  Mobility mobility = Mobility::kField;  ///< of the Langevin dynamics
  std::vector<double>
      mobilities;               ///< mu_k > 0 of every mode, in place of \c mobility; empty: not given [mode]
  std::uint64_t chains = 1024;  ///< C, at least kMinChains
  std::uint64_t first_chain = 0;       ///< index of the first: a rank's or a restart's share of an ensemble
  std::uint64_t draws = 4'000'000;     ///< measurements in all chains together, rounded up to whole chains
  std::optional<std::uint64_t> steps;  ///< in place of draws: steps of each chain after burn-in
  std::optional<std::uint64_t>
      burn_in;              ///< steps before the first measured interval; unset: 12 relaxation times
  std::uint64_t every = 1;  ///< steps between measurements
  std::uint64_t seed = 1;
  Start start = Start::kHartree;
  Precision precision = Precision::kAutomatic;
  Math math = Math::kReproducible;  ///< fast: a GPU's own functions; a CPU has the reproducible ones only
  Backend backend = Backend::kAutomatic;
  int threads = 0;             ///< of the CPU executor; 0: all processors
  std::string lanes = "auto";  ///< of the CPU executor: auto, avx512, avx2, portable
  ObserveOptions observe;
  /// Chains of the whole run where these are a part of it: the blocks of chains that errors of observed sums
  /// come from are cut from the whole. Unset: these are the whole.
  std::optional<ChainRange> ensemble;
};

/// A run, decided: everything that its result depends on.
struct ResolvedRun {
  std::size_t integrator = 0;    ///< index in the list of integrators
  StepProblem problem{};         ///< holds the step size
  std::vector<double> mobility;  ///< mu_k [mode]; empty where all are 1
  RunPlan plan{};
  std::uint64_t chains = 0;
  std::uint64_t first_chain = 0;
  std::uint64_t draws_per_chain = 0;
  Start start = Start::kHartree;
  Precision precision = Precision::kSingle;  ///< single or double
  std::string precision_reason;              ///< why, as "it is asked for"
  Math math = Math::kReproducible;
  ObserveOptions observe;
  ChainRange ensemble;                ///< chains of the whole run
  std::vector<std::string> warnings;  ///< what the user should know before trusting the result
};

/// \throws InvalidInput for an unknown integrator, a step that is not positive or not stable (with the
/// largest legal one), fewer than kMinChains chains, no draws, lanes that this processor has not, fewer than
/// no threads, counts beyond the counter's range, or observations that the run has no draws or modes for, or
/// whose kept draws are above their limit.
ResolvedRun resolve(const SamplerOptions& options, const Posterior& posterior);

std::string_view to_string(Start start);
std::string_view to_string(Mobility mobility);
std::string_view to_string(Precision precision);
std::string_view to_string(Math math);
std::string_view to_string(Backend backend);
/// \throws InvalidInput naming the known ones.
Start start_from_string(std::string_view name);
Mobility mobility_from_string(std::string_view name);
Precision precision_from_string(std::string_view name);
Math math_from_string(std::string_view name);
Backend backend_from_string(std::string_view name);

/// Measurements of each chain: steps / every where steps are given, else draws / chains, rounded up.
std::uint64_t draws_per_chain(const SamplerOptions& options);

/// Relative error of the stationary variance of each mode that the integrator's step size is predicted to
/// cause at Gaussian order; empty where no prediction exists (second-order and exact integrators). [mode]
std::vector<double> predicted_variance_bias(const ResolvedRun& run, const Posterior& posterior);

/// The measurements that \p run looks at.
ObservationTimes observation_times(const ResolvedRun& run);

/// Draws that \p run keeps, and what they take.
DrawShape kept_draws(const ResolvedRun& run, std::size_t modes);

/// Bytes that the state and sums of a run take on its executor, with all that fills rows up: modes to whole
/// blocks, chains to whole groups.
std::uint64_t state_bytes(const ResolvedRun& run, std::size_t modes);

/// Bytes of memory that the moments of superchains take, where \p run is to keep them; else 0.
std::uint64_t node_bytes(const ResolvedRun& run, std::size_t modes);

/// Mode updates of a run: chains x modes x passes, burn-in included.
double mode_updates(const ResolvedRun& run, std::size_t modes);

}  // namespace ridgeflow
