/// \file
/// The observers of a run, and what they bring home.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ridgeflow/measure/block_sums.hpp"
#include "ridgeflow/measure/cumulants.hpp"
#include "ridgeflow/measure/draw_store.hpp"
#include "ridgeflow/measure/observation.hpp"
#include "ridgeflow/measure/observed_summary.hpp"
#include "ridgeflow/measure/pair_products.hpp"
#include "ridgeflow/measure/size_histogram.hpp"
#include "ridgeflow/model/posterior.hpp"
#include "ridgeflow/run/options.hpp"

namespace ridgeflow {

/// What the observers of some chains of a run collected; unset: not asked for, or not seen before a stop.
/// Mergeable: the result is that of one process to the last bit.
struct Observed {
  std::optional<BlockSums> powers;    ///< rows of ModePowers
  std::optional<BlockSums> size;      ///< rows of SizeHistogram
  std::optional<BlockSums> products;  ///< rows of PairProducts
  std::optional<DrawStore> draws;
  std::vector<double> acceptance;  ///< [chain] accepted/proposed passes, in the order of the chains

  /// Appends the chains of \p next, which come after these. \throws std::logic_error if they do not.
  void append(const Observed& next);
  std::vector<std::byte> serialize() const;
  static Observed deserialize(std::span<const std::byte> bytes);
};

/// Estimates from \p observed, the whole of \p run. \throws std::logic_error if chains are missing.
ObservedSummary summarize_observed(const Observed& observed, const Posterior& posterior,
                                   const ResolvedRun& run);

/// Bytes of host memory that observing \p run takes: sums of each chain, kept draws, and
/// moments of superchains.
double observation_bytes(const ResolvedRun& run, std::size_t modes);

/// Watches the chains of a run, whichever system of a launch they are. Sums belong to one chain each, so
/// nothing depends on threads.
class Recorder final : public StateObserver {
 public:
  Recorder(const Posterior& posterior, const ResolvedRun& run);

  /// Itself and its times. The recorder must outlive it.
  Observation observation() { return {this, this->times_}; }
  void observe(const StateTile& tile) override;
  /// All that was seen in the first \p passes passes, which are those done; acceptance is left empty. What
  /// was not seen once is left unset.
  Observed finish(std::uint64_t passes) const;

 private:
  std::span<double> row(std::vector<double>& rows, std::uint64_t chain) const;

  ChainRange chains_;
  ChainRange ensemble_;
  ObservationTimes times_;
  std::optional<ModePowers> powers_;
  std::optional<SizeHistogram> size_;
  std::optional<PairProducts> products_;
  std::optional<DrawStore> draws_;
  // [chain][row]
  std::vector<double> power_rows_;
  std::vector<double> size_rows_;
  std::vector<double> product_rows_;
  std::vector<std::uint64_t> summed_;  ///< [chain] measurements counted when it last entered the sums
};

}  // namespace ridgeflow
