#include "cli/transfer_report.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ridgeflow/io/run_file.hpp"
#include "ridgeflow/io/version.hpp"

#include "cli/output.hpp"
#include "cli/report.hpp"
#include "cli/sentences.hpp"
#include "cli/theory_distance.hpp"

namespace ridgeflow::cli {
namespace {

std::string count_text(std::size_t count) {
  return fmt::format("{}", count);
}

std::string mode_text(std::size_t mode) {
  return mode == 0 ? "-" : fmt::format("{}", mode);
}

std::string relative_text(double deviation) {
  return fmt::format("{:.2g}", deviation);
}

std::string couplings_text(const TransferReport& report) {
  TextTable table({"P'", "modes", "kappa", "u", "r", "U", "largest bubble", "at k"});
  for (const TransferTarget& target : report.targets) {
    const TransferredCouplings& to = target.couplings;
    table.add({fmt::format("{}", to.samples), count_text(target.transferred.modes()), number(to.kappa, 8),
               number(to.u, 8), number(to.ridge, 8), number(to.quartic, 8),
               fmt::format("{:.3g}", target.largest_bubble), mode_text(target.largest_bubble_mode)});
  }
  std::string out = "\nCouplings with which P' samples learn the common modes alike\n" + table.text();
  for (const TransferTarget& target : report.targets) {
    if (!(target.largest_bubble < 2.0)) {
      out += wrapped(fmt::format(
          "P' = {}: the largest bubble U (2 c^2 + 4 c m^2) is not below 2, so that U falls by more than half "
          "at one mode: how far the couplings lead is in the deviations below.",
          target.couplings.samples));
    }
  }
  return out;
}

std::string deviations_text(const TransferReport& report) {
  TextTable table({"P'", "couplings", "mean", "at k", "variance", "at k"});
  for (const TransferTarget& target : report.targets) {
    for (const auto& [name, off] :
         {std::pair("transferred", &target.deviation), std::pair("kappa, u kept", &target.kept_deviation)}) {
      table.add({fmt::format("{}", target.couplings.samples), name, relative_text(off->mean),
                 mode_text(off->mean_mode), relative_text(off->variance), mode_text(off->variance_mode)});
    }
  }
  return "\nLargest relative difference from the given system over the common modes, exact\non both sides\n" +
         table.text();
}

/// A system of the check: its role and P, its posterior and what was sampled.
struct NamedSystem {
  std::string role;
  std::int64_t samples;
  const Posterior* posterior;
  const Prediction* exact;
  const SampledSystem* sampled;
};

std::vector<NamedSystem> systems_of(const TransferReport& report) {
  const TransferCheck& check = *report.check;
  std::vector<NamedSystem> systems{
      {"given", report.given.couplings().samples, &report.given, &report.exact, &check.given}};
  for (std::size_t i = 0; i < report.targets.size(); ++i) {
    const TransferTarget& target = report.targets[i];
    systems.push_back({"transferred", target.couplings.samples, &target.transferred, &target.exact,
                       &check.targets[i].transferred});
    systems.push_back(
        {"kept", target.couplings.samples, &target.kept, &target.kept_exact, &check.targets[i].kept});
  }
  return systems;
}

std::string systems_text(const TransferReport& report) {
  TextTable table({"P", "couplings", "kappa", "u", "acceptance", "R-hat", "p of means", "p of variances"});
  for (const NamedSystem& system : systems_of(report)) {
    const MomentSummary& summary = system.sampled->samples.summary;
    table.add({fmt::format("{}", system.samples), system.role == "kept" ? "kappa, u kept" : system.role,
               number(system.posterior->couplings().kappa), number(system.posterior->couplings().u),
               fmt::format("{:.4f}", summary.acceptance), number(worst_r_hat(summary).value, 6),
               p_text(system.sampled->exact.mean.p_value), p_text(system.sampled->exact.variance.p_value)});
  }
  return "\nSampled systems, each against its own exact moments\n" + table.text();
}

std::string differences_text(const TransferReport& report) {
  TextTable table(
      {"P'", "couplings", "of", "modes", "chi2/n", "p", "max z", "at k", "resolved", "off by > [%]", "at k"});
  for (std::size_t i = 0; i < report.targets.size(); ++i) {
    const TransferTarget& target = report.targets[i];
    const CheckedTarget& checked = report.check->targets[i];
    for (const auto& [name, difference] : {std::pair("transferred", &checked.transferred_difference),
                                           std::pair("kept", &checked.kept_difference)}) {
      for (const auto& [quantity, part] :
           {std::pair("mean", &difference->mean), std::pair("variance", &difference->variance)}) {
        const bool resolved = !part->resolved.empty();
        table.add({fmt::format("{}", target.couplings.samples), name, quantity, count_text(part->compared()),
                   number(part->reduced_chi_squared(), 4), p_text(part->p_value), z_text(part->largest_z),
                   mode_text(part->largest_mode), count_text(part->resolved.size()),
                   resolved ? fmt::format("{:.3g}", 100.0 * part->off_at_least) : "-",
                   resolved ? fmt::format("{}", part->off_at_least_mode) : "-"});
      }
    }
  }
  return "\nSamples against samples of the given system, mode by mode over the common modes\n"
         "that can be compared, n of them\n" +
         table.text();
}

/// sqrt(P) <d_k> and P Var d_k of one target, P that of the given system: its coefficients and the others'
/// are then in one unit.
std::string excerpt(const TransferReport& report, std::size_t i, bool mean) {
  const CheckedTarget& checked = report.check->targets[i];
  const MomentSummary& given = report.check->given.samples.summary;
  const double samples = static_cast<double>(report.given.couplings().samples);
  const double unit = mean ? std::sqrt(samples) : samples;
  const auto values = [&](const MomentSummary& s) -> const std::vector<double>& {
    return mean ? s.mean : s.variance;
  };
  const auto errors = [&](const MomentSummary& s) -> const std::vector<double>& {
    return mean ? s.mcse_mean : s.mcse_variance;
  };
  const auto z = [&](const SampleComparison& c) -> const std::vector<double>& {
    return mean ? c.mean.z : c.variance.z;
  };
  TextTable table({"k", "given", "+-", "transferred", "+-", "z", "kappa, u kept", "z"});
  for (const std::size_t k : shown_modes(report.targets[i].common_modes(report.given))) {
    const MomentSummary& one = checked.transferred.samples.summary;
    table.add({count_text(k + 1), number(unit * values(given)[k], 6), number(unit * errors(given)[k], 2),
               number(unit * values(one)[k], 6), number(unit * errors(one)[k], 2),
               z_text(z(checked.transferred_difference)[k]),
               number(unit * values(checked.kept.samples.summary)[k], 6),
               z_text(z(checked.kept_difference)[k])});
  }
  return fmt::format("\n{} of P' = {}, in the unit of P = {}\n", mean ? "sqrt(P) <d_k>" : "P Var d_k",
                     report.targets[i].couplings.samples, report.given.couplings().samples) +
         table.text();
}

/// Whether the couplings do what they are for: by samples where there are any, and by exact moments.
std::vector<std::string> verdict(const TransferReport& report) {
  std::vector<std::string> sentences;
  if (report.check) {
    const Problems& problems = report.check->problems;
    sentences.push_back(problems.words.empty()
                            ? std::string("The transferred systems agree with the given one, mode by mode.")
                            : fmt::format("The transferred systems {} with the given one: {}.",
                                          disagreement(problems), fmt::join(problems.words, "; ")));
  }
  const auto worst = [&](LargestDeviation TransferTarget::*deviation) {
    double largest = 0;
    for (const TransferTarget& target : report.targets) {
      const LargestDeviation& off = target.*deviation;
      largest = std::max({largest, off.mean, off.variance});
    }
    return largest;
  };
  sentences.push_back(
      fmt::format("Exact means and variances with the transferred couplings are those of the given system "
                  "within {:.2g}, relative; with kappa and u kept they would be off by up to {:.2g}.",
                  worst(&TransferTarget::deviation), worst(&TransferTarget::kept_deviation)));
  return sentences;
}

std::string check_text(const TransferReport& report) {
  const TransferCheck& check = *report.check;
  std::string out = "\n" + check.run_text + systems_text(report) + differences_text(report);
  for (std::size_t i = 0; i < report.targets.size(); ++i) {
    out += excerpt(report, i, true) + excerpt(report, i, false);
  }
  out += '\n';
  for (std::size_t i = 0; i < report.targets.size(); ++i) {
    const SampleComparison& kept = check.targets[i].kept_difference;
    out += wrapped(
        fmt::format("With kappa and u kept, P' = {}: {} of {} modes differ in the mean ({}), {} of {} in the "
                    "variance ({}).",
                    report.targets[i].couplings.samples, kept.mean.resolved.size(), kept.mean.compared(),
                    p_relation(kept.mean.p_value), kept.variance.resolved.size(), kept.variance.compared(),
                    p_relation(kept.variance.p_value)));
  }
  return out + wrapped(
                   "z = difference over both errors in quadrature, Student's t with Welch's degrees of "
                   "freedom (of variances corrected for their skewness); "
                   "the systems' chains are independent. chi2 takes the modes as independent.");
}

// --- JSON
// ---------------------------------------------------------------------------------------------------

Json system_json(const Posterior& posterior) {
  return {
      {"P", posterior.couplings().samples}, {"M", posterior.modes()}, {"kappa", posterior.couplings().kappa},
      {"u", posterior.couplings().u},       {"r", posterior.ridge()}, {"U", posterior.quartic()}};
}

Json difference_json(const std::vector<double>& difference, const std::vector<double>& error,
                     const Agreement& agreement) {
  Json json = agreement_json(agreement);
  json["difference"] = difference;
  json["error"] = error;
  return json;
}

Json difference_json(const SampleComparison& c) {
  return {{"mean", difference_json(c.mean_difference, c.mean_error, c.mean)},
          {"variance", difference_json(c.variance_difference, c.variance_error, c.variance)}};
}

Json check_json(const TransferReport& report) {
  const TransferCheck& check = *report.check;
  Json systems = Json::array();
  for (const NamedSystem& system : systems_of(report)) {
    Json json{{"role", system.role}};
    json.update(system_json(*system.posterior));
    json["run"] = run_json(system.sampled->samples, report.config.sampler.seed);
    json["measured"] = measured_json(system.sampled->samples);
    json["exact"] = {{"mean", system.exact->mean}, {"variance", system.exact->variance}};
    json["against_exact"] = {{"mean", agreement_json(system.sampled->exact.mean)},
                             {"variance", agreement_json(system.sampled->exact.variance)}};
    systems.push_back(std::move(json));
  }
  Json differences = Json::array();
  for (std::size_t i = 0; i < report.targets.size(); ++i) {
    differences.push_back({{"P", report.targets[i].couplings.samples},
                           {"modes", report.targets[i].common_modes(report.given)},
                           {"transferred", difference_json(check.targets[i].transferred_difference)},
                           {"kept", difference_json(check.targets[i].kept_difference)}});
  }
  return {{"seconds", check.seconds},
          {"systems", std::move(systems)},
          {"differences", std::move(differences)},
          {"agrees", check.problems.words.empty()},
          {"problems", check.problems.words}};
}

}  // namespace

Problems transfer_problems(const TransferReport& report, const TransferCheck& check) {
  Problems problems;
  const auto mixing = [&](std::int64_t samples, const char* role, const SampledSystem& system) {
    if (const auto problem = mixing_problem(system.samples.summary); problem) {
      add_problems(problems, {{*problem}, false}, fmt::format("P = {}, {}: ", samples, role));
    }
  };
  mixing(report.given.couplings().samples, "given", check.given);
  for (std::size_t i = 0; i < check.targets.size(); ++i) {
    const std::int64_t samples = report.targets[i].couplings.samples;
    const SampleComparison& difference = check.targets[i].transferred_difference;
    for (const auto& [name, part] :
         {std::pair("means", &difference.mean), std::pair("variances", &difference.variance)}) {
      add_problems(problems, agreement_problems(*part, fmt::format("the {}", name), ""),
                   fmt::format("P' = {}: ", samples));
    }
    mixing(samples, "transferred", check.targets[i].transferred);
  }
  explain_by_precision(problems, check.given.samples.run, report.given);
  for (std::size_t i = 0; i < check.targets.size(); ++i) {
    explain_by_precision(problems, check.targets[i].transferred.samples.run, report.targets[i].transferred,
                         fmt::format("P' = {}: ", report.targets[i].couplings.samples));
  }
  return problems;
}

std::string csv_text(const TransferReport& report) {
  std::string out = "P,u,P_target,r_tilde,U_tilde,kappa_tilde,u_tilde\n";
  for (const TransferTarget& target : report.targets) {
    const TransferredCouplings& to = target.couplings;
    fmt::format_to(std::back_inserter(out), "{},{:.17g},{},{:.17g},{:.17g},{:.17g},{:.17g}\n",
                   report.given.couplings().samples, report.given.couplings().u, to.samples, to.ridge,
                   to.quartic, to.kappa, to.u);
  }
  return out;
}

Json json_of(const TransferReport& report) {
  Json json{{"kind", "transfer"},
            {"version", version()},
            {"git_revision", git_revision()},
            {"given", system_json(report.given)},
            {"targets", Json::array()},
            {"run_file", to_toml(report.config)}};
  for (const TransferTarget& target : report.targets) {
    Json each = system_json(target.transferred);
    each["largest_bubble"] = target.largest_bubble;
    each["largest_bubble_mode"] = target.largest_bubble_mode;
    each["deviation"] = distance_json(target.deviation);
    each["kept_deviation"] = distance_json(target.kept_deviation);
    json["targets"].push_back(std::move(each));
  }
  json["check"] = report.check ? check_json(report) : Json(nullptr);
  return json;
}

std::string table_text(const TransferReport& report) {
  std::string out = verdict_text(verdict(report)) + parameter_line(report.given) + couplings_text(report) +
                    deviations_text(report);
  if (report.check) {
    out += check_text(report);
  }
  out += '\n';
  return out +
         wrapped(
             "The interaction's factor is this program's convention, U = P u with the vertex U R^2/8: u of "
             "another source may differ by a factor.");
}

}  // namespace ridgeflow::cli
