#include "ridgeflow/run/sampler.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/run/tables.hpp"

namespace ridgeflow {
namespace {

/// Chains exported at a time: bounds the memory of collection.
constexpr std::uint64_t kCollectChains = 64;
/// Wall seconds between reports, and the largest share of the run that finding the worst R-hat may take.
constexpr double kReportSeconds = 0.5;
constexpr double kDiagnosticShare = 0.02;

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - this->begin_).count();
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

template <class Scalar>
std::unique_ptr<Executor> make_executor_of(const Posterior& posterior, const ResolvedRun& run,
                                           const SamplerOptions& options) {
  EnsembleSetup<Scalar> setup = make_setup<Scalar>(posterior, run);
  if (uses_cuda(options)) {
    return make_cuda_executor(std::move(setup));
  }
  require_host_memory(run, posterior.modes());
  return make_cpu_executor(std::move(setup), CpuOptions{options.threads, options.lanes});
}

void throw_if_diverged(const Executor& executor, const ResolvedRun& run) {
  const std::vector<Divergence> found = executor.divergences();
  if (found.empty()) {
    return;
  }
  const auto first =
      std::min_element(found.begin(), found.end(), [](const Divergence& a, const Divergence& b) {
        return std::pair(a.step, a.chain) < std::pair(b.step, b.chain);
      });
  const std::string_view name = integrator_name(run.integrator);
  throw NumericalFailure(fmt::format(
      "{} of {} chains left the finite numbers with {} at h = {:.4g}: the first was chain {} at step {}, "
      "in mode {}; use a smaller step, or an integrator that is stable at any (adjusted, perfect, "
      "hartree, strang)",
      found.size(), run.chains, name, run.problem.step, first->chain, first->step, first->mode));
}

/// m*_k as the chains hold them, and R*.
template <class Scalar>
std::pair<std::vector<double>, double> centres_of(const Posterior& posterior, const ResolvedRun& run) {
  std::vector<double> centres(posterior.modes());
  for (std::size_t k = 0; k < centres.size(); ++k) {
    centres[k] = static_cast<double>(static_cast<Scalar>(posterior.mean_at(k, run.problem.hartree_ridge)));
  }
  return {std::move(centres), static_cast<double>(static_cast<Scalar>(run.problem.hartree_size))};
}

/// Advances in slices of about kReportSeconds and reports; slices do not change the trajectory.
class Advance {
 public:
  Advance(Executor& executor, const Posterior& posterior, const ResolvedRun& run,
          const Observation& observation, const ProgressSink& progress)
      : executor_(executor),
        posterior_(posterior),
        run_(run),
        observation_(observation),
        progress_(progress) {}

  void to_the_end() {
    const std::uint64_t passes = run_.plan.schedule.passes();
    const double updates_per_pass =
        static_cast<double>(run_.chains) * static_cast<double>(posterior_.modes());
    std::uint64_t slice = 1;
    while (executor_.passes_done() < passes) {
      const std::uint64_t before = executor_.passes_done();
      const Stopwatch watch;
      const std::uint64_t end = std::min(passes, before + slice);
      if (observation_.observer != nullptr) {
        executor_.advance_observed(end, observation_);
      } else {
        executor_.advance(end);
      }
      const double seconds = watch.seconds();
      throw_if_diverged(executor_, run_);
      const double wanted = static_cast<double>(slice) * kReportSeconds / std::max(seconds, 1e-6);
      slice = static_cast<std::uint64_t>(std::clamp(wanted, 1.0, 8.0 * static_cast<double>(slice)));
      this->report(executor_.passes_done(), passes, updates_per_pass);
    }
  }

 private:
  void report(std::uint64_t done, std::uint64_t passes, double updates_per_pass) {
    if (!progress_) {
      return;
    }
    const double elapsed = watch_.seconds();
    const double fraction = static_cast<double>(done) / static_cast<double>(passes);
    if (done < passes && elapsed * kDiagnosticShare > diagnostic_seconds_ && elapsed > 1.0 &&
        run_.plan.schedule.draws_after(done) >= 8) {
      const Stopwatch diagnostic;
      const Moments so_far = collect_moments(executor_, run_, posterior_.modes());
      worst_r_hat_ = worst_r_hat(summarize_run(so_far, posterior_, run_, done)).value;
      diagnostic_seconds_ += diagnostic.seconds();
    }
    progress_({fraction, elapsed, elapsed * (1.0 - fraction) / fraction,
               static_cast<double>(done) * updates_per_pass / elapsed, worst_r_hat_});
  }

  Executor& executor_;
  const Posterior& posterior_;
  const ResolvedRun& run_;
  const Observation& observation_;
  const ProgressSink& progress_;
  Stopwatch watch_;
  double diagnostic_seconds_ = 0;
  double worst_r_hat_ = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace

Moments collect_moments(const Executor& executor, const ResolvedRun& run, std::size_t modes,
                        std::vector<std::uint64_t>* accepted) {
  Moments moments(static_cast<std::uint32_t>(modes));
  for (std::uint64_t first = 0; first < run.chains; first += kCollectChains) {
    const ChainBlock block = executor.export_chains(0, first, std::min(kCollectChains, run.chains - first));
    moments.add(block);
    if (accepted != nullptr) {
      accepted->insert(accepted->end(), block.accepted.begin(), block.accepted.end());
    }
  }
  return moments;
}

MomentSummary summarize_run(const Moments& moments, const Posterior& posterior, const ResolvedRun& run,
                            std::uint64_t passes) {
  const auto [centres, size] = run.precision == Precision::kSingle ? centres_of<float>(posterior, run)
                                                                   : centres_of<double>(posterior, run);
  return summarize(moments, centres, size, passes, run.plan.measure);
}

SamplerOptions share_of(const SamplerOptions& options, std::uint64_t rank, std::uint64_t ranks) {
  if (options.chains / ranks < kMinChains) {
    throw InvalidInput(
        fmt::format("{} chains over {} ranks leave fewer than {} each: use more chains or fewer ranks",
                    options.chains, ranks, kMinChains));
  }
  SamplerOptions share = options;
  share.ensemble = ChainRange{options.first_chain, options.chains};
  const std::uint64_t first = options.chains * rank / ranks;
  share.first_chain += first;
  share.chains = options.chains * (rank + 1) / ranks - first;
  if (!options.steps) {
    share.steps = draws_per_chain(options) * options.every;
  }
  return share;
}

bool uses_cuda(const SamplerOptions& options) {
  return options.backend == Backend::kCuda ||
         (options.backend == Backend::kAutomatic && !cuda_devices().empty());
}

namespace {

/// Bytes of this machine's memory.
double host_memory() {
  return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace

void require_observation_memory(const ResolvedRun& run, std::size_t modes, bool with_chains) {
  const double observed = observation_bytes(run, modes);
  const double chains = with_chains ? static_cast<double>(state_bytes(run, modes)) : 0.0;
  const double there = host_memory();
  if (run.observe.any() && observed + chains > 0.9 * there) {
    throw InvalidInput(
        fmt::format("what is observed of {} chains of {} modes needs {:.3g} GiB beside {:.3g} GiB for the "
                    "chains, this machine has {:.3g} GiB: keep fewer draws or use fewer chains",
                    run.chains, modes, observed / 0x1p30, chains / 0x1p30, there / 0x1p30));
  }
}

void require_host_memory(const ResolvedRun& run, std::size_t modes) {
  const double wanted = static_cast<double>(state_bytes(run, modes));
  const double there = host_memory();
  if (wanted > 0.9 * there) {
    throw InvalidInput(
        fmt::format("{} chains of {} modes need {:.3g} GiB, this machine has {:.3g} GiB: use fewer chains",
                    run.chains, modes, wanted / 0x1p30, there / 0x1p30));
  }
}

std::unique_ptr<Executor> make_executor(const Posterior& posterior, const ResolvedRun& run,
                                        const SamplerOptions& options) {
  return run.precision == Precision::kSingle ? make_executor_of<float>(posterior, run, options)
                                             : make_executor_of<double>(posterior, run, options);
}

SampleResult sample(const Posterior& posterior, const SamplerOptions& options, const ProgressSink& progress) {
  const Stopwatch start;
  SampleResult result;
  result.adapted = adapt_step(posterior, options);
  SamplerOptions settled = options;
  if (result.adapted) {
    settled.step = result.adapted->step;
  }
  result.run = resolve(settled, posterior);
  const std::unique_ptr<Executor> executor = make_executor(posterior, result.run, settled);
  if (result.run.math != executor->info().math) {
    result.run.warnings.emplace_back(
        "fast math is for single precision on a GPU: the reproducible functions, as fast elsewhere, were "
        "used");
  }
  require_observation_memory(result.run, posterior.modes(), executor->info().backend == "cpu");
  std::optional<Recorder> recorder;
  Observation observation;
  if (result.run.observe.any()) {
    recorder.emplace(posterior, result.run);
    observation = recorder->observation();
  }
  executor->start();
  result.timing.start = start.seconds();

  const Stopwatch sampling;
  Advance(*executor, posterior, result.run, observation, progress).to_the_end();
  result.timing.sample = sampling.seconds();
  const std::uint64_t passes = result.run.plan.schedule.passes();
  result.timing.mode_updates = static_cast<double>(passes) * static_cast<double>(result.run.chains) *
                               static_cast<double>(posterior.modes());

  const Stopwatch collecting;
  std::vector<std::uint64_t> accepted;
  result.moments = collect_moments(*executor, result.run, posterior.modes(), &accepted);
  result.summary = summarize_run(result.moments, posterior, result.run, passes);
  if (recorder) {
    result.observed = recorder->finish();
  }
  for (const std::uint64_t each : accepted) {
    result.observed.acceptance.push_back(static_cast<double>(each) / static_cast<double>(passes));
  }
  if (result.run.ensemble.chains == result.run.chains) {
    result.observed_summary = summarize_observed(result.observed, posterior, result.run);
  }
  result.timing.collect = collecting.seconds();
  result.executor = executor->info();
  return result;
}

}  // namespace ridgeflow
