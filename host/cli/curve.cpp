// ridgeflow curve: the learning curve of power-law data, and whether sampled losses lie on it.
#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/base/error.hpp"

#include "cli/curve_report.hpp"
#include "cli/flags.hpp"
#include "cli/output.hpp"
#include "cli/publish.hpp"
#include "cli/report.hpp"
#include "cli/together.hpp"
#include "cli/verbs.hpp"

namespace ridgeflow::cli {
namespace {

struct Extras {
  std::string from = "10";
  std::string to = "1e5";
  std::size_t points = 13;
  std::vector<std::string> at;
  std::vector<std::string> check_at{"10", "100", "1000"};
  bool check = false;
  bool grid_given = false;
  bool check_at_given = false;
};

constexpr std::size_t kMostPoints = 10'000;

/// Ascending, each once.
std::vector<std::int64_t> ordered(std::vector<std::int64_t> numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

/// The numbers of samples asked for: those given, or evenly spaced in ln P, rounded.
std::vector<std::int64_t> curve_samples(const Extras& extras) {
  if (!extras.at.empty()) {
    validate(!extras.grid_given, "--at and --from, --to, --points exclude each other: a list, or a grid");
    return ordered(sample_numbers(extras.at, "--at"));
  }
  const auto one = [](const std::string& word, const char* flag) {
    const std::vector<std::int64_t> found = sample_numbers({word}, flag);
    validate(found.size() == 1, fmt::format("{}: takes one number; --at takes lists and ranges", flag));
    return static_cast<double>(found.front());
  };
  const double from = one(extras.from, "--from");
  const double to = one(extras.to, "--to");
  validate(from <= to, fmt::format("--from {} --to {}: from must not be above to", extras.from, extras.to));
  validate(extras.points >= 1 && extras.points <= kMostPoints,
           fmt::format("--points {}: must lie in 1 ... {}", extras.points, kMostPoints));
  validate(extras.points > 1 || from == to,
           "--points 1: a curve from one P to another has two points or more");
  std::vector<std::int64_t> numbers;
  for (std::size_t i = 0; i < extras.points; ++i) {
    const double part =
        extras.points == 1 ? 0.0 : static_cast<double>(i) / static_cast<double>(extras.points - 1);
    numbers.push_back(std::llround(from * std::pow(to / from, part)));
  }
  return ordered(std::move(numbers));
}

/// The model without samples and modes, which run along the curve. \throws InvalidInput for what no curve can
/// be drawn of.
LearningCurve curve_of(const RunConfig& config) {
  const ModelConfig& model = config.model;
  validate(
      model.spectrum.empty(),
      fmt::format(
          "a learning curve is drawn of power-law data, alpha and beta, whose modes are as many as samples "
          "at every P; losses of the spectrum {0} at several P are what ridgeflow predict --spectrum {0} "
          "--samples 10:1000:7:log gives",
          model.spectrum));
  validate(!model.modes || model.modes == model.samples,
           "modes: M = P along the curve; leave it out of the run file");
  validate(model.w == 0.0,
           fmt::format("w = {}: the curve's exact losses know no sextic coupling; leave it out", model.w));
  LearningCurve curve;
  curve.law = {model.alpha.value_or(curve.law.alpha), model.beta.value_or(curve.law.beta),
               model.scale.value_or(curve.law.scale)};
  curve.kappa = model.kappa;
  curve.u = model.u;
  return curve;
}

ModelConfig model_of(const LearningCurve& curve, std::int64_t samples) {
  ModelConfig model;
  model.samples = samples;
  model.alpha = curve.law.alpha;
  model.beta = curve.law.beta;
  model.scale = curve.law.scale;
  model.kappa = curve.kappa;
  model.u = curve.u;
  return model;
}

/// The systems whose losses are sampled, and their points of the curve.
struct CheckPlan {
  std::vector<Posterior> posteriors;
  std::vector<SystemRequest> systems;  ///< refer to posteriors
};

CheckPlan plan_check(const LearningCurve& curve, const RunConfig& config,
                     const std::vector<std::int64_t>& numbers) {
  CheckPlan plan;
  for (const std::int64_t samples : numbers) {
    plan.posteriors.push_back(make_posterior(model_of(curve, samples)));
  }
  std::vector<const Posterior*> pointers;
  for (const Posterior& posterior : plan.posteriors) {
    pointers.push_back(&posterior);
  }
  plan.systems = requests_for(pointers, config);
  return plan;
}

CurveCheck check(const CurveReport& report, const std::vector<std::int64_t>& numbers) {
  const CheckPlan plan = plan_check(report.curve, report.config, numbers);
  CurveCheck found;
  for (const std::int64_t samples : numbers) {  // before the sampling: a stop does not wait for them
    found.points.push_back(learning_curve_point(report.curve, samples));
  }
  found.samples = sample_together(plan.systems);
  found.run_text = together_text(found.samples, report.config);
  found.seconds = together_seconds(found.samples);
  std::vector<double> values;
  std::vector<double> errors;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const MomentSummary& summary = found.samples[i].summary;
    found.loss.push_back({0.5 * summary.mean_size, 0.5 * summary.mcse_mean_size});
    values.push_back(found.loss.back().value);
    errors.push_back(found.loss.back().error);
    if (const auto problem = mixing_problem(summary); problem) {
      add_problems(found.problems, {{*problem}, false}, fmt::format("P = {}: ", numbers[i]));
    }
  }
  const double freedom = found.samples.front().summary.degrees_of_freedom();
  for (const Theory theory : kCurveTheories) {
    std::vector<double> predicted;
    for (const LearningCurvePoint& p : found.points) {
      predicted.push_back(theory == Theory::gp       ? p.loss_gp
                          : theory == Theory::wilson ? p.loss_wilson
                                                     : p.loss_exact);
    }
    found.agreement.push_back(agree(values, errors, predicted, freedom));
    if (theory == Theory::exact) {
      add_problems(found.problems, agreement_problems(found.agreement.back(), "the losses", "", kSmallestP,
                                                      curve_places(found)));
    }
  }
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    explain_by_precision(found.problems, found.samples[i].run, plan.posteriors[i],
                         fmt::format("P = {}: ", numbers[i]));
  }
  return found;
}

int run_curve(const Flags& flags, const Extras& extras) {
  RunConfig config = flags.config();
  flags.refuse({"model.samples", "model.modes"},
               "P runs along the curve, and M = P; use --at, or --from and --to");
  flags.refuse({"model.sort"}, "a curve is drawn of power-law data, whose modes are in order; leave it out");
  if (!extras.check) {
    flags.refuse_sampling();
  }
  const FileForm form = check_output(config, false);
  const LearningCurve curve = curve_of(config);
  const std::vector<std::int64_t> numbers = curve_samples(extras);
  const std::vector<std::int64_t> checked = ordered(sample_numbers(extras.check_at, "--check-at"));
  validate(!config.require || extras.check, "--require asks for sampled losses: add --check");
  validate(!extras.check_at_given || extras.check, "--check-at says where losses are sampled: add --check");
  if (flags.dry_run()) {
    const double modes =
        3.0 * static_cast<double>(std::accumulate(numbers.begin(), numbers.end(), std::int64_t{0}));
    std::string out =
        fmt::format("{} of the curve, {:.3g} modes in all\n", counted(numbers.size(), "point"), modes);
    if (extras.check) {
      out += together_cost_text(plan_check(curve, config, checked).systems);
    }
    print_text(out);
    return kDone;
  }
  CurveReport report{config, curve, {}, {}, {}, std::nullopt};
  for (const std::int64_t samples : numbers) {
    report.points.push_back(learning_curve_point(curve, samples));
    report.slopes.push_back(learning_curve_slopes(curve, samples));
  }
  report.exponents = fit_exponents(curve, report.points);
  if (extras.check) {
    settle_seed(report.config);
    report.check = check(report, checked);
  }
  report.config.model = model_of(curve, numbers.back());
  publish(config, form, report);
  return comparison_status(config.require,
                           report.check ? report.check->problems.words : std::vector<std::string>{});
}

}  // namespace

Action add_curve(CLI::App& app) {
  const auto flags = std::make_shared<Flags>(
      app, FlagChoice{.sampling = true,
                      .require = true,
                      .run_file = true,
                      .checks = true,
                      .refused = {"model.samples", "model.modes", "model.spectrum", "model.sort"}});
  const auto extras = std::make_shared<Extras>();
  const auto dress = [](CLI::Option* option, const char* name) {
    return option->type_name(name)->capture_default_str()->group("Curve");
  };
  const std::vector<const CLI::Option*> grid{
      dress(app.add_option("--from", extras->from, "first number of samples"), "P"),
      dress(app.add_option("--to", extras->to, "last number of samples"), "P"),
      dress(add_number(app, "--points", extras->points, "points, evenly spaced in ln P"), "N")};
  dress(add_list(app, "--at", extras->at, "these numbers of samples in place of the grid"), "P,P,...");
  app.add_flag("--check", extras->check, "sample losses and hold them against the exact curve")
      ->group("Curve");
  const CLI::Option* check_at =
      dress(add_list(app, "--check-at", extras->check_at, "numbers of samples at which losses are sampled"),
            "P,P,...");
  app.footer(
      std::string(
          "P runs along the curve with as many modes as samples; kappa and u stay. --require: exit status 1 "
          "unless "
          "the sampled losses agree with the exact curve. ridgeflow plot draws what --out X.json wrote.\n"
          "Example: ridgeflow curve --alpha 0.2 --beta 0.3 --u 0.05 --check --out curve.json"
          "\n") +
      kListHelp);
  return [flags, extras, grid, check_at] {
    extras->grid_given =
        std::any_of(grid.begin(), grid.end(), [](const CLI::Option* option) { return option->count() > 0; });
    extras->check_at_given = check_at->count() > 0;
    return run_curve(*flags, *extras);
  };
}

}  // namespace ridgeflow::cli
