#include "cli/curve_report.hpp"

#include <cmath>
#include <functional>
#include <iterator>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ridgeflow/io/run_file.hpp"
#include "ridgeflow/io/version.hpp"

#include "cli/output.hpp"
#include "cli/report.hpp"
#include "cli/sentences.hpp"

namespace ridgeflow::cli {
namespace {

constexpr double kSmallestScale = 10.0;  ///< k* from which on powers are fitted

/// A column of CSV and JSON.
struct Column {
  const char* name;
  std::function<double(const LearningCurvePoint&, const LearningCurveSlopes&)> value;
};

/// All columns but P and u.
const std::vector<Column>& columns() {
  using Point = LearningCurvePoint;
  using Slopes = LearningCurveSlopes;
  static const std::vector<Column> all{
      {"loss_gp", [](const Point& p, const Slopes&) { return p.loss_gp; }},
      {"loss_wilson", [](const Point& p, const Slopes&) { return p.loss_wilson; }},
      {"loss_exact", [](const Point& p, const Slopes&) { return p.loss_exact; }},
      {"bias", [](const Point& p, const Slopes&) { return p.sums.bias; }},
      {"variance", [](const Point& p, const Slopes&) { return p.sums.variance; }},
      {"bias_cutoff", [](const Point& p, const Slopes&) { return p.cutoff.bias; }},
      {"variance_cutoff", [](const Point& p, const Slopes&) { return p.cutoff.variance; }},
      {"bias_tail", [](const Point& p, const Slopes&) { return p.tail.bias; }},
      {"variance_tail", [](const Point& p, const Slopes&) { return p.tail.variance; }},
      {"bias_infinite", [](const Point& p, const Slopes&) { return p.infinite.bias; }},
      {"variance_infinite", [](const Point& p, const Slopes&) { return p.infinite.variance; }},
      {"slope_gp", [](const Point&, const Slopes& s) { return s.loss_gp; }},
      {"slope_wilson", [](const Point&, const Slopes& s) { return s.loss_wilson; }},
      {"slope_exact", [](const Point&, const Slopes& s) { return s.loss_exact; }},
      {"slope_bias", [](const Point&, const Slopes& s) { return s.sums.bias; }},
      {"slope_variance", [](const Point&, const Slopes& s) { return s.sums.variance; }},
      {"slope_bias_with_tail", [](const Point&, const Slopes& s) { return s.with_tail.bias; }},
      {"slope_variance_with_tail", [](const Point&, const Slopes& s) { return s.with_tail.variance; }},
      {"correction", [](const Point& p, const Slopes&) { return p.correction(); }},
      {"correction_first_order", [](const Point& p, const Slopes&) { return p.correction_first_order; }},
      {"correction_infinite", [](const Point& p, const Slopes&) { return p.correction_infinite; }},
      {"slope_correction", [](const Point&, const Slopes& s) { return s.correction; }},
      {"learning_scale", [](const Point& p, const Slopes&) { return p.learning_scale; }},
      {"ridge_shift", [](const Point& p, const Slopes&) { return p.ridge_shift; }},
      {"ridge_shift_tree", [](const Point& p, const Slopes&) { return p.shift_pieces.bias; }},
      {"ridge_shift_loop", [](const Point& p, const Slopes&) { return p.shift_pieces.variance; }},
      {"ridge_shift_tree_infinite", [](const Point& p, const Slopes&) { return p.shift_infinite.bias; }},
      {"ridge_shift_loop_infinite", [](const Point& p, const Slopes&) { return p.shift_infinite.variance; }},
      {"slope_ridge_shift_tree", [](const Point&, const Slopes& s) { return s.shift_pieces.bias; }},
      {"slope_ridge_shift_loop", [](const Point&, const Slopes& s) { return s.shift_pieces.variance; }},
      {"largest_bubble", [](const Point& p, const Slopes&) { return p.largest_bubble; }},
  };
  return all;
}

std::string samples_text(std::int64_t samples) {
  return fmt::format("{}", samples);
}

std::string slope_text(double slope) {
  return std::isnan(slope) ? "-" : fmt::format("{:+.4f}", slope);
}

std::string percent_text(double part) {
  return std::isnan(part) ? "-" : fmt::format("{:+.3g}", 100.0 * part);
}

std::string head_text(const CurveReport& report) {
  const PowerLaw& law = report.curve.law;
  const GaussianLoss limit = report.curve.asymptotic_slopes();
  return wrapped(
             fmt::format("alpha = {:.6g}, beta = {:.6g}, scale = {:.6g}, kappa = {:.6g}, u = {:.6g}, M = P",
                         law.alpha, law.beta, law.scale, report.curve.kappa, report.curve.u)) +
         wrapped(fmt::format("asymptotic exponents of P: bias and trees (what the means do) {:+.4f}, "
                             "variance and loops (what the fluctuations do) {:+.4f}",
                             limit.bias, limit.variance));
}

std::vector<std::string> verdict(const CurveReport& report) {
  std::vector<std::string> sentences;
  if (report.check) {
    const Problems& problems = report.check->problems;
    sentences.push_back(problems.words.empty()
                            ? std::string("The sampled losses agree with the exact curve.")
                            : fmt::format("The sampled losses {} with the exact curve: {}.",
                                          disagreement(problems), fmt::join(problems.words, "; ")));
  }
  const LearningCurvePoint& first = report.points.front();
  const LearningCurvePoint& last = report.points.back();
  sentences.push_back(fmt::format(
      "Exact loss per sample: {} at P = {}, {} at P = {}, where it goes like P^{:.3f}; the interaction "
      "changes "
      "it by {} % and {} % (exact/gp - 1).",
      number(first.loss_exact, 4), first.samples, number(last.loss_exact, 4), last.samples,
      report.slopes.back().loss_exact, percent_text(first.correction()), percent_text(last.correction())));
  const auto off = [](const LearningCurvePoint& p) { return p.loss_wilson / p.loss_exact - 1.0; };
  const LearningCurvePoint* worst = &first;
  for (const LearningCurvePoint& p : report.points) {
    worst = std::abs(off(p)) > std::abs(off(*worst)) ? &p : worst;
  }
  sentences.push_back(fmt::format("RG (wilson) is off the exact loss by up to {} %, at P = {}.",
                                  percent_text(off(*worst)), worst->samples));
  return sentences;
}

std::string losses_text(const CurveReport& report) {
  TextTable table({"P", "gp", "bias", "variance", "wilson", "exact", "exact/gp - 1 [%]", "first order [%]"});
  for (const LearningCurvePoint& p : report.points) {
    table.add({samples_text(p.samples), number(p.loss_gp, 6), number(p.sums.bias, 6),
               number(p.sums.variance, 6), number(p.loss_wilson, 6), number(p.loss_exact, 6),
               percent_text(p.correction()), percent_text(p.correction_first_order)});
  }
  return "\nLoss per sample\n" + table.text();
}

std::string slopes_text(const CurveReport& report) {
  TextTable table({"P", "exact", "bias", "with tail", "variance", "with tail", "correction"});
  for (std::size_t i = 0; i < report.points.size(); ++i) {
    const LearningCurveSlopes& s = report.slopes[i];
    table.add({samples_text(report.points[i].samples), slope_text(s.loss_exact), slope_text(s.sums.bias),
               slope_text(s.with_tail.bias), slope_text(s.sums.variance), slope_text(s.with_tail.variance),
               slope_text(s.correction)});
  }
  const GaussianLoss limit = report.curve.asymptotic_slopes();
  table.add({"limit", "-", slope_text(limit.bias), slope_text(limit.bias), slope_text(limit.variance),
             slope_text(limit.variance), "-"});
  return "\nLocal exponents d ln/d ln P: of the loss, of its Gaussian pieces (M = P, and\n"
         "with the tail above M), and of the correction\n" +
         table.text();
}

std::string closed_text(const CurveReport& report) {
  TextTable table(
      {"P", "bias", "variance", "tail: bias", "variance", "k*", "dr/r [%]", "tree [%]", "loop [%]"});
  for (const LearningCurvePoint& p : report.points) {
    table.add({samples_text(p.samples), fmt::format("{:+.1e}", p.cutoff.bias / p.sums.bias - 1.0),
               fmt::format("{:+.1e}", p.cutoff.variance / p.sums.variance - 1.0),
               number(p.tail.bias / p.sums.bias, 3), number(p.tail.variance / p.sums.variance, 3),
               number(p.learning_scale, 4), percent_text(p.ridge_shift), percent_text(p.shift_pieces.bias),
               percent_text(p.shift_pieces.variance)});
  }
  return "\nClosed forms with cutoff over the sums, less 1; tails above M over the sums;\n"
         "shift of the ridge at the learning scale k*, and its two pieces to first order\n" +
         table.text();
}

std::string exponents_text(const CurveReport& report) {
  TextTable table({"exponent of", "fitted", "expected", "fitted/expected - 1 [%]", "points"});
  for (const FittedExponent& each : report.exponents) {
    table.add({each.name, each.law ? slope_text(each.law->exponent) : "-", slope_text(each.expected),
               each.law ? percent_text(each.law->exponent / each.expected - 1.0) : "-",
               each.law ? fmt::format("{}", each.law->points.size()) : "-"});
  }
  return fmt::format("\nPowers of P through the points with k* >= {:.0f}\n", kSmallestScale) + table.text();
}

/// Where a theory has no loss, a sentence each.
std::string curve_gaps(const CurveCheck& check) {
  std::string out;
  for (std::size_t t = 0; t < kCurveTheories.size(); ++t) {
    if (kCurveTheories[t] != Theory::exact && !check.agreement[t].not_compared.empty()) {
      out += wrapped(fmt::format("{}: {}.", to_string(kCurveTheories[t]),
                                 not_compared_text(check.agreement[t], curve_places(check))));
    }
  }
  return out;
}

std::string check_text(const CurveReport& report) {
  const CurveCheck& check = *report.check;
  TextTable table({"P", "sampled loss", "+-", "exact", "z", "wilson", "z", "off [%]", "gp", "off [%]"});
  for (std::size_t i = 0; i < check.points.size(); ++i) {
    const LearningCurvePoint& p = check.points[i];
    const Measured& loss = check.loss[i];
    const auto z = [&](Theory theory) {
      for (std::size_t t = 0; t < kCurveTheories.size(); ++t) {
        if (kCurveTheories[t] == theory) {
          return z_text(check.agreement[t].z[i]);
        }
      }
      return std::string("-");
    };
    table.add({samples_text(p.samples), number(loss.value, 7), number(loss.error, 2), number(p.loss_exact, 7),
               z(Theory::exact), number(p.loss_wilson, 6), z(Theory::wilson),
               percent_text(p.loss_wilson / loss.value - 1.0), number(p.loss_gp, 6),
               percent_text(p.loss_gp / loss.value - 1.0)});
  }
  std::string out = fmt::format("\n{}\nSampled loss per sample <R>/2\n", check.run_text) + table.text();
  TextTable agreement({"theory", "chi2", "of points", "p"});
  for (std::size_t t = 0; t < kCurveTheories.size(); ++t) {
    agreement.add({std::string(to_string(kCurveTheories[t])), number(check.agreement[t].chi_squared, 4),
                   fmt::format("{}", check.agreement[t].compared()), p_text(check.agreement[t].p_value)});
  }
  return out + agreement.text() + curve_gaps(check);
}

// --- JSON
// ---------------------------------------------------------------------------------------------------

Json columns_json(const std::vector<LearningCurvePoint>& points,
                  const std::vector<LearningCurveSlopes>& slopes) {
  Json json = Json::object();
  json["P"] = Json::array();
  for (const LearningCurvePoint& p : points) {
    json["P"].push_back(p.samples);
  }
  for (const Column& column : columns()) {
    Json values = Json::array();
    for (std::size_t i = 0; i < points.size(); ++i) {
      values.push_back(column.value(points[i], slopes[i]));
    }
    json[column.name] = std::move(values);
  }
  return json;
}

Json check_json(const CurveReport& report) {
  const CurveCheck& check = *report.check;
  Json points = Json::array();
  for (std::size_t i = 0; i < check.points.size(); ++i) {
    points.push_back({{"P", check.points[i].samples},
                      {"loss", check.loss[i].value},
                      {"error", check.loss[i].error},
                      {"loss_gp", check.points[i].loss_gp},
                      {"loss_wilson", check.points[i].loss_wilson},
                      {"loss_exact", check.points[i].loss_exact},
                      {"r_hat", worst_r_hat(check.samples[i].summary).value},
                      {"acceptance", check.samples[i].summary.acceptance},
                      {"run", run_json(check.samples[i], report.config.sampler.seed)}});
  }
  Json agreement = Json::object();
  for (std::size_t t = 0; t < kCurveTheories.size(); ++t) {
    const Agreement& a = check.agreement[t];
    agreement[std::string(to_string(kCurveTheories[t]))] = {{"points_compared", a.compared()},
                                                            {"chi_squared", a.chi_squared},
                                                            {"p_value", a.p_value},
                                                            {"z", a.z}};
  }
  return {{"seconds", check.seconds},
          {"points", std::move(points)},
          {"agreement", std::move(agreement)},
          {"agrees", check.problems.words.empty()},
          {"problems", check.problems.words}};
}

}  // namespace

ComparedPlaces curve_places(const CurveCheck& check) {
  ComparedPlaces places{"points", "P", {}};
  for (const LearningCurvePoint& point : check.points) {
    places.names.push_back(samples_text(point.samples));
  }
  return places;
}

std::vector<FittedExponent> fit_exponents(const LearningCurve& curve,
                                          const std::vector<LearningCurvePoint>& points) {
  using Point = LearningCurvePoint;
  const GaussianLoss limit = curve.asymptotic_slopes();
  const std::vector<std::tuple<const char*, double, std::function<double(const Point&)>>> quantities{
      {"bias_with_tail", limit.bias, [](const Point& p) { return p.with_tail().bias; }},
      {"variance_with_tail", limit.variance, [](const Point& p) { return p.with_tail().variance; }},
      {"bias", limit.bias, [](const Point& p) { return p.sums.bias; }},
      {"variance", limit.variance, [](const Point& p) { return p.sums.variance; }},
      {"ridge_shift_tree_infinite", limit.bias, [](const Point& p) { return p.shift_infinite.bias; }},
      {"ridge_shift_loop_infinite", limit.variance, [](const Point& p) { return p.shift_infinite.variance; }},
      {"ridge_shift_tree", limit.bias, [](const Point& p) { return p.shift_pieces.bias; }},
      {"ridge_shift_loop", limit.variance, [](const Point& p) { return p.shift_pieces.variance; }},
  };
  std::vector<FittedExponent> exponents;
  for (const auto& [name, expected, quantity] : quantities) {
    std::vector<double> samples;
    std::vector<Measured> values;
    std::vector<std::size_t> chosen;
    for (const Point& p : points) {
      const double value = quantity(p);
      samples.push_back(static_cast<double>(p.samples));
      values.push_back({value, value});  // numbers without noise: all points weigh the same
      if (p.learning_scale >= kSmallestScale && value > 0) {
        chosen.push_back(values.size() - 1);
      }
    }
    FittedExponent fitted{name, expected, std::nullopt};
    if (chosen.size() >= 2) {
      fitted.law = fit_power_law(samples, values, chosen);
    }
    exponents.push_back(std::move(fitted));
  }
  return exponents;
}

std::string csv_text(const CurveReport& report) {
  fmt::memory_buffer out;
  const auto to = std::back_inserter(out);
  fmt::format_to(to, "P,u");
  for (const Column& column : columns()) {
    fmt::format_to(to, ",{}", column.name);
  }
  fmt::format_to(to, "\n");
  for (std::size_t i = 0; i < report.points.size(); ++i) {
    fmt::format_to(to, "{},{:.17g}", report.points[i].samples, report.curve.u);
    for (const Column& column : columns()) {
      fmt::format_to(to, ",{:.17g}", column.value(report.points[i], report.slopes[i]));
    }
    fmt::format_to(to, "\n");
  }
  return fmt::to_string(out);
}

Json json_of(const CurveReport& report) {
  const GaussianLoss limit = report.curve.asymptotic_slopes();
  Json json{{"kind", "curve"},
            {"version", version()},
            {"git_revision", git_revision()},
            {"alpha", report.curve.law.alpha},
            {"beta", report.curve.law.beta},
            {"scale", report.curve.law.scale},
            {"kappa", report.curve.kappa},
            {"u", report.curve.u},
            {"asymptotic_exponents", {{"bias", limit.bias}, {"variance", limit.variance}}},
            {"points", columns_json(report.points, report.slopes)},
            {"fits", Json::array()},
            {"run_file", to_toml(report.config)}};
  for (const FittedExponent& each : report.exponents) {
    Json fit{{"quantity", each.name},
             {"expected", each.expected},
             {"exponent", each.law ? Json(each.law->exponent) : Json(nullptr)},
             {"factor", each.law ? Json(each.law->factor) : Json(nullptr)},
             {"points", Json::array()}};
    for (const std::size_t i : each.law ? each.law->points : std::vector<std::size_t>{}) {
      fit["points"].push_back(report.points[i].samples);
    }
    json["fits"].push_back(std::move(fit));
  }
  json["check"] = report.check ? check_json(report) : Json(nullptr);
  return json;
}

std::string table_text(const CurveReport& report) {
  std::string out = verdict_text(verdict(report)) + head_text(report) + losses_text(report) +
                    slopes_text(report) + closed_text(report) + exponents_text(report);
  if (report.check) {
    out += check_text(report);
  }
  return out;
}

}  // namespace ridgeflow::cli
