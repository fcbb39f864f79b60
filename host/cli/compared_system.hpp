// One system of compare, from its settings to its findings. A sweep has many.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ridgeflow/io/result_file.hpp"
#include "ridgeflow/io/run_config.hpp"
#include "ridgeflow/run/sampler.hpp"

#include "cli/report.hpp"

namespace ridgeflow::cli {

/// Whether sentences(), which know R as well, are asked for: not of a system that has a line in a table.
enum class Sentences { kAsked, kNotAsked };

class ComparedSystem {
 public:
  /// \p nodes: whether moments of superchains are kept; unset: where they are small. \throws InvalidInput for
  /// settings that cannot be run or compared as they ask.
  ComparedSystem(const RunConfig& config, std::optional<bool> nodes);

  const RunConfig& config() const { return this->config_; }
  const Posterior& posterior() const { return this->posterior_; }
  const std::vector<Theory>& theories() const { return this->theories_; }
  const ResolvedRun& run() const { return this->run_; }  ///< as planned
  /// What to sample, but for the seed.
  const SamplerOptions& options() const { return this->options_; }
  /// What is left out of the result for its size, and how to have it; empty: nothing.
  const std::string& left_out() const { return this->left_out_; }

  /// Sets the seed where the settings leave it open.
  void settle_seed(std::uint64_t seed) { this->config_.seed = this->config_.seed.value_or(seed); }
  /// What its theories say. To be called before the sampling: a theory that fails then costs no samples, and
  /// a run that is stopped ends at once. \throws as ridgeflow::predict() does.
  void predict(Sentences sentences);
  /// After predict(): takes the samples of this system and compares.
  void finish(SampleResult samples);

  // after finish()
  Findings findings() const;
  ResultContents contents() const;

 private:
  RunConfig config_;
  Posterior posterior_;
  std::vector<Theory> theories_;
  SamplerOptions options_;
  ResolvedRun run_;
  std::string left_out_;
  RunConfig resolved_;
  SampleResult samples_;
  std::vector<Prediction> predictions_;
  std::optional<SizeMoments> exact_size_;
  std::vector<Comparison> comparisons_;
  std::optional<ShapeComparison> shape_;
  std::optional<DrawDiagnostics> diagnostics_;
};

/// Per-mode CSV of a finished system.
std::string csv_text(const Findings& findings);

}  // namespace ridgeflow::cli
