// ridgeflow profile: throughput of this machine, integrator by integrator.
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/io/files.hpp"
#include "ridgeflow/io/version.hpp"

#include "cli/flags.hpp"
#include "cli/output.hpp"
#include "cli/tables.hpp"
#include "cli/timing.hpp"
#include "cli/verbs.hpp"

namespace ridgeflow::cli {
namespace {

struct Extras {
  std::vector<std::int64_t> sizes{16, 64, 256, 1000, 4096};
  double seconds = 0.3;
};

struct Row {
  std::string integrator;
  std::size_t modes;
  std::uint64_t chains;
  Speed speed;
};

std::string text_as(Format format, const std::vector<Row>& rows) {
  if (format == Format::kJson) {
    Json list = Json::array();
    for (const Row& row : rows) {
      list.push_back({{"integrator", row.integrator},
                      {"modes", row.modes},
                      {"chains", row.chains},
                      {"mode_updates_per_s", row.speed.updates_per_second},
                      {"chain_steps_per_s", row.speed.chain_steps_per_second},
                      {"effective_per_s", row.speed.effective_per_second}});
    }
    const ExecutorInfo& on = rows.front().speed.executor;
    return dump({{"version", version()},
                 {"git_revision", git_revision()},
                 {"backend", on.backend},
                 {"device", on.device},
                 {"variant", on.variant},
                 {"threads", on.threads},
                 {"rates", std::move(list)}});
  }
  if (format == Format::kCsv) {
    std::string out = "integrator,modes,chains,mode_updates_per_s,chain_steps_per_s,effective_per_s\n";
    for (const Row& row : rows) {
      out += fmt::format("{},{},{},{:.17g},{:.17g},{:.17g}\n", row.integrator, row.modes, row.chains,
                         row.speed.updates_per_second, row.speed.chain_steps_per_second,
                         row.speed.effective_per_second);
    }
    return out;
  }
  const ExecutorInfo& on = rows.front().speed.executor;
  TextTable table({"integrator", "M", "chains", "mode updates", "chain steps", "effective draws"});
  for (const Row& row : rows) {
    table.add({row.integrator, fmt::format("{}", row.modes), fmt::format("{}", row.chains),
               rate_text(row.speed.updates_per_second), rate_text(row.speed.chain_steps_per_second),
               rate_text(row.speed.effective_per_second)});
  }
  return fmt::format(
             "{} ({}, {} threads); medians of three; effective draws: independent ones of the softest "
             "mode\n",
             on.device, on.variant, on.threads) +
         table.text();
}

int run_profile(const Flags& flags, const Extras& extras) {
  RunConfig config = flags.config();
  validate(extras.seconds > 0 && extras.seconds <= 60, "--seconds must lie in (0, 60]");
  const FileForm form = check_output(config.out, false);
  const std::vector<std::int64_t> sizes =
      config.model.samples ? std::vector{*config.model.samples} : extras.sizes;
  std::vector<std::string> integrators(kIntegratorNames.begin(), kIntegratorNames.end());
  if (flags.given("sampler.integrator")) {
    integrators = {config.sampler.integrator};
  }
  const double total = 3.0 * extras.seconds * static_cast<double>(sizes.size() * integrators.size());
  if (flags.dry_run()) {
    print_result(fmt::format("{} runs, about {}\n", sizes.size() * integrators.size(), seconds_text(total)));
    return kDone;
  }
  config.sampler.seed = config.seed.value_or(config.sampler.seed);
  std::vector<Row> rows;
  for (const std::int64_t size : sizes) {
    ModelConfig model = config.model;
    model.samples = size;
    const Posterior posterior = make_posterior(model);
    for (const std::string& integrator : integrators) {
      SamplerOptions options = config.sampler;
      options.integrator = integrator;
      rows.push_back({integrator, posterior.modes(), options.chains,
                      measure_speed(posterior, options, extras.seconds, 3, true)});
      spdlog::info("{}, M = {}: {} mode updates", integrator, posterior.modes(),
                   rate_text(rows.back().speed.updates_per_second));
    }
  }
  if (form != FileForm::kNone) {
    write_whole_file(config.out, text_as(form == FileForm::kCsv ? Format::kCsv : Format::kJson, rows));
  }
  print_result(text_as(config.format, rows));
  return kDone;
}

}  // namespace

Action add_profile(CLI::App& app) {
  const auto flags = std::make_shared<Flags>(app, FlagChoice{.sampling = true});
  const auto extras = std::make_shared<Extras>();
  app.add_option("--sizes", extras->sizes, "numbers of samples P to time, in place of --samples")
      ->type_name("P,P,...")
      ->delimiter(',')
      ->capture_default_str()
      ->group("Model");
  app.add_option("--seconds", extras->seconds, "time of each of the three runs [s]")
      ->type_name("X")
      ->capture_default_str()
      ->group("Sampling");
  app.footer("Every integrator unless --integrator names one. Steps, draws and burn-in are not used.");
  return [flags, extras] { return run_profile(*flags, *extras); };
}

}  // namespace ridgeflow::cli
