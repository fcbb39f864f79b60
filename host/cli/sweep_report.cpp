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

#include "cli/sentences.hpp"

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
  for (const Prediction& prediction : system.predictions) {
    if (prediction.theory == theory) {
      return loss_per_sample(prediction);
    }
  }
  return std::numeric_limits<double>::quiet_NaN();
}

const Comparison* against_exact(const Findings& findings) {
  for (const Comparison& comparison : findings.comparisons) {
    if (comparison.theory == Theory::exact) {
      return &comparison;
    }
  }
  return nullptr;
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

std::vector<std::string> sweep_sentences(const SweepReport& report) {
  std::vector<std::string> out;
  const Verdict verdict = judge(report);
  if (verdict.known) {
    out.push_back(
        verdict.agrees
            ? fmt::format("All {} systems agree with the exact column (p of each at least {:.1g}, 1e-3 "
                          "over their number).",
                          report.systems.size(), smallest_p(report))
            : fmt::format("{} with the exact column: {}.",
                          verdict.differs ? "NOT all systems agree" : "Not all systems are KNOWN to agree",
                          fmt::join(verdict.problems, "; ")));
  }
  if (report.systems.front().findings != nullptr) {
    out.emplace_back(
        "loss: <L>/P = <R>/2 per sample, measured with its error and predicted; p: of chi2 over the modes "
        "against exact, of means and of variances. Systems have noise of their own.");
  }
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
  const bool sampled = report.systems.front().findings != nullptr;
  std::vector<std::string> names;
  for (const SweepAxis& axis : report.config.sweep) {
    names.emplace_back(axis.key->leaf());
  }
  if (sampled) {
    names.insert(names.end(),
                 {"measured loss", "exact", "wilson", "gp", "p mean", "p var", "R-hat", "ESS/chain"});
  } else {
    names.insert(names.end(), {"r", "U", "rho*/r", "loss: exact", "wilson", "hartree", "gp"});
  }
  TextTable table(names);
  for (const SweepSystem& system : report.systems) {
    std::vector<std::string> row;
    for (const KeyValue& value : system.place) {
      row.push_back(text_of(value, 6));
    }
    const Posterior& posterior = system.posterior;
    if (sampled) {
      const MomentSummary& s = system.findings->samples.summary;
      const Comparison* exact = against_exact(*system.findings);
      const double least = *std::min_element(s.ess_mean.begin(), s.ess_mean.end());
      row.push_back(with_error(0.5 * s.mean_size, 0.5 * s.mcse_mean_size));
      for (const Theory theory : {Theory::exact, Theory::wilson, Theory::gp}) {
        row.push_back(number(loss_of(system, theory), 6));
      }
      row.push_back(exact == nullptr ? "-" : p_text(exact->mean.p_value));
      row.push_back(exact == nullptr ? "-" : p_text(exact->variance.p_value));
      row.push_back(number(worst_r_hat(s).value, 5));
      row.push_back(number(least / static_cast<double>(s.chains), 3));
    } else {
      row.push_back(number(posterior.ridge(), 5));
      row.push_back(number(posterior.quartic(), 5));
      row.push_back(number(posterior.hartree_ridge() / posterior.ridge(), 5));
      for (const Theory theory : {Theory::exact, Theory::wilson, Theory::hartree, Theory::gp}) {
        row.push_back(number(loss_of(system, theory), 7));
      }
    }
    table.add(std::move(row));
  }
  std::string out =
      fmt::format("{}: {}\n\n", counted(report.systems.size(), "system"),
                  fmt::join(names.begin(),
                            names.begin() + static_cast<std::ptrdiff_t>(report.config.sweep.size()), " x "));
  out += table.text();
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
