/// \file
/// Watching a run: states of all chains at absolute multiples of an interval of measurements.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>

#include "ridgeflow/chain/schedule.hpp"

namespace ridgeflow {

/// States of consecutive chains of one system right after a measurement.
struct StateTile {
  std::size_t system = 0;
  std::uint64_t first_chain = 0;  ///< index of the first, as its noise counts it
  std::uint64_t draw = 0;         ///< number of the measurement, from 1
  std::uint32_t modes = 0;        ///< M
  std::span<const double> d;      ///< [chain][mode]; single precision widened, which is exact
  std::span<const double> size;   ///< [chain] R as the integrator holds it
  std::span<const std::uint64_t>
      measured;  ///< [chain] measurements counted so far: `perfect` leaves out some

  std::uint64_t chains() const { return this->size.size(); }
};

/// Buffers of the caller that an executor fills with the states of some chains.
struct StateBuffers {
  std::span<double> d;                ///< [chain][mode]
  std::span<double> size;             ///< [chain] R
  std::span<std::uint64_t> measured;  ///< [chain] measurements counted so far
};

/// Sees states. observe() is called by several threads at once, but for each chain by one at a time and in
/// the order of its draws. It must not throw.
class StateObserver {
 public:
  StateObserver() = default;
  StateObserver(const StateObserver&) = delete;
  StateObserver& operator=(const StateObserver&) = delete;
  StateObserver(StateObserver&&) = delete;
  StateObserver& operator=(StateObserver&&) = delete;
  virtual ~StateObserver() = default;
  virtual void observe(const StateTile& tile) = 0;
};

/// The measurements that are looked at: multiples of either interval.
struct ObservationTimes {
  Schedule schedule;
  std::uint64_t sum_every = 0;   ///< measurements from sum to sum; 0: none
  std::uint64_t keep_every = 0;  ///< measurements from kept draw to kept draw; 0: none
  std::uint64_t keep = 0;        ///< draws kept of a chain

  bool sums_at(std::uint64_t draw) const { return this->sum_every != 0 && draw % this->sum_every == 0; }
  bool keeps_at(std::uint64_t draw) const {
    return this->keep_every != 0 && draw % this->keep_every == 0 && draw / this->keep_every <= this->keep;
  }

  /// First of the numbers of passes above \p passes_done after which something is looked at; the largest
  /// number there is where nothing is any more.
  std::uint64_t next_pass(std::uint64_t passes_done) const {
    const std::uint64_t draws = this->schedule.draws_after(passes_done);
    std::uint64_t next = std::numeric_limits<std::uint64_t>::max();
    if (this->sum_every != 0) {
      next = (draws / this->sum_every + 1) * this->sum_every;
    }
    if (this->keep_every != 0 && draws / this->keep_every < this->keep) {
      next = std::min(next, (draws / this->keep_every + 1) * this->keep_every);
    }
    return next > this->schedule.draws ? std::numeric_limits<std::uint64_t>::max()
                                       : this->schedule.passes_until(next);
  }
};

/// Who looks, and when.
struct Observation {
  StateObserver* observer = nullptr;  ///< outlives the call it is given to
  ObservationTimes times;
};

}  // namespace ridgeflow
