#include "ridgeflow/run/executor.hpp"

#include <algorithm>
#include <exception>
#include <fstream>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <omp.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/base/system_limits.hpp"

#include "cpu/chain_store.hpp"
#include "cpu/float_environment.hpp"
#include "cpu/lane_kernels.hpp"

namespace ridgeflow {
namespace {

/// The processor's own name, for results and reports.
std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line)) {
    const std::size_t colon = line.find(": ");
    if (line.rfind("model name", 0) == 0 && colon != std::string::npos) {
      return line.substr(colon + 2);
    }
  }
  return "unknown processor";
}

int threads_of(const CpuOptions& options) {
  check_cpu_options(options);
  return threads_for(options.threads);
}

template <class Scalar>
class CpuExecutor final : public Executor {
 public:
  CpuExecutor(EnsembleSetup<Scalar> setup, const CpuOptions& options)
      : setup_(std::move(setup)), kernels_(find_lane_kernels(options.lanes)), threads_(threads_of(options)) {
    const auto [refuses, halfway, sums] = visit_integrator(setup_.integrator, [](auto integrator) {
      using Integrator = decltype(integrator);
      return std::tuple(Integrator::kRefuses, Integrator::kEndsHalfway, std::uint64_t{kSumsOf<Integrator>});
    });
    std::uint64_t blocks = 0;
    for (std::size_t s = 0; s < setup_.systems.size(); ++s) {
      const SystemSetup<Scalar>& system = setup_.systems[s];
      stores_.emplace_back(system.step.modes, system.first_chain, system.chains, kernels_.width, refuses,
                           halfway);
      for (std::uint64_t g = 0; g < stores_.back().groups(); ++g) {
        work_.push_back({s, g});
      }
      blocks = std::max<std::uint64_t>(blocks, system.step.block_count());
    }
    for (int t = 0; t < threads_; ++t) {
      scratch_.emplace_back(blocks * kernels_.width * sums);
    }
  }

  void start() override {
    const auto start = kernels_.start(Scalar{});
    this->for_each_group([&](const ChainView<Scalar>& chains, const SystemSetup<Scalar>& system,
                             Scalar* scratch) { start(chains, system.start.view(), setup_.plan, scratch); });
    passes_done_ = 0;
  }

  void advance(std::uint64_t pass_end) override {
    if (pass_end <= passes_done_) {
      return;
    }
    RIDGEFLOW_EXPECT(pass_end <= setup_.plan.schedule.passes());
    const auto advance = kernels_.advance(setup_.integrator, Scalar{});
    this->for_each_group(
        [&](const ChainView<Scalar>& chains, const SystemSetup<Scalar>& system, Scalar* scratch) {
          advance(chains, system.step.view(), setup_.plan, passes_done_, pass_end, scratch);
        });
    passes_done_ = pass_end;
  }

  /// Group by group through all times, while its chains are in the caches.
  void advance_observed(std::uint64_t pass_end, const Observation& what) override {
    if (pass_end <= passes_done_) {
      return;
    }
    RIDGEFLOW_EXPECT(pass_end <= setup_.plan.schedule.passes());
    const auto advance = kernels_.advance(setup_.integrator, Scalar{});
    this->for_each_item([&](const WorkItem& item, Scalar* scratch) {
      const ChainStore<Scalar>& store = stores_[item.system];
      const ChainView<Scalar> chains = store.group(item.group);
      const auto tables = setup_.systems[item.system].step.view();
      const std::uint64_t first = item.group * store.width();
      const std::uint64_t count = std::min<std::uint64_t>(store.width(), store.chains() - first);
      std::vector<double> d(count * store.modes());
      std::vector<double> size(count);
      std::vector<std::uint64_t> measured(count);
      std::uint64_t done = passes_done_;
      while (done < pass_end) {
        const std::uint64_t next = what.times.next_pass(done);
        const std::uint64_t end = std::min(next, pass_end);
        advance(chains, tables, setup_.plan, done, end, scratch);
        done = end;
        if (next == end) {
          store.export_states(first, count, {d, size, measured});
          what.observer->observe({item.system, store.first_chain() + first,
                                  what.times.schedule.draws_after(end), store.modes(), d, size, measured});
        }
      }
    });
    passes_done_ = pass_end;
  }

  std::uint64_t passes_done() const override { return passes_done_; }

  ChainBlock export_chains(std::size_t system, std::uint64_t first, std::uint64_t count) const override {
    return stores_.at(system).export_chains(first, count, passes_done_);
  }

  void export_states(std::size_t system, std::uint64_t first, std::uint64_t count,
                     const StateBuffers& to) const override {
    stores_.at(system).export_states(first, count, to);
  }

  void import_chains(std::size_t system, const ChainBlock& block) override {
    stores_.at(system).import_chains(block);
    passes_done_ = block.passes_done;
  }

  std::vector<Divergence> divergences() const override {
    std::vector<Divergence> found;
    for (std::size_t s = 0; s < stores_.size(); ++s) {
      stores_[s].collect_divergences(static_cast<std::uint32_t>(s), found);
    }
    return found;
  }

  ExecutorInfo info() const override { return {"cpu", processor_name(), kernels_.name, threads_}; }

 protected:
  std::vector<SystemExtent> extents() const override {
    std::vector<SystemExtent> found;
    for (const ChainStore<Scalar>& store : stores_) {
      found.push_back({store.first_chain(), store.chains(), store.modes()});
    }
    return found;
  }

 private:
  struct WorkItem {
    std::size_t system;
    std::uint64_t group;
  };

  template <class Body>
  void for_each_group(const Body& body) {
    this->for_each_item([&](const WorkItem& item, Scalar* scratch) {
      body(stores_[item.system].group(item.group), setup_.systems[item.system], scratch);
    });
  }

  /// Static partition of all groups of all systems; nothing in a group depends on which thread it falls to.
  template <class Body>
  void for_each_item(const Body& body) {
    const auto count = static_cast<std::int64_t>(work_.size());
    std::exception_ptr failure;  // none may leave a thread
#pragma omp parallel num_threads(threads_)
    {
      const FloatEnvironment environment;
      Scalar* scratch = scratch_[static_cast<std::size_t>(omp_get_thread_num())].at(0);
#pragma omp for schedule(static)
      for (std::int64_t i = 0; i < count; ++i) {
        try {
          body(work_[static_cast<std::size_t>(i)], scratch);
        } catch (...) {
#pragma omp critical(ridgeflow_cpu_executor)
          failure = std::current_exception();
        }
      }
    }
    if (failure) {
      std::rethrow_exception(failure);
    }
  }

  EnsembleSetup<Scalar> setup_;
  LaneKernels kernels_;
  int threads_;
  std::vector<ChainStore<Scalar>> stores_;  ///< [system]
  std::vector<WorkItem> work_;
  std::vector<AlignedArray<Scalar>> scratch_;  ///< [thread]
  std::uint64_t passes_done_ = 0;
};

}  // namespace

void check_cpu_options(const CpuOptions& options) {
  validate(options.threads >= 0,
           fmt::format("threads = {}: give a number of threads, or 0 for all processors", options.threads));
  static_cast<void>(find_lane_kernels(options.lanes));
}

std::unique_ptr<Executor> make_cpu_executor(EnsembleSetup<float> setup, const CpuOptions& options) {
  return std::make_unique<CpuExecutor<float>>(std::move(setup), options);
}
std::unique_ptr<Executor> make_cpu_executor(EnsembleSetup<double> setup, const CpuOptions& options) {
  return std::make_unique<CpuExecutor<double>>(std::move(setup), options);
}

}  // namespace ridgeflow
