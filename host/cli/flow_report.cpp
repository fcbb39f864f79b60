#include "cli/flow_report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/io/run_file.hpp"
#include "ridgeflow/io/version.hpp"

#include "cli/agreement.hpp"
#include "cli/output.hpp"
#include "cli/partial.hpp"
#include "cli/sentences.hpp"
#include "cli/theory_distance.hpp"

namespace ridgeflow::cli {
namespace {

/// An exponent and its scaling interval, as all three forms name it.
struct NamedInterval {
  const char* name;
  ScalingInterval ScalingIntervals::*interval;
  const char* of;
  double (*without)(const PowerLaw&);  ///< what it is without interaction, far above k*
};

constexpr std::array kIntervals{
    NamedInterval{"gamma_r", &ScalingIntervals::ridge, "the ridge r'",
                  [](const PowerLaw& law) { return 1.0 + law.alpha; }},
    NamedInterval{"gamma_U", &ScalingIntervals::quartic, "the interaction U'",
                  [](const PowerLaw& law) { return 2.0 * (1.0 + law.alpha); }},
    NamedInterval{"loop", &ScalingIntervals::loop, "loops' share of the ridge",
                  [](const PowerLaw& law) { return law.alpha; }},
    NamedInterval{"tree", &ScalingIntervals::tree, "trees' share of the ridge",
                  [](const PowerLaw& law) { return law.beta; }},
};

std::string exponent(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.4f}", value);
}

std::string deviation_text(double continuum, double decimation) {
  const double relative = continuum / decimation - 1.0;
  return std::isnan(relative) ? "-" : relative == 0.0 ? "0" : fmt::format("{:+.1e}", relative);
}

// --- Table -------------------------------------------------------------------------------------------------

std::string decimation_text(const FlowStudy& study) {
  const Decimation& flow = study.decimation;
  return wrapped(fmt::format("Decimation: largest bubble U (2 c^2 + 4 c m^2) = {:.3g} at mode {}{}.",
                             flow.largest_bubble, flow.largest_bubble_mode,
                             flow.small_steps() ? "" : ", by which U falls by more than half"));
}

std::vector<std::string> verdict(const FlowStudy& study) {
  std::vector<std::string> sentences;
  if (study.second && study.second->sampled) {
    const SampleComparison& between = study.second->sampled->between;
    Problems problems = agreement_problems(between.mean, "the means", "");
    add_problems(problems, agreement_problems(between.variance, "the variances", ""));
    sentences.push_back(
        problems.words.empty()
            ? fmt::format("Sampled, the two cutoffs agree: {} for the means, {} for the variances.",
                          p_relation(between.mean.p_value), p_relation(between.variance.p_value))
            : fmt::format("Sampled, the two cutoffs {}: {}.", disagreement(problems),
                          fmt::join(problems.words, "; ")));
  }
  if (study.second) {
    const auto worst = [](const TheoryDifference& d) { return std::max(d.mean.value, d.variance.value); };
    const std::size_t modes = study.second->small.modes();
    sentences.push_back(
        fmt::format("A cutoff at {} in place of {} on the same trajectory leaves the exact means and "
                    "variances of modes 1 to "
                    "{} within {:.2g}, relative; with kappa and u kept they would be off by up to {:.2g}.",
                    modes, study.posterior.modes(), modes, worst(study.second->renormalized.back()),
                    worst(study.second->bare)));
  }
  if (study.continuum) {
    const ContinuumStudy& flow = *study.continuum;
    sentences.push_back(fmt::format(
        "From mode {} down to {} the ridge r' is {}, the interaction U' {}, the loops' share of the "
        "ridge {}, the trees' {}.",
        flow.window.last, flow.window.first, to_string(relevance(flow.intervals.ridge)),
        to_string(relevance(flow.intervals.quartic)), to_string(relevance(flow.intervals.loop)),
        to_string(relevance(flow.intervals.tree))));
  }
  sentences.push_back(fmt::format("RG (wilson) is off exact by up to {}: |exact/wilson - 1|.",
                                  distance_text(study.from_exact)));
  return sentences;
}

std::string couplings_text(const FlowStudy& study) {
  TextTable table({"k", "r(k)", "U(k)"});
  for (const std::size_t k : shown_modes(study.posterior.modes())) {
    table.add({fmt::format("{}", k + 1), number(study.decimation.ridge[k], 7),
               number(study.decimation.quartic[k], 7)});
  }
  return "\nCouplings that each mode sees, by decimation\n" + table.text() +
         "  The continuum flow needs power-law data: a spectrum of a file has the\n  decimation alone.\n";
}

std::string trajectory_text(const FlowStudy& study, const ContinuumStudy& flow) {
  TextTable table({"k", "tau", "r(k)", "U(k)", "ODE", "corrected", "r'", "U'", "gamma_r", "gamma_U"});
  const FlowColumns& c = flow.columns;
  for (const std::size_t k : shown_modes(study.posterior.modes())) {
    table.add(
        {fmt::format("{}", k + 1), fmt::format("{:.3f}", c.tau[k]), number(study.decimation.ridge[k], 6),
         number(study.decimation.quartic[k], 6), deviation_text(c.ridge_plain[k], study.decimation.ridge[k]),
         deviation_text(c.ridge_corrected[k], study.decimation.ridge[k]), number(c.ridge_rescaled[k], 4),
         number(c.quartic_rescaled[k], 4), exponent(c.gamma_ridge[k]), exponent(c.gamma_quartic[k])});
  }
  std::string out = "\nThe flow of the couplings, from mode M down\n" + table.text() +
                    "  r(k), U(k): decimation, before mode k is integrated out; ODE, corrected: what\n"
                    "  the continuum flow gives for r(k) less that, relative; r' = l^g r, U' = l^2g U\n"
                    "  with l = e^tau = Lambda/(k + 1/2), g = 1 + alpha; gamma: d ln/dtau of r'\n  and U'\n";
  for (const auto& [name, deviation] :
       {std::pair("ODE", &flow.plain_deviation), std::pair("corrected", &flow.corrected_deviation)}) {
    if (deviation->ridge_mode > 0) {
      out += wrapped(fmt::format("  largest deviation, {}: {:.1e} in r (k = {}), {:.1e} in U (k = {})", name,
                                 deviation->ridge, deviation->ridge_mode, deviation->quartic,
                                 deviation->quartic_mode));
    }
  }
  return out;
}

std::string intervals_text(const ContinuumStudy& flow) {
  std::string out = fmt::format("\nScaling intervals over modes {} to {} (k* = {:.4g})\n", flow.window.first,
                                flow.window.last, flow.learning_scale);
  TextTable table({"exponent", "of", "without U, k >> k*", "least", "largest", "which is"});
  for (const NamedInterval& each : kIntervals) {
    const ScalingInterval& interval = flow.intervals.*each.interval;
    table.add({each.name, each.of, exponent(each.without(flow.law)), exponent(interval.low),
               exponent(interval.high), to_string(relevance(interval))});
  }
  return out + table.text() +
         "  relevant: grows towards the infrared (k falling) at every scale of the window;\n"
         "  irrelevant: falls at every one; mixed: both occur. r', U' grow against the\n"
         "  prior, whose form the rescaling keeps; the shares of what one unit of tau adds\n"
         "  to r, loops kUc/2r and trees kUm^2/2r, against r itself.\n";
}

std::string words(const FlowStudy& study, const ContinuumStudy& flow) {
  std::string out;
  const std::size_t modes = study.posterior.modes();
  const double at = flow.learning_scale + 0.5;
  if (at >= flow.plain.end() && at <= flow.plain.cutoff()) {
    const RidgeShare share = flow.plain.share(at);
    out += wrapped(fmt::format(
        "At the learning scale k* = {:.4g} the modes above have raised r by {:.3g} %, and one unit of tau "
        "adds {:.3g} % by loops and {:.3g} % by trees.",
        flow.learning_scale, 100.0 * (flow.plain.at(at).ridge / study.posterior.ridge() - 1.0),
        100.0 * share.loop, 100.0 * share.tree));
  } else {
    out += wrapped(fmt::format(
        "The learning scale k* = {:.4g} lies outside of modes 1 to {}: the flow does not pass it.",
        flow.learning_scale, modes));
  }
  if (flow.sample_exponents && study.posterior.quartic() > 0) {
    const double g = 1.0 + flow.law.alpha;
    out += wrapped(fmt::format(
        "Towards many samples, kappa, u and M/P fixed, the correction to r at k* goes like P^{:.3f} (loops) "
        "and P^{:.3f} (trees) from P = {} to {}, and like P^{:.3f} and P^{:.3f} for P -> infinity, where the "
        "interaction is irrelevant.",
        flow.sample_exponents->loop, flow.sample_exponents->tree, study.posterior.couplings().samples,
        10 * study.posterior.couplings().samples, -flow.law.alpha / g, -flow.law.beta / g));
  }
  return out;
}

std::string fields_text(const ContinuumStudy& flow) {
  TextTable table({"tau", "k", "r' there", "U' there", "target's s", "nullcline's top U'", "at r'"});
  for (const FlowField& field : flow.fields) {
    const double k = flow.plain.flow().scale(field.tau);
    const RunningCouplings at = flow.plain.rescaled(std::max(k, flow.plain.end()));
    std::size_t top = 0;
    for (std::size_t i = 0; i < field.nullcline.size(); ++i) {
      top = field.nullcline[i] > field.nullcline[top] ? i : top;
    }
    table.add({fmt::format("{:.4g}", field.tau), number(k, 5), number(at.ridge, 4), number(at.quartic, 4),
               number(flow.plain.flow().target_scale(field.tau), 4), number(field.nullcline[top], 4),
               number(field.nullcline_ridge[top], 4)});
  }
  return fmt::format(
             "\nThe vector field in the (U', r') plane: unit of r' Lambda^g = {:.5g}, of U' its\n"
             "square {:.5g}\n",
             flow.plain.flow().curvature(), std::pow(flow.plain.flow().curvature(), 2.0)) +
         table.text() +
         "  nullcline: where dr'/dtau = 0. The field itself is in the JSON, which\n"
         "  ridgeflow plot draws.\n";
}

std::string difference_cells(const LargestDifference& difference) {
  return fmt::format("{:.1e} (k = {})", difference.value, difference.mode);
}

std::string sampled_text(const SecondCutoff& second) {
  const SampledCutoffs& s = *second.sampled;
  TextTable table({"sampled", "of", "modes", "chi2/n", "p", "largest z", "at k"});
  std::string gaps;
  const auto add = [&](const char* what, const char* of, const Agreement& agreement) {
    table.add({what, of, fmt::format("{}", agreement.compared()), number(agreement.reduced_chi_squared(), 4),
               p_text(agreement.p_value), z_text(agreement.largest_z),
               fmt::format("{}", agreement.largest_mode)});
    if (!agreement.not_compared.empty()) {
      gaps += wrapped(fmt::format("{}, {}: {}.", what, of, not_compared_text(agreement)));
    }
  };
  add("second against first", "mean", s.between.mean);
  add("second against first", "variance", s.between.variance);
  add("first against exact", "mean", s.large_exact.mean);
  add("first against exact", "variance", s.large_exact.variance);
  add("second against exact", "mean", s.small_exact.mean);
  add("second against exact", "variance", s.small_exact.variance);
  return table.text() + gaps +
         wrapped(fmt::format("Sampled{}: {} and {} of {} each, {}", partial_remark(s.large),
                             s.large.summary.draws, counted(s.small.summary.draws, "draw"),
                             counted(s.large.summary.chains, "chain"), executor_text(s.large.executor)));
}

std::string second_text(const SecondCutoff& second) {
  std::string out =
      fmt::format("\nA second cutoff on the same trajectory: {}\n", counted(second.small.modes(), "mode")) +
      parameter_line(second.small);
  TextTable table({"largest relative difference from the first, modes 1 to M", "mean", "variance"});
  for (const TheoryDifference& each : second.renormalized) {
    table.add(
        {std::string(to_string(each.theory)), difference_cells(each.mean), difference_cells(each.variance)});
  }
  table.add({"exact, but kappa and u of the first kept", difference_cells(second.bare.mean),
             difference_cells(second.bare.variance)});
  out += table.text();
  return second.sampled ? out + sampled_text(second) : out;
}

// --- JSON --------------------------------------------------------------------------------------------------

Json deviation_json(const FlowDeviation& d) {
  return {{"r", d.ridge}, {"r_mode", d.ridge_mode}, {"U", d.quartic}, {"U_mode", d.quartic_mode}};
}

Json field_json(const FlowField& field, const FlowTrajectory& flow) {
  const double k = flow.flow().scale(field.tau);
  const RunningCouplings at = flow.rescaled(std::max(k, flow.end()));
  return {{"tau", field.tau},
          {"k", k},
          {"target_scale", flow.flow().target_scale(field.tau)},
          {"at", {{"r", at.ridge}, {"U", at.quartic}}},
          {"r", field.ridge},
          {"U", field.quartic},
          {"dr_dtau", field.ridge_slope},
          {"dU_dtau", field.quartic_slope},
          {"ln_magnitude", field.ln_magnitude},
          {"nullcline",
           {{"r", field.nullcline_ridge}, {"U", field.nullcline}, {"U_trees", field.tree_nullcline}}}};
}

Json intervals_json(const ContinuumStudy& flow) {
  Json json = Json::object();
  for (const NamedInterval& each : kIntervals) {
    const ScalingInterval& interval = flow.intervals.*each.interval;
    json[each.name] = {{"least", interval.low},
                       {"largest", interval.high},
                       {"without_interaction", each.without(flow.law)},
                       {"is", to_string(relevance(interval))}};
  }
  return json;
}

Json continuum_json(const FlowStudy& study, const ContinuumStudy& flow) {
  const ContinuumFlow& field = flow.plain.flow();
  Json json{{"alpha", flow.law.alpha},
            {"beta", flow.law.beta},
            {"scale", flow.law.scale},
            {"cutoff", field.cutoff()},
            {"unit_r", field.curvature()},
            {"unit_U", field.curvature() * field.curvature()},
            {"learning_scale", flow.learning_scale},
            {"deviation",
             {{"ode", deviation_json(flow.plain_deviation)},
              {"corrected", deviation_json(flow.corrected_deviation)}}},
            {"window", {{"first", flow.window.first}, {"last", flow.window.last}}},
            {"scaling_intervals", intervals_json(flow)},
            {"sample_exponents", nullptr},
            {"fixed_point", nullptr},
            {"fields", Json::array()}};
  if (flow.sample_exponents && study.posterior.quartic() > 0) {
    json["sample_exponents"] = {{"loop", flow.sample_exponents->loop}, {"tree", flow.sample_exponents->tree}};
  }
  if (const double g = 1.0 + flow.law.alpha;
      std::abs(flow.law.beta - g) <= 1e-12 * g && flow.law.scale != 0.0) {
    const FlowFixedPoint fixed = interacting_fixed_point(flow.law, field.cutoff());
    json["fixed_point"] = {
        {"r", fixed.rescaled.ridge}, {"U", fixed.rescaled.quartic}, {"eigenvalues", fixed.eigenvalues}};
  }
  for (const FlowField& each : flow.fields) {
    json["fields"].push_back(field_json(each, flow.plain));
  }
  return json;
}

Json difference_json(const TheoryDifference& d) {
  return {{"theory", to_string(d.theory)},
          {"mean", d.mean.value},
          {"mean_mode", d.mean.mode},
          {"variance", d.variance.value},
          {"variance_mode", d.variance.mode}};
}

Json short_agreement_json(const Agreement& a) {
  return {{"chi2", a.chi_squared}, {"modes", a.compared()},    {"not_compared", a.not_compared},
          {"p", a.p_value},        {"largest_z", a.largest_z}, {"largest_mode", a.largest_mode}};
}

Json comparison_json(const Comparison& c) {
  return {{"mean", short_agreement_json(c.mean)}, {"variance", short_agreement_json(c.variance)}};
}

Json second_json(const SecondCutoff& second, std::uint64_t seed) {
  const Posterior& small = second.small;
  Json json{{"P", small.couplings().samples},
            {"M", small.modes()},
            {"kappa", small.couplings().kappa},
            {"u", small.couplings().u},
            {"r", small.ridge()},
            {"U", small.quartic()},
            {"difference", Json::array()},
            {"difference_bare", difference_json(second.bare)},
            {"sampled", nullptr}};
  for (const TheoryDifference& each : second.renormalized) {
    json["difference"].push_back(difference_json(each));
  }
  if (second.sampled) {
    const SampledCutoffs& s = *second.sampled;
    json["sampled"] = {{"seed", seed}, {"chains", s.large.summary.chains}, {"draws", s.large.summary.draws}};
    json["sampled"].update(length_json(s.large));
    json["sampled"].update({{"backend", s.large.executor.backend},
                            {"device", s.large.executor.device},
                            {"second_against_first",
                             {{"mean", short_agreement_json(s.between.mean)},
                              {"variance", short_agreement_json(s.between.variance)}}},
                            {"first_against_exact", comparison_json(s.large_exact)},
                            {"second_against_exact", comparison_json(s.small_exact)}});
  }
  return json;
}

/// The CSV's columns, in its order; those of a continuum that is not there are not known.
std::vector<std::pair<const char*, std::vector<double>>> columns_of(const FlowStudy& study) {
  FlowColumns c;
  if (study.continuum) {
    c = study.continuum->columns;
  }
  const auto known = [&](std::vector<double> column) {
    column.resize(study.posterior.modes(), std::numeric_limits<double>::quiet_NaN());
    return column;
  };
  return {{"tau", known(c.tau)},
          {"r", study.decimation.ridge},
          {"U", study.decimation.quartic},
          {"r_ode", known(c.ridge_plain)},
          {"U_ode", known(c.quartic_plain)},
          {"r_corrected", known(c.ridge_corrected)},
          {"U_corrected", known(c.quartic_corrected)},
          {"r_rescaled", known(c.ridge_rescaled)},
          {"U_rescaled", known(c.quartic_rescaled)},
          {"gamma_r", known(c.gamma_ridge)},
          {"gamma_U", known(c.gamma_quartic)}};
}

}  // namespace

std::string csv_text(const FlowReport& report) {
  const auto columns = columns_of(report.study);
  std::vector<CsvColumn> named;
  named.reserve(columns.size());
  for (const auto& [name, numbers] : columns) {
    named.push_back({name, &numbers});
  }
  return columns_csv(named);
}

Json json_of(const FlowReport& report) {
  const FlowStudy& study = report.study;
  const Posterior& posterior = study.posterior;
  Json json{{"kind", "flow"},
            {"version", version()},
            {"git_revision", git_revision()},
            {"model", model_json(posterior)},
            {"decimation",
             {{"largest_bubble", study.decimation.largest_bubble},
              {"largest_bubble_mode", study.decimation.largest_bubble_mode},
              {"small_steps", study.decimation.small_steps()}}},
            {"largest_deviation_of_exact", distance_json(study.from_exact)},
            {"scales", Json::object()},
            {"continuum", study.continuum ? continuum_json(study, *study.continuum) : Json(nullptr)},
            {"second_cutoff",
             study.second ? second_json(*study.second, report.config.sampler.seed) : Json(nullptr)},
            {"run_file", to_toml(report.config)}};
  Json& scales = json["scales"];
  for (std::size_t k = 1; k <= posterior.modes(); ++k) {
    scales["k"].push_back(k);
  }
  for (auto& [name, column] : columns_of(study)) {
    scales[name] = column;
  }
  return json;
}

std::string table_text(const FlowReport& report) {
  const FlowStudy& study = report.study;
  std::string out = verdict_text(verdict(study)) + parameter_line(study.posterior);
  if (study.continuum) {
    const ContinuumStudy& flow = *study.continuum;
    out += wrapped(fmt::format(
        "alpha = {:.6g}, beta = {:.6g}, scale = {:.6g}: learning scale k* = {:.5g} (a = r there), "
        "cutoff Lambda = {}",
        flow.law.alpha, flow.law.beta, flow.law.scale, flow.learning_scale, flow.plain.cutoff()));
    out += decimation_text(study) + trajectory_text(study, flow) + intervals_text(flow) + words(study, flow) +
           fields_text(flow);
  } else {
    out += decimation_text(study) + couplings_text(study);
  }
  return study.second ? out + second_text(*study.second) : out;
}

}  // namespace ridgeflow::cli
