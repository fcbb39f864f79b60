/// \file
/// When a chain steps and when it is measured: the plan that every executor follows, fixed before the run.
#pragma once

#include <cstdint>

#include "ridgeflow/base/macros.hpp"

namespace ridgeflow {

/// A pass: one step, one sweep over the modes of a chain.
struct Pass {
  std::uint64_t step;  ///< absolute step, from 1: counter words 1 and 3
  bool measured;       ///< whether the state at its end is measured
};

/// The whole run of a chain: \c burn_in steps, then \c draws measurements, one every \c every steps.
struct Schedule {
  std::uint64_t burn_in = 0;
  std::uint64_t every = 1;  ///< >= 1
  std::uint64_t draws = 0;

  RIDGEFLOW_FUNCTION std::uint64_t passes() const { return this->passes_until(this->draws); }
  /// Passes of burn-in and the first \p draw measurements.
  RIDGEFLOW_FUNCTION std::uint64_t passes_until(std::uint64_t draw) const {
    return this->burn_in + draw * this->every;
  }
  /// Measurements finished once \p passes_done passes are.
  RIDGEFLOW_FUNCTION std::uint64_t draws_after(std::uint64_t passes_done) const {
    return passes_done <= this->burn_in ? 0 : (passes_done - this->burn_in) / this->every;
  }
};

/// Walks the passes of a schedule without a division a pass.
class ScheduleCursor {
 public:
  /// At pass number \p index, from 0, which may be the one past the last.
  RIDGEFLOW_FUNCTION ScheduleCursor(const Schedule& schedule, std::uint64_t index)
      : schedule_(schedule),
        step_(index + 1),
        measured_at_(schedule.passes_until(schedule.draws_after(index) + 1)) {}

  RIDGEFLOW_FUNCTION Pass pass() const { return {this->step_, this->step_ == this->measured_at_}; }

  RIDGEFLOW_FUNCTION void next() {
    if (this->step_ == this->measured_at_) {
      this->measured_at_ += this->schedule_.every;
    }
    this->step_ += 1;
  }

 private:
  const Schedule& schedule_;   ///< outlives the cursor
  std::uint64_t step_;         ///< of the pass
  std::uint64_t measured_at_;  ///< the next step that is measured, this one or later
};

/// How the measurements of a chain are summed. Single-precision sums are flushed to double at absolute
/// multiples of kFlushInterval measurements, at the middle and at the end; halves give split R-hat, batches
/// tau_int.
struct MeasurePlan {
  static constexpr std::uint64_t kFlushInterval = 64;
  static constexpr std::uint64_t kBatchesWanted = 16;

  std::uint64_t draws = 0;
  std::uint64_t first_half = 0;    ///< measurements in the first half
  std::uint64_t batch_length = 0;  ///< measurements in a batch, a multiple of kFlushInterval; 0: no batches

  RIDGEFLOW_FUNCTION bool flushes_after(std::uint64_t draw) const {
    return draw % kFlushInterval == 0 || draw == this->first_half || draw == this->draws;
  }
  /// Whole batches of a chain.
  RIDGEFLOW_FUNCTION std::uint64_t batches() const {
    return this->batch_length == 0 ? 0 : this->draws / this->batch_length;
  }
  RIDGEFLOW_FUNCTION bool ends_batch(std::uint64_t draw) const {
    return this->batch_length != 0 && draw % this->batch_length == 0;
  }
};

/// The plan for \p draws measurements a chain: 16 to 31 batches where there are enough for them, the middle
/// at the end of a batch.
inline MeasurePlan make_measure_plan(std::uint64_t draws) {
  MeasurePlan plan{draws, draws / 2, 0};
  if (draws >= 2 * MeasurePlan::kFlushInterval) {
    const std::uint64_t flushes = draws / (MeasurePlan::kFlushInterval * MeasurePlan::kBatchesWanted);
    plan.batch_length = MeasurePlan::kFlushInterval * (flushes > 0 ? flushes : 1);
    plan.first_half = plan.batch_length * ((draws + plan.batch_length) / (2 * plan.batch_length));
  }
  return plan;
}

}  // namespace ridgeflow
