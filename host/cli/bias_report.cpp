#include "cli/bias_report.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/io/version.hpp"

#include "cli/amounts.hpp"
#include "cli/sentences.hpp"
#include "cli/tables.hpp"

namespace ridgeflow::cli {
namespace {

constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();
constexpr BiasOf kTargets[] = {BiasOf::kWorstVariance, BiasOf::kSizeVariance};
constexpr BiasOf kLaws[] = {BiasOf::kPooledVariance, BiasOf::kWorstVariance, BiasOf::kSizeVariance};

const char* name_of(BiasOf what) {
  return what == BiasOf::kPooledVariance  ? "variance_pooled"
         : what == BiasOf::kWorstVariance ? "variance_worst"
                                          : "size_variance";
}

/// "+1.77(3)" for 1.77 +- 0.03: the error in units of the last digit, two digits of it where it begins
/// with 1.
std::string in_parentheses(double value, double error, bool sign) {
  if (!(error > 0) || !std::isfinite(error) || !std::isfinite(value)) {
    return std::isnan(value) ? "-" : sign ? fmt::format("{:+.3g}", value) : fmt::format("{:.3g}", value);
  }
  int places = -static_cast<int>(std::floor(std::log10(error)));
  places += error * std::pow(10.0, places) < 1.95 ? 1 : 0;
  places = std::max(places, 0);
  const double units = std::round(error * std::pow(10.0, places));
  return sign ? fmt::format("{:+.{}f}({:.0f})", value, places, units)
              : fmt::format("{:.{}f}({:.0f})", value, places, units);
}

std::string percent(const Measured& bias) {
  return in_parentheses(100.0 * bias.value, 100.0 * bias.error, true);
}

std::string worst_text(const WorstBias& worst) {
  return worst.resolved ? percent(worst.bias) : fmt::format("< {:.2g}", 100.0 * worst.limit);
}

std::string step_text(double step) {
  return std::isfinite(step) ? fmt::format("{:.3g}", step) : "-";
}

std::string head_text(const BiasReport& report) {
  std::string out = parameter_line(report.posterior);
  out += wrapped(fmt::format("{}, {} precision, seed {}", executor_text(report.executor),
                             to_string(report.config.sampler.precision), report.config.sampler.seed));
  return out + fmt::format("{} a run, {}; all runs took {}\n", counted(report.reference.chains, "chain"),
                           report.seconds > 0
                               ? fmt::format("{} after burn-in", short_time_text(report.seconds))
                               : counted(report.reference.draws, "draw"),
                           seconds_text(report.wall));
}

/// Effective samples over those of the reference, each for the pace of the machine beside it.
Measured gain_of(const StepBias& run, const StepBias& reference) {
  const Measured& a = run.effective_per_second;
  const Measured& b = reference.effective_per_second;
  const double gain = run.paced() / reference.paced();
  return {gain, gain * std::hypot(a.error / a.value, b.error / b.value)};
}

std::vector<std::string> point_cells(const StepBias& point, const StepBias& reference) {
  std::vector<std::string> cells{point.integrator, step_text(point.step), step_text(point.relaxations)};
  if (point.diverged > 0) {
    cells.insert(cells.end(), {"-", "-", fmt::format("{} diverged", point.diverged), "-", "-", "-"});
    return cells;
  }
  const bool moved = std::isfinite(point.effective_per_second.value);
  cells.insert(
      cells.end(),
      {moved ? rate_text(point.effective_per_second.value) : "hardly moved",
       reference.diverged > 0 || !moved ? "-" : fmt::format("{:.2g}", gain_of(point, reference).value),
       worst_text(point.worst_variance), percent(point.pooled_variance), percent(point.mean_size),
       percent(point.variance_size)});
  return cells;
}

/// The fastest integrator within the target, and the orders that were seen.
std::vector<std::string> verdict(const BiasReport& report) {
  std::vector<std::string> sentences;
  for (const BiasOf what : kTargets) {
    const StepBias* best = nullptr;
    for (const EqualBias& each : report.equal) {
      if (each.what == what && each.run && each.run->diverged == 0 &&
          std::isfinite(each.run->effective_per_second.value) &&
          (best == nullptr ||
           gain_of(*each.run, report.reference).value > gain_of(*best, report.reference).value)) {
        best = &*each.run;
      }
    }
    const char* of = what == BiasOf::kWorstVariance ? "the variance of the worst mode" : "Var R";
    if (best == nullptr) {
      sentences.push_back(fmt::format("No integrator is known to be within a bias of {:.3g} % in {}.",
                                      100.0 * report.target, of));
      continue;
    }
    const Measured gain = gain_of(*best, report.reference);
    sentences.push_back(fmt::format(
        "Within a bias of {:.3g} % in {}, {}{} is fastest: {} independent draws of the softest mode{}.",
        100.0 * report.target, of, best->integrator,
        std::isfinite(best->step) ? fmt::format(" at h = {}", step_text(best->step)) : "",
        rate_text(best->effective_per_second.value),
        report.reference.diverged > 0
            ? ""
            : fmt::format(", {} times as many as {} at h = {}", in_parentheses(gain.value, gain.error, false),
                          report.reference.integrator, step_text(report.reference.step))));
  }
  std::string orders;
  std::string exact;
  for (const IntegratorBias& study : report.studies) {
    const std::optional<FittedPowerLaw>* law = study.exact ? nullptr : &study.laws.front().law;
    if (study.exact) {
      exact += (exact.empty() ? "" : ", ") + study.integrator;
    } else if (law->has_value()) {
      orders += fmt::format("{}{} {}", orders.empty() ? "" : ", ", study.integrator,
                            in_parentheses((*law)->exponent, (*law)->exponent_error, false));
    }
  }
  if (!orders.empty() || !exact.empty()) {
    sentences.push_back(fmt::format(
        "{}{}{}.", orders.empty() ? "" : "Order of the step-size error, measured: " + orders,
        orders.empty() || exact.empty() ? "" : "; ", exact.empty() ? "" : "none by construction: " + exact));
  }
  return sentences;
}

std::string points_text(const BiasReport& report) {
  std::string out = "\nBias against the exact average, in per cent\n";
  TextTable table(
      {"integrator", "h", "h rate", "eff. draws", "gain", "Var d_k worst", "all modes", "<R>", "Var R"}, 2);
  std::string means;
  for (const IntegratorBias& study : report.studies) {
    for (const StepBias& point : study.points) {
      table.add(point_cells(point, report.reference));
      if (point.diverged == 0 && point.worst_mean.resolved) {
        means += fmt::format("{}{} at h = {} ({} sd, mode {})", means.empty() ? "" : ", ", point.integrator,
                             step_text(point.step),
                             in_parentheses(point.worst_mean.bias.value, point.worst_mean.bias.error, true),
                             point.worst_mean.mode);
      }
    }
  }
  out += table.text();
  out +=
      "  h rate: h (min a + rho*), in relaxation times of the softest mode, that of the\n"
      "  least a_k; eff. draws: independent draws of it per second; gain: over those of\n"
      "  the reference; worst: largest deviation resolved of all modes, or what would\n"
      "  have been; 1.77(3): 1.77 +- 0.03, from the spread over chains\n";
  return out + wrapped(means.empty() ? "means: no mode's bias is resolved in any run"
                                     : "means: bias resolved for " + means);
}

std::string laws_text(const BiasReport& report) {
  std::string out = fmt::format(
      "\nWeak order: |bias| = C h^order where it is resolved, below {:.0f} % and at\nh rate <= {:.3g}\n",
      100.0 * FitRange{}.small, kLeadingOrderRelaxations);
  TextTable table({"integrator", "order (Var d_k, all modes)", "points", "order (Var R)", "points"});
  for (const IntegratorBias& study : report.studies) {
    if (study.exact) {
      continue;
    }
    std::vector<std::string> cells{study.integrator};
    for (const std::size_t i : {0U, 2U}) {  // the worst mode's has the exponent of all modes
      const BiasLaw& found = study.laws[i];
      cells.push_back(found.law ? in_parentheses(found.law->exponent, found.law->exponent_error, false)
                                : "not resolved");
      cells.push_back(found.law ? fmt::format("{}", found.law->points.size()) : "-");
    }
    table.add(std::move(cells));
  }
  return out + table.text();
}

std::string one_mode_text(const BiasReport& report) {
  if (report.one_mode.empty()) {
    return "";
  }
  const double largest = report.one_mode.front().relaxations.back();
  std::string out = fmt::format(
      "\nThe softest mode alone, by quadrature of the transition kernel (no sampling),\nh rate = {:.4g}\n",
      largest);
  TextTable table({"integrator", "bias of Var d [%]", "order", "bias of Var R [%]", "order"});
  const auto order = [](double p, double bias) {
    return !std::isnan(p) ? fmt::format("{:.3f}", p) : std::isnan(bias) ? "no law" : "< 1e-8";
  };
  const auto per_cent = [](double bias) {
    return std::isnan(bias) ? "-" : fmt::format("{:+.2g}", 100.0 * bias);
  };
  for (const OneModeBias& each : report.one_mode) {
    table.add({each.integrator, per_cent(each.variance.back()), order(each.variance_order, each.variance[1]),
               per_cent(each.size.back()), order(each.size_order, each.size[1])});
  }
  return out + table.text() +
         fmt::format("  order: between h rate = {:.4g} and {:.4g}; < 1e-8: no bias but rounding\n",
                     report.one_mode.front().relaxations[0], report.one_mode.front().relaxations[1]);
}

std::string equal_text(const BiasReport& report, BiasOf what) {
  std::string out = fmt::format("\nAt a bias of {:.3g} % in {}\n", 100.0 * report.target,
                                what == BiasOf::kWorstVariance ? "the variance of the worst mode" : "Var R");
  TextTable table({"integrator", "h", "h rate", "step from", "bias there [%]", "eff. draws", "gain"});
  const auto bias_text = [&](const StepBias& run, std::uint32_t mode) {
    return what == BiasOf::kSizeVariance ? percent(run.variance_size)
           : mode > 0                    ? percent(run.variance[mode - 1])
                                         : worst_text(run.worst_variance);
  };
  const auto add = [&](const std::string& name, const char* from, const StepBias& run,
                       std::uint32_t mode = 0) {
    if (run.diverged > 0) {
      table.add({name, step_text(run.step), step_text(run.relaxations), from,
                 fmt::format("{} diverged", run.diverged), "-", "-"});
      return;
    }
    const Measured gain =
        report.reference.diverged > 0 ? Measured{kNotKnown, kNotKnown} : gain_of(run, report.reference);
    table.add({name, step_text(run.step), step_text(run.relaxations), from, bias_text(run, mode),
               rate_text(run.effective_per_second.value), in_parentheses(gain.value, gain.error, false)});
  };
  for (const EqualBias& each : report.equal) {
    if (each.what != what) {
      continue;
    }
    if (each.run) {
      add(each.integrator, each.exact ? "any: best" : each.by_law ? "law" : "tested", *each.run, each.mode);
    } else {
      table.add({each.integrator, "-", "-", "not known", "-", "-", "-"});
    }
  }
  add("reference", "given", report.reference);
  return out + table.text();
}

// --- CSV and JSON ------------------------------------------------------------------------------------------

Json measured_json(const Measured& m) {
  return {{"value", m.value}, {"error", m.error}};
}

Json worst_json(const WorstBias& w) {
  return {{"mode", w.mode},
          {"value", w.bias.value},
          {"error", w.bias.error},
          {"resolved", w.resolved},
          {"limit", w.limit}};
}

Json point_json(const StepBias& p) {
  Json json{{"integrator", p.integrator},   {"h", p.step},
            {"relaxations", p.relaxations}, {"seed", p.seed},
            {"chains", p.chains},           {"every", p.every},
            {"burn_in", p.burn_in},         {"diverged", p.diverged}};
  if (p.diverged > 0) {
    return json;
  }
  json.update({{"draws", p.draws},
               {"acceptance", p.acceptance},
               {"seconds", p.seconds},
               {"steps_per_s", p.steps_per_second},
               {"effective_per_s", measured_json(p.effective_per_second)},
               {"reference_steps_per_s", p.pace},
               {"variance_worst", worst_json(p.worst_variance)},
               {"variance_pooled", measured_json(p.pooled_variance)},
               {"mean_worst", worst_json(p.worst_mean)},
               {"mean_pooled", measured_json(p.pooled_mean)},
               {"size_mean", measured_json(p.mean_size)},
               {"size_variance", measured_json(p.variance_size)}});
  return json;
}

Json law_json(const std::string& integrator, BiasOf what, const BiasLaw& found) {
  Json json{{"integrator", integrator}, {"quantity", name_of(what)}, {"resolved", found.law.has_value()}};
  Json bias = Json::array();
  for (std::size_t i = 0; i < found.bias.size(); ++i) {
    bias.push_back({{"h", found.steps[i]}, {"value", found.bias[i].value}, {"error", found.bias[i].error}});
  }
  json["mode"] = found.mode > 0 ? Json(found.mode) : Json(nullptr);
  json["bias"] = std::move(bias);
  if (found.law) {
    json["order"] = found.law->exponent;
    json["order_error"] = found.law->exponent_error;
    json["factor"] = found.law->factor;
    json["chi_squared"] = found.law->chi_squared;
    json["h_first"] = found.steps[found.law->points.front()];
    json["h_last"] = found.steps[found.law->points.back()];
  }
  return json;
}

Json equal_json(const EqualBias& each, const StepBias& reference) {
  Json json{{"quantity", name_of(each.what)},
            {"integrator", each.integrator},
            {"exact", each.exact},
            {"step_from", !each.run     ? "not known"
                          : each.exact  ? "best"
                          : each.by_law ? "law"
                                        : "tested"}};
  if (each.mode > 0 && each.run && each.run->diverged == 0) {
    const Measured& bias = each.run->variance.at(each.mode - 1);
    json["law_of"] = {{"mode", each.mode}, {"value", bias.value}, {"error", bias.error}};
  }
  if (each.run) {
    json["run"] = point_json(*each.run);
    json["gain"] = each.run->diverged > 0 || reference.diverged > 0
                       ? measured_json({kNotKnown, kNotKnown})
                       : measured_json(gain_of(*each.run, reference));
  }
  return json;
}

std::string csv_row(const char* role, const StepBias& p) {
  std::string out = fmt::format("{},{},{:.17g},{:.17g},{},{},{},{},{},{}", role, p.integrator, p.step,
                                p.relaxations, p.seed, p.chains, p.every, p.burn_in, p.draws, p.diverged);
  const bool known = p.diverged == 0;
  for (const double value : {p.acceptance, p.seconds, p.steps_per_second, p.effective_per_second.value,
                             p.effective_per_second.error, p.pace}) {
    out += fmt::format(",{:.17g}", known ? value : kNotKnown);
  }
  for (const WorstBias* worst : {&p.worst_variance, &p.worst_mean}) {
    out += fmt::format(",{},{:.17g},{:.17g},{},{:.17g}", worst->mode, known ? worst->bias.value : kNotKnown,
                       known ? worst->bias.error : kNotKnown, worst->resolved ? 1 : 0,
                       known ? worst->limit : kNotKnown);
  }
  for (const Measured& m : {p.pooled_variance, p.pooled_mean, p.mean_size, p.variance_size}) {
    out += fmt::format(",{:.17g},{:.17g}", known ? m.value : kNotKnown, known ? m.error : kNotKnown);
  }
  return out + '\n';
}

}  // namespace

std::string csv_text(const BiasReport& report) {
  std::string out =
      "role,integrator,h,relaxations,seed,chains,every,burn_in,draws,diverged,acceptance,seconds,steps_per_s,"
      "effective_per_s,effective_per_s_error,reference_steps_per_s,variance_worst_mode,variance_worst,"
      "variance_worst_error,"
      "variance_worst_resolved,variance_worst_limit,mean_worst_mode,mean_worst,mean_worst_error,"
      "mean_worst_resolved,mean_worst_limit,variance_pooled,variance_pooled_error,mean_pooled,"
      "mean_pooled_error,size_mean,size_mean_error,size_variance,size_variance_error\n";
  for (const IntegratorBias& study : report.studies) {
    for (const StepBias& point : study.points) {
      out += csv_row("step", point);
    }
  }
  for (const EqualBias& each : report.equal) {
    if (each.run) {
      out += csv_row(each.what == BiasOf::kWorstVariance ? "equal_variance_worst" : "equal_size_variance",
                     *each.run);
    }
  }
  return out + csv_row("reference", report.reference);
}

Json json_of(const BiasReport& report) {
  const ExecutorInfo& on = report.executor;
  const Posterior& posterior = report.posterior;
  Json json{{"kind", "bias"},
            {"version", version()},
            {"git_revision", git_revision()},
            {"backend", on.backend},
            {"device", on.device},
            {"variant", on.variant},
            {"threads", on.threads},
            {"precision", to_string(report.config.sampler.precision)},
            {"seed", report.config.sampler.seed},
            {"target", report.target},
            {"seconds", report.seconds > 0 ? Json(report.seconds) : Json(nullptr)},
            {"wall_s", report.wall},
            {"model",
             {{"P", posterior.couplings().samples},
              {"M", posterior.modes()},
              {"kappa", posterior.couplings().kappa},
              {"u", posterior.couplings().u},
              {"softest_rate", posterior.softest() + posterior.hartree_ridge()},
              {"stiffest_rate", posterior.stiffest() + posterior.hartree_ridge()}}},
            {"reference", point_json(report.reference)},
            {"points", Json::array()},
            {"laws", Json::array()},
            {"equal_bias", Json::array()},
            {"one_mode", Json::array()}};
  if (posterior.sextic() != 0.0) {
    json["model"]["w"] = posterior.couplings().w;
  }
  for (const IntegratorBias& study : report.studies) {
    for (const StepBias& point : study.points) {
      json["points"].push_back(point_json(point));
    }
    for (std::size_t i = 0; i < std::size(kLaws) && !study.exact; ++i) {
      json["laws"].push_back(law_json(study.integrator, kLaws[i], study.laws[i]));
    }
  }
  for (const EqualBias& each : report.equal) {
    json["equal_bias"].push_back(equal_json(each, report.reference));
  }
  for (const OneModeBias& each : report.one_mode) {
    json["one_mode"].push_back({{"integrator", each.integrator},
                                {"relaxations", each.relaxations},
                                {"variance", each.variance},
                                {"size_variance", each.size},
                                {"variance_order", each.variance_order},
                                {"size_variance_order", each.size_order}});
  }
  return json;
}

std::string table_text(const BiasReport& report) {
  std::string out = verdict_text(verdict(report)) + head_text(report) + points_text(report) +
                    laws_text(report) + one_mode_text(report);
  for (const BiasOf what : kTargets) {
    out += equal_text(report, what);
  }
  return out +
         wrapped(fmt::format(
             "  gain: effective draws over those of the reference, {} at h = {}, corrected for how busy "
             "the machine was; where the law gave the step, the bias is that of the mode it is of",
             report.reference.integrator, step_text(report.reference.step)));
}

}  // namespace ridgeflow::cli
