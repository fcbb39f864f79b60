/// \file
/// The CUDA executor's loop: one chain, by a group of threads, through a range of passes. Written for host
/// and device, so that tests run it without a GPU; no formula stands here.
///
/// A pass is one sweep, as in host/cpu/advance.hpp: settle what the pass before proposed, measure it where
/// the schedule says so, propose anew. State and single-precision sums stay in the store (registers) over the
/// launch; double-precision sums are touched every 64 measurements.
///
/// Per 4 mode updates: 16 wide products of Philox, two transforms of a pair, 4 x (2 fma step, 1 fma R,
/// subtraction, addition, fma of moments), 4 loads of 16 bytes of coefficients, which the first cache level
/// holds.
#pragma once

#include <cstdint>

#include "ridgeflow/base/macros.hpp"
#include "ridgeflow/integrate/initial.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/random/normal.hpp"

#include "arguments.hpp"

namespace ridgeflow::kernels {

template <class Scalar, class Integrator, class Group, class Store>
class ChainAdvance {
 public:
  RIDGEFLOW_FUNCTION ChainAdvance(Group& group, const ChainPlace<Scalar>& chain, const RunPlan& plan,
                                  const std::uint32_t& blocks_per_thread)
      : group_(group),
        chain_(chain),
        plan_(plan),
        blocks_per_thread_(blocks_per_thread),
        decay_(chain.tables().decay),
        drift_(chain.tables().drift),
        noise_(chain.tables().noise),
        centre_(chain.tables().centre),
        store_(chain, group.lane(), group.size()) {}

  RIDGEFLOW_FUNCTION void run(std::uint64_t begin, std::uint64_t end) {
    const Schedule& schedule = this->plan_.schedule;
    Outcome<Scalar> outcome{this->chain_.arrays().size[this->chain_.chain], Scalar(1), true};
    std::uint64_t draw = schedule.draws_after(begin);
    bool measure = false;
    ScheduleCursor cursor(schedule, begin);
    for (std::uint64_t index = begin; index < end; ++index, cursor.next()) {
      const Pass pass = cursor.pass();
      this->sweep<true>(pass, measure, outcome);
      if (measure) {
        this->after_measurement(draw);
      }
      outcome = this->finish(pass, outcome);
      measure = pass.measured;
      if (measure) {
        ++draw;
        this->count_measurement(outcome);
      }
    }
    this->sweep<false>(Pass{PassKind::kWhole, 0, false}, measure, outcome);
    if (measure) {
      this->after_measurement(draw);
    }
    this->store_.write_back(this->chain_);
    if (this->group_.lane() == 0) {
      this->chain_.arrays().size[this->chain_.chain] = outcome.size;
      this->chain_.arrays().accepted[this->chain_.chain] += this->accepted_;
      this->chain_.arrays().measured[this->chain_.chain] += this->measured_;
    }
  }

  /// The one pass that draws the initial state.
  RIDGEFLOW_FUNCTION void start() {
    const Outcome<Scalar> nothing{Scalar(0), Scalar(1), true};
    this->sweep<true>(Pass{PassKind::kInitial, 0, false}, false, nothing);
    this->store_.write_back(this->chain_);
    if (this->group_.lane() == 0) {
      this->chain_.arrays().size[this->chain_.chain] = this->proposed_size_;
    }
  }

 private:
  template <bool proposes>
  RIDGEFLOW_FUNCTION void sweep(const Pass& pass, bool measure, const Outcome<Scalar>& outcome) {
    const std::uint32_t offset = Integrator::set_of(pass.kind) * this->chain_.tables().set_stride;
    const Scalar before = Integrator::before(this->chain_.tables().constants, pass.kind, outcome.size);
    const StepNoise<std::uint32_t> noise(this->chain_.index(), pass.step, stream_of(pass.kind),
                                         this->plan_.key);
#pragma unroll Store::kUnroll
    for (int j = 0; j < this->store_.count(); ++j) {
      // the same for all threads of a launch, so it costs a jump; it also keeps the assembler from working on
      // all blocks at once, for which there are not registers enough
      const bool any = !Store::kMayBeEmpty || static_cast<std::uint32_t>(j) < this->blocks_per_thread_;
      if (any) {
        this->settle_block<proposes>(j, measure, outcome);
      }
      if constexpr (proposes) {
        this->store_.part(j) = any ? this->propose_block(j, noise, offset, before) : Scalar(0);
      }
    }
    if constexpr (proposes) {
      this->proposed_size_ = this->group_.sum(this->store_.reduce_parts());
    }
  }

  /// Settles block \p j and measures it.
  template <bool proposes>
  RIDGEFLOW_FUNCTION void settle_block(int j, bool measure, const Outcome<Scalar>& outcome) {
    Quad<Scalar>& d = this->store_.d(j);
    Quad<Scalar> settled;
#pragma unroll
    for (std::uint32_t i = 0; i < kBlockModes; ++i) {
      if constexpr (Integrator::kRefuses) {
        settled.v[i] = Integrator::settle(d.v[i], this->store_.previous(j).v[i], outcome);
      } else {
        settled.v[i] = Integrator::settle(d.v[i], d.v[i], outcome);
      }
    }
    d = settled;
    if constexpr (Integrator::kRefuses && proposes) {
      this->store_.previous(j) = settled;
    }
    if (measure) {
      const Quad<Scalar> centre = this->centre_[this->store_.block(j)];
      Quad<Scalar>& sum = this->store_.recent_sum(j);
      Quad<Scalar>& square = this->store_.recent_square(j);
#pragma unroll
      for (std::uint32_t i = 0; i < kBlockModes; ++i) {
        Scalar from_centre = settled.v[i] - centre.v[i];
        if constexpr (!Integrator::kCountsRefused) {
          from_centre = select(outcome.accepted, from_centre, Scalar(0));
        }
        sum.v[i] = sum.v[i] + from_centre;
        square.v[i] = fused(from_centre, from_centre, square.v[i]);
      }
    }
  }

  /// Proposes block \p j from its settled state; returns its share of R.
  RIDGEFLOW_FUNCTION Scalar propose_block(int j, const StepNoise<std::uint32_t>& noise, std::uint32_t offset,
                                          Scalar before) {
    const std::uint32_t block = this->store_.block(j);
    const BlockNormals<float> normals = scaled_normals<float>(noise(block));
    const Quad<Scalar> decay = this->decay_[offset + block];
    const Quad<Scalar> drift = this->drift_[offset + block];
    const Quad<Scalar> amplitude = this->noise_[offset + block];
    Quad<Scalar>& d = this->store_.d(j);
    Quad<Scalar> value;
#pragma unroll
    for (std::uint32_t i = 0; i < kBlockModes; ++i) {
      value.v[i] = Integrator::update(decay.v[i], drift.v[i], amplitude.v[i], d.v[i],
                                      widen(normals.xi[i], Scalar(0)), before);
    }
    d = value;
    return block_size(value.v[0], value.v[1], value.v[2], value.v[3]);
  }

  /// Acceptance, or the closing flow; finds a chain that left the finite numbers.
  RIDGEFLOW_FUNCTION Outcome<Scalar> finish(const Pass& pass, const Outcome<Scalar>& was) {
    float exponential = 0.0F;
    if constexpr (Integrator::kRefuses) {
      const std::uint64_t quad = pass.step >> 2;
      if (quad != this->quad_) {  // one Philox for four steps
        this->acceptance_ = acceptance_words(this->chain_.index(), quad, this->plan_.key);
        this->quad_ = quad;
      }
      exponential = negative_log2_uniform<float>(acceptance_word(this->acceptance_, pass.step));
    }
    const Outcome<Scalar> outcome =
        Integrator::after(this->chain_.tables().constants, was.size, this->proposed_size_, exponential);
    this->accepted_ += outcome.accepted ? 1U : 0U;
    if (!is_finite(this->proposed_size_)) {
      this->mark_divergence(pass.step);
    }
    return outcome;
  }

  /// As the CPU executor does: the first mode that is not finite, else the first of the largest.
  RIDGEFLOW_FUNCTION void mark_divergence(std::uint64_t step) {
    if (this->chain_.arrays().divergence[this->chain_.chain].step != 0) {
      return;
    }
    // Larger is worse: a non-finite mode beats all, then magnitude; of equals the mode of lowest index.
    std::uint32_t first_bad = 0;  // ~mode of the first non-finite mode, 0 without any
    Scalar largest = 0;
    for (int j = 0; j < this->store_.count(); ++j) {
      for (std::uint32_t i = 0; this->store_.holds(j) && i < kBlockModes; ++i) {
        const Scalar value = this->store_.d(j).v[i];
        const std::uint32_t mode = this->store_.block(j) * kBlockModes + i;
        if (!is_finite(value)) {
          first_bad = first_bad > ~mode ? first_bad : ~mode;
        } else {
          const Scalar magnitude = value < 0 ? -value : value;
          largest = magnitude > largest ? magnitude : largest;
        }
      }
    }
    first_bad = this->group_.largest(first_bad);
    largest = this->group_.largest(largest);
    std::uint32_t holder = 0;
    for (int j = 0; j < this->store_.count(); ++j) {
      for (std::uint32_t i = 0; this->store_.holds(j) && i < kBlockModes; ++i) {
        const Scalar value = this->store_.d(j).v[i];
        const std::uint32_t mode = this->store_.block(j) * kBlockModes + i;
        if (value == largest || value == -largest) {
          holder = holder > ~mode ? holder : ~mode;
        }
      }
    }
    holder = this->group_.largest(holder);
    if (this->group_.lane() == 0) {
      this->chain_.arrays().divergence[this->chain_.chain] = {step,
                                                              (first_bad != 0 ? ~first_bad : ~holder) + 1};
    }
  }

  RIDGEFLOW_FUNCTION void count_measurement(const Outcome<Scalar>& outcome) {
    if (!Integrator::kCountsRefused && !outcome.accepted) {
      return;
    }
    this->measured_ += 1;
    if (this->group_.lane() == 0) {
      const double from_centre = static_cast<double>(outcome.size) -
                                 static_cast<double>(this->chain_.tables().constants.hartree_size);
      double& sum = this->chain_.arrays().size_sum[this->chain_.chain];
      double& square = this->chain_.arrays().size_square[this->chain_.chain];
      sum = sum + from_centre;
      square = square + from_centre * from_centre;
    }
  }

  /// Flushes, closes batches and the first half as the plan says.
  RIDGEFLOW_FUNCTION void after_measurement(std::uint64_t draw) {
    const MeasurePlan& plan = this->plan_.measure;
    if (!plan.flushes_after(draw)) {
      return;
    }
    const bool batch = plan.ends_batch(draw);
    const bool half = draw == plan.first_half;
    const std::uint64_t c = this->chain_.chain;
    const ChainArrays<Scalar>& arrays = this->chain_.arrays();
    const std::uint64_t measured = arrays.measured[c] + this->measured_;
    const std::uint64_t in_batch = measured - arrays.batch_measured[c];
    const double per_draw = batch && in_batch > 0 ? 1.0 / static_cast<double>(in_batch) : 0.0;
#pragma unroll Store::kUnroll
    for (int j = 0; j < this->store_.count(); ++j) {
      if (this->store_.holds(j)) {
        this->flush_block(j, batch, half, per_draw);
      }
    }
    this->measured_ = 0;
    this->group_.sync();  // all have read the counts
    if (this->group_.lane() == 0) {
      arrays.measured[c] = half ? 0 : measured;
      if (batch) {
        arrays.batch_measured[c] = half ? 0 : measured;
      }
      if (half) {
        arrays.first_measured[c] = measured;
        arrays.batch_measured[c] = 0;
      }
    }
    this->group_.sync();  // and see them anew
  }

  RIDGEFLOW_FUNCTION void flush_block(int j, bool batch, bool half, double per_draw) {
    Quad<Scalar>& recent_sum = this->store_.recent_sum(j);
    Quad<Scalar>& recent_square = this->store_.recent_square(j);
    const ChainArrays<Scalar>& c = this->chain_.arrays();
    const std::uint64_t at =
        (this->chain_.chain * this->chain_.block_count() + this->store_.block(j)) * kBlockModes;
#pragma unroll
    for (std::uint32_t i = 0; i < kBlockModes; ++i) {
      double sum = c.sum[at + i] + static_cast<double>(recent_sum.v[i]);
      double square = c.square[at + i] + static_cast<double>(recent_square.v[i]);
      recent_sum.v[i] = 0;
      recent_square.v[i] = 0;
      if (batch) {
        const double in_batch = sum - c.batch_origin[at + i];
        c.batch_square[at + i] = c.batch_square[at + i] + (in_batch * in_batch) * per_draw;
        c.batch_origin[at + i] = sum;
      }
      if (half) {
        c.first_sum[at + i] = sum;
        c.first_square[at + i] = square;
        c.batch_origin[at + i] = 0;
        sum = 0;
        square = 0;
      }
      c.sum[at + i] = sum;
      c.square[at + i] = square;
    }
  }

  Group& group_;
  ChainPlace<Scalar> chain_;
  const RunPlan& plan_;  ///< lies in constant memory, with the launch's arguments
  const std::uint32_t& blocks_per_thread_;
  const Quad<Scalar>* decay_;  ///< the tables' arrays: read in every block of every pass
  const Quad<Scalar>* drift_;
  const Quad<Scalar>* noise_;
  const Quad<Scalar>* centre_;
  Store store_;
  std::uint32_t accepted_ = 0;  ///< in this launch
  std::uint32_t measured_ = 0;  ///< since the last flush
  Scalar proposed_size_ = 0;
  Words<std::uint32_t> acceptance_{};
  std::uint64_t quad_ = ~std::uint64_t{0};
};

}  // namespace ridgeflow::kernels
