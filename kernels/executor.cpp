#include "ridgeflow/run/executor.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/run/memory.hpp"

#include "device_chains.hpp"
#include "launch.hpp"
#include "profile_range.hpp"
#include "size_classes.hpp"

namespace ridgeflow {
namespace kernels {

void check(cudaError_t status, const char* what) {
  if (status != cudaSuccess) {
    cudaGetLastError();  // or the next call would report this failure again
    throw DeviceError(
        fmt::format("CUDA, {}: {} ({})", what, cudaGetErrorString(status), cudaGetErrorName(status)));
  }
}

namespace {

/// The device's name; throws where there is none.
std::string require_device() {
  std::string why;
  const std::vector<std::string> devices = cuda_devices(&why);
  if (devices.empty()) {
    throw DeviceError("no CUDA device: " + why + "; use --backend cpu");
  }
  return devices.front();
}

int attribute_of_device(cudaDeviceAttr attribute) {
  int value = 0;
  check(cudaDeviceGetAttribute(&value, attribute, 0), "asking for an attribute of the device");
  return value;
}

/// A stream of its own; it waits for the default one, and that for it.
class Stream {
 public:
  Stream() {
    cudaStream_t stream = nullptr;
    check(cudaStreamCreate(&stream), "making a stream");
    stream_.reset(stream);
  }
  cudaStream_t get() const { return stream_.get(); }

 private:
  struct Destroy {
    void operator()(cudaStream_t stream) const { cudaStreamDestroy(stream); }
  };
  std::unique_ptr<std::remove_pointer_t<cudaStream_t>, Destroy> stream_;
};

template <class Scalar>
class CudaExecutor final : public Executor {
 public:
  explicit CudaExecutor(EnsembleSetup<Scalar> setup) : device_(require_device()), setup_(std::move(setup)) {
    std::vector<std::uint32_t> block_counts;
    for (const SystemSetup<Scalar>& system : setup_.systems) {
      block_counts.push_back(system.step.block_count());
    }
    const std::vector<SizeClass> classes = size_classes<Scalar>(block_counts);
    this->require_memory(classes);
    // arrays of devices come in the order of the caller's systems, launches take them by class
    step_tables_.resize(block_counts.size());
    start_tables_.resize(block_counts.size());
    chains_.resize(block_counts.size());
    std::vector<SystemArguments<Scalar>> step;
    std::vector<SystemArguments<Scalar>> start;
    std::uint64_t chains_before = 0;
    for (const SizeClass& c : classes) {
      launches_.push_back({c.variant, (c.most_blocks + c.variant.group_size - 1) / c.variant.group_size,
                           step.size(), c.systems.size(), 0, Stream()});
      Launch& launch = launches_.back();
      for (const std::size_t s : c.systems) {
        step.push_back(this->place(s, c, launch.chains));
        start.push_back(step.back());
        start.back().tables = start_tables_[s]->view();
        start.back().chains_before = chains_before + launch.chains;
        launch.chains += setup_.systems[s].chains;
      }
      chains_before += launch.chains;
    }
    step_systems_ = DeviceArray<SystemArguments<Scalar>>(step);
    start_systems_ = DeviceArray<SystemArguments<Scalar>>(start);
    chain_count_ = chains_before;
  }

  void start() override {
    const ProfileRange range("ridgeflow: initial state");
    launch_start<Scalar>({start_systems_.get(), static_cast<std::uint32_t>(start_systems_.size()),
                          chain_count_, kBlockThreads, 0, setup_.plan, 0, 0},
                         nullptr);
    check(cudaDeviceSynchronize(), "initial state");
    passes_done_ = 0;
  }

  /// One launch of each class of systems for all passes: state stays in registers, and there is no sequence
  /// of launches that a CUDA graph could replay. Classes run side by side.
  void advance(std::uint64_t pass_end) override {
    const ProfileRange range("ridgeflow: steps");
    while (passes_done_ < pass_end) {
      const auto passes = static_cast<std::uint32_t>(std::min(pass_end - passes_done_, kMostPasses));
      this->visit_kernel([&](auto integrator, auto normals) {
        const ProfileRange inner(decltype(integrator)::kName);
        for (const Launch& launch : launches_) {
          launch_advance<Scalar, decltype(integrator), decltype(normals)>(
              launch.variant, this->arguments(launch, passes), launch.stream.get());
        }
      });
      check(cudaDeviceSynchronize(), "steps");
      passes_done_ += passes;
    }
  }

  std::uint64_t passes_done() const override { return passes_done_; }

  ChainBlock export_chains(std::size_t system, std::uint64_t first, std::uint64_t count) const override {
    const ProfileRange range("ridgeflow: export");
    return chains_.at(system)->export_chains(first, count, passes_done_);
  }
  void export_states(std::size_t system, std::uint64_t first, std::uint64_t count,
                     const StateBuffers& to) const override {
    const ProfileRange range("ridgeflow: states");
    chains_.at(system)->export_states(first, count, to);
  }
  void import_chains(std::size_t system, const ChainBlock& block) override {
    const ProfileRange range("ridgeflow: import");
    chains_.at(system)->import_chains(block);
    passes_done_ = block.passes_done;
  }
  std::vector<Divergence> divergences() const override {
    std::vector<Divergence> found;
    for (std::size_t s = 0; s < chains_.size(); ++s) {
      chains_[s]->collect_divergences(static_cast<std::uint32_t>(s), found);
    }
    return found;
  }

  ExecutorInfo info() const override {
    static constexpr const char* kKinds[] = {"registers of warps", "registers of blocks",
                                             "registers and shared memory of blocks", "device memory"};
    const Variant& variant = launches_.front().variant;
    const int warps = this->visit_kernel([&](auto integrator, auto normals) {
      return warps_per_multiprocessor<Scalar, decltype(integrator), decltype(normals)>(variant);
    });
    return {
        "cuda",
        device_,
        fmt::format(
            "{}{}, {} a chain, {} a multiprocessor",
            launches_.size() > 1 ? fmt::format("{} kernels, of the largest systems ", launches_.size()) : "",
            kKinds[static_cast<int>(variant.kind)], counted(variant.group_size, "thread"),
            counted(warps, "warp")),
        1,
        1e3 * attribute_of_device(cudaDevAttrClockRate),  // [kHz]
        attribute_of_device(cudaDevAttrMultiProcessorCount),
        this->math()};
  }

 protected:
  std::vector<SystemExtent> extents() const override {
    std::vector<SystemExtent> found;
    for (const auto& chains : chains_) {
      found.push_back({chains->first_chain(), chains->chains(), chains->modes()});
    }
    return found;
  }

 private:
  /// A launch counts its passes in 32 bits.
  static constexpr std::uint64_t kMostPasses = std::uint64_t{1} << 31;

  /// Calls \p visitor with the integrator and the normals of the setup.
  template <class Visitor>
  auto visit_kernel(const Visitor& visitor) const {
    return visit_integrator(setup_.integrator, [&](auto integrator) {
      if constexpr (std::is_same_v<Scalar, float>) {  // double is for those who want digits: never fast
        if (setup_.math == Math::kFast) {
          return visitor(integrator, FastNormals{});
        }
      }
      return visitor(integrator, ReproducibleNormals{});
    });
  }
  Math math() const { return std::is_same_v<Scalar, float> ? setup_.math : Math::kReproducible; }

  /// Systems that one kernel advances.
  struct Launch {
    Variant variant;
    std::uint32_t blocks_per_thread;  ///< that hold any modes in the largest of them
    std::size_t first;                ///< in step_systems_
    std::size_t systems;
    std::uint64_t chains;
    Stream stream;
  };

  LaunchArguments<Scalar> arguments(const Launch& launch, std::uint32_t passes) const {
    return {step_systems_.get() + launch.first,
            static_cast<std::uint32_t>(launch.systems),
            launch.chains,
            launch.variant.group_size,
            launch.blocks_per_thread,
            setup_.plan,
            passes_done_,
            passes};
  }

  ChainNeeds needs(const Variant& variant) const {
    return visit_integrator(setup_.integrator, [&](auto integrator) -> ChainNeeds {
      using Integrator = decltype(integrator);
      return {variant.kind == StoreKind::kMemory, Integrator::kRefuses, Integrator::kEndsHalfway,
              kSumsOf<Integrator>};
    });
  }

  /// Puts system \p s on the device; \p chains_before: of its launch.
  SystemArguments<Scalar> place(std::size_t s, const SizeClass& c, std::uint64_t chains_before) {
    const SystemSetup<Scalar>& system = setup_.systems[s];
    // places for the largest of the class: the kernel steps them all, zeros where this one has no block
    step_tables_[s].emplace(system.step, c.variant.group_size, c.variant.rounds(c.most_blocks),
                            c.variant.lanes());
    start_tables_[s].emplace(system.start, kBlockThreads,
                             (system.start.block_count() + kBlockThreads - 1) / kBlockThreads, kBlockThreads);
    chains_[s].emplace(system, this->needs(c.variant));
    return {step_tables_[s]->view(), chains_[s]->arrays(), system.chains, chains_before,
            static_cast<std::uint32_t>(system.first_chain)};
  }

  void require_memory(const std::vector<SizeClass>& classes) const {
    double wanted = 0;
    std::uint64_t chains = 0;
    for (const SizeClass& c : classes) {
      for (const std::size_t s : c.systems) {
        const SystemSetup<Scalar>& system = setup_.systems[s];
        wanted += DeviceChains<Scalar>::bytes(system.chains, system.step.modes, this->needs(c.variant));
        chains += system.chains;
      }
    }
    std::size_t free = 0;
    std::size_t total = 0;
    check(cudaMemGetInfo(&free, &total), "asking for free memory");
    require_bytes(wanted, kShareOfMemory * static_cast<double>(free), chains, setup_.systems.size(), device_);
  }

  /// Of what is free: the rest is for tables and for what allocations are rounded up to.
  static constexpr double kShareOfMemory = 0.95;

  std::string device_;
  EnsembleSetup<Scalar> setup_;
  std::vector<std::optional<DeviceModeTables<Scalar>>> step_tables_;   ///< [system]
  std::vector<std::optional<DeviceModeTables<Scalar>>> start_tables_;  ///< [system]
  std::vector<std::optional<DeviceChains<Scalar>>> chains_;            ///< [system]
  std::vector<Launch> launches_;                                       ///< of the largest systems first
  DeviceArray<SystemArguments<Scalar>> step_systems_;                  ///< [launch][system of it]
  DeviceArray<SystemArguments<Scalar>> start_systems_;                 ///< the same
  std::uint64_t chain_count_ = 0;
  std::uint64_t passes_done_ = 0;
};

}  // namespace
}  // namespace kernels

std::unique_ptr<Executor> make_cuda_executor(EnsembleSetup<float> setup) {
  return std::make_unique<kernels::CudaExecutor<float>>(std::move(setup));
}
std::unique_ptr<Executor> make_cuda_executor(EnsembleSetup<double> setup) {
  return std::make_unique<kernels::CudaExecutor<double>>(std::move(setup));
}

std::vector<std::string> cuda_devices(std::string* why) {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  std::vector<std::string> names;
  if (status != cudaSuccess) {
    cudaGetLastError();
    if (why != nullptr) {
      *why = cudaGetErrorString(status);
    }
    return names;
  }
  for (int i = 0; i < count; ++i) {
    cudaDeviceProp properties{};
    if (cudaGetDeviceProperties(&properties, i) == cudaSuccess) {
      names.emplace_back(properties.name);
    }
  }
  if (names.empty() && why != nullptr) {
    *why = "the driver lists no device";
  }
  return names;
}

bool built_with_cuda() {
  return true;
}

}  // namespace ridgeflow
