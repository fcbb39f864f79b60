// ridgeflow flow: the renormalization group as a flow, its vector field, and two cutoffs on one trajectory.
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/base/error.hpp"

#include "cli/amounts.hpp"
#include "cli/flags.hpp"
#include "cli/flow_report.hpp"
#include "cli/flow_study.hpp"
#include "cli/output.hpp"
#include "cli/publish.hpp"
#include "cli/tables.hpp"
#include "cli/together.hpp"
#include "cli/verbs.hpp"
#include "io/number.hpp"

namespace ridgeflow::cli {
namespace {

struct Extras {
  std::vector<double> at_tau;
  std::string window;
  std::optional<std::int64_t> second_cutoff;  ///< M2; unset: half of the modes
  bool check = false;
};

ModeWindow window_from(std::string_view text) {
  const std::size_t colon = text.find(':');
  validate(colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos,
           fmt::format("--window '{}': give two modes as K1:K2, such as 100:1000", io::shown(text)));
  const auto mode = [](std::string_view word) {
    return settings_of({std::string(io::trimmed(word))}, "model.modes", "--window",
                       [](const RunConfig& config) { return config.model.modes.value_or(0); })
        .front();
  };
  return {mode(text.substr(0, colon)), mode(text.substr(colon + 1))};
}

FlowRequest request_from(const Extras& extras) {
  FlowRequest request{extras.at_tau, std::nullopt, std::nullopt};
  if (!extras.window.empty()) {
    request.window = window_from(extras.window);
  }
  if (extras.second_cutoff) {
    validate(*extras.second_cutoff >= 1,
             fmt::format("--second-cutoff {}: give at least one mode", *extras.second_cutoff));
    request.second_cutoff = static_cast<std::size_t>(*extras.second_cutoff);
  }
  return request;
}

/// \p flow_seconds: what the flow itself took, which a dry run computes as well.
std::string dry_run_text(const FlowStudy& study, double flow_seconds,
                         const std::vector<SystemRequest>& systems) {
  return parameter_line(study.posterior) +
         fmt::format("flow: {}, about {}\n", counted(study.posterior.modes(), "scale"),
                     seconds_text(flow_seconds)) +
         (systems.empty() ? "" : together_cost_text(systems));
}

int run_flow(const Flags& flags, const Extras& extras) {
  RunConfig config = flags.config();
  if (!extras.check) {
    flags.refuse_sampling();
  }
  const FileForm form = check_output(config, false);
  const FlowRequest request = request_from(extras);
  const Posterior posterior = make_posterior(config.model);
  const auto begin = std::chrono::steady_clock::now();
  FlowStudy study = study_flow(posterior, power_law_of(config.model), request);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::vector<SystemRequest> systems;
  if (extras.check) {
    systems = check_systems(study, config);
  }
  if (flags.dry_run()) {
    print_text(dry_run_text(study, seconds, systems));
    return kDone;
  }
  if (extras.check) {
    settle_seed(config);
    study.second->sampled = compare_cutoffs(study, sample_together(check_systems(study, config)));
  }
  const ResolvedRun* run = extras.check ? &study.second->sampled->large.run : nullptr;
  const RunConfig resolved = resolved_config(config, posterior, run);
  const FlowReport report{resolved, std::move(study)};
  publish(config, form, report);
  return kDone;
}

}  // namespace

Action add_flow(CLI::App& app) {
  const auto flags =
      std::make_shared<Flags>(app, FlagChoice{.sampling = true, .run_file = true, .checks = true});
  const auto extras = std::make_shared<Extras>();
  add_list(app, "--at-tau", extras->at_tau,
           "scales tau = ln(Lambda/k) of the vector field, at most 4 (default: 0, half-way, k*)")
      ->type_name("T,T,...")
      ->group("Flow");
  app.add_option("--window", extras->window, "modes that scaling intervals are taken over (default: k* to M)")
      ->type_name("K1:K2")
      ->group("Flow");
  add_number(app, "--second-cutoff", extras->second_cutoff,
             "modes and samples of a second system on the same trajectory (default: M/2)")
      ->type_name("M2")
      ->group("Flow");
  app.add_flag("--check", extras->check, "sample both systems in one run and compare them")->group("Flow");
  app.footer(
      std::string(
          "The continuum flow, and with it --at-tau and --window, needs power-law data; with --spectrum the "
          "decimation and a second cutoff are given. The sampling flags are for --check. --out X.json or "
          "X.csv; "
          "ridgeflow plot draws the JSON.\n"
          "Example: ridgeflow flow examples/standard.toml --out flow.json"
          "\n") +
      kListHelp);
  return [flags, extras] { return run_flow(*flags, *extras); };
}

}  // namespace ridgeflow::cli
