#include "ridgeflow/run/executor.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"

#include "device_chains.hpp"
#include "launch.hpp"
#include "profile_range.hpp"

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

template <class Scalar>
class CudaExecutor final : public Executor {
 public:
  explicit CudaExecutor(EnsembleSetup<Scalar> setup) : device_(require_device()), setup_(std::move(setup)) {
    for (const SystemSetup<Scalar>& system : setup_.systems) {
      most_blocks_ = std::max(most_blocks_, system.step.block_count());
    }
    variant_ = choose_variant<Scalar>(most_blocks_);
    const ChainNeeds needs = visit_integrator(setup_.integrator, [this](auto integrator) -> ChainNeeds {
      using Integrator = decltype(integrator);
      return {variant_.kind == StoreKind::kMemory, Integrator::kRefuses, Integrator::kEndsHalfway,
              kSumsOf<Integrator>};
    });
    this->require_memory(needs);
    std::vector<SystemArguments<Scalar>> step;
    std::vector<SystemArguments<Scalar>> start;
    for (const SystemSetup<Scalar>& system : setup_.systems) {
      // places for the largest system: the kernel steps them all, zeros where this one has no block
      step_tables_.emplace_back(system.step, variant_.group_size, variant_.rounds(most_blocks_),
                                variant_.lanes());
      start_tables_.emplace_back(system.start, kBlockThreads,
                                 (system.start.block_count() + kBlockThreads - 1) / kBlockThreads,
                                 kBlockThreads);
      chains_.emplace_back(system, needs);
      SystemArguments<Scalar> arguments{step_tables_.back().view(), chains_.back().arrays(), system.chains,
                                        chain_count_, static_cast<std::uint32_t>(system.first_chain)};
      step.push_back(arguments);
      arguments.tables = start_tables_.back().view();
      start.push_back(arguments);
      chain_count_ += system.chains;
    }
    step_systems_ = DeviceArray<SystemArguments<Scalar>>(step);
    start_systems_ = DeviceArray<SystemArguments<Scalar>>(start);
  }

  void start() override {
    const ProfileRange range("ridgeflow: initial state");
    LaunchArguments<Scalar> arguments = this->arguments(start_systems_);
    arguments.group_size = kBlockThreads;
    launch_start<Scalar>(arguments, nullptr);
    check(cudaDeviceSynchronize(), "initial state");
    passes_done_ = 0;
  }

  /// One launch for all passes: state stays in registers, and there is no sequence of launches that a CUDA
  /// graph could replay.
  void advance(std::uint64_t pass_end) override {
    const ProfileRange range("ridgeflow: steps");
    while (passes_done_ < pass_end) {
      LaunchArguments<Scalar> arguments = this->arguments(step_systems_);
      arguments.begin = passes_done_;
      arguments.passes = static_cast<std::uint32_t>(std::min(pass_end - passes_done_, kMostPasses));
      this->visit_kernel([&](auto integrator, auto normals) {
        const ProfileRange inner(decltype(integrator)::kName);
        launch_advance<Scalar, decltype(integrator), decltype(normals)>(variant_, arguments, nullptr);
      });
      check(cudaDeviceSynchronize(), "steps");
      passes_done_ += arguments.passes;
    }
  }

  std::uint64_t passes_done() const override { return passes_done_; }

  ChainBlock export_chains(std::size_t system, std::uint64_t first, std::uint64_t count) const override {
    const ProfileRange range("ridgeflow: export");
    return chains_.at(system).export_chains(first, count, passes_done_);
  }
  void export_states(std::size_t system, std::uint64_t first, std::uint64_t count,
                     const StateBuffers& to) const override {
    const ProfileRange range("ridgeflow: states");
    chains_.at(system).export_states(first, count, to);
  }
  void import_chains(std::size_t system, const ChainBlock& block) override {
    const ProfileRange range("ridgeflow: import");
    chains_.at(system).import_chains(block);
    passes_done_ = block.passes_done;
  }
  std::vector<Divergence> divergences() const override {
    std::vector<Divergence> found;
    for (std::size_t s = 0; s < chains_.size(); ++s) {
      chains_[s].collect_divergences(static_cast<std::uint32_t>(s), found);
    }
    return found;
  }

  ExecutorInfo info() const override {
    static constexpr const char* kKinds[] = {"registers of warps", "registers of blocks",
                                             "registers and shared memory of blocks", "device memory"};
    const int warps = this->visit_kernel([&](auto integrator, auto normals) {
      return warps_per_multiprocessor<Scalar, decltype(integrator), decltype(normals)>(variant_);
    });
    return {"cuda",
            device_,
            fmt::format("{}, {} threads a chain, {} warps a multiprocessor",
                        kKinds[static_cast<int>(variant_.kind)], variant_.group_size, warps),
            1,
            1e3 * attribute_of_device(cudaDevAttrClockRate),  // [kHz]
            attribute_of_device(cudaDevAttrMultiProcessorCount),
            this->math()};
  }

 protected:
  std::vector<SystemExtent> extents() const override {
    std::vector<SystemExtent> found;
    for (const DeviceChains<Scalar>& chains : chains_) {
      found.push_back({chains.first_chain(), chains.chains(), chains.modes()});
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

  LaunchArguments<Scalar> arguments(const DeviceArray<SystemArguments<Scalar>>& systems) const {
    return {systems.get(),
            static_cast<std::uint32_t>(setup_.systems.size()),
            chain_count_,
            variant_.group_size,
            (most_blocks_ + variant_.group_size - 1) / variant_.group_size,
            setup_.plan,
            0,
            0};
  }

  void require_memory(const ChainNeeds& needs) const {
    double wanted = 0;
    for (const SystemSetup<Scalar>& system : setup_.systems) {
      wanted += DeviceChains<Scalar>::bytes(system.chains, system.step.modes, needs);
    }
    std::size_t free = 0;
    std::size_t total = 0;
    check(cudaMemGetInfo(&free, &total), "asking for free memory");
    if (wanted > 0.95 * static_cast<double>(free)) {
      throw InvalidInput(fmt::format("the chains need {:.3g} GiB, {} has {:.3g} GiB free: use fewer chains",
                                     wanted / 0x1p30, device_, static_cast<double>(free) / 0x1p30));
    }
  }

  std::string device_;
  EnsembleSetup<Scalar> setup_;
  std::uint32_t most_blocks_ = 1;  ///< of the largest system
  Variant variant_{};
  std::vector<DeviceModeTables<Scalar>> step_tables_;   ///< [system]
  std::vector<DeviceModeTables<Scalar>> start_tables_;  ///< [system]
  std::vector<DeviceChains<Scalar>> chains_;            ///< [system]
  DeviceArray<SystemArguments<Scalar>> step_systems_;
  DeviceArray<SystemArguments<Scalar>> start_systems_;
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
