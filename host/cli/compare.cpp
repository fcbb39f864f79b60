// ridgeflow compare: the main job. Sample, predict, compare.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/base/error.hpp"
#include "ridgeflow/io/result_file.hpp"
#include "ridgeflow/io/run_file.hpp"

#include "cli/amounts.hpp"
#include "cli/compared_system.hpp"
#include "cli/flags.hpp"
#include "cli/limits.hpp"
#include "cli/output.hpp"
#include "cli/partial.hpp"
#include "cli/publish.hpp"
#include "cli/ranks.hpp"
#include "cli/report.hpp"
#include "cli/sampling.hpp"
#include "cli/sentences.hpp"
#include "cli/shape_report.hpp"
#include "cli/sweep_report.hpp"
#include "cli/timing.hpp"
#include "cli/verbs.hpp"
#include "io/node_group.hpp"

namespace ridgeflow::cli {
namespace {

std::string text_as(Format format, const Findings& findings) {
  switch (format) {
    case Format::kCsv:
      return csv_text(findings);
    case Format::kJson: {
      Json json = report_json(findings);
      json["run_file"] = to_toml(findings.config);
      return dump(json);
    }
    default:
      return report_text(findings);
  }
}

std::string dry_run_text(const Posterior& posterior, const RunConfig& config, std::size_t theories,
                         const ResolvedRun& run, const std::string& left_out) {
  const Cost cost = estimate_cost(posterior, config.sampler, run);
  const double modes = static_cast<double>(posterior.modes());
  // 8 columns of moments, 6 of constants, 4 for each theory
  const double result = 8.0 * modes * (14.0 + 4.0 * static_cast<double>(theories)) +
                        kept_draws(run, posterior.modes()).bytes() +
                        io::node_group_bytes(run, posterior.modes());
  const double observed = observation_bytes(run, posterior.modes());
  std::string out = parameter_line(posterior);
  out += wrapped(fmt::format("{} x {}, {} each: {:.3g} mode updates", counted(run.chains, "chain"),
                             counted(run.draws_per_chain, "draw"),
                             counted(run.plan.schedule.passes(), "pass", "passes"),
                             mode_updates(run, posterior.modes())));
  out += wrapped(fmt::format(
      "memory: {} for the chains{}; result: {}", bytes_text(static_cast<double>(cost.state_bytes)),
      observed > 0 ? fmt::format(", {} for what is observed", bytes_text(observed)) : "",
      bytes_text(result)));
  out += precision_text(std::vector{precision_of(run)}) + limits_text();
  if (const std::string kept = kept_text(run, posterior.modes()); !kept.empty()) {
    out += kept + "\n";
  }
  if (!left_out.empty()) {
    out += wrapped(left_out);
  }
  return out +
         wrapped(fmt::format("time: about {}{} at {} mode updates on {}", seconds_text(cost.seconds),
                             run.observe.any() ? ", and what observing takes," : "",
                             rate_text(cost.speed.updates_per_second), executor_text(cost.speed.executor)));
}

/// All systems of a sweep, from the rate of the largest one.
std::string dry_run_text(const std::vector<ComparedSystem>& systems) {
  double updates = 0;
  double bytes = 0;
  const ComparedSystem* largest = &systems.front();
  std::vector<PrecisionChoice> precisions;
  for (const ComparedSystem& system : systems) {
    const ResolvedRun& run = system.run();
    updates += mode_updates(run, system.posterior().modes());
    bytes += static_cast<double>(state_bytes(run, system.posterior().modes()));
    precisions.push_back(precision_of(run));
    largest = system.posterior().modes() > largest->posterior().modes() ? &system : largest;
  }
  const Cost cost = estimate_cost(largest->posterior(), largest->config().sampler, largest->run());
  return fmt::format("{} of up to {}: {:.3g} mode updates\nmemory: {} for the chains\n",
                     counted(systems.size(), "system"), counted(largest->posterior().modes(), "mode"),
                     updates, bytes_text(bytes)) +
         precision_text(precisions) + limits_text() +
         wrapped(fmt::format("time: about {} at {} mode updates on {}",
                             seconds_text(updates / cost.speed.updates_per_second),
                             rate_text(cost.speed.updates_per_second), executor_text(cost.speed.executor)));
}

/// The systems of the grid, checked.
std::vector<ComparedSystem> make_systems(const RunConfig& config, FileForm form) {
  const std::vector<RunConfig> grid = grid_of(config);
  validate(config.sampler.observe.keep == 0 || grid.size() == 1,
           "--keep: draws are kept of one system, not of a sweep; leave out --keep, or the lists and ranges");
  validate(config.sampler.observe.keep == 0 || form == FileForm::kNetcdf,
           "--keep: kept draws are written to a .nc file only; add --out FILE.nc");
  validate(!config.node_moments.value_or(false) || form == FileForm::kNetcdf,
           "--node-moments: moments of groups of chains are written to a .nc file only; add --out FILE.nc");
  // unasked of one system alone: those of a sweep would be most of its file
  const std::optional<bool> nodes = form != FileForm::kNetcdf || grid.size() > 1
                                        ? config.node_moments.value_or(false)
                                        : config.node_moments;
  std::vector<ComparedSystem> systems;
  systems.reserve(grid.size());
  for (const RunConfig& one : grid) {
    systems.emplace_back(one, nodes);
  }
  return systems;
}

/// On every rank; the first has the results of all.
std::vector<SampleResult> sample_all(const RunConfig& config, const std::vector<ComparedSystem>& systems) {
  std::vector<SystemRequest> requests;
  for (const ComparedSystem& system : systems) {
    requests.push_back({&system.posterior(), system.options()});
    requests.back().options.seed = *system.config().seed;
  }
  if (!config.sweep.empty()) {
    number_chains(requests);
  }
  return sample_on_ranks(requests);
}

/// Tells what a user should know before the run: each warning once.
void tell_warnings(const std::vector<ComparedSystem>& systems) {
  std::vector<std::string> told;
  for (const ComparedSystem& system : systems) {
    add_distinct(told, system.run().warnings);
  }
  constexpr std::size_t kMost = 5;
  for (std::size_t i = 0; i < std::min(told.size(), kMost); ++i) {
    spdlog::warn("{}", told[i]);
  }
  if (told.size() > kMost) {
    spdlog::warn("and {} more like these for other systems", told.size() - kMost);
  }
  const ComparedSystem& first = systems.front();
  if (const std::string kept = kept_text(first.run(), first.posterior().modes());
      is_first_rank() && !kept.empty()) {
    spdlog::info("{}", kept);
  }
  if (is_first_rank() && !first.left_out().empty()) {
    spdlog::info("{}", first.left_out());
  }
}

Verdict publish_one(const RunConfig& config, FileForm form, const ComparedSystem& system) {
  const Findings findings = system.findings();
  publish(
      config, form, [&](Format format) { return text_as(format, findings); },
      [&] { write_result(config.out, system.contents()); });
  return judge(findings);
}

Verdict publish_sweep(const RunConfig& config, FileForm form, const std::vector<ComparedSystem>& systems) {
  std::vector<Findings> findings;
  std::vector<ResultContents> contents;
  for (const ComparedSystem& system : systems) {
    findings.push_back(system.findings());
    contents.push_back(system.contents());
  }
  SweepReport report{config, {}};
  const auto fill = [&](Format format) {
    report.systems.clear();
    for (std::size_t s = 0; s < systems.size(); ++s) {
      report.systems.push_back({place_in_grid(config, s), findings[s].posterior, findings[s].predictions,
                                &findings[s], format == Format::kCsv ? csv_text(findings[s]) : "",
                                format == Format::kJson ? report_json(findings[s]) : Json()});
    }
  };
  publish(
      config, form,
      [&](Format format) {
        fill(format);
        return text_as(format, report);
      },
      [&] { write_sweep(config.out, config, contents); });
  return judge(report);
}

int run_compare(const Flags& flags) {
  RunConfig config = flags.config();
  const FileForm form = check_output(config, true);
  if (flags.dry_run()) {
    const std::vector<ComparedSystem> systems = make_systems(config, form);
    const ComparedSystem& first = systems.front();
    print_text(systems.size() > 1 ? dry_run_text(systems)
                                  : dry_run_text(first.posterior(), first.config(), first.theories().size(),
                                                 first.run(), first.left_out()));
    return kDone;
  }
  std::vector<ComparedSystem> systems = make_systems(config, form);
  tell_warnings(systems);
  settle_seed(config);
  config.sampler.seed = from_first_rank(config.sampler.seed);
  config.seed = config.sampler.seed;
  const bool is_told = config.sweep.empty() || config.format == Format::kJson || form == FileForm::kJson;
  const Sentences sentences = is_told ? Sentences::kAsked : Sentences::kNotAsked;
  for (ComparedSystem& system : systems) {
    system.settle_seed(*config.seed);
    if (is_first_rank()) {
      system.predict(sentences);
    }
  }
  std::vector<SampleResult> samples = sample_all(config, systems);
  if (!is_first_rank()) {
    return kDone;
  }
  accept_stop(samples, Enough::kOneMeasured);
  for (std::size_t s = 0; s < systems.size(); ++s) {
    systems[s].finish(std::move(samples[s]));
  }
  const Verdict verdict = config.sweep.empty() ? publish_one(config, form, systems.front())
                                               : publish_sweep(config, form, systems);
  // agreement that is not known, because exact is not among the theories, is refused at the door
  return comparison_status(config.require && !verdict.agrees, verdict.problems);
}

}  // namespace

Action add_compare(CLI::App& app) {
  const auto flags = std::make_shared<Flags>(app, FlagChoice{.sampling = true,
                                                             .theories = true,
                                                             .require = true,
                                                             .observe = true,
                                                             .run_file = true,
                                                             .sweeps = true});
  app.footer(std::string("Numbers may be lists: the run is then the grid of all their combinations. ") +
             kListHelp + "\nExample: ridgeflow compare examples/standard.toml --draws 1e6 --out standard.nc");
  return [flags] { return run_compare(*flags); };
}

}  // namespace ridgeflow::cli
