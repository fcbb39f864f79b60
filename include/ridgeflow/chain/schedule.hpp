/// \file
/// When a chain steps and when it is measured: the plan that every executor follows, fixed before the run.
#pragma once

#include <cstdint>

#include "ridgeflow/base/macros.hpp"
#include "ridgeflow/random/streams.hpp"

namespace ridgeflow {

/// One sweep over the modes of a chain. Most integrators take one a step; one that opens and closes with half
/// of its Ornstein-Uhlenbeck flow merges the closing half of a step with the opening half of the next where
/// no measurement falls between them.
enum class PassKind : std::uint32_t { kWhole, kOpening, kMerged, kClosing, kInitial };

/// A pass, placed.
struct Pass {
  PassKind kind;
  std::uint64_t step;  ///< absolute step, from 1: counter words 1 and 3
  bool measured;       ///< whether the state after it is measured
};

/// The whole run of a chain: \c burn_in steps, then \c draws measurements, one every \c every steps.
struct Schedule {
  std::uint64_t burn_in = 0;
  std::uint64_t every = 1;  ///< >= 1
  std::uint64_t draws = 0;
  bool splits = false;  ///< whether the integrator opens and closes each interval with half a flow

  /// Passes of an interval of \p steps steps.
  RIDGEFLOW_FUNCTION std::uint64_t passes_of(std::uint64_t steps) const {
    return steps == 0 ? 0 : steps + (this->splits ? 1 : 0);
  }
  RIDGEFLOW_FUNCTION std::uint64_t burn_in_passes() const { return this->passes_of(this->burn_in); }
  RIDGEFLOW_FUNCTION std::uint64_t passes() const {
    return this->burn_in_passes() + this->draws * this->passes_of(this->every);
  }
  RIDGEFLOW_FUNCTION std::uint64_t steps() const { return this->burn_in + this->draws * this->every; }

  /// Measurements finished once \p passes_done passes are.
  RIDGEFLOW_FUNCTION std::uint64_t draws_after(std::uint64_t passes_done) const {
    return passes_done <= this->burn_in_passes()
               ? 0
               : (passes_done - this->burn_in_passes()) / this->passes_of(this->every);
  }
};

/// Walks the passes of a schedule without a division a pass.
class ScheduleCursor {
 public:
  /// At pass number \p index, which may be the one past the last.
  RIDGEFLOW_FUNCTION ScheduleCursor(const Schedule& schedule, std::uint64_t index) : schedule_(schedule) {
    const std::uint64_t lead = schedule.burn_in_passes();
    sampling_ = index >= lead;
    place_ = index;
    first_step_ = 0;
    if (sampling_) {
      const std::uint64_t per = schedule.passes_of(schedule.every);
      const std::uint64_t interval = (index - lead) / per;
      place_ = (index - lead) - interval * per;
      first_step_ = schedule.burn_in + interval * schedule.every;
    }
  }

  RIDGEFLOW_FUNCTION Pass pass() const {
    if (!this->schedule_.splits) {
      return {PassKind::kWhole, this->first_step_ + this->place_ + 1,
              this->sampling_ && this->place_ + 1 == this->steps()};
    }
    if (this->place_ == 0) {
      return {PassKind::kOpening, this->first_step_ + 1, false};
    }
    const bool closes = this->place_ == this->steps();
    return {closes ? PassKind::kClosing : PassKind::kMerged, this->first_step_ + this->place_,
            closes && this->sampling_};
  }

  RIDGEFLOW_FUNCTION void next() {
    this->place_ += 1;
    if (this->place_ == this->schedule_.passes_of(this->steps())) {
      this->first_step_ += this->steps();
      this->place_ = 0;
      this->sampling_ = true;
    }
  }

 private:
  /// Of the interval. Worked out anew: a GPU holds chains in its registers, and has none to spare.
  RIDGEFLOW_FUNCTION std::uint64_t steps() const {
    return this->sampling_ ? this->schedule_.every : this->schedule_.burn_in;
  }

  const Schedule& schedule_;  ///< outlives the cursor
  std::uint64_t place_;       ///< pass within the interval
  std::uint64_t first_step_;  ///< steps done before it
  bool sampling_;             ///< past burn-in
};

/// The noise stream of a pass.
RIDGEFLOW_FUNCTION Stream stream_of(PassKind kind) {
  return kind == PassKind::kOpening   ? Stream::kOpening
         : kind == PassKind::kInitial ? Stream::kInitial
                                      : Stream::kStep;
}

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
