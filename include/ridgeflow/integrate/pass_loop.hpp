/// \file
/// The order of a chain's passes: what is swept, settled, measured and counted when, for every executor.
#pragma once

#include <cstdint>

#include "ridgeflow/base/macros.hpp"
#include "ridgeflow/chain/schedule.hpp"
#include "ridgeflow/integrate/outcome.hpp"
#include "ridgeflow/random/streams.hpp"

namespace ridgeflow {

/// Base of an executor's loop \p Advance (itself, as a template's argument), which has
///
///     sweep_modes<proposes, measures, keeps>(set, step, stream, outcome, counts)
///         one sweep with coefficients \c set; where steps end half way and it measures, it reads the end of
///         the step off and returns its R. keeps: leaves that state in the chains' arrays, and adds it to the
///         moments only where \c counts
///     keep_end_size(R), finish(pass, outcome, R of the end), count_measurement(R, accepted),
///     after_measurement(draw)
///
/// A pass settles what the one before proposed, measures it where the schedule says so, and proposes anew; a
/// last sweep settles and measures without proposing. Where steps end half way through a pass
/// (IntegratorDefaults::kEndsHalfway) there is nothing to settle: a measured pass reads the end of its step
/// off as it goes, and so does the last one of a call.
template <class Integrator, class Real, class Advance>
class PassLoop {
 protected:
  /// Passes \p begin .. \p begin + \p passes - 1 of \p schedule; \p outcome is that of the pass before, then
  /// of the last.
  template <class Count>
  RIDGEFLOW_FUNCTION void run_passes(const Schedule& schedule, std::uint64_t begin, Count passes,
                                     Outcome<Real>& outcome) {
    Advance& self = static_cast<Advance&>(*this);
    std::uint64_t draw = schedule.draws_after(begin);
    bool measure = false;
    ScheduleCursor cursor(schedule, begin);
    for (; passes > 0; --passes, cursor.next()) {
      const Pass pass = cursor.pass();
      Real end_size(0);
      if constexpr (Integrator::kEndsHalfway) {
        end_size = this->sweep_to_kick(pass, passes == 1, outcome);
      } else {
        this->template sweep<true>(pass, measure, outcome);
        if (measure) {
          self.after_measurement(draw);
        }
      }
      outcome = self.finish(pass, outcome, end_size);
      measure = pass.measured;
      if (measure) {
        ++draw;
        if constexpr (Integrator::kEndsHalfway) {
          self.count_measurement(end_size, outcome.accepted);
          self.after_measurement(draw);
        } else {
          self.count_measurement(outcome.size, outcome.accepted);
        }
      }
    }
    if constexpr (!Integrator::kEndsHalfway) {
      this->template sweep<false>(Pass{0, false}, measure, outcome);
      if (measure) {
        self.after_measurement(draw);
      }
    }
  }

 private:
  /// Settles, measures where \p measure, proposes where \p proposes.
  template <bool proposes>
  RIDGEFLOW_FUNCTION void sweep(const Pass& pass, bool measure, const Outcome<Real>& outcome) {
    Advance& self = static_cast<Advance&>(*this);
    if (measure) {
      self.template sweep_modes<proposes, true>(0, pass.step, Stream::kStep, outcome);
    } else {
      self.template sweep_modes<proposes, false>(0, pass.step, Stream::kStep, outcome);
    }
  }

  /// From kick to kick. Returns R of the end of the step where it is read off.
  RIDGEFLOW_FUNCTION Real sweep_to_kick(const Pass& pass, bool last, const Outcome<Real>& outcome) {
    Advance& self = static_cast<Advance&>(*this);
    if (last) {
      const Real size =
          self.template sweep_modes<true, true, true>(0, pass.step, Stream::kStep, outcome, pass.measured);
      self.keep_end_size(size);
      return size;
    }
    return pass.measured ? self.template sweep_modes<true, true>(0, pass.step, Stream::kStep, outcome)
                         : self.template sweep_modes<true, false>(0, pass.step, Stream::kStep, outcome);
  }
};

}  // namespace ridgeflow
