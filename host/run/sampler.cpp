#include "ridgeflow/run/sampler.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/base/error.hpp"
#include "ridgeflow/base/system_limits.hpp"
#include "ridgeflow/run/tables.hpp"

namespace ridgeflow {
namespace {

/// Chains exported at a time: bounds the memory of collection.
constexpr std::uint64_t kCollectChains = 64;

template <class Scalar>
std::unique_ptr<Executor> make_executor_of(std::span<const ResolvedSystem> systems,
                                           const SamplerOptions& options) {
  EnsembleSetup<Scalar> setup = make_setup<Scalar>(*systems.front().posterior, *systems.front().run);
  for (const auto& [posterior, run] : systems.subspan(1)) {
    setup.systems.push_back(make_system<Scalar>(*posterior, *run));
  }
  if (uses_cuda(options)) {
    return make_cuda_executor(std::move(setup));
  }
  require_host_memory(systems);
  return make_cpu_executor(std::move(setup), CpuOptions{options.threads, options.lanes});
}

template <class Scalar>
Centres centres_in(const Posterior& posterior, const ResolvedRun& run) {
  Centres centres{std::vector<double>(posterior.modes()),
                  static_cast<double>(static_cast<Scalar>(run.problem.hartree_size))};
  for (std::size_t k = 0; k < centres.mean.size(); ++k) {
    centres.mean[k] =
        static_cast<double>(static_cast<Scalar>(posterior.mean_at(k, run.problem.hartree_ridge)));
  }
  return centres;
}

}  // namespace

Moments collect_moments(const Executor& executor, const ResolvedRun& run, std::size_t modes,
                        std::vector<std::uint64_t>* accepted, std::size_t system) {
  Moments moments(static_cast<std::uint32_t>(modes), run.ensemble.chains, run.observe.nodes);
  for (std::uint64_t first = 0; first < run.chains; first += kCollectChains) {
    const ChainBlock block =
        executor.export_chains(system, first, std::min(kCollectChains, run.chains - first));
    moments.add(block);
    if (accepted != nullptr) {
      accepted->insert(accepted->end(), block.accepted.begin(), block.accepted.end());
    }
  }
  return moments;
}

Centres centres_of(const Posterior& posterior, const ResolvedRun& run) {
  return run.precision == Precision::kSingle ? centres_in<float>(posterior, run)
                                             : centres_in<double>(posterior, run);
}

MeasurePlan plan_so_far(const ResolvedRun& run, std::uint64_t passes) {
  MeasurePlan so_far = run.plan.measure;
  so_far.draws = run.plan.schedule.draws_after(passes);
  return so_far;
}

MomentSummary summarize_run(const Moments& moments, const Posterior& posterior, const ResolvedRun& run,
                            std::uint64_t passes) {
  const MeasurePlan so_far = plan_so_far(run, passes);
  if (so_far.draws < run.plan.measure.draws && moments.chain_sums().chains < 2) {
    return unmeasured_summary(posterior.modes());
  }
  const Centres centres = centres_of(posterior, run);
  return summarize(moments, centres.mean, centres.size, passes, so_far);
}

SamplerOptions share_of(const SamplerOptions& options, std::uint64_t rank, std::uint64_t ranks) {
  if (options.chains / ranks < kMinChains) {
    throw InvalidInput(fmt::format("{} over {} leave fewer than {} each: use more chains or fewer ranks",
                                   counted(options.chains, "chain"), counted(ranks, "rank"), kMinChains));
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

/// "this machine has 4 GiB", "/sys/fs/cgroup/job/memory.max allows 2 GiB".
std::string memory_there(const SystemLimit& limit) {
  return fmt::format("{} {} {:.3g} GiB", limit.set_by, limit.set_by == "this machine" ? "has" : "allows",
                     limit.value / 0x1p30);
}

void require_memory_for(double wanted, const std::string& what) {
  const SystemLimit there = memory_limit();
  if (wanted > 0.9 * there.value) {
    throw InvalidInput(
        fmt::format("{} need {:.3g} GiB, {}: use fewer chains", what, wanted / 0x1p30, memory_there(there)));
  }
}

}  // namespace

void require_observation_memory(const ResolvedRun& run, std::size_t modes, bool with_chains) {
  const double observed = observation_bytes(run, modes);
  const double chains = with_chains ? static_cast<double>(state_bytes(run, modes)) : 0.0;
  const SystemLimit there = memory_limit();
  if (observed > 0 && observed + chains > 0.9 * there.value) {
    throw InvalidInput(
        fmt::format("what is observed of {} of {} needs {:.3g} GiB beside {:.3g} GiB for the "
                    "chains, {}: keep fewer draws or use fewer chains",
                    counted(run.chains, "chain"), counted(modes, "mode"), observed / 0x1p30, chains / 0x1p30,
                    memory_there(there)));
  }
}

void require_host_memory(const ResolvedRun& run, std::size_t modes) {
  require_memory_for(static_cast<double>(state_bytes(run, modes)),
                     fmt::format("{} of {}", counted(run.chains, "chain"), counted(modes, "mode")));
}

void require_host_memory(std::span<const ResolvedSystem> systems) {
  if (systems.size() == 1) {
    require_host_memory(*systems.front().run, systems.front().posterior->modes());
    return;
  }
  double bytes = 0;
  for (const auto& [posterior, run] : systems) {
    bytes += static_cast<double>(state_bytes(*run, posterior->modes()));
  }
  require_memory_for(bytes, fmt::format("the chains of {} systems", systems.size()));
}

std::unique_ptr<Executor> make_executor(std::span<const ResolvedSystem> systems,
                                        const SamplerOptions& options) {
  return systems.front().run->precision == Precision::kSingle ? make_executor_of<float>(systems, options)
                                                              : make_executor_of<double>(systems, options);
}

std::unique_ptr<Executor> make_executor(const Posterior& posterior, const ResolvedRun& run,
                                        const SamplerOptions& options) {
  const ResolvedSystem system{&posterior, &run};
  return make_executor(std::span(&system, 1), options);
}

SampleResult sample(const Posterior& posterior, const SamplerOptions& options, const RunControl& control) {
  const SystemRequest system{&posterior, options};
  return std::move(sample_systems(std::span(&system, 1), control).front());
}

}  // namespace ridgeflow
