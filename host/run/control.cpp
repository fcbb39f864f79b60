#include "ridgeflow/run/control.hpp"

#include <algorithm>
#include <chrono>

namespace ridgeflow {
namespace {

/// A measured pass takes at most about so many times as long as one of burn-in: what is observed is copied.
constexpr std::uint64_t kMeasuredPass = 16;
/// Most that a slice grows by: the first ones are short and tell little.
constexpr double kGrowth = 8.0;

}  // namespace

bool Slices::stop_requested() {
  if (!this->stopped_) {
    this->stopped_ = this->largest(this->control_.stop.stop_requested() ? 1.0 : 0.0) > 0;
  }
  return this->stopped_;
}

bool Slices::advance(Executor& executor, const Schedule& schedule, std::uint64_t pass_end,
                     const Observation& what, const std::function<void()>& after) {
  while (executor.passes_done() < pass_end) {
    if (this->stop_requested()) {
      return false;
    }
    const std::uint64_t before = executor.passes_done();
    std::uint64_t end = this->passes_ < pass_end - before ? before + this->passes_ : pass_end;
    const bool burns_in = before < schedule.burn_in;
    end = burns_in ? std::min(end, schedule.burn_in) : end;
    const auto begin = std::chrono::steady_clock::now();
    if (what.observer != nullptr) {
      executor.advance_observed(end, what);
    } else {
      executor.advance(end);
    }
    const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const double seconds = this->largest(elapsed);
    const auto done = static_cast<double>(end - before);
    this->passes_ = static_cast<std::uint64_t>(
        std::clamp(done * kSeconds / std::max(seconds, 1e-6), 1.0, kGrowth * done));
    if (burns_in && end == schedule.burn_in) {
      this->passes_ = std::max<std::uint64_t>(1, this->passes_ / kMeasuredPass);
    }
    if (after) {
      after();
    }
  }
  return true;
}

}  // namespace ridgeflow
