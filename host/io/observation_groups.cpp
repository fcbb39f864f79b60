#include "io/observation_groups.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace ridgeflow::io {
namespace {

std::vector<double> values_of(const std::vector<Measured>& estimates) {
  std::vector<double> values(estimates.size());
  std::transform(estimates.begin(), estimates.end(), values.begin(),
                 [](const Measured& e) { return e.value; });
  return values;
}
std::vector<double> errors_of(const std::vector<Measured>& estimates) {
  std::vector<double> errors(estimates.size());
  std::transform(estimates.begin(), estimates.end(), errors.begin(),
                 [](const Measured& e) { return e.error; });
  return errors;
}

/// NAME and mcse_NAME.
void add_estimates(ResultGroup& group, const std::string& name, int dimension,
                   const std::vector<Measured>& estimates, const std::string& meaning) {
  group.add(name, {dimension}, values_of(estimates), {"1", meaning});
  group.add("mcse_" + name, {dimension}, errors_of(estimates),
            {"1", "standard error of the " + meaning + ", jackknife over 64 blocks of chains"});
}

void add_agreement(ResultGroup& group, const std::string& name, int dimension, const Agreement& agreement) {
  group.add("z_" + name, {dimension}, agreement.z,
            {"1", "(measured - exact)/mcse of " + name + ", Student's t with 63 degrees"});
  group.add("compared_" + name, static_cast<double>(agreement.compared()),
            {"1", "how many z of " + name + " are finite numbers: all that chi2 and p are about"});
  group.add("chi2_" + name, agreement.chi_squared,
            {"1", "sum of z^2 of " + name + ", each z carried to the normal law"});
  group.add("p_" + name, agreement.p_value,
            {"1", "probability of a larger chi2 of " + name + " if the exact column holds"});
}

void write_posterior(ResultGroup& group, const DrawStore& draws) {
  const DrawShape& shape = draws.shape();
  const int chain =
      group.add_spaced_dimension("chain", shape.chains.first, 1, shape.chains.chains, kChainMeaning);
  const int draw =
      group.add_spaced_dimension("draw", shape.keep_every, shape.keep_every, shape.draws, kDrawMeaning);
  const int mode = group.add_counted_dimension("mode", shape.modes, kModeMeaning);
  const Meaning meaning{"1", "discrepancy d_k = y_k - f_k"};
  if (shape.wide) {
    group.add_view("d", {chain, draw, mode}, draws.wide(), meaning);
  } else {
    group.add_view("d", {chain, draw, mode}, draws.single(), meaning);
  }
}

void write_cumulants(ResultGroup& group, const ModeCumulantEstimates& measured,
                     const ShapeComparison* shape) {
  const int mode = group.add_counted_dimension("mode", measured.third.size(), kModeMeaning);
  group.add("draws", measured.draws, {"1", "draws observed in all chains"});
  add_estimates(group, "kappa3", mode, measured.third, "third cumulant of d_k");
  add_estimates(group, "kappa4", mode, measured.fourth, "fourth cumulant of d_k");
  add_estimates(group, "skewness", mode, measured.skewness, "skewness of d_k, kappa3/Var^(3/2)");
  add_estimates(group, "excess_kurtosis", mode, measured.excess_kurtosis,
                "excess kurtosis of d_k, kappa4/Var^2");
  if (shape != nullptr) {
    group.add("exact_kappa3", {mode}, shape->exact.third, {"1", "third cumulant of d_k, exact"});
    group.add("exact_kappa4", {mode}, shape->exact.fourth, {"1", "fourth cumulant of d_k, exact"});
    add_agreement(group, "kappa3", mode, shape->third);
    add_agreement(group, "kappa4", mode, shape->fourth);
  }
}

void write_size(ResultGroup& group, const SizeEstimates& measured, const ShapeComparison* shape) {
  const SizeGrid& grid = measured.grid;
  const int bin = group.add_counted_dimension("bin", grid.bins, {"1", "bin of R, from 1"});
  std::vector<double> low(grid.bins);
  std::vector<double> high(grid.bins);
  std::vector<double> density(grid.bins);
  std::vector<double> density_error(grid.bins);
  for (std::size_t i = 0; i < grid.bins; ++i) {
    low[i] = grid.edge(i);
    high[i] = grid.edge(i + 1);
    density[i] = measured.counts[i] / (measured.draws * grid.width);
    density_error[i] = measured.errors[i] / (measured.draws * grid.width);
  }
  group.add("R_low", {bin}, low, {"1", "lower edge of the bin of R = sum d_k^2"});
  group.add("R_high", {bin}, high, {"1", "upper edge of the bin of R"});
  group.add("count", {bin}, measured.counts, {"1", "draws with R in the bin"});
  group.add("mcse_count", {bin}, measured.errors,
            {"1", "standard error of the count, jackknife over 64 blocks of chains"});
  group.add("density", {bin}, density, {"1", "measured density of R, mean over the bin"});
  group.add("mcse_density", {bin}, density_error, {"1", "standard error of the density"});
  group.add("draws", measured.draws, {"1", "draws observed in all chains"});
  group.add("below", measured.below, {"1", "draws with R below the first bin"});
  group.add("above", measured.above, {"1", "draws with R above the last bin"});
  struct Row {
    const char* name;
    const char* meaning;
    Measured estimate;
    double exact;
  };
  const CumulantEstimate& c = measured.cumulants;
  const SizeCumulants exact = shape != nullptr ? shape->exact_size : SizeCumulants{};
  const Row rows[] = {{"mean", "mean of R", c.mean, exact.mean},
                      {"variance", "variance of R", c.variance, exact.variance},
                      {"kappa3", "third cumulant of R", c.third, exact.third},
                      {"kappa4", "fourth cumulant of R", c.fourth, exact.fourth}};
  for (const Row& row : rows) {
    const std::string name = row.name;
    const std::string meaning = row.meaning;
    group.add(name, row.estimate.value, {"1", meaning});
    group.add("mcse_" + name, row.estimate.error, {"1", "standard error of the " + meaning});
    if (shape != nullptr) {
      group.add("exact_" + name, row.exact, {"1", meaning + ", exact"});
    }
  }
  if (shape != nullptr) {
    std::vector<double> exact_density(grid.bins);
    std::transform(shape->expected.begin(), shape->expected.end(), exact_density.begin(),
                   [&](double expected) { return expected / (measured.draws * grid.width); });
    group.add("expected", {bin}, shape->expected, {"1", "draws expected in the bin, exact"});
    group.add("exact_density", {bin}, exact_density, {"1", "exact density of R, mean over the bin"});
    group.add(
        "chi2", shape->size.chi_squared,
        {"1", "Pearson's chi^2 of the counts over the design effect, bins merged to 10 expected draws"});
    group.add("degrees", shape->size.degrees, {"1", "degrees of freedom of chi2"});
    group.add("design_effect", shape->size.design_effect,
              {"1", "variance of the counts over that of independent draws"});
    group.add("p", shape->size.p_value, {"1", "probability of a larger chi2 if the exact density holds"});
  }
}

void write_pairs(ResultGroup& group, const ObservedSummary& measured, const ShapeComparison* shape) {
  std::vector<std::string> names;
  std::vector<double> first;
  std::vector<double> second;
  for (const ModePair& pair : measured.pairs) {
    names.push_back(fmt::format("{}:{}", pair.first + 1, pair.second + 1));
    first.push_back(static_cast<double>(pair.first + 1));
    second.push_back(static_cast<double>(pair.second + 1));
  }
  const int pair = group.add_named_dimension("pair", names, {"1", "modes j:k, from 1"});
  group.add("j", {pair}, first, {"1", "first mode of the pair, from 1"});
  group.add("k", {pair}, second, {"1", "second mode of the pair, from 1"});
  add_estimates(group, "covariance", pair, measured.covariance, "covariance of d_j and d_k");
  if (shape != nullptr) {
    group.add("exact_covariance", {pair}, shape->exact_covariance, {"1", "covariance of d_j and d_k, exact"});
    add_agreement(group, "covariance", pair, shape->pairs);
  }
}

}  // namespace

void write_observations(ResultGroup& root, const SampleResult& samples, const ShapeComparison* shape) {
  const ObservedSummary& measured = samples.observed_summary;
  if (samples.observed.draws) {
    write_posterior(root.make_group("posterior"), *samples.observed.draws);
  }
  if (measured.cumulants) {
    write_cumulants(root.make_group("cumulants"), *measured.cumulants, shape);
  }
  if (measured.size) {
    write_size(root.make_group("size_distribution"), *measured.size, shape);
  }
  if (!measured.pairs.empty()) {
    write_pairs(root.make_group("pair_covariance"), measured, shape);
  }
}

}  // namespace ridgeflow::io
