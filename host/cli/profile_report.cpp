#include "cli/profile_report.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/io/version.hpp"
#include "ridgeflow/run/floor.hpp"
#include "ridgeflow/run/scaling.hpp"

#include "cli/amounts.hpp"
#include "cli/sentences.hpp"
#include "cli/tables.hpp"

namespace ridgeflow::cli {
namespace {

/// What a timing is beside the others of its sweep.
struct Standing {
  double exponent = Speed::kNotKnown;  ///< d ln(time per chain step) / d ln(P or chains)
  double of_best = Speed::kNotKnown;   ///< mode updates per second over the best of the sweep
};

std::vector<Standing> standings(const Sweep& sweep) {
  std::vector<Standing> standings(sweep.timings.size());
  std::vector<double> axis;
  std::vector<double> times;
  double best = 0;
  for (const Timing& timing : sweep.timings) {
    axis.push_back(sweep.axis == "size" ? static_cast<double>(timing.samples)
                                        : static_cast<double>(timing.chains));
    times.push_back(timing.speed.seconds_per_chain_step());
    best = std::max(best, timing.speed.updates_per_second);
  }
  const std::vector<double> exponents = sweep.axis == "integrator"
                                            ? std::vector<double>(axis.size(), Speed::kNotKnown)
                                            : local_exponents(axis, times);
  for (std::size_t i = 0; i < standings.size(); ++i) {
    standings[i] = {exponents[i], sweep.timings[i].speed.updates_per_second / best};
  }
  return standings;
}

std::vector<const Sweep*> sweeps_of(const ProfileReport& report) {
  std::vector<const Sweep*> sweeps;
  for (const Sweep* sweep : {&report.by_size, &report.by_chains, &report.by_integrator}) {
    if (!sweep->timings.empty()) {
      sweeps.push_back(sweep);
    }
  }
  return sweeps;
}

/// The timings of all sweeps, each once, in order of integrator, size and chains.
std::vector<Timing> all_timings(const ProfileReport& report) {
  std::vector<Timing> timings;
  for (const Sweep* sweep : sweeps_of(report)) {
    timings.insert(timings.end(), sweep->timings.begin(), sweep->timings.end());
  }
  const auto key = [](const Timing& t) { return std::tuple(t.integrator, t.samples, t.chains); };
  std::stable_sort(timings.begin(), timings.end(),
                   [&](const Timing& a, const Timing& b) { return key(a) < key(b); });
  timings.erase(std::unique(timings.begin(), timings.end(),
                            [&](const Timing& a, const Timing& b) { return key(a) == key(b); }),
                timings.end());
  return timings;
}

/// The median over the timings of \p value.
template <class Value>
double median_of(const std::vector<Timing>& timings, const Value& value) {
  std::vector<double> values;
  values.reserve(timings.size());
  for (const Timing& timing : timings) {
    values.push_back(value(timing.speed));
  }
  return median(std::move(values));
}

std::string percent(double share) {
  return std::isnan(share) ? "-" : fmt::format("{:.1f} %", 100.0 * share);
}

std::string rate(double per_second) {
  return std::isnan(per_second) ? "-" : rate_text(per_second);
}

std::string exponent_text(double exponent) {
  return std::isnan(exponent) ? "-" : fmt::format("{:.2f}", exponent);
}

std::string floor_text(const std::vector<Timing>& timings, const RunConfig& config) {
  const ExecutorInfo& on = timings.front().speed.executor;
  const double floor = median_of(timings, [](const Speed& speed) { return speed.floor; });
  if (std::isnan(floor)) {
    const char* why = config.sampler.precision != Precision::kSingle ? "in double precision"
                      : config.sampler.every != 1                    ? "but for statistics at every step"
                      : on.backend == "cuda"                         ? "without the device's clock"
                      : clocks_per_update(on.variant)                ? "without the processor's clock"
                                                                     : "for these lanes";
    return fmt::format("floor: not known {}\n", why);
  }
  if (on.backend == "cuda") {
    return wrapped(fmt::format(
        "floor: {} mode updates: {} instructions per {} updates, {} multiprocessors at {:.2f} GHz",
        rate_text(floor), instructions_per_block(on.math), kUpdatesPerBlock, on.multiprocessors,
        on.clock_hz / 1e9));
  }
  return fmt::format("floor: {} mode updates: {} clocks per update and core, by port counts\n",
                     rate_text(floor), *clocks_per_update(on.variant));
}

/// The fastest integrator, and how cost grows with the size.
std::vector<std::string> verdict(const ProfileReport& report) {
  const auto fastest = [&](const auto& value) {
    const Timing* best = nullptr;
    for (const Timing& timing : report.by_integrator.timings) {
      if (!std::isnan(value(timing)) && (best == nullptr || value(timing) > value(*best))) {
        best = &timing;
      }
    }
    return best;
  };
  std::vector<std::string> sentences;
  const Timing* draws = fastest([](const Timing& t) { return t.speed.effective_per_second; });
  const Timing* steps = fastest([](const Timing& t) { return t.speed.updates_per_second; });
  if (draws != nullptr) {
    sentences.push_back(fmt::format("Most independent draws of the softest mode: {}, {} at P = {} with {}.",
                                    draws->integrator, rate_text(draws->speed.effective_per_second),
                                    draws->samples, counted(draws->chains, "chain")));
  }
  if (steps != nullptr) {
    const double share = steps->speed.share_of_floor();
    sentences.push_back(fmt::format(
        "Most mode updates: {}, {}{}.", steps->integrator, rate_text(steps->speed.updates_per_second),
        std::isnan(share)
            ? ""
            : fmt::format(", {} of the floor, what the arithmetic alone would allow", percent(share))));
  }
  if (report.by_size.timings.size() > 1) {
    const double exponent = standings(report.by_size).back().exponent;
    if (!std::isnan(exponent)) {
      sentences.push_back(fmt::format("At P = {} the time of a step grows like P^{:.2f}.",
                                      report.by_size.timings.back().samples, exponent));
    }
  }
  return sentences;
}

std::string head_text(const ProfileReport& report, const std::vector<Timing>& timings) {
  const ExecutorInfo& on = timings.front().speed.executor;
  std::string out = wrapped(executor_text(on));
  out += fmt::format(
      "{} precision, statistics every {}; medians of three times {}\n",
      to_string(report.config.sampler.precision),
      report.config.sampler.every == 1 ? "step" : fmt::format("{} steps", report.config.sampler.every),
      short_time_text(report.seconds));
  const double clock = median_of(timings, [](const Speed& speed) { return speed.clock; });
  if (!std::isnan(clock)) {
    std::string beside = fmt::format("measured beside them: clock {:.2f} GHz", clock / 1e9);
    if (on.threads > 1) {
      beside += fmt::format("; of {} threads at once, each did {} of what one alone does", on.threads,
                            percent(median_of(timings, [](const Speed& speed) { return speed.scaling; })));
    }
    out += wrapped(beside);
    out += fmt::format("processor time: {} of what its threads could have had\n",
                       percent(median_of(timings, [](const Speed& speed) { return speed.processor_share; })));
  }
  return out + floor_text(timings, report.config);
}

std::string growth_text(const Sweep& sweep) {
  const bool by_size = sweep.axis == "size";
  const Timing& first = sweep.timings.front();
  std::string out =
      by_size ? fmt::format("\nGrowth with P = M: {}, {}\n", first.integrator, counted(first.chains, "chain"))
              : fmt::format("\nGrowth with chains: {}, P = {}, M = {}\n", first.integrator, first.samples,
                            first.modes);
  TextTable table({by_size ? "P" : "chains", "mode updates", "chain steps", "time/chain step", "exponent",
                   "of best", "of floor"});
  const std::vector<Standing> standing = standings(sweep);
  for (std::size_t i = 0; i < standing.size(); ++i) {
    const Timing& timing = sweep.timings[i];
    const Speed& speed = timing.speed;
    table.add({by_size ? fmt::format("{}", timing.samples) : fmt::format("{}", timing.chains),
               rate(speed.updates_per_second), rate(speed.chain_steps_per_second),
               short_time_text(speed.seconds_per_chain_step()), exponent_text(standing[i].exponent),
               percent(standing[i].of_best), percent(speed.share_of_floor())});
  }
  return out + table.text();
}

std::string integrators_text(const Sweep& sweep) {
  const Timing& first = sweep.timings.front();
  std::string out = fmt::format("\nIntegrators: P = {}, M = {}, {}\n", first.samples, first.modes,
                                counted(first.chains, "chain"));
  TextTable table(
      {"integrator", "mode updates", "chain steps", "effective samples", "steps for one", "of floor"});
  for (const Timing& timing : sweep.timings) {
    const Speed& speed = timing.speed;
    table.add({timing.integrator, rate(speed.updates_per_second), rate(speed.chain_steps_per_second),
               rate(speed.effective_per_second),
               std::isnan(speed.effective_per_second)
                   ? "-"
                   : fmt::format("{:.3g}", speed.chain_steps_per_second / speed.effective_per_second),
               percent(speed.share_of_floor())});
  }
  out += table.text();
  const bool all = std::none_of(sweep.timings.begin(), sweep.timings.end(), [](const Timing& timing) {
    return std::isnan(timing.speed.effective_per_second);
  });
  return out + wrapped(fmt::format(
                   "  effective samples: independent draws of the softest mode, that of the least a_k{}",
                   all ? "" : "; -: not within a burn-in, use more --seconds"));
}

std::string stages_text(const std::vector<Timing>& timings) {
  std::string out = "\nTime by stage\n";
  TextTable table(
      {"integrator", "P", "chains", "tables, start", "passes", "(number)", "collection", "fixed = steps"});
  for (const Timing& timing : timings) {
    const Speed& speed = timing.speed;
    const double fixed = speed.timing.start + speed.timing.collect;
    const double all_chains_step = speed.seconds_per_chain_step() * static_cast<double>(timing.chains);
    table.add({timing.integrator, fmt::format("{}", timing.samples), fmt::format("{}", timing.chains),
               short_time_text(speed.timing.start), short_time_text(speed.timing.sample),
               fmt::format("{}", speed.passes), short_time_text(speed.timing.collect),
               fmt::format("{:.0f}", fixed / all_chains_step)});
  }
  return out + table.text() +
         "  fixed = steps: start and collection, as steps of all chains in the same time\n";
}

Json sweep_json(const Sweep& sweep) {
  Json list = Json::array();
  const std::vector<Standing> standing = standings(sweep);
  for (std::size_t i = 0; i < standing.size(); ++i) {
    const Timing& timing = sweep.timings[i];
    const Speed& speed = timing.speed;
    list.push_back({{"integrator", timing.integrator},
                    {"samples", timing.samples},
                    {"modes", timing.modes},
                    {"chains", timing.chains},
                    {"mode_updates_per_s", speed.updates_per_second},
                    {"chain_steps_per_s", speed.chain_steps_per_second},
                    {"s_per_chain_step", speed.seconds_per_chain_step()},
                    {"exponent", standing[i].exponent},
                    {"of_best", standing[i].of_best},
                    {"effective_per_s", speed.effective_per_second},
                    {"floor_mode_updates_per_s", speed.floor},
                    {"share_of_floor", speed.share_of_floor()},
                    {"clock_hz", speed.clock},
                    {"thread_scaling", speed.scaling},
                    {"processor_share", speed.processor_share},
                    {"passes", speed.passes},
                    {"stages",
                     {{"start_s", speed.timing.start},
                      {"passes_s", speed.timing.sample},
                      {"collect_s", speed.timing.collect},
                      {"calibrate_s", speed.calibrate},
                      {"total_s", speed.wall}}}});
  }
  return list;
}

}  // namespace

std::string csv_text(const ProfileReport& report) {
  std::string out =
      "sweep,integrator,samples,modes,chains,mode_updates_per_s,chain_steps_per_s,s_per_chain_step,exponent,"
      "of_best,effective_per_s,floor_mode_updates_per_s,share_of_floor,clock_hz,thread_scaling,processor_"
      "share,passes,start_"
      "s,"
      "passes_s,collect_s,calibrate_s,total_s\n";
  for (const Sweep* sweep : sweeps_of(report)) {
    const std::vector<Standing> standing = standings(*sweep);
    for (std::size_t i = 0; i < standing.size(); ++i) {
      const Timing& timing = sweep->timings[i];
      const Speed& speed = timing.speed;
      out += fmt::format("{},{},{},{},{}", sweep->axis, timing.integrator, timing.samples, timing.modes,
                         timing.chains);
      for (const double value :
           {speed.updates_per_second, speed.chain_steps_per_second, speed.seconds_per_chain_step(),
            standing[i].exponent, standing[i].of_best, speed.effective_per_second, speed.floor,
            speed.share_of_floor(), speed.clock, speed.scaling, speed.processor_share}) {
        out += fmt::format(",{:.17g}", value);
      }
      out += fmt::format(",{}", speed.passes);
      for (const double value :
           {speed.timing.start, speed.timing.sample, speed.timing.collect, speed.calibrate, speed.wall}) {
        out += fmt::format(",{:.17g}", value);
      }
      out += '\n';
    }
  }
  return out;
}

Json json_of(const ProfileReport& report) {
  const ExecutorInfo& on = report.by_integrator.timings.front().speed.executor;
  return {{"kind", "profile"},
          {"version", version()},
          {"git_revision", git_revision()},
          {"backend", on.backend},
          {"device", on.device},
          {"variant", on.variant},
          {"threads", on.threads},
          {"precision", to_string(report.config.sampler.precision)},
          {"every", report.config.sampler.every},
          {"seconds", report.seconds},
          {"by_size", sweep_json(report.by_size)},
          {"by_chains", sweep_json(report.by_chains)},
          {"by_integrator", sweep_json(report.by_integrator)}};
}

std::string table_text(const ProfileReport& report) {
  const std::vector<Timing> timings = all_timings(report);
  std::string out = verdict_text(verdict(report)) + head_text(report, timings);
  out += report.by_size.timings.empty() ? "" : growth_text(report.by_size);
  return out + growth_text(report.by_chains) + integrators_text(report.by_integrator) + stages_text(timings);
}

}  // namespace ridgeflow::cli
