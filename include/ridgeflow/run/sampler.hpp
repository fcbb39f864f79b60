/// \file
/// Options in, moments out.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "ridgeflow/measure/moments.hpp"
#include "ridgeflow/run/adapt.hpp"
#include "ridgeflow/run/control.hpp"
#include "ridgeflow/run/executor.hpp"
#include "ridgeflow/run/options.hpp"
#include "ridgeflow/run/recorder.hpp"

namespace ridgeflow {

/// Wall seconds by stage. Of systems that ran side by side each has its share of the steps' seconds, by mode
/// updates, and an equal one of the rest.
struct RunTiming {
  double start = 0;         ///< tables and initial state
  double sample = 0;        ///< passes
  double collect = 0;       ///< export and moments
  double mode_updates = 0;  ///< chains x modes x passes done, burn-in included
  double total() const { return this->start + this->sample + this->collect; }
  double updates_per_second() const { return this->sample > 0 ? this->mode_updates / this->sample : 0.0; }
};

/// What a run measured. One that was stopped holds what a run of as many draws would have measured.
struct SampleResult {
  ResolvedRun run;           ///< as it was asked for
  std::uint64_t passes = 0;  ///< that every chain has done; fewer than asked for where the run was stopped
  Moments moments;
  MomentSummary summary;
  Observed observed;                 ///< what was asked for beyond moments, and acceptance by chain
  ObservedSummary observed_summary;  ///< set where these are all chains of the run
  ExecutorInfo executor;
  RunTiming timing;
  std::optional<AdaptedStep> adapted;  ///< where the step was found from acceptance, before the run

  /// Whether the run was stopped before its last pass.
  bool partial() const { return this->passes < this->run.plan.schedule.passes(); }
  /// Measurements that every chain has done, of run.draws_per_chain.
  std::uint64_t draws_per_chain() const { return this->run.plan.schedule.draws_after(this->passes); }
  /// Whether there are draws enough for estimates: else all of \c summary is NaN, over no chains.
  bool measured() const { return this->summary.chains > 0; }
};

/// One of several systems that are sampled together.
struct SystemRequest {
  const Posterior* posterior = nullptr;  ///< outlives the sampling
  SamplerOptions options;
};

/// Whether make_executor() takes the CUDA executor for \p options.
bool uses_cuda(const SamplerOptions& options);

/// A system of a launch, decided. Both outlive the call that they are given to.
struct ResolvedSystem {
  const Posterior* posterior = nullptr;
  const ResolvedRun* run = nullptr;
};

/// \throws InvalidInput if the chains of \p run, of \p modes modes each, do not fit into this machine's
/// memory.
void require_host_memory(const ResolvedRun& run, std::size_t modes);
void require_host_memory(std::span<const ResolvedSystem> systems);  ///< of all of them together

/// \throws InvalidInput if what \p run observes does not fit into this machine's memory, beside its chains
/// where \p with_chains says that these are there.
void require_observation_memory(const ResolvedRun& run, std::size_t modes, bool with_chains);

/// The executor that \p options ask for, with tables and plan, at its start (start() not yet called).
/// Backend::kAutomatic takes a CUDA device where there is one, else the CPU. \p systems: at least one, all of
/// the integrator, precision and plan of the first. \throws InvalidInput if they do not fit into memory.
std::unique_ptr<Executor> make_executor(std::span<const ResolvedSystem> systems,
                                        const SamplerOptions& options);
/// The same for one system.
std::unique_ptr<Executor> make_executor(const Posterior& posterior, const ResolvedRun& run,
                                        const SamplerOptions& options);

/// Samples \p posterior. Chains are independent; noise depends on seed, chain, step and mode alone, so the
/// result is the same for any number of threads and any split of the chains. Where \p control asks for a
/// stop, the result is of the draws there are (SampleResult::partial). \throws InvalidInput as resolve()
/// does, DeviceError, and NumericalFailure if any chain left the finite numbers: the message counts them and
/// places the first by chain, step and mode.
SampleResult sample(const Posterior& posterior, const SamplerOptions& options,
                    const RunControl& control = {});

/// Samples several systems, of as many modes each as it has, along the executors' `system` axis: those whose
/// schedule, seed, integrator and precision agree are one launch, so that small systems fill a device
/// together; the others follow. Where burn-in is left to choose, a launch takes the longest that one of its
/// systems asks for. Each result is, bit for bit, that of sample() with its options and its burn-in: give
/// chains different indices (number_chains()) where systems are to be independent. Executor, threads and
/// lanes are those that the first system asks for. After a stop launches that were over are whole, the one
/// under way has the draws it had, and those not begun have none. \throws as sample() does; \returns results
/// in the order of \p systems.
std::vector<SampleResult> sample_systems(std::span<const SystemRequest> systems,
                                         const RunControl& control = {});

/// Numbers the chains of all systems one after the other, from the first system's first chain on: with one
/// seed their noise is independent then. \throws InvalidInput if there are more than the noise counter holds.
void number_chains(std::span<SystemRequest> systems);

/// Moments of all chains of \p run, system \p system of \p executor, exported a few at a time. \p accepted:
/// where not null, gets the accepted passes of each chain [chain].
Moments collect_moments(const Executor& executor, const ResolvedRun& run, std::size_t modes,
                        std::vector<std::uint64_t>* accepted = nullptr, std::size_t system = 0);

/// What measurements are taken from, so that sums keep their digits: as the chains hold it, rounded to their
/// precision.
struct Centres {
  std::vector<double> mean;  ///< m*_k [mode]
  double size = 0;           ///< R*
};
Centres centres_of(const Posterior& posterior, const ResolvedRun& run);

/// What is measured of \p run in its first \p passes passes.
MeasurePlan plan_so_far(const ResolvedRun& run, std::uint64_t passes);

/// Estimates from \p moments of \p run after \p passes passes, whoever sampled them: of all ranks of an
/// ensemble, say. All NaN, over no chains, where the run is not over and fewer than two chains have draws.
/// \throws NumericalFailure where it is.
MomentSummary summarize_run(const Moments& moments, const Posterior& posterior, const ResolvedRun& run,
                            std::uint64_t passes);

/// The part of \p options that rank \p rank of \p ranks samples: a range of chains, as equal as can be, each
/// with as many draws as in the whole. The moments of all parts merge to those of the whole, bit for bit.
/// \throws InvalidInput as resolve() does, or if a part would have no chains.
SamplerOptions share_of(const SamplerOptions& options, std::uint64_t rank, std::uint64_t ranks);

}  // namespace ridgeflow
