// ridgeflow transfer: couplings with which a network of another size learns the same modes alike, and whether
// samples agree.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/io/files.hpp"
#include "ridgeflow/io/run_file.hpp"
#include "ridgeflow/theory/decimation.hpp"

#include "cli/flags.hpp"
#include "cli/output.hpp"
#include "cli/publish.hpp"
#include "cli/together.hpp"
#include "cli/transfer_report.hpp"
#include "cli/verbs.hpp"
#include "theory/refuse_sextic.hpp"

namespace ridgeflow::cli {
namespace {

struct Extras {
  std::vector<std::string> targets;
  std::string write;
  bool check = false;
};

/// The model of \p samples samples with kappa and u as they are: as many modes as samples, but no more than
/// the given system where that has fewer modes than samples. \throws InvalidInput where the spectrum file
/// does not hold them.
ModelConfig model_of(const ModelConfig& given, const Posterior& posterior, std::int64_t samples) {
  ModelConfig model = given;
  const auto wanted = static_cast<std::uint64_t>(samples);
  const std::uint64_t modes = posterior.modes();
  const bool fewer_modes = modes < static_cast<std::uint64_t>(posterior.couplings().samples);
  const bool up = samples > posterior.couplings().samples;
  model.samples = samples;
  model.modes = up && !fewer_modes ? std::max(modes, wanted) : std::min(modes, wanted);
  return model;
}

Posterior kept_posterior(const ModelConfig& given, const Posterior& posterior, std::int64_t samples) {
  try {
    return make_posterior(model_of(given, posterior, samples));
  } catch (const InvalidInput& problem) {
    const bool lacks_modes = !given.spectrum.empty() && samples > posterior.couplings().samples;
    throw InvalidInput(fmt::format("--to {}: {}{}", samples, problem.what(),
                                   lacks_modes ? "; a larger system needs its own modes too: give a spectrum "
                                                 "that holds them, and --modes for those of the given system"
                                               : ""));
  }
}

TransferTarget target_of(const RunConfig& config, const Posterior& given, const Prediction& given_exact,
                         std::int64_t samples) {
  Posterior kept = kept_posterior(config.model, given, samples);
  const bool up = samples > given.couplings().samples;
  const TransferredCouplings to = up ? transfer(given, kept.spectrum(), samples) : transfer(given, samples);
  Posterior transferred(kept.spectrum(), to.couplings());
  // The larger of the two is the one whose modes are integrated out.
  const Decimation flow = up ? decimate(transferred, given.modes()) : decimate(given, transferred.modes());
  Prediction exact = predict(transferred, Theory::exact);
  Prediction kept_exact = predict(kept, Theory::exact);
  const LargestDeviation deviation = largest_deviation(exact, given_exact);
  const LargestDeviation kept_deviation = largest_deviation(kept_exact, given_exact);
  return {
      to,        std::move(transferred), std::move(kept),     std::move(exact),        std::move(kept_exact),
      deviation, kept_deviation,         flow.largest_bubble, flow.largest_bubble_mode};
}

/// The run file of the transferred system: what was asked for, with its couplings and modes.
std::string run_file_text(const RunConfig& config, const Posterior& given, const TransferTarget& target) {
  RunConfig run = config;
  run.model = model_of(config.model, given, target.couplings.samples);
  run.model.kappa = target.couplings.kappa;
  run.model.u = target.couplings.u;
  run.out.clear();
  run.format = Format::kTable;
  return fmt::format("# Transferred from P = {}, kappa = {}, u = {}: its first {} modes are learnt alike.\n",
                     given.couplings().samples, given.couplings().kappa, given.couplings().u,
                     target.common_modes(given)) +
         to_toml(resolved_config(run, target.transferred, nullptr));
}

std::vector<const Posterior*> sampled_posteriors(const TransferReport& report) {
  std::vector<const Posterior*> posteriors{&report.given};
  for (const TransferTarget& target : report.targets) {
    posteriors.push_back(&target.transferred);
    posteriors.push_back(&target.kept);
  }
  return posteriors;
}

TransferCheck check(const TransferReport& report) {
  const std::vector<const Posterior*> posteriors = sampled_posteriors(report);
  const std::vector<SystemRequest> systems = requests_for(posteriors, report.config);
  std::vector<SampleResult> samples = sample_together(systems);
  TransferCheck found;
  found.run_text = together_text(samples, report.config);
  found.seconds = together_seconds(samples);
  auto next = samples.begin();
  const auto sampled = [&](const Prediction& exact) {
    SampledSystem system{std::move(*next), {}};
    ++next;
    system.exact = compare(system.samples.summary, exact);
    return system;
  };
  found.given = sampled(report.exact);
  for (const TransferTarget& target : report.targets) {
    const std::size_t modes = target.common_modes(report.given);
    CheckedTarget checked;
    checked.transferred = sampled(target.exact);
    checked.kept = sampled(target.kept_exact);
    const MomentSummary& reference = found.given.samples.summary;
    checked.transferred_difference = compare_samples(checked.transferred.samples.summary, reference, modes);
    checked.kept_difference = compare_samples(checked.kept.samples.summary, reference, modes);
    found.targets.push_back(std::move(checked));
  }
  found.problems = transfer_problems(report, found);
  return found;
}

void validate_extras(const Extras& extras, const RunConfig& config, std::size_t targets) {
  validate(targets > 0, "--to is missing: the number of samples P' to transfer to, such as --to 500");
  validate(!config.require || extras.check, "--require asks for a comparison of samples: add --check");
  if (!extras.write.empty()) {
    validate(targets == 1, "--write makes the run file of one target: give --to one number of samples");
    validate(std::filesystem::path(extras.write).extension() == ".toml",
             fmt::format("--write {}: what is written is a run file; use .toml", extras.write));
  }
}

int run_transfer(const Flags& flags, const Extras& extras) {
  RunConfig config = flags.config();
  if (!extras.check && extras.write.empty()) {  // a run file that is written has them too
    flags.refuse_sampling();
  }
  const std::vector<std::int64_t> numbers = sample_numbers(extras.targets, "--to");
  validate_extras(extras, config, numbers.size());
  const FileForm form = check_output(config, false, true, {{"--write", extras.write}});
  const Posterior given = make_posterior(config.model);
  refuse_sextic(given, "hyperparameter transfer");
  TransferReport report{config, given, predict(given, Theory::exact), {}, std::nullopt};
  for (const std::int64_t samples : numbers) {
    report.targets.push_back(target_of(config, given, report.exact, samples));
  }
  if (flags.dry_run()) {
    const auto posteriors = sampled_posteriors(report);
    print_text(extras.check ? together_cost_text(requests_for(posteriors, config))
                            : "nothing is sampled without --check: seconds at most\n");
    return kDone;
  }
  const std::string run_file =
      extras.write.empty() ? "" : run_file_text(config, given, report.targets.front());
  if (extras.check) {
    settle_seed(config);
    report.config = config;
    report.check = check(report);
  }
  report.config = resolved_config(report.config, given, nullptr);
  std::vector<std::function<void()>> more;
  if (!extras.write.empty()) {
    more.emplace_back([&] {
      write_whole_file(extras.write, run_file, existing_of(config));
      spdlog::info("wrote {}; ridgeflow compare {} samples the transferred system", extras.write,
                   extras.write);
    });
  }
  publish(config, form, report, more);
  return comparison_status(config.require,
                           report.check ? report.check->problems.words : std::vector<std::string>{});
}

}  // namespace

Action add_transfer(CLI::App& app) {
  const auto flags = std::make_shared<Flags>(
      app, FlagChoice{.sampling = true, .require = true, .run_file = true, .checks = true});
  const auto extras = std::make_shared<Extras>();
  add_list(app, "--to", extras->targets, "numbers of samples P' to transfer to, fewer or more")
      ->type_name("P',P',...")
      ->group("Transfer");
  app.add_option("--write", extras->write, "write the run file of the transferred system")
      ->type_name("FILE.toml")
      ->group("Transfer");
  app.add_flag(
         "--check", extras->check,
         "sample the given system, the transferred one, and one with kappa and u kept, and compare them")
      ->group("Transfer");
  app.footer(
      std::string(
          "--require: exit status 1 unless the transferred systems agree with the given one. ridgeflow plot "
          "draws "
          "what --check --out X.json wrote.\n"
          "Example: ridgeflow transfer examples/standard.toml --to 500 --check --out transfer.json"
          "\n") +
      kListHelp);
  return [flags, extras] { return run_transfer(*flags, *extras); };
}

}  // namespace ridgeflow::cli
