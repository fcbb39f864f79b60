// ridgeflow relevance: which couplings matter at which scale, and how far truncated flows can be trusted.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/base/error.hpp"
#include "ridgeflow/theory/deviation.hpp"
#include "ridgeflow/theory/transfer.hpp"

#include "cli/amounts.hpp"
#include "cli/flags.hpp"
#include "cli/output.hpp"
#include "cli/publish.hpp"
#include "cli/relevance_report.hpp"
#include "cli/sampling.hpp"
#include "cli/tables.hpp"
#include "cli/together.hpp"
#include "cli/verbs.hpp"

namespace ridgeflow::cli {
namespace {

struct Extras {
  std::optional<std::int64_t> to;  ///< samples of the small system; unset: half
  bool check = false;
};

constexpr std::size_t kCurvePoints = 41;

/// 2V' as the first, the middle (in ln k) and the last mode see it, from 0 to twice the typical size.
std::vector<VertexCurve> vertex_curves(const FunctionalDecimation& functional, const FlowComparison& flows) {
  const std::size_t modes = flows.typical_size.size();
  std::vector<std::size_t> shown{0, static_cast<std::size_t>(std::sqrt(static_cast<double>(modes))) - 1,
                                 modes - 1};
  shown.erase(std::unique(shown.begin(), shown.end()), shown.end());
  std::vector<VertexCurve> curves;
  for (const std::size_t k : shown) {
    VertexCurve curve{k + 1, flows.typical_size[k], {}, {}, {}, {}};
    const auto truncated = [&](const SexticDecimation& flow, double size) {
      return flow.ridge[k] + size * (flow.quartic[k] / 2 + size * flow.sextic[k] / 8);
    };
    for (std::size_t i = 0; i < kCurvePoints; ++i) {
      const double share = static_cast<double>(i) / static_cast<double>(kCurvePoints - 1);
      const double size = std::min(2.0 * share * flows.typical_size[k], functional.largest_size(k));
      curve.size.push_back(size);
      curve.functional.push_back(functional.couplings_at(k, size).ridge);
      curve.first_order.push_back(truncated(flows.first_order, size));
      curve.next_order.push_back(truncated(flows.next_order, size));
    }
    curves.push_back(std::move(curve));
  }
  return curves;
}

/// The small system by one order, held against the large one.
SmallSystem small_system(const Posterior& large, const FunctionalDecimation& in_large, std::int64_t samples,
                         FlowOrder order) {
  SmallSystem result{order, "", std::nullopt, 0, 0};
  try {
    result.couplings = decimated_system(large, samples, order);
  } catch (const NumericalFailure& broken) {
    result.failure = broken.what();
    return result;
  }
  const Posterior small(leading_modes(large.spectrum(), static_cast<std::size_t>(samples)),
                        result.couplings->couplings());
  const FunctionalDecimation in_small(small);
  const LargestDeviation deviation = largest_deviation({Theory::exact, in_small.mean(), in_small.variance()},
                                                       {Theory::exact, in_large.mean(), in_large.variance()});
  result.largest_mean_error = deviation.mean;
  result.largest_variance_error = deviation.variance;
  return result;
}

SystemsCheck check_systems(const RunConfig& config, const Posterior& large, const Posterior& small) {
  const std::array<const Posterior*, 2> posteriors{&large, &small};
  const std::vector<SystemRequest> systems = requests_for(posteriors, config);
  const std::array exact{predict(large, Theory::exact),
                         predict(small, Theory::exact)};  // before the sampling
  std::vector<SampleResult> results = sample_together(systems);
  SystemsCheck check{std::move(results[0]), std::move(results[1]), {}, {}, {}};
  check.large_exact = compare(check.large.summary, exact[0]);
  check.small_exact = compare(check.small.summary, exact[1]);
  check.between = compare_samples(check.small.summary, check.large.summary, small.modes());
  return check;
}

std::string dry_run_text(const RunConfig& config, const Extras& extras, const Posterior& posterior,
                         std::int64_t to) {
  std::string out = parameter_line(posterior);
  out += fmt::format("functional decimation of {}, {} of memory; small system of {}\n",
                     counted(posterior.modes(), "mode"),
                     bytes_text(8.0 * 64.0 * static_cast<double>(posterior.modes())), counted(to, "mode"));
  if (extras.check) {
    const ResolvedRun run = resolve(config.sampler, posterior);
    out += fmt::format("check: {} of each system, {} for the large one's\n", counted(run.chains, "chain"),
                       bytes_text(static_cast<double>(state_bytes(run, posterior.modes()))));
    out += precision_text(std::vector{precision_of(run)});
  }
  return out;
}

int run_relevance(const Flags& flags, const Extras& extras) {
  RunConfig config = flags.config();
  if (!extras.check) {
    flags.refuse_sampling();
  }
  const FileForm form = check_output(config, false);
  const Posterior posterior = make_posterior(config.model);
  const std::int64_t samples = posterior.couplings().samples;
  const std::int64_t to = extras.to.value_or(std::max<std::int64_t>(1, samples / 2));
  validate(to >= 1 && to <= samples,
           fmt::format("--to {}: give 1 ... {}, the samples of the large system", to, samples));
  if (flags.dry_run()) {
    print_text(dry_run_text(config, extras, posterior, to));
    return kDone;
  }
  const FunctionalDecimation functional(posterior);
  RelevanceReport report{config, posterior,   compare_flows(posterior, functional), functional.nodes(), {},
                         {},     std::nullopt};
  report.vertices = vertex_curves(functional, report.flows);
  for (const FlowOrder order : {FlowOrder::first, FlowOrder::next}) {
    report.small.push_back(small_system(posterior, functional, to, order));
  }
  if (extras.check) {
    const SmallSystem& next = report.small.back();
    validate(next.couplings.has_value(),
             fmt::format("--check: there is no small system to sample: {}", next.failure));
    settle_seed(config);
    report.config = config;
    const Posterior small(leading_modes(posterior.spectrum(), static_cast<std::size_t>(to)),
                          next.couplings->couplings());
    report.check = check_systems(config, posterior, small);
  }
  publish(config, form, report);
  return kDone;
}

}  // namespace

Action add_relevance(CLI::App& app) {
  const auto flags =
      std::make_shared<Flags>(app, FlagChoice{.sampling = true, .run_file = true, .checks = true});
  const auto extras = std::make_shared<Extras>();
  add_number(app, "--to", extras->to, "samples of the small system (default: half)")
      ->type_name("P")
      ->group("Study");
  app.add_flag("--check", extras->check, "samples the large and the small system side by side")
      ->group("Study");
  app.footer(
      "Flows of V = r R/2 + U R^2/8 + W R^3/48 at first and next order against the functional one, mode by "
      "mode (docs/theory.md, section 3). ridgeflow plot draws what --out X.json wrote.\n"
      "Example: ridgeflow relevance --samples 1000 --to 500 --out relevance.json");
  return [flags, extras] { return run_relevance(*flags, *extras); };
}

}  // namespace ridgeflow::cli
