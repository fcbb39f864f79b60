/// \file
/// The CUDA executor's loop: one chain, by a group of threads, through a range of passes. Written for host
/// and device, so that tests run it without a GPU; no formula stands here.
///
/// A pass is one sweep (integrate/pass_loop.hpp). State and single-precision sums stay in the store
/// (registers) over the launch; double-precision sums are touched every 64 measurements.
///
/// Per 4 mode updates: 16 wide products of Philox, two transforms of a pair, 4 x (2 fma step, 1 fma R,
/// subtraction, addition, fma of moments), 4 loads of 16 bytes of coefficients, which the first cache level
/// holds.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ridgeflow/base/macros.hpp"
#include "ridgeflow/integrate/initial.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/integrate/pass_loop.hpp"
#include "ridgeflow/random/fast_normal.hpp"
#include "ridgeflow/random/normal.hpp"

#include "arguments.hpp"
#include "divergence.cuh"

namespace ridgeflow::kernels {

/// A thread's or a block's share of the sums over the modes: R first.
template <class Scalar, std::size_t n>
struct Sums {
  Scalar v[n];

  RIDGEFLOW_FUNCTION Sums plus(const Sums& other) const {
    Sums sum;
#pragma unroll
    for (std::size_t i = 0; i < n; ++i) {
      sum.v[i] = this->v[i] + other.v[i];
    }
    return sum;
  }
};

template <class Scalar, class Integrator, class Group, class Store, class Normals = ReproducibleNormals>
class ChainAdvance : PassLoop<Integrator, Scalar, ChainAdvance<Scalar, Integrator, Group, Store, Normals>> {
  static constexpr int kSums = Integrator::kSums;
  static constexpr bool kHalfway = Integrator::kEndsHalfway;
  /// Where the end of a step is read off, its R comes last.
  template <bool reads_end>
  using PartsOf = Sums<Scalar, static_cast<std::size_t>(reads_end ? kSumsOf<Integrator> : kSums)>;
  using Parts = PartsOf<false>;
  static constexpr int kRow =
      static_cast<int>(kCoefficients * Store::kLanes);  ///< from block to block of a thread

 public:
  /// \p moments: shared memory for stores that keep their moments there.
  RIDGEFLOW_FUNCTION ChainAdvance(Group& group, const ChainPlace<Scalar>& chain, const RunPlan& plan,
                                  const std::uint32_t& blocks_per_thread, Quad<Scalar>* moments = nullptr)
      : group_(group),
        chain_(chain),
        plan_(plan),
        blocks_per_thread_(blocks_per_thread),
        coefficients_(chain.tables().coefficients + group.lane()),
        store_(chain, group.lane(), group.size(), moments) {}

  /// Passes \p begin .. \p begin + \p passes - 1 of the schedule; the state is settled before and after.
  RIDGEFLOW_FUNCTION void run(std::uint64_t begin, std::uint32_t passes) {
    Outcome<Scalar> outcome{this->chain_.arrays().size[this->chain_.chain], Scalar(1), true};
    if constexpr (Integrator::kCarriesSums) {
      this->sum_settled_modes();
    }
    this->run_passes(this->plan_.schedule, begin, passes, outcome);
    this->store_.write_back(this->chain_);
    this->group_.sync();  // all have read the size of the state before
    if (this->group_.lane() == 0) {
      this->chain_.arrays().size[this->chain_.chain] = outcome.size;
      this->chain_.arrays().accepted[this->chain_.chain] += this->accepted_;
      this->chain_.arrays().measured[this->chain_.chain] += this->measured_;
    }
  }

  /// Draws the initial state, and takes it to the first kick where a step ends half way between two.
  RIDGEFLOW_FUNCTION void start() {
    const Outcome<Scalar> nothing{Scalar(0), Scalar(1), true};
    const ChainArrays<Scalar>& arrays = this->chain_.arrays();
    for (int j = 0; j < this->store_.count(); ++j) {
      this->store_.d(j) = Quad<Scalar>{};
    }
    this->sweep_modes<true, false>(0, 0, Stream::kInitial, nothing);
    if (arrays.step_end != nullptr) {
      for (int j = 0; j < this->store_.count(); ++j) {
        this->chain_.quad(arrays.step_end, this->store_.block(j)) = this->store_.d(j);
      }
      this->keep_end_size(this->proposed_[0]);
      this->sweep_modes<true, false>(1, 0, Stream::kOpening, nothing);
    }
    this->store_.write_back(this->chain_);
    if (this->group_.lane() == 0) {
      arrays.size[this->chain_.chain] = this->proposed_[0];
    }
  }

 private:
  friend PassLoop<Integrator, Scalar, ChainAdvance>;

  /// As PassLoop wants it.
  template <bool proposes, bool measures, bool keeps = false>
  RIDGEFLOW_FUNCTION Scalar sweep_modes(std::uint32_t set, std::uint64_t step, Stream stream,
                                        const Outcome<Scalar>& outcome, bool counts = true) {
    constexpr bool kReadsEnd = kHalfway && measures;
    const Quad<Scalar>* row = this->coefficients_ + set * this->chain_.tables().set_stride;
    const Scalar before = this->before_pass(outcome.size);
    const StepNoise<std::uint32_t> noise(this->chain_.index(), step, stream, this->plan_.key);
    const PartsOf<kReadsEnd> parts = this->over_blocks<kReadsEnd>([&](int j) {
      return this->sweep_block<proposes, measures, keeps>(j, row + j * kRow, noise, before, outcome, counts);
    });
    if constexpr (proposes) {
      this->sum_parts(parts);
    }
    if constexpr (kReadsEnd) {
      return this->group_.sum(parts.v[kSums]);
    }
    return Scalar(0);
  }

  RIDGEFLOW_FUNCTION void keep_end_size(Scalar size) {
    if (this->group_.lane() == 0) {
      this->chain_.arrays().step_end_size[this->chain_.chain] = size;
    }
  }

  RIDGEFLOW_FUNCTION Scalar before_pass(Scalar size) const {
    if constexpr (Integrator::kCarriesSums) {
      return Integrator::before(this->chain_.tables().constants, size, this->proposed_ + 1);
    } else {
      return Integrator::before(this->chain_.tables().constants, size);
    }
  }

  /// \p visit, which returns parts, of all blocks of the thread; their sum under the rounds of the size tree
  /// that lie within a thread.
  template <bool reads_end, class Visit>
  RIDGEFLOW_FUNCTION PartsOf<reads_end> over_blocks(const Visit& visit) {
    if constexpr (Store::kInRegisters) {
      return this->over_tree<reads_end, 0, 1>(visit);
    } else {
      constexpr int kCount = sizeof(PartsOf<reads_end>) / sizeof(Scalar);
      static_assert(kCount <= Store::kRows);
      for (int j = 0; j < this->store_.count(); ++j) {
        const PartsOf<reads_end> parts = visit(j);
        for (int i = 0; i < kCount; ++i) {
          this->store_.part(j, i) = parts.v[i];
        }
      }
      PartsOf<reads_end> parts;
      for (int i = 0; i < kCount; ++i) {
        parts.v[i] = this->store_.reduce_parts(i);
      }
      return parts;
    }
  }

  /// The same of blocks j, j + stride, j + 2 stride, ..., depth first: a block's part is added as soon as its
  /// twin's is there (chain/size_tree.hpp).
  template <bool reads_end, int j, int stride, class Visit>
  RIDGEFLOW_FUNCTION PartsOf<reads_end> over_tree(const Visit& visit) {
    if constexpr (stride >= Store::kWidth) {
      return visit(j);
    } else {
      PartsOf<reads_end> parts = this->over_tree<reads_end, j, 2 * stride>(visit);
      if constexpr (j + stride < Store::kBlocksHeld) {
        // Where the largest system of the launch ends before, so does the work. The jump, the same for all
        // threads, also keeps the assembler from working on all blocks at once, for which there are not
        // registers enough; leaving refused steps out of the moments and sums beside R take some of their
        // own.
        constexpr int kAtOnce = kSums > 1                                  ? 1
                                : reads_end || !Integrator::kCountsRefused ? 2
                                                                           : Store::kBlocksAtOnce;
        constexpr bool kJumps = 2 * stride * kAtOnce <= Store::kWidth;
        if (!kJumps || static_cast<std::uint32_t>(j + stride) < this->blocks_per_thread_) {
          parts = parts.plus(this->over_tree<reads_end, j + stride, 2 * stride>(visit));
        }
      }
      return parts;
    }
  }

  template <class Found>
  RIDGEFLOW_FUNCTION void sum_parts(const Found& parts) {
#pragma unroll
    for (int i = 0; i < kSums; ++i) {
      this->proposed_[i] = this->group_.sum(parts.v[i]);
    }
  }

  /// The sums of a settled state, which are not kept from launch to launch: the same to the bit as when the
  /// state was proposed.
  RIDGEFLOW_FUNCTION void sum_settled_modes() {
    this->sum_parts(this->over_blocks<false>([this](int j) {
      const Quad<Scalar>& d = this->store_.d(j);
      Parts parts{};
#pragma unroll
      for (std::uint32_t i = 0; i < kBlockModes; ++i) {
        this->add_sums(this->coefficients_ + j * kRow, i, Scalar(0), d.v[i], d.v[i], parts.v + 1);
      }
      parts.v[0] = block_size(d.v[0], d.v[1], d.v[2], d.v[3]);
      return parts;
    }));
  }

  /// Adds mode \p i of a block to the sums beside R.
  RIDGEFLOW_FUNCTION void add_sums(const Quad<Scalar>* row, std::uint32_t i, Scalar before, Scalar settled,
                                   Scalar value, Scalar* sums) const {
    Integrator::add_sums(this->chain_.tables().constants, before, settled, value,
                         load_constant(row + kNoise * Store::kLanes).v[i],
                         load_constant(row + kCentre * Store::kLanes).v[i],
                         load_constant(row + kWeight * Store::kLanes).v[i], sums);
  }

  template <bool proposes, bool measures, bool keeps>
  RIDGEFLOW_FUNCTION PartsOf<kHalfway && measures> sweep_block(int j, const Quad<Scalar>* row,
                                                               const StepNoise<std::uint32_t>& noise,
                                                               Scalar before, const Outcome<Scalar>& outcome,
                                                               bool counts) {
    if constexpr (!kHalfway) {
      this->settle_block<proposes, measures>(j, row, outcome);
    }
    if constexpr (proposes) {
      return this->propose_block < kHalfway && measures, keeps > (j, noise, row, before, outcome, counts);
    } else {
      return {};
    }
  }

  /// Settles block \p j and measures it; \p row: its coefficients.
  template <bool proposes, bool measures>
  RIDGEFLOW_FUNCTION void settle_block(int j, const Quad<Scalar>* row, const Outcome<Scalar>& outcome) {
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
    if constexpr (measures) {
      this->measure_block(j, row, settled, outcome);
    }
  }

  /// Adds \p state of block \p j to its single-precision sums.
  RIDGEFLOW_FUNCTION void measure_block(int j, const Quad<Scalar>* row, const Quad<Scalar>& state,
                                        const Outcome<Scalar>& outcome) {
    const Quad<Scalar> centre = load_constant(row + kCentre * Store::kLanes);
    Quad<Scalar> sum = this->store_.recent_sum(j);
    Quad<Scalar> square = this->store_.recent_square(j);
#pragma unroll
    for (std::uint32_t i = 0; i < kBlockModes; ++i) {
      Scalar from_centre = state.v[i] - centre.v[i];
      if constexpr (!Integrator::kCountsRefused) {
        from_centre = select(outcome.accepted, from_centre, Scalar(0));
      }
      sum.v[i] = sum.v[i] + from_centre;
      square.v[i] = fused(from_centre, from_centre, square.v[i]);
    }
    this->store_.recent_sum(j) = sum;
    this->store_.recent_square(j) = square;
  }

  /// What the coefficients at \p row make of \p d.
  RIDGEFLOW_FUNCTION Quad<Scalar> update_block(const Quad<Scalar>* row, const Quad<Scalar>& d,
                                               const BlockNormals<float>& normals, Scalar before) const {
    const Quad<Scalar> decay = load_constant(row + kDecay * Store::kLanes);
    const Quad<Scalar> drift = load_constant(row + kDrift * Store::kLanes);
    const Quad<Scalar> amplitude = load_constant(row + kNoise * Store::kLanes);
    Quad<Scalar> value;
#pragma unroll
    for (std::uint32_t i = 0; i < kBlockModes; ++i) {
      const Scalar xi = widen(normals.xi[i], Scalar(0));
      if constexpr (Integrator::kWeighs) {
        value.v[i] =
            Integrator::update(decay.v[i], drift.v[i], amplitude.v[i],
                               load_constant(row + kWeight * Store::kLanes).v[i], d.v[i], xi, before);
      } else {
        value.v[i] = Integrator::update(decay.v[i], drift.v[i], amplitude.v[i], d.v[i], xi, before);
      }
    }
    return value;
  }

  /// Proposes block \p j from its settled state; returns its share of the sums.
  template <bool reads_end, bool keeps>
  RIDGEFLOW_FUNCTION PartsOf<reads_end> propose_block(int j, const StepNoise<std::uint32_t>& noise,
                                                      const Quad<Scalar>* row, Scalar before,
                                                      const Outcome<Scalar>& outcome, bool counts) {
    const BlockNormals<float> normals = Normals::of(noise(this->store_.block(j)));
    Quad<Scalar>& d = this->store_.d(j);
    const Quad<Scalar> value = this->update_block(row, d, normals, before);
    PartsOf<reads_end> parts{};
    if constexpr (kSums > 1) {
#pragma unroll
      for (std::uint32_t i = 0; i < kBlockModes; ++i) {
        this->add_sums(row, i, before, d.v[i], value.v[i], parts.v + 1);
      }
    }
    if constexpr (reads_end) {
      const Quad<Scalar> end = this->update_block(row + this->chain_.tables().set_stride, d, normals, before);
      parts.v[kSums] = block_size(end.v[0], end.v[1], end.v[2], end.v[3]);
      if (!keeps || counts) {
        this->measure_block(j, row, end, outcome);
      }
      if constexpr (keeps) {
        if (this->store_.holds(j)) {
          this->chain_.quad(this->chain_.arrays().step_end, this->store_.block(j)) = end;
        }
      }
    }
    d = value;
    parts.v[0] = block_size(value.v[0], value.v[1], value.v[2], value.v[3]);
    return parts;
  }

  /// Acceptance, or the closing flow; finds a chain that left the finite numbers.
  RIDGEFLOW_FUNCTION Outcome<Scalar> finish(const Pass& pass, const Outcome<Scalar>& was, Scalar end_size) {
    float exponential = 0.0F;
    if constexpr (Integrator::kRefuses) {
      if ((pass.step & 3U) == 0 || !this->has_acceptance_) {  // one Philox for four steps
        this->acceptance_ = acceptance_words(this->chain_.index(), pass.step >> 2, this->plan_.key);
        this->has_acceptance_ = true;
      }
      exponential = negative_log2_uniform<float>(acceptance_word(this->acceptance_, pass.step));
    }
    const Outcome<Scalar> outcome = this->end_pass(was.size, exponential);
    this->accepted_ += outcome.accepted ? 1U : 0U;
    if (!is_finite(this->proposed_[0]) || (kHalfway && !is_finite(end_size))) {
      mark_divergence(this->group_, this->chain_, this->store_, pass.step);
    }
    return outcome;
  }

  RIDGEFLOW_FUNCTION Outcome<Scalar> end_pass(Scalar size_before, float exponential) const {
    const ChainConstants<Scalar>& constants = this->chain_.tables().constants;
    if constexpr (kSums > 1) {
      return Integrator::after(constants, size_before, this->proposed_[0], this->proposed_ + 1, exponential);
    } else {
      return Integrator::after(constants, size_before, this->proposed_[0], exponential);
    }
  }

  RIDGEFLOW_FUNCTION void count_measurement(Scalar size, bool accepted) {
    if (!Integrator::kCountsRefused && !accepted) {
      return;
    }
    this->measured_ += 1;
    if (this->group_.lane() == 0) {
      const double from_centre =
          static_cast<double>(size) - static_cast<double>(this->chain_.tables().constants.hartree_size);
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
#pragma unroll(Store::kInRegisters ? 8 : 1)
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
  const Quad<Scalar>* coefficients_;  ///< of the thread's first block
  Store store_;
  std::uint32_t accepted_ = 0;  ///< in this launch
  std::uint32_t measured_ = 0;  ///< since the last flush
  Scalar proposed_[std::size_t{kSums}] = {};
  Words<std::uint32_t> acceptance_{};
  bool has_acceptance_ = false;
};

}  // namespace ridgeflow::kernels
