#include "cli/sweep_report.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/base/error.hpp"
#include "ridgeflow/io/run_file.hpp"
#include "ridgeflow/measure/moments.hpp"
#include "ridgeflow/theory/learning_curve.hpp"

#include "cli/sampling.hpp"
#include "cli/sentences.hpp"
#include "cli/theory_distance.hpp"
#include "cli/verdict_lines.hpp"

namespace ridgeflow::cli {
namespace {

struct ShowValue {
  int digits;
  std::string operator()(double value) const { return fmt::format("{:.{}g}", value, this->digits); }
  template <class Whole>
  std::string operator()(const Whole& value) const {
    if constexpr (std::is_integral_v<Whole>) {
      return fmt::format("{}", value);
    } else {
      return "?";  // an axis is of numbers
    }
  }
};

std::string text_of(const KeyValue& value, int digits) {
  return std::visit(ShowValue{digits}, value);
}

Json json_value(const KeyValue& value) {
  return std::visit([](const auto& held) { return Json(held); }, value);
}

double loss_of(const SweepSystem& system, Theory theory) {
  const Prediction* prediction = find_prediction(system.predictions, theory);
  return prediction == nullptr ? std::numeric_limits<double>::quiet_NaN() : loss_per_sample(*prediction);
}

double smallest_p(const SweepReport& report) {
  return kSmallestP / static_cast<double>(report.systems.size());
}

/// "u = 0.05, samples = 100".
std::string where(const SweepReport& report, const SweepSystem& system) {
  std::vector<std::string> parts;
  for (std::size_t a = 0; a < system.place.size(); ++a) {
    parts.push_back(fmt::format("{} = {}", report.config.sweep[a].key->leaf(), text_of(system.place[a], 6)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

/// How far the renormalization group is from exact at a system, of means and variances the larger.
struct SystemDistance {
  const SweepSystem* system;
  double relative;
};

/// Of the systems that have both, in their order.
std::vector<SystemDistance> distances_of(const SweepReport& report) {
  std::vector<SystemDistance> distances;
  for (const SweepSystem& system : report.systems) {
    if (const auto off = distance_from_exact(system.predictions, Theory::wilson); off) {
      distances.push_back({&system, std::max(off->mean, off->variance)});
    }
  }
  return distances;
}

bool is_sampled(const SweepReport& report) {
  return report.systems.front().findings != nullptr;
}

/// Theories that a table shows: those that were named, or the usual ones that the systems have.
std::vector<Theory> shown_theories(const SweepReport& report) {
  if (report.config.theories) {
    return *report.config.theories;
  }
  std::vector<Theory> shown;
  for (const Theory theory : {Theory::exact, Theory::wilson, Theory::hartree, Theory::gp}) {
    if (std::any_of(report.systems.begin(), report.systems.end(), [theory](const SweepSystem& system) {
          return find_prediction(system.predictions, theory) != nullptr;
        })) {
      shown.push_back(theory);
    }
  }
  return shown;
}

/// A table with the values of the axes before the columns \p names, a line for each system that \p row_of
/// returns cells for.
template <class RowOf>
std::string systems_table(const SweepReport& report, const std::vector<std::string>& names,
                          const RowOf& row_of) {
  std::vector<std::string> columns;
  for (const SweepAxis& axis : report.config.sweep) {
    columns.emplace_back(axis.key->leaf());
  }
  columns.insert(columns.end(), names.begin(), names.end());
  TextTable table(columns, report.config.sweep.size());
  for (const SweepSystem& system : report.systems) {
    std::vector<std::string> row;
    for (const KeyValue& value : system.place) {
      row.push_back(text_of(value, 6));
    }
    for (std::string& cell : row_of(system)) {
      row.push_back(std::move(cell));
    }
    table.add(std::move(row));
  }
  return table.text();
}

std::string losses_text(const SweepReport& report) {
  const bool sampled = is_sampled(report);
  const std::vector<Theory> theories = shown_theories(report);
  std::vector<std::string> names =
      sampled ? std::vector<std::string>{"measured"} : std::vector<std::string>{"r", "U", "rho*/r"};
  for (const Theory theory : theories) {
    names.emplace_back(to_string(theory));
  }
  return "\nTraining loss of a sample, <R>/2\n" +
         systems_table(report, names, [&](const SweepSystem& system) {
           const Posterior& posterior = system.posterior;
           std::vector<std::string> row;
           if (sampled) {
             const MomentSummary& s = system.findings->samples.summary;
             row.push_back(with_error(s.loss(), s.mcse_loss()));
           } else {
             row = {number(posterior.ridge(), 5), number(posterior.quartic(), 5),
                    number(posterior.hartree_ridge() / posterior.ridge(), 5)};
           }
           for (const Theory theory : theories) {
             row.push_back(number(loss_of(system, theory), 6));
           }
           return row;
         });
}

/// How far the renormalization group is from exact at each system; empty where no system knows.
std::string distances_text(const SweepReport& report) {
  if (distances_of(report).empty()) {
    return "";
  }
  return "\nRG (wilson) against exact: |exact/wilson - 1| where it is largest, in per cent\n" +
         systems_table(report, {"means", "at k", "variances", "at k"}, [](const SweepSystem& system) {
           const auto off = distance_from_exact(system.predictions, Theory::wilson);
           if (!off) {
             return std::vector<std::string>(4, "-");
           }
           const auto mode = [](std::size_t k) { return k == 0 ? "-" : fmt::format("{}", k); };
           return std::vector<std::string>{number(100.0 * off->mean, 3), mode(off->mean_mode),
                                           number(100.0 * off->variance, 3), mode(off->variance_mode)};
         });
}

std::string checks_text(const SweepReport& report) {
  return "\nSamples against exact: p of chi2 over the modes; worst R-hat, smallest ESS\n" +
         systems_table(
             report, {"p of means", "p of variances", "R-hat", "ESS"}, [](const SweepSystem& system) {
               const MomentSummary& s = system.findings->samples.summary;
               const Comparison* exact = find_comparison(system.findings->comparisons, Theory::exact);
               return std::vector<std::string>{
                   exact == nullptr ? "-" : p_text(exact->mean.p_value),
                   exact == nullptr ? "-" : p_text(exact->variance.p_value), number(worst_r_hat(s).value, 5),
                   number(*std::min_element(s.ess_mean.begin(), s.ess_mean.end()), 4)};
             });
}

/// Three lines before the tables: the samples, the renormalization group, the chains.
std::string verdict_text(const SweepReport& report) {
  std::string out;
  const std::string systems = counted(report.systems.size(), "system");
  if (is_sampled(report)) {
    out += wrapped(samples_line(judge(report), "the " + systems,
                                fmt::format(", p of each at least {:.1g}", smallest_p(report))));
  }
  const std::vector<SystemDistance> distances = distances_of(report);
  if (!distances.empty()) {
    const auto [least, most] = std::minmax_element(
        distances.begin(), distances.end(),
        [](const SystemDistance& one, const SystemDistance& other) { return one.relative < other.relative; });
    const auto below = [&](double limit) {
      return std::count_if(distances.begin(), distances.end(),
                           [limit](const SystemDistance& each) { return each.relative < limit; });
    };
    const std::string range = fmt::format(
        "RG: off by up to {} ({}) ... {} ({}); by less than 1 % at {} of {}, less than "
        "10 % at {}",
        distance_text(least->relative), where(report, *least->system), distance_text(most->relative),
        where(report, *most->system), below(0.01), counted(distances.size(), "system"), below(0.1));
    out += wrapped(least->relative == most->relative
                       ? fmt::format("RG: off by up to {} at every system", distance_text(most->relative))
                       : range);
  }
  if (is_sampled(report)) {
    const auto troubled =
        std::count_if(report.systems.begin(), report.systems.end(),
                      [](const SweepSystem& system) { return !streaming_convergence(*system.findings).ok; });
    out += wrapped(troubled == 0 ? fmt::format("Chains: converged as far as can be seen, in all systems")
                                 : fmt::format("Chains: not converged, or too few draws, in {} of {}",
                                               troubled, systems));
  }
  return out;
}

std::vector<std::string> sweep_sentences(const SweepReport& report) {
  std::vector<std::string> out;
  if (!is_sampled(report)) {
    return out;
  }
  const Verdict verdict = judge(report);
  if (verdict.problems.size() > 1) {
    out.push_back(fmt::format("Problems: {}.", fmt::join(verdict.problems, "; ")));
  }
  std::vector<std::string> warnings;
  for (const SweepSystem& system : report.systems) {
    add_distinct(warnings, system.findings->samples.run.warnings);
  }
  for (const std::string& warning : warnings) {
    out.push_back("Warning: " + warning + ".");
  }
  out.emplace_back("Systems have noise of their own.");
  return out;
}

}  // namespace

std::vector<KeyValue> place_in_grid(const RunConfig& config, std::size_t system) {
  std::vector<KeyValue> place(config.sweep.size());
  for (std::size_t a = config.sweep.size(); a-- > 0;) {
    const std::vector<KeyValue>& values = config.sweep[a].values;
    place[a] = values[system % values.size()];
    system /= values.size();
  }
  return place;
}

std::string table_text(const SweepReport& report) {
  std::vector<std::string_view> axes;
  for (const SweepAxis& axis : report.config.sweep) {
    axes.push_back(axis.key->leaf());
  }
  std::string out =
      fmt::format("{}: {}\n", counted(report.systems.size(), "system"), fmt::join(axes, " x ")) +
      verdict_text(report) + losses_text(report) + distances_text(report);
  if (is_sampled(report)) {
    out += checks_text(report);
  }
  const std::vector<std::string> words = sweep_sentences(report);
  out += words.empty() ? "" : "\n";
  for (const std::string& sentence : words) {
    out += wrapped(sentence);
  }
  return out;
}

std::string csv_text(const SweepReport& report) {
  std::string out;
  std::string header;
  for (const SweepSystem& system : report.systems) {
    std::string_view rest = system.csv;
    const std::string_view own_header = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(own_header.size() + 1);
    if (header.empty()) {
      header = std::string(own_header);
      for (const SweepAxis& axis : report.config.sweep) {
        out += fmt::format("{},", axis.key->leaf());
      }
      out += header + "\n";
    }
    validate(
        header == own_header,
        "CSV of a sweep has one header, but its systems have different theories: name those that all have "
        "with --theory, or use --out FILE.nc");
    std::string prefix;
    for (const KeyValue& value : system.place) {
      prefix += text_of(value, 17) + ",";
    }
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      out += prefix;
      out += rest.substr(0, end + 1);
      rest.remove_prefix(end + 1);
    }
  }
  return out;
}

Json json_of(const SweepReport& report) {
  Json axes = Json::array();
  for (const SweepAxis& axis : report.config.sweep) {
    Json values = Json::array();
    for (const KeyValue& value : axis.values) {
      values.push_back(json_value(value));
    }
    axes.push_back({{"name", axis.key->leaf()}, {"key", axis.key->name}, {"values", std::move(values)}});
  }
  Json systems = Json::array();
  for (const SweepSystem& system : report.systems) {
    Json place = Json::object();
    for (std::size_t a = 0; a < system.place.size(); ++a) {
      place[std::string(report.config.sweep[a].key->leaf())] = json_value(system.place[a]);
    }
    Json one{{"place", std::move(place)}};
    one.update(system.json);
    systems.push_back(std::move(one));
  }
  const Verdict verdict = judge(report);
  return {{"kind", "sweep"},
          {"axes", std::move(axes)},
          {"systems", std::move(systems)},
          {"agrees_with_exact", verdict.known ? Json(verdict.agrees) : Json(nullptr)},
          {"problems", verdict.problems},
          {"run_file", to_toml(report.config)}};
}

Verdict judge(const SweepReport& report) {
  Verdict all;
  all.known = true;
  for (const SweepSystem& system : report.systems) {
    if (system.findings == nullptr) {
      return {};
    }
    const Verdict one = judge(*system.findings, smallest_p(report));
    all.known = all.known && one.known;
    all.differs = all.differs || one.differs;
    for (const std::string& problem : one.problems) {
      all.problems.push_back(fmt::format("at {} {}", where(report, system), problem));
    }
  }
  all.agrees = all.known && all.problems.empty();
  return all;
}

}  // namespace ridgeflow::cli
