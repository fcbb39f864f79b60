#include "cli/shape_report.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "ridgeflow/base/counted.hpp"

#include "cli/amounts.hpp"
#include "cli/sentences.hpp"

namespace ridgeflow::cli {
namespace {

std::string pair_name(const ModePair& pair) {
  return fmt::format("{}:{}", pair.first + 1, pair.second + 1);
}

std::string cumulant_table(const Findings& f) {
  const ModeCumulantEstimates& measured = *f.samples.observed_summary.cumulants;
  const ShapeComparison& shape = *f.shape;
  TextTable table({"k", "kappa3", "+-", "exact", "z", "kappa4", "+-", "exact", "z", "excess kurtosis"});
  for (const std::size_t k : shown_modes(f.posterior.modes())) {
    const Measured& third = measured.third[k];
    const Measured& fourth = measured.fourth[k];
    table.add({fmt::format("{}", k + 1), number(third.value, 3), number(third.error, 2),
               number(shape.exact.third[k], 3), z_text(shape.third.z[k]), number(fourth.value, 3),
               number(fourth.error, 2), number(shape.exact.fourth[k], 3), z_text(shape.fourth.z[k]),
               with_error(measured.excess_kurtosis[k].value, measured.excess_kurtosis[k].error)});
  }
  return table.text();
}

std::string size_table(const Findings& f) {
  const CumulantEstimate& c = f.samples.observed_summary.size->cumulants;
  const SizeCumulants& exact = f.shape->exact_size;
  TextTable table({"R", "measured", "+-", "exact", "z"});
  const auto add = [&](const char* name, const Measured& e, double truth, double z) {
    table.add({name, number(e.value, 6), number(e.error, 2), number(truth, 6), z_text(z)});
  };
  add("mean", c.mean, exact.mean, f.shape->z_size[0]);
  add("variance", c.variance, exact.variance, f.shape->z_size[1]);
  add("kappa3", c.third, exact.third, f.shape->z_size[2]);
  add("kappa4", c.fourth, exact.fourth, f.shape->z_size[3]);
  return table.text();
}

std::string pair_table(const Findings& f) {
  const ObservedSummary& measured = f.samples.observed_summary;
  TextTable table({"pair", "covariance", "+-", "exact", "z"});
  for (std::size_t p = 0; p < measured.pairs.size(); ++p) {
    table.add({pair_name(measured.pairs[p]), number(measured.covariance[p].value, 4),
               number(measured.covariance[p].error, 2), number(f.shape->exact_covariance[p], 4),
               z_text(f.shape->pairs.z[p])});
  }
  return table.text();
}

Json estimates_json(const std::vector<Measured>& estimates) {
  std::vector<double> values;
  std::vector<double> errors;
  for (const Measured& each : estimates) {
    values.push_back(each.value);
    errors.push_back(each.error);
  }
  return {{"value", values}, {"mcse", errors}};
}
Json estimate_json(const Measured& estimate) {
  return {{"value", estimate.value}, {"mcse", estimate.error}};
}
Json estimate_json(const Measured& estimate, double exact, double z) {
  Json json = estimate_json(estimate);
  json["exact"] = exact;
  json["z"] = z;
  return json;
}

Json size_json(const SizeEstimates& measured, const ShapeComparison* shape) {
  std::vector<double> low;
  for (std::size_t i = 0; i <= measured.grid.bins; ++i) {
    low.push_back(measured.grid.edge(i));
  }
  const CumulantEstimate& c = measured.cumulants;
  Json json{{"draws", measured.draws},          {"edges", low},
            {"counts", measured.counts},        {"mcse_counts", measured.errors},
            {"below", measured.below},          {"above", measured.above},
            {"mean", estimate_json(c.mean)},    {"variance", estimate_json(c.variance)},
            {"kappa3", estimate_json(c.third)}, {"kappa4", estimate_json(c.fourth)}};
  if (shape != nullptr) {
    const SizeCumulants& exact = shape->exact_size;
    json["expected"] = shape->expected;
    json["chi_squared"] = shape->size.chi_squared;
    json["degrees"] = shape->size.degrees;
    json["design_effect"] = shape->size.design_effect;
    json["p_value"] = shape->size.p_value;
    json["mean"] = estimate_json(c.mean, exact.mean, shape->z_size[0]);
    json["variance"] = estimate_json(c.variance, exact.variance, shape->z_size[1]);
    json["kappa3"] = estimate_json(c.third, exact.third, shape->z_size[2]);
    json["kappa4"] = estimate_json(c.fourth, exact.fourth, shape->z_size[3]);
  }
  return json;
}

std::string non_gaussian_sentence(const NonGaussianMode& most, double draws) {
  if (most.mode == 0) {
    return fmt::format("Non-Gaussianity: no mode's cumulants have an error, from {:.4g} draws.", draws);
  }
  const char* what = most.by_kurtosis ? "excess kurtosis" : "skewness";
  if (!most.resolved) {
    return fmt::format(
        "Non-Gaussianity: not resolved in any mode by {:.4g} draws; the largest is the {} of mode {}, {}, "
        "exact {:.3g}.",
        draws, what, most.mode, with_error(most.measured.value, most.measured.error), most.exact);
  }
  return fmt::format(
      "Non-Gaussianity: most resolved in mode {}, whose {} is {} ({:.1f} standard errors from a Gaussian); "
      "exact {:.3g}.",
      most.mode, what, with_error(most.measured.value, most.measured.error),
      std::abs(most.measured.value) / most.measured.error, most.exact);
}

/// ", kappa3 not comparable at 1 of 4 modes (k = 4)", or nothing.
std::string gap(const char* what, const Agreement& agreement, const ComparedPlaces& places = {}) {
  return agreement.not_compared.empty() ? ""
                                        : fmt::format(", {} {}", what, not_compared_text(agreement, places));
}

ComparedPlaces places_of(const std::vector<ModePair>& pairs) {
  ComparedPlaces places{"pairs", "j:k", {}};
  for (const ModePair& pair : pairs) {
    places.names.push_back(pair_name(pair));
  }
  return places;
}

}  // namespace

std::string shape_text(const Findings& f) {
  const ObservedSummary& measured = f.samples.observed_summary;
  std::string out;
  if (f.shape == nullptr) {
    return out;
  }
  if (measured.cumulants) {
    out += "\nThird and fourth cumulant of d_k: both are 0 for a Gaussian\n" + cumulant_table(f);
    out += "\nSize R = sum d_k^2\n" + size_table(f);
  }
  if (!measured.pairs.empty()) {
    out += "\nCovariance of pairs of modes\n" + pair_table(f);
  }
  return out;
}

std::vector<std::string> shape_sentences(const Findings& f) {
  std::vector<std::string> out;
  if (f.shape == nullptr) {
    if (f.samples.observed_summary.has_shape()) {
      out.emplace_back(
          "Beyond two moments: exact cumulants and covariances are not defined with a sextic coupling; what "
          "was "
          "measured is in JSON and in --out FILE.nc.");
    }
    return out;
  }
  const ObservedSummary& measured = f.samples.observed_summary;
  const ShapeComparison& shape = *f.shape;
  if (measured.cumulants) {
    out.push_back(non_gaussian_sentence(shape.most_resolved, measured.cumulants->draws));
    out.push_back(fmt::format(
        "Cumulants against exact: chi2/M = {} ({}) for kappa3, {} ({}) for kappa4{}{}; "
        "distribution of R: chi2 = {} in {:g} degrees of freedom ({}), divided by the design effect {:.3f}, "
        "by "
        "which the counts of its bins vary more than those of independent draws would.",
        number(shape.third.reduced_chi_squared(), 4), p_relation(shape.third.p_value),
        number(shape.fourth.reduced_chi_squared(), 4), p_relation(shape.fourth.p_value),
        gap("kappa3", shape.third), gap("kappa4", shape.fourth), number(shape.size.chi_squared, 4),
        shape.size.degrees, p_relation(shape.size.p_value), shape.size.design_effect));
  }
  if (!measured.pairs.empty()) {
    out.push_back(fmt::format(
        "Covariances of {} against exact: chi2 = {:.2f} ({}), largest z = {} for {}{}.",
        counted(shape.pairs.compared(), "pair"), shape.pairs.chi_squared, p_relation(shape.pairs.p_value),
        z_text(shape.pairs.largest_z),
        shape.pairs.largest_mode > 0 ? pair_name(measured.pairs[shape.pairs.largest_mode - 1]) : "none",
        gap("covariances", shape.pairs, places_of(measured.pairs))));
  }
  return out;
}

Json shape_json(const Findings& f) {
  const ObservedSummary& measured = f.samples.observed_summary;
  if (!measured.has_shape()) {
    return nullptr;
  }
  const ShapeComparison* shape = f.shape;
  Json json = Json::object();
  if (measured.cumulants) {
    const ModeCumulantEstimates& c = *measured.cumulants;
    json["cumulants"] = {{"draws", c.draws},
                         {"kappa3", estimates_json(c.third)},
                         {"kappa4", estimates_json(c.fourth)},
                         {"skewness", estimates_json(c.skewness)},
                         {"excess_kurtosis", estimates_json(c.excess_kurtosis)}};
    if (shape != nullptr) {
      json["cumulants"]["exact_kappa3"] = shape->exact.third;
      json["cumulants"]["exact_kappa4"] = shape->exact.fourth;
      json["cumulants"]["comparison_kappa3"] = agreement_json(shape->third);
      json["cumulants"]["comparison_kappa4"] = agreement_json(shape->fourth);
    }
    json["size_distribution"] = size_json(*measured.size, shape);
  }
  if (!measured.pairs.empty()) {
    std::vector<std::string> names;
    for (const ModePair& pair : measured.pairs) {
      names.push_back(pair_name(pair));
    }
    json["pair_covariance"] = {{"pairs", names}, {"covariance", estimates_json(measured.covariance)}};
    if (shape != nullptr) {
      json["pair_covariance"]["exact"] = shape->exact_covariance;
      json["pair_covariance"]["z"] = shape->pairs.z;
      json["pair_covariance"]["pairs_compared"] = shape->pairs.compared();
      json["pair_covariance"]["chi_squared"] = shape->pairs.chi_squared;
      json["pair_covariance"]["p_value"] = shape->pairs.p_value;
    }
  }
  return json;
}

Problems shape_problems(const ShapeComparison& shape, const ObservedSummary& measured, double smallest_p) {
  Problems problems;
  const auto look = [&](const Agreement& agreement, const char* what, const ComparedPlaces& places) {
    add_problems(problems, agreement_problems(agreement, what, " from exact", smallest_p, places));
  };
  if (measured.cumulants) {
    look(shape.third, "the third cumulants", {});
    look(shape.fourth, "the fourth cumulants", {});
    if (std::isnan(shape.size.p_value)) {
      add_problems(problems,
                   {{"the distribution of R is not comparable: too few draws, or all of them alike"}, false});
    } else if (shape.size.p_value < smallest_p) {
      add_problems(
          problems,
          {{fmt::format("the distribution of R differs from exact: {}", p_relation(shape.size.p_value))},
           true});
    }
  }
  if (!measured.pairs.empty()) {
    look(shape.pairs, "the covariances of pairs", places_of(measured.pairs));
  }
  return problems;
}

std::string kept_text(const ResolvedRun& run, std::size_t modes) {
  const DrawShape kept = kept_draws(run, modes);
  return kept.draws == 0
             ? ""
             : fmt::format("keeping {} of each of {}, one in {}: {}", counted(kept.draws, "draw"),
                           counted(run.chains, "chain"), kept.keep_every, bytes_text(kept.bytes()));
}

}  // namespace ridgeflow::cli
