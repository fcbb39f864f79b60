/// \file
/// The CPU executor's loop: one group of chains, as many as the lanes of \c Real, through a range of passes.
///
/// A pass is one sweep over the modes (integrate/pass_loop.hpp), so each mode is read and written once a
/// pass. Philox for block b + 1 is computed while block b is transformed: the one is bound by multiplication,
/// the other by latency.
///
/// Cost per mode update and lane vector: 4 Philox products of 8 rounds per 4 modes, 2 transforms per 4 modes,
/// 2 fma for the step, 1 for R, 1 subtraction, 1 addition and 1 fma for moments; 3 loads and 3 stores (4 and
/// 4 where steps may be refused), in the second cache level at 1000 modes.
#pragma once

#include <cstdint>

#include "ridgeflow/chain/chain_view.hpp"
#include "ridgeflow/chain/size_tree.hpp"
#include "ridgeflow/integrate/initial.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/integrate/pass_loop.hpp"
#include "ridgeflow/random/normal.hpp"

#include "cpu/lane_kernels.hpp"
#include "cpu/lanes_scalar.hpp"

namespace ridgeflow {

template <class Real, class Integrator>
class GroupAdvance : PassLoop<Integrator, Real, GroupAdvance<Real, Integrator>> {
  using Traits = LaneTraits<Real>;
  using Scalar = typename Traits::Scalar;
  using Noise = typename Traits::Noise;
  using Word = typename Traits::Word;
  using Mask = typename Traits::Mask;
  static constexpr std::uint32_t kWidth = static_cast<std::uint32_t>(Traits::width);
  static constexpr int kMore = Integrator::kSums - 1;  ///< sums over the modes beside R
  static constexpr std::size_t kHeldMore = kMore > 0 ? static_cast<std::size_t>(kMore) : 1;
  static constexpr bool kHalfway = Integrator::kEndsHalfway;

 public:
  [[gnu::always_inline]] inline GroupAdvance(const ChainView<Scalar>& chains,
                                             const ModeTablesView<Scalar>& tables, const RunPlan& plan,
                                             Scalar* block_sums)
      : chains_(chains), tables_(tables), plan_(plan), block_sums_(block_sums) {}

  /// Passes \p begin .. \p end - 1 of the schedule; the state is settled before and after.
  [[gnu::always_inline]] inline void run(std::uint64_t begin, std::uint64_t end) {
    Outcome<Real> outcome{load(this->chains_.size, Real(0)), Real(1), Mask(true)};
    if constexpr (Integrator::kCarriesSums) {
      this->sum_settled_modes();
    }
    this->run_passes(this->plan_.schedule, begin, end - begin, outcome);
    store(this->chains_.size, outcome.size);
  }

  /// Draws the initial state, and takes it to the first kick where a step ends half way between two.
  [[gnu::always_inline]] inline void start() {
    const std::uint64_t cells = static_cast<std::uint64_t>(this->tables_.block_count) * kBlockModes * kWidth;
    Scalar* d = this->chains_.d;
    for (std::uint64_t i = 0; i < cells; ++i) {  // no function of the library: it could be linked elsewhere
      d[i] = 0;
    }
    const Outcome<Real> nothing{Real(0), Real(1), Mask(true)};
    this->sweep_modes<true, false>(0, 0, Stream::kInitial, nothing);
    store(this->chains_.size, this->proposed_size_);
    if (this->chains_.step_end != nullptr) {
      for (std::uint64_t i = 0; i < cells; ++i) {
        this->chains_.step_end[i] = d[i];
      }
      this->keep_end_size(this->proposed_size_);
      this->sweep_modes<true, false>(1, 0, Stream::kOpening, nothing);
      store(this->chains_.size, this->proposed_size_);
    }
  }

 private:
  friend PassLoop<Integrator, Real, GroupAdvance>;

  /// As PassLoop wants it.
  template <bool proposes, bool measures, bool keeps = false>
  [[gnu::always_inline]] inline Real sweep_modes(std::uint32_t set, std::uint64_t step, Stream stream,
                                                 const Outcome<Real>& outcome, bool counts = true) {
    const BlockCoefficients<Scalar>* table = this->tables_.set(set);
    constexpr bool kReadsEnd = kHalfway && measures;
    const std::uint32_t blocks = this->tables_.block_count;
    const Real before = this->before_pass(outcome.size);
    const StepNoise<Word> noise(consecutive(this->chains_.first_chain, Word{}), step, stream,
                                this->plan_.key);
    Scalar* __restrict__ d = this->chains_.d;
    Scalar* __restrict__ previous = this->chains_.previous;
    Scalar* __restrict__ step_end = this->chains_.step_end;

    Words<Word> next{};
    if constexpr (proposes) {
      next = noise(0);
    }
    for (std::uint32_t b = 0; b < blocks; ++b) {
      BlockNormals<Noise> normals{};
      if constexpr (proposes) {
        const Words<Word> words = next;
        next = noise(b + 1);
        normals = scaled_normals<Noise>(words);
      }
      const BlockCoefficients<Scalar>& c = table[b];
      Real value[kBlockModes];
      Real end[kBlockModes];
      Real more[kHeldMore]{};
      RIDGEFLOW_UNROLL
      for (std::uint32_t j = 0; j < kBlockModes; ++j) {
        const std::uint64_t at = (static_cast<std::uint64_t>(b) * kBlockModes + j) * kWidth;
        Real settled = load(d + at, Real(0));
        if constexpr (Integrator::kRefuses) {
          settled = Integrator::settle(settled, load(previous + at, Real(0)), outcome);
          if constexpr (proposes) {
            store(previous + at, settled);
          }
        } else {
          settled = Integrator::settle(settled, settled, outcome);
        }
        if constexpr (measures && !kHalfway) {
          this->measure_mode(at, settled - Real(c.centre[j]), outcome);
        }
        if constexpr (proposes) {
          const Real xi = widen(normals.xi[j], Real(0));
          value[j] = this->propose(c, b, j, settled, xi, before);
          if constexpr (kReadsEnd) {
            end[j] = this->propose(this->tables_.set(1)[b], b, j, settled, xi, before);
            if (!keeps || counts) {
              this->measure_mode(at, end[j] - Real(c.centre[j]), outcome);
            }
            if constexpr (keeps) {
              store(step_end + at, end[j]);
            }
          }
          if constexpr (kMore > 0) {
            this->add_sums(c, b, j, before, settled, value[j], more);
          }
        } else {
          value[j] = settled;
        }
        store(d + at, value[j]);
      }
      if constexpr (proposes) {
        this->store_parts(b, block_size(value[0], value[1], value[2], value[3]), more);
        if constexpr (kReadsEnd) {
          store(this->parts_of(Integrator::kSums) + static_cast<std::uint64_t>(b) * kWidth,
                block_size(end[0], end[1], end[2], end[3]));
        }
      }
    }
    if constexpr (proposes) {
      this->reduce_parts(blocks);
    }
    if constexpr (kReadsEnd) {
      return reduce_blocks(this->parts_of(Integrator::kSums), blocks);
    }
    return Real(0);
  }

  [[gnu::always_inline]] inline void keep_end_size(Real size) { store(this->chains_.step_end_size, size); }

  /// Adds a mode, counted \p from_centre, to its single-precision sums.
  [[gnu::always_inline]] inline void measure_mode(std::uint64_t at, Real from_centre,
                                                  const Outcome<Real>& outcome) {
    Scalar* recent_sum = this->chains_.recent_sum + at;
    Scalar* recent_square = this->chains_.recent_square + at;
    if constexpr (!Integrator::kCountsRefused) {
      from_centre = select(outcome.accepted, from_centre, Real(0));
    }
    store(recent_sum, load(recent_sum, Real(0)) + from_centre);
    store(recent_square, fused(from_centre, from_centre, load(recent_square, Real(0))));
  }

  [[gnu::always_inline]] inline Real before_pass(Real size) const {
    if constexpr (Integrator::kCarriesSums) {
      return Integrator::before(this->tables_.constants, size, this->proposed_more_);
    } else {
      return Integrator::before(this->tables_.constants, size);
    }
  }

  /// The proposed value of mode \p j of block \p b.
  [[gnu::always_inline]] inline Real propose(const BlockCoefficients<Scalar>& c, std::uint32_t b,
                                             std::uint32_t j, Real settled, Real xi, Real before) const {
    if constexpr (Integrator::kWeighs) {
      return Integrator::update(Real(c.decay[j]), Real(c.drift[j]), Real(c.noise[j]),
                                Real(this->tables_.weights[b * kBlockModes + j]), settled, xi, before);
    } else {
      return Integrator::update(Real(c.decay[j]), Real(c.drift[j]), Real(c.noise[j]), settled, xi, before);
    }
  }

  [[gnu::always_inline]] inline void add_sums(const BlockCoefficients<Scalar>& c, std::uint32_t b,
                                              std::uint32_t j, Real before, Real settled, Real value,
                                              Real* more) const {
    Integrator::add_sums(this->tables_.constants, before, settled, value, Real(c.noise[j]), Real(c.centre[j]),
                         Real(this->tables_.weights[b * kBlockModes + j]), more);
  }

  /// [sum][block][lane]
  [[gnu::always_inline]] inline Scalar* parts_of(int sum) const {
    return this->block_sums_ + static_cast<std::uint64_t>(sum) * this->tables_.block_count * kWidth;
  }
  [[gnu::always_inline]] inline void store_parts(std::uint32_t b, Real size, const Real* more) {
    const std::uint64_t at = static_cast<std::uint64_t>(b) * kWidth;
    store(this->block_sums_ + at, size);
    for (int i = 0; i < kMore; ++i) {
      store(this->parts_of(i + 1) + at, more[i]);
    }
  }
  [[gnu::always_inline]] inline void reduce_parts(std::uint32_t blocks) {
    this->proposed_size_ = reduce_blocks(this->block_sums_, blocks);
    for (int i = 0; i < kMore; ++i) {
      this->proposed_more_[i] = reduce_blocks(this->parts_of(i + 1), blocks);
    }
  }

  /// The sums of a settled state, which are not kept from call to call: the same to the bit as when the state
  /// was proposed.
  [[gnu::always_inline]] inline void sum_settled_modes() {
    const std::uint32_t blocks = this->tables_.block_count;
    const BlockCoefficients<Scalar>* table = this->tables_.set(0);
    for (std::uint32_t b = 0; b < blocks; ++b) {
      Real value[kBlockModes];
      Real more[kHeldMore]{};
      for (std::uint32_t j = 0; j < kBlockModes; ++j) {
        value[j] =
            load(this->chains_.d + (static_cast<std::uint64_t>(b) * kBlockModes + j) * kWidth, Real(0));
        this->add_sums(table[b], b, j, Real(0), value[j], value[j], more);
      }
      this->store_parts(b, block_size(value[0], value[1], value[2], value[3]), more);
    }
    this->reduce_parts(blocks);
  }

  /// reduce_size_tree() over block sums that lie in memory.
  [[gnu::always_inline]] static inline Real reduce_blocks(Scalar* parts, std::uint32_t blocks) {
    std::uint32_t count = blocks;
    for (std::uint32_t half = tree_width(blocks) / 2; half > 0; half /= 2) {
      for (std::uint32_t b = 0; b + half < count; ++b) {
        Scalar* low = parts + static_cast<std::uint64_t>(b) * kWidth;
        store(low, load(low, Real(0)) + load(low + static_cast<std::uint64_t>(half) * kWidth, Real(0)));
      }
      count = count < half ? count : half;
    }
    return load(parts, Real(0));
  }

  /// Acceptance, or the closing flow; finds chains that left the finite numbers.
  [[gnu::always_inline]] inline Outcome<Real> finish(const Pass& pass, const Outcome<Real>& was,
                                                     Real end_size) {
    Noise exponential(0.0F);
    if constexpr (Integrator::kRefuses) {
      const std::uint64_t quad = pass.step >> 2;
      if (quad != this->quad_) {  // one Philox for four steps
        this->acceptance_ =
            acceptance_words(consecutive(this->chains_.first_chain, Word{}), quad, this->plan_.key);
        this->quad_ = quad;
      }
      exponential = negative_log2_uniform<Noise>(acceptance_word(this->acceptance_, pass.step));
    }
    const Outcome<Real> outcome = this->end_pass(was.size, exponential);
    const std::uint32_t all = kWidth == 32 ? ~0U : (1U << kWidth) - 1U;
    const std::uint32_t accepted = lane_bits(outcome.accepted);
    for (std::uint32_t lane = 0; lane < kWidth; ++lane) {
      this->chains_.accepted[lane] += (accepted >> lane) & 1U;
    }
    std::uint32_t finite = lane_bits(is_finite(this->proposed_size_));
    if constexpr (kHalfway) {
      finite &= lane_bits(is_finite(end_size));
    }
    if (finite != all) [[unlikely]] {
      this->mark_divergence(pass.step, ~finite & all);
    }
    return outcome;
  }

  [[gnu::always_inline]] inline Outcome<Real> end_pass(Real size_before, Noise exponential) const {
    if constexpr (kMore > 0) {
      return Integrator::after(this->tables_.constants, size_before, this->proposed_size_,
                               this->proposed_more_, exponential);
    } else {
      return Integrator::after(this->tables_.constants, size_before, this->proposed_size_, exponential);
    }
  }

  /// Which mode did it: the first that is not finite, or, where only R overflowed, the largest.
  [[gnu::noinline]] void mark_divergence(std::uint64_t step, std::uint32_t lanes) {
    for (std::uint32_t lane = 0; lane < kWidth; ++lane) {
      if (((lanes >> lane) & 1U) == 0 || this->chains_.divergence[lane].step != 0) {
        continue;
      }
      std::uint32_t worst = 0;
      Scalar largest = -1;
      for (std::uint32_t k = 0; k < this->tables_.modes; ++k) {
        const Scalar value = this->chains_.d[static_cast<std::uint64_t>(k) * kWidth + lane];
        if (!is_finite(value)) {
          worst = k;
          break;
        }
        const Scalar magnitude = value < 0 ? -value : value;
        if (magnitude > largest) {
          largest = magnitude;
          worst = k;
        }
      }
      this->chains_.divergence[lane] = {step, worst + 1};
    }
  }

  [[gnu::always_inline]] inline void count_measurement(Real of_size, Mask accepted) {
    alignas(64) Scalar size[kWidth];
    store(size, of_size);
    const std::uint32_t counted = Integrator::kCountsRefused ? ~0U : lane_bits(accepted);
    for (std::uint32_t lane = 0; lane < kWidth; ++lane) {
      if (((counted >> lane) & 1U) != 0) {
        const double from_centre =
            static_cast<double>(size[lane]) - static_cast<double>(this->tables_.constants.hartree_size);
        this->chains_.measured[lane] += 1;
        this->chains_.size_sum[lane] += from_centre;
        this->chains_.size_square[lane] += from_centre * from_centre;
      }
    }
  }

  /// Flushes, closes batches and the first half as the plan says.
  [[gnu::always_inline]] inline void after_measurement(std::uint64_t draw) {
    const MeasurePlan& plan = this->plan_.measure;
    if (!plan.flushes_after(draw)) {
      return;
    }
    const std::uint64_t cells = static_cast<std::uint64_t>(this->tables_.block_count) * kBlockModes * kWidth;
    const ChainView<Scalar>& c = this->chains_;
    for (std::uint64_t i = 0; i < cells; ++i) {
      c.sum[i] += static_cast<double>(c.recent_sum[i]);
      c.square[i] += static_cast<double>(c.recent_square[i]);
      c.recent_sum[i] = 0;
      c.recent_square[i] = 0;
    }
    if (plan.ends_batch(draw)) {
      double per_draw[kWidth];
      for (std::uint32_t lane = 0; lane < kWidth; ++lane) {
        const std::uint64_t draws = c.measured[lane] - c.batch_measured[lane];
        per_draw[lane] = draws > 0 ? 1.0 / static_cast<double>(draws) : 0.0;
        c.batch_measured[lane] = c.measured[lane];
      }
      for (std::uint64_t i = 0; i < cells; i += kWidth) {
        for (std::uint32_t lane = 0; lane < kWidth; ++lane) {
          const double batch = c.sum[i + lane] - c.batch_origin[i + lane];
          c.batch_square[i + lane] += batch * batch * per_draw[lane];
          c.batch_origin[i + lane] = c.sum[i + lane];
        }
      }
    }
    if (draw == plan.first_half) {
      for (std::uint64_t i = 0; i < cells; ++i) {
        c.first_sum[i] = c.sum[i];
        c.first_square[i] = c.square[i];
        c.sum[i] = 0;
        c.square[i] = 0;
        c.batch_origin[i] = 0;
      }
      for (std::uint32_t lane = 0; lane < kWidth; ++lane) {
        c.first_measured[lane] = c.measured[lane];
        c.measured[lane] = 0;
        c.batch_measured[lane] = 0;
      }
    }
  }

  ChainView<Scalar> chains_;
  ModeTablesView<Scalar> tables_;
  RunPlan plan_;
  Scalar* block_sums_;  ///< [sum][block][lane] scratch
  Real proposed_size_{};
  Real proposed_more_[kHeldMore]{};
  Words<Word> acceptance_{};
  std::uint64_t quad_ = ~std::uint64_t{0};
};

/// The loop of integrator \p index in lanes of \c Lane.
template <class Lane>
AdvanceFunction<typename LaneTraits<Lane>::Scalar> advance_for(std::size_t index) {
  using Scalar = typename LaneTraits<Lane>::Scalar;
  return visit_integrator(index, [](auto integrator) -> AdvanceFunction<Scalar> {
    return [](const ChainView<Scalar>& chains, const ModeTablesView<Scalar>& tables, const RunPlan& plan,
              std::uint64_t begin, std::uint64_t end, Scalar* scratch) {
      GroupAdvance<Lane, decltype(integrator)>(chains, tables, plan, scratch).run(begin, end);
    };
  });
}

/// The kernels of one vector width, for the source that is compiled for it.
template <class FloatLane, class DoubleLane>
LaneKernels make_lane_kernels(const char* name) {
  LaneKernels kernels{};
  kernels.name = name;
  kernels.width = static_cast<std::uint32_t>(LaneTraits<FloatLane>::width);
  static_assert(LaneTraits<FloatLane>::width == LaneTraits<DoubleLane>::width);
  for (std::size_t i = 0; i < kIntegratorCount; ++i) {
    kernels.advance_float[i] = advance_for<FloatLane>(i);
    kernels.advance_double[i] = advance_for<DoubleLane>(i);
  }
  kernels.start_float = [](const ChainView<float>& chains, const ModeTablesView<float>& tables,
                           const RunPlan& plan, float* scratch) {
    GroupAdvance<FloatLane, Initial>(chains, tables, plan, scratch).start();
  };
  kernels.start_double = [](const ChainView<double>& chains, const ModeTablesView<double>& tables,
                            const RunPlan& plan, double* scratch) {
    GroupAdvance<DoubleLane, Initial>(chains, tables, plan, scratch).start();
  };
  return kernels;
}

}  // namespace ridgeflow
