/// \file
/// Where chains run. An executor is a loop around the functors of integrate/ and random/: it owns state,
/// never a formula.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ridgeflow/chain/chain_block.hpp"
#include "ridgeflow/chain/chain_view.hpp"
#include "ridgeflow/chain/mode_tables.hpp"
#include "ridgeflow/measure/observation.hpp"
#include "ridgeflow/random/fast_normal.hpp"

namespace ridgeflow {

/// One system of an ensemble: its tables and its chains.
template <class Scalar>
struct SystemSetup {
  ModeTables<Scalar> step;   ///< of the integrator
  ModeTables<Scalar> start;  ///< of the initial state
  std::uint64_t first_chain = 0;
  std::uint64_t chains = 0;
};

/// Systems that run side by side under one plan; their chain indices must not overlap where their noise is to
/// be independent.
template <class Scalar>
struct EnsembleSetup {
  std::size_t integrator = 0;
  RunPlan plan{};
  Math math = Math::kReproducible;  ///< a wish: only CUDA in single precision has fast ones
  std::vector<SystemSetup<Scalar>> systems;
};

/// What an executor runs on.
struct ExecutorInfo {
  std::string backend;              ///< "cpu" or "cuda"
  std::string device;               ///< processor or GPU name
  std::string variant;              ///< vector width, or kernel variant
  int threads = 0;                  ///< host threads at work
  double clock_hz = 0;              ///< a GPU's largest clock; 0: not known
  int multiprocessors = 0;          ///< of a GPU
  Math math = Math::kReproducible;  ///< of the normals
};

class Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  Executor(Executor&&) = delete;
  Executor& operator=(Executor&&) = delete;
  virtual ~Executor() = default;

  /// Draws the initial state of all chains; no pass is done after it.
  virtual void start() = 0;
  /// Takes all chains to \p pass_end passes done; the state is settled then.
  virtual void advance(std::uint64_t pass_end) = 0;
  /// The same, and shows the chains to \p what's observer at its times, a few at a time: slower, but no bit
  /// of a chain differs.
  virtual void advance_observed(std::uint64_t pass_end, const Observation& what);
  virtual std::uint64_t passes_done() const = 0;

  /// Chains first .. first + count - 1 of a system, counted from its first.
  virtual ChainBlock export_chains(std::size_t system, std::uint64_t first, std::uint64_t count) const = 0;
  /// States alone, at the end of the last step, without the sums of export_chains(): cheap enough for every
  /// measurement. Buffers as long as \p count chains need.
  virtual void export_states(std::size_t system, std::uint64_t first, std::uint64_t count,
                             const StateBuffers& to) const = 0;
  /// Puts a block back. All chains of an executor must be at the same pass before it advances.
  virtual void import_chains(std::size_t system, const ChainBlock& block) = 0;

  /// Chains that left the finite numbers, in order of system and chain.
  virtual std::vector<Divergence> divergences() const = 0;
  virtual ExecutorInfo info() const = 0;

 protected:
  /// The chains of a system: what advance_observed() walks over.
  struct SystemExtent {
    std::uint64_t first_chain = 0;
    std::uint64_t chains = 0;
    std::uint32_t modes = 0;
  };
  virtual std::vector<SystemExtent> extents() const = 0;
};

struct CpuOptions {
  int threads = 0;             ///< 0: default_threads(), or fewer where the system starts no more
  std::string lanes = "auto";  ///< vector width
};

/// \throws InvalidInput for lanes that this processor has not, or fewer than no threads.
void check_cpu_options(const CpuOptions& options);

/// OpenMP over groups of chains, a static partition. \throws InvalidInput as check_cpu_options() does,
/// DeviceError as threads_for() does.
std::unique_ptr<Executor> make_cpu_executor(EnsembleSetup<float> setup, const CpuOptions& options);
std::unique_ptr<Executor> make_cpu_executor(EnsembleSetup<double> setup, const CpuOptions& options);

/// The first CUDA device. \throws DeviceError where the program was built without CUDA or no device is there.
std::unique_ptr<Executor> make_cuda_executor(EnsembleSetup<float> setup);
std::unique_ptr<Executor> make_cuda_executor(EnsembleSetup<double> setup);

/// CUDA devices at hand, by name; empty without a device, a driver or CUDA in the build. \p why says which.
std::vector<std::string> cuda_devices(std::string* why = nullptr);
/// Whether this build has the CUDA executor.
bool built_with_cuda();

}  // namespace ridgeflow
