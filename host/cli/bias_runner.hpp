// One run of a study of step sizes after the other.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "ridgeflow/run/executor.hpp"
#include "ridgeflow/run/step_bias.hpp"

#include "cli/bias_plan.hpp"
#include "cli/progress.hpp"

namespace ridgeflow::cli {

/// Passes of single chains per second, by a short run of the default integrator: the others' take about as
/// long, and it does not diverge.
double usual_rate(const RunConfig& config, const Posterior& posterior);

/// As many draws as a run may come to, of the default integrator.
SamplerOptions longest_run(const RunConfig& config, const BiasFlags& extras, const BiasPlan& plan,
                           double rate);

/// The reference, timed for a moment before and after each run, so that gains are those of one machine,
/// however busy it is from run to run.
class Yardstick {
 public:
  Yardstick(const Posterior& posterior, SamplerOptions options);

  /// Steps of single chains per second.
  double rate();

 private:
  double chains_ = 0;
  std::uint64_t passes_ = 1;
  std::unique_ptr<Executor> executor_;
};

/// Runs cases, one after the other, each with a seed of its own, and says how far they are.
class BiasRunner {
 public:
  /// \p rate: usual_rate(). All else must outlive it.
  BiasRunner(const RunConfig& config, const BiasFlags& extras, const BiasPlan& plan,
             const Posterior& posterior, double rate);

  /// Of all that is planned, and of the runs at equal bias that will follow from it.
  double estimated_seconds();

  /// \throws as measure_bias() does; RunStopped on a signal.
  StepBias run(const BiasCase& each);

  const ExecutorInfo& executor() const { return executor_; }
  double elapsed() const;

 private:
  /// Passes of single chains: those of its last run, or, before its first, the usual ones.
  double passes_per_second(const std::string& integrator);
  /// A short run that was held up tells too low a rate, and the runs after it would be cut short.
  void learn_rate(const BiasCase& each, const StepBias& found);
  SamplerOptions options(const BiasCase& each);
  double seconds_of(const BiasCase& each);
  BiasCase first_of(const std::string& integrator) const;

  const RunConfig& config_;
  const BiasFlags& extras_;
  const BiasPlan& plan_;
  const Posterior& posterior_;
  ExactMoments exact_;
  double usual_rate_;
  Yardstick yardstick_;
  std::map<std::string, double> rates_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  double planned_ = 0;
  double pace_ = 0;
  double done_ = 0;
  std::uint64_t runs_ = 0;
  ExecutorInfo executor_;
  Progress progress_;
};

}  // namespace ridgeflow::cli
