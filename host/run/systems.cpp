// Several systems side by side: launches of those that share a plan.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/run/sampler.hpp"

namespace ridgeflow {
namespace {

/// Largest share of the run that finding the worst R-hat may take.
constexpr double kDiagnosticShare = 0.02;

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - this->begin_).count();
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// Adapted and resolved, and where its result goes.
struct Member {
  std::size_t place = 0;  ///< among the systems asked for
  const Posterior* posterior = nullptr;
  ResolvedRun run;
  bool chooses_burn_in = false;  ///< it was left to choose

  double updates() const { return mode_updates(this->run, this->posterior->modes()); }
};

/// Systems that one executor runs.
using Launch = std::vector<Member>;

bool share_a_launch(const Member& one, const Member& other) {
  const auto key = [](const Member& m) {
    const Schedule& s = m.run.plan.schedule;
    const NoiseKey& noise = m.run.plan.key;  // its first words are the seed
    const ObserveOptions& o = m.run.observe;
    return std::tuple(m.run.integrator, m.run.precision, m.run.math, noise.low[0], noise.high[0], s.every,
                      s.draws, m.chooses_burn_in ? std::uint64_t{0} : s.burn_in, m.chooses_burn_in, o.sums(),
                      o.sums() ? o.every : 0, o.keep);
  };
  return key(one) == key(other);
}

/// Every launch with the longest burn-in that a member chose.
std::vector<Launch> make_launches(std::vector<Member> members) {
  std::vector<Launch> launches;
  for (Member& member : members) {
    const auto found = std::find_if(launches.begin(), launches.end(), [&](const Launch& launch) {
      return share_a_launch(launch.front(), member);
    });
    if (found == launches.end()) {
      launches.emplace_back();
      launches.back().push_back(std::move(member));
    } else {
      found->push_back(std::move(member));
    }
  }
  for (Launch& launch : launches) {
    std::uint64_t longest = 0;
    for (const Member& member : launch) {
      longest = std::max(longest, member.run.plan.schedule.burn_in);
    }
    for (Member& member : launch) {
      member.run.plan.schedule.burn_in = longest;
    }
  }
  return launches;
}

double updates_of(const Launch& launch) {
  double updates = 0;
  for (const Member& member : launch) {
    updates += member.updates();
  }
  return updates;
}

void throw_if_diverged(const Executor& executor, const Launch& launch, std::size_t systems) {
  const std::vector<Divergence> found = executor.divergences();
  if (found.empty()) {
    return;
  }
  const auto first =
      std::min_element(found.begin(), found.end(), [](const Divergence& a, const Divergence& b) {
        return std::tuple(a.step, a.system, a.chain) < std::tuple(b.step, b.system, b.chain);
      });
  const Member& member = launch.at(first->system);
  std::uint64_t chains = 0;
  for (const Member& each : launch) {
    chains += each.run.chains;
  }
  // Which was the first is known: all chains are at one pass. How many will follow is not, and how many have
  // depends on when chains are looked at.
  throw NumericalFailure(fmt::format(
      "{}{} of {} left the finite numbers with {} at h = {:.4g}: the first was chain {}{} at step {}, "
      "in mode {}; use a smaller step, or an integrator that is stable at any (adjusted, perfect, "
      "hartree, strang)",
      found.size() < chains ? "at least " : "", found.size(), counted(chains, "chain"),
      integrator_name(member.run.integrator), member.run.problem.step, first->chain,
      systems > 1 ? fmt::format(" (of system {} of {})", member.place + 1, systems) : "", first->step,
      first->mode));
}

/// What is watched in each system of a launch.
class Recorders final : public StateObserver {
 public:
  explicit Recorders(const Launch& launch) {
    for (const Member& member : launch) {
      each_.push_back(member.run.observe.any() ? std::make_unique<Recorder>(*member.posterior, member.run)
                                               : nullptr);
    }
  }
  void observe(const StateTile& tile) override { each_[tile.system]->observe(tile); }
  /// Nothing to watch gives an observation without an observer.
  Observation observation(const Launch& launch) {
    return each_.front() ? Observation{this, observation_times(launch.front().run)} : Observation{};
  }
  Observed finish(std::size_t system, std::uint64_t passes) const {
    return each_[system] ? each_[system]->finish(passes) : Observed{};
  }

 private:
  std::vector<std::unique_ptr<Recorder>> each_;  ///< [system]; all of a launch, or none
};

/// Tells how far all launches are together.
class Reports {
 public:
  Reports(const ProgressSink& sink, double all_updates) : sink_(sink), all_updates_(all_updates) {}

  /// Of \p launch on \p executor; \p stopping: no time is spent on diagnostics.
  void tell(const Executor& executor, const Launch& launch, bool stopping) {
    if (!sink_) {
      return;
    }
    const std::uint64_t done = executor.passes_done();
    const auto passes = static_cast<double>(launch.front().run.plan.schedule.passes());
    const bool final = done == launch.front().run.plan.schedule.passes();
    const double updates = updates_before_ + updates_of(launch) * static_cast<double>(done) / passes;
    if (final) {
      updates_before_ = updates;
    }
    const double elapsed = watch_.seconds();
    const double fraction = std::min(1.0, updates / all_updates_);
    if (!final && !stopping && elapsed * kDiagnosticShare > diagnostic_seconds_ && elapsed > 1.0 &&
        launch.front().run.plan.schedule.draws_after(done) >= 8) {
      const Stopwatch diagnostic;
      worst_r_hat_ = worst_so_far(executor, launch, done);
      diagnostic_seconds_ += diagnostic.seconds();
    }
    sink_({fraction, elapsed, elapsed * (1.0 - fraction) / fraction, updates / elapsed, worst_r_hat_});
  }

 private:
  static double worst_so_far(const Executor& executor, const Launch& launch, std::uint64_t done) {
    double worst = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t s = 0; s < launch.size(); ++s) {
      const Member& member = launch[s];
      const Moments moments = collect_moments(executor, member.run, member.posterior->modes(), nullptr, s);
      const double here = worst_r_hat(summarize_run(moments, *member.posterior, member.run, done)).value;
      worst = here <= worst || std::isnan(here) ? worst : here;
    }
    return worst;
  }

  const ProgressSink& sink_;
  double all_updates_;
  double updates_before_ = 0;  ///< of launches that are over
  Stopwatch watch_;
  double diagnostic_seconds_ = 0;
  double worst_r_hat_ = std::numeric_limits<double>::quiet_NaN();
};

void require_observation_memory(const Launch& launch, bool with_chains) {
  for (const Member& member : launch) {
    require_observation_memory(member.run, member.posterior->modes(), with_chains);
  }
}

/// What there is of a run that was stopped after \p passes passes, before its first draw.
void leave_unmeasured(const Member& member, std::uint64_t passes, SampleResult& result) {
  constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();
  result.run = member.run;
  result.passes = passes;
  result.moments = Moments(static_cast<std::uint32_t>(member.posterior->modes()), member.run.ensemble.chains);
  result.summary = unmeasured_summary(member.posterior->modes());
  result.observed.acceptance.assign(member.run.chains, kNotKnown);
  result.observed_summary.least_acceptance = kNotKnown;
  result.observed_summary.largest_acceptance = kNotKnown;
}

/// Runs one launch, up to a stop if one comes, and puts the results where they belong.
void run_launch(const Launch& launch, const SamplerOptions& options, double preparation, Slices& slices,
                const RunControl& control, Reports& reports, std::vector<SampleResult>& results) {
  const Stopwatch start;
  std::vector<ResolvedSystem> systems;
  systems.reserve(launch.size());
  for (const Member& member : launch) {
    systems.push_back({member.posterior, &member.run});
  }
  const std::unique_ptr<Executor> executor = make_executor(systems, options);
  require_observation_memory(launch, executor->info().backend == "cpu");
  Recorders recorders(launch);
  executor->start();
  const ExecutorInfo info = executor->info();
  const double start_seconds = preparation + start.seconds();

  const Stopwatch sampling;
  const Schedule& schedule = launch.front().run.plan.schedule;
  slices.advance(*executor, schedule, schedule.passes(), recorders.observation(launch), [&] {
    throw_if_diverged(*executor, launch, results.size());
    reports.tell(*executor, launch, control.stop.stop_requested());
  });
  const std::uint64_t passes = executor->passes_done();
  const double sample_seconds = sampling.seconds();
  if (schedule.draws_after(passes) == 0) {
    for (const Member& member : launch) {
      leave_unmeasured(member, passes, results[member.place]);
    }
    return;
  }
  const double all_updates = updates_of(launch);
  const double share = 1.0 / static_cast<double>(launch.size());
  for (std::size_t s = 0; s < launch.size(); ++s) {
    const Stopwatch collecting;
    const Member& member = launch[s];
    SampleResult& result = results[member.place];
    result.run = member.run;
    if (result.run.math != info.math) {
      result.run.warnings.emplace_back(
          "fast math is for single precision on a GPU: the reproducible functions, as fast elsewhere, were "
          "used");
    }
    result.passes = passes;
    std::vector<std::uint64_t> accepted;
    result.moments = collect_moments(*executor, member.run, member.posterior->modes(), &accepted, s);
    result.summary = summarize_run(result.moments, *member.posterior, member.run, passes);
    result.observed = recorders.finish(s, passes);
    for (const std::uint64_t each : accepted) {
      result.observed.acceptance.push_back(static_cast<double>(each) / static_cast<double>(passes));
    }
    if (result.run.ensemble.chains == result.run.chains) {
      result.observed_summary = summarize_observed(result.observed, *member.posterior, result.run);
    }
    result.executor = info;
    result.timing.mode_updates = member.updates() * static_cast<double>(passes) /
                                 static_cast<double>(member.run.plan.schedule.passes());
    result.timing.start = start_seconds * share;
    result.timing.sample = sample_seconds * member.updates() / all_updates;
    result.timing.collect = collecting.seconds();
  }
}

}  // namespace

std::vector<SampleResult> sample_systems(std::span<const SystemRequest> systems, const RunControl& control) {
  std::vector<SampleResult> results(systems.size());
  if (systems.empty()) {
    return results;
  }
  const Stopwatch preparation;
  std::vector<Member> members;
  members.reserve(systems.size());
  bool stopped = false;
  for (std::size_t s = 0; s < systems.size(); ++s) {
    const auto& [posterior, options] = systems[s];
    SamplerOptions settled = options;
    if (!stopped) {
      try {
        results[s].adapted = adapt_step(*posterior, options, control);
      } catch (const RunStopped&) {
        stopped = true;
      }
    }
    if (results[s].adapted) {
      settled.step = results[s].adapted->step;
    }
    members.push_back({s, posterior, resolve(settled, *posterior), !options.burn_in});
  }
  const std::vector<Launch> launches = make_launches(std::move(members));
  double all_updates = 0;
  for (const Launch& launch : launches) {
    all_updates += updates_of(launch);
  }
  const double prepared = preparation.seconds() / static_cast<double>(launches.size());
  Reports reports(control.progress, all_updates);
  for (const Launch& launch : launches) {
    Slices slices(control);  // of its own: a pass of another launch may take a thousand times as long
    if (stopped || slices.stop_requested()) {
      stopped = true;
      for (const Member& member : launch) {
        leave_unmeasured(member, 0, results[member.place]);
      }
      continue;
    }
    run_launch(launch, systems.front().options, prepared, slices, control, reports, results);
  }
  return results;
}

void number_chains(std::span<SystemRequest> systems) {
  if (systems.empty()) {
    return;
  }
  std::uint64_t next = systems.front().options.first_chain;
  for (SystemRequest& system : systems) {
    system.options.first_chain = next;
    validate(system.options.chains <= kMaxChains - next,
             fmt::format("the chains of {} systems are beyond the noise counter's {}: use fewer chains",
                         systems.size(), kMaxChains));
    next += system.options.chains;
  }
}

}  // namespace ridgeflow
