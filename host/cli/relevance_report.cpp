#include "cli/relevance_report.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "ridgeflow/io/version.hpp"
#include "ridgeflow/theory/continuum_flow.hpp"

#include "cli/agreement.hpp"
#include "cli/flow_study.hpp"
#include "cli/partial.hpp"
#include "cli/sentences.hpp"

namespace ridgeflow::cli {
namespace {

struct Largest {
  double value = 0;
  std::size_t mode = 0;  // k, from 1; 0: there is none
};

Largest largest_of(const std::vector<double>& errors) {
  Largest result;
  for (std::size_t k = 0; k < errors.size(); ++k) {
    if (std::abs(errors[k]) > std::abs(result.value)) {
      result = {errors[k], k + 1};
    }
  }
  return result;
}

const char* name_of(FlowOrder order) {
  return order == FlowOrder::first ? "first" : "next";
}

std::string error_text(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:+.1e}", value);
}

std::string couplings_text(const RelevanceReport& report) {
  const FlowComparison& f = report.flows;
  std::string out = "\nCouplings that mode k sees: r = 2V', U = 4V'', W = 8V''' at R = 0\n";
  TextTable table(
      {"k", "r func.", "r first", "r next", "U func.", "U first", "U next", "W func.", "W first", "W next"});
  for (const std::size_t k : shown_modes(report.posterior.modes())) {
    const CouplingColumns& exact = f.functional_at_zero;
    table.add({fmt::format("{}", k + 1), number(exact.ridge[k], 7), number(f.first_order.ridge[k], 7),
               number(f.next_order.ridge[k], 7), number(exact.quartic[k], 6),
               number(f.first_order.quartic[k], 6), number(f.next_order.quartic[k], 6),
               number(exact.sextic[k], 3), number(f.first_order.sextic[k], 3),
               number(f.next_order.sextic[k], 3)});
  }
  return out + table.text();
}

std::string errors_text(const RelevanceReport& report) {
  const FlowComparison& f = report.flows;
  std::string out =
      "\nWhat mode k feels at the typical size <R_k>, and relative errors of\nthe truncated flows\n";
  TextTable table({"k", "<R_k>", "2V'", "4V''", "2V' first", "2V' next", "4V'' first", "4V'' next"});
  for (const std::size_t k : shown_modes(report.posterior.modes())) {
    table.add({fmt::format("{}", k + 1), number(f.typical_size[k], 5),
               number(f.functional_at_typical.ridge[k], 7), number(f.functional_at_typical.quartic[k], 6),
               error_text(f.first_order_errors.slope[k]), error_text(f.next_order_errors.slope[k]),
               error_text(f.first_order_errors.curvature[k]), error_text(f.next_order_errors.curvature[k])});
  }
  return out + table.text();
}

std::string flow_sentence(const RelevanceReport& report) {
  const FlowComparison& f = report.flows;
  const std::size_t last = report.posterior.modes() - 1;
  const auto share = [&](std::size_t k) {  // of the interaction in the ridge
    return 100.0 * (1.0 - f.functional_at_zero.ridge[k] / f.functional_at_typical.ridge[k]);
  };
  std::vector<double> sextic_share(last + 1);
  for (std::size_t k = 0; k <= last; ++k) {
    const double size = f.typical_size[k];
    sextic_share[k] =
        100.0 * f.functional_at_zero.sextic[k] * size * size / 8.0 / f.functional_at_typical.ridge[k];
  }
  const Largest most = largest_of(sextic_share);
  return fmt::format(
      "What V beyond r R/2 adds to the ridge that a mode feels falls from {:.3g} % at k = {} to {:.3g} % at "
      "k = "
      "1, the rest having gone into r, which rises from {:.7g} to {:.7g}; U goes from {:.6g} to {:.6g}, W "
      "from "
      "{:.4g} to {:.4g}{}.",
      share(last), last + 1, share(0), f.functional_at_zero.ridge[last], f.functional_at_zero.ridge[0],
      f.functional_at_zero.quartic[last], f.functional_at_zero.quartic[0], f.functional_at_zero.sextic[last],
      f.functional_at_zero.sextic[0],
      most.mode == 0 ? "" : fmt::format(", at most {:.2g} % of that ridge (k = {})", most.value, most.mode));
}

std::string truncation_sentence(const RelevanceReport& report) {
  const Largest first = largest_of(report.flows.first_order_errors.slope);
  const Largest next = largest_of(report.flows.next_order_errors.slope);
  if (first.mode == 0) {
    return "Nothing flows: every flow gives the same ridge.";
  }
  const double ratio = std::abs(first.value / next.value);
  return fmt::format(
      "The ridge felt is wrong by up to {:.2g} at first order (k = {}) and {:.2g} at the next (k = {}): {}.",
      std::abs(first.value), first.mode, std::abs(next.value), next.mode,
      ratio > 3.0   ? fmt::format("the next order is {:.2g} times closer, and W is worth keeping", ratio)
      : ratio > 1.0 ? "the next order gains little"
                    : "the next order gains nothing, the interaction is too strong for it");
}

std::string small_sentence(const SmallSystem& small) {
  const char* name = small.order == FlowOrder::first ? "first" : "next";
  if (!small.couplings) {
    return fmt::format("At {} order there is no small system: {}.", name, small.failure);
  }
  const Couplings c = small.couplings->couplings();
  return fmt::format(
      "At {} order the system of P = {} has kappa = {:.8g}, u = {:.8g}, w = {:.4g}; its exact means and "
      "variances are those of the large system's modes within {:.2g} and {:.2g}.",
      name, c.samples, c.kappa, c.u, c.w, small.largest_mean_error, small.largest_variance_error);
}

std::string check_text(const SystemsCheck& check) {
  std::string out = "\n";
  out += wrapped(fmt::format("Both systems sampled together{}, {} and {} draws of {} chains each",
                             partial_remark(check.large), check.large.summary.draws,
                             check.small.summary.draws, check.large.run.chains));
  TextTable table({"", "of", "modes", "chi2/n", "p", "largest z", "at k"});
  const auto add = [&](const char* what, const Agreement& mean, const Agreement& variance) {
    for (const auto& [of, part] : {std::pair("mean", &mean), std::pair("variance", &variance)}) {
      table.add({what, of, fmt::format("{}", part->compared()), number(part->reduced_chi_squared(), 4),
                 p_text(part->p_value), z_text(part->largest_z), fmt::format("{}", part->largest_mode)});
    }
  };
  add("large against exact", check.large_exact.mean, check.large_exact.variance);
  add("small against exact", check.small_exact.mean, check.small_exact.variance);
  add("small against large", check.between.mean, check.between.variance);
  return out + table.text();
}

std::string check_sentence(const SystemsCheck& check) {
  const Agreement& mean = check.between.mean;
  const Agreement& variance = check.between.variance;
  std::string out =
      mean.resolved.empty() && variance.resolved.empty()
          ? fmt::format("Sampled, both systems agree: no deviation is resolved at {} means and {} variances",
                        mean.compared(), variance.compared())
          : fmt::format("Sampled, the two systems DIFFER: means at {} of {} modes, variances at {} of {}",
                        mean.resolved.size(), mean.compared(), variance.resolved.size(), variance.compared());
  for (const auto& [name, part] : {std::pair("means", &mean), std::pair("variances", &variance)}) {
    out += part->not_compared.empty() ? "" : fmt::format("; {} {}", name, not_compared_text(*part));
  }
  return out + ".";
}

// Names and columns of the CSV, and of "scales" in the JSON.
std::vector<std::pair<const char*, const std::vector<double>*>> columns_of(const FlowComparison& f) {
  return {{"typical_size", &f.typical_size},
          {"functional_r", &f.functional_at_zero.ridge},
          {"functional_U", &f.functional_at_zero.quartic},
          {"functional_W", &f.functional_at_zero.sextic},
          {"felt_r", &f.functional_at_typical.ridge},
          {"felt_U", &f.functional_at_typical.quartic},
          {"felt_W", &f.functional_at_typical.sextic},
          {"first_r", &f.first_order.ridge},
          {"first_U", &f.first_order.quartic},
          {"first_W", &f.first_order.sextic},
          {"next_r", &f.next_order.ridge},
          {"next_U", &f.next_order.quartic},
          {"next_W", &f.next_order.sextic},
          {"first_slope_error", &f.first_order_errors.slope},
          {"first_curvature_error", &f.first_order_errors.curvature},
          {"next_slope_error", &f.next_order_errors.slope},
          {"next_curvature_error", &f.next_order_errors.curvature}};
}

Json check_json(const SystemsCheck& check) {
  const auto moments = [](const SampleResult& run) {
    Json json{{"chains", run.run.chains}, {"draws", run.summary.draws}};
    json.update(length_json(run));
    json.update({{"mean", run.summary.mean},
                 {"mcse_mean", run.summary.mcse_mean},
                 {"variance", run.summary.variance},
                 {"mcse_variance", run.summary.mcse_variance}});
    return json;
  };
  return {
      {"large", moments(check.large)},
      {"small", moments(check.small)},
      {"large_against_exact",
       {{"mean", agreement_json(check.large_exact.mean)},
        {"variance", agreement_json(check.large_exact.variance)}}},
      {"small_against_exact",
       {{"mean", agreement_json(check.small_exact.mean)},
        {"variance", agreement_json(check.small_exact.variance)}}},
      {"small_against_large",
       {{"mean", agreement_json(check.between.mean)}, {"variance", agreement_json(check.between.variance)}}}};
}

Json small_json(const SmallSystem& small) {
  Json json{{"order", name_of(small.order)}};
  if (!small.couplings) {
    json["failure"] = small.failure;
    return json;
  }
  const Couplings c = small.couplings->couplings();
  json.update({{"P", c.samples},
               {"kappa", c.kappa},
               {"u", c.u},
               {"w", c.w},
               {"r", small.couplings->ridge},
               {"U", small.couplings->quartic},
               {"W", small.couplings->sextic},
               {"largest_mean_error", small.largest_mean_error},
               {"largest_variance_error", small.largest_variance_error}});
  return json;
}

}  // namespace

std::string csv_text(const RelevanceReport& report) {
  std::vector<CsvColumn> named;
  for (const auto& [name, numbers] : columns_of(report.flows)) {
    named.push_back({name, numbers});
  }
  return columns_csv(named);
}

Json json_of(const RelevanceReport& report) {
  const Posterior& posterior = report.posterior;
  Json json{{"kind", "relevance"},
            {"version", version()},
            {"git_revision", git_revision()},
            {"model", model_json(posterior)},
            {"nodes", report.nodes}};
  json["model"]["w"] = posterior.couplings().w;  // at 0 as well: it is what the study is about
  json["model"]["W"] = posterior.sextic();
  if (const auto law = power_law_of(report.config.model); law && 1 + law->alpha > 0) {  // k*, where a_k = r
    json["model"]["learning_scale"] = learning_scale(*law, posterior.ridge());
  }
  Json scales;
  for (const auto& [name, values] : columns_of(report.flows)) {
    scales[name] = *values;
  }
  json["scales"] = std::move(scales);
  json["vertices"] = Json::array();
  for (const VertexCurve& curve : report.vertices) {
    json["vertices"].push_back({{"k", curve.mode},
                                {"typical_size", curve.typical_size},
                                {"R", curve.size},
                                {"functional", curve.functional},
                                {"first", curve.first_order},
                                {"next", curve.next_order}});
  }
  json["small_systems"] = Json::array();
  for (const SmallSystem& small : report.small) {
    json["small_systems"].push_back(small_json(small));
  }
  if (report.check) {
    json["seed"] = report.config.sampler.seed;
    json["check"] = check_json(*report.check);
  }
  return json;
}

std::string table_text(const RelevanceReport& report) {
  std::vector<std::string> verdict;
  if (report.check) {
    verdict.push_back(check_sentence(*report.check));
  }
  verdict.push_back(truncation_sentence(report));
  std::string out =
      verdict_text(verdict) + parameter_line(report.posterior) + couplings_text(report) + errors_text(report);
  if (report.check) {
    out += check_text(*report.check);
  }
  out += '\n';
  out += wrapped(flow_sentence(report));
  for (const SmallSystem& small : report.small) {
    out += wrapped(small_sentence(small));
  }
  return out;
}

}  // namespace ridgeflow::cli
