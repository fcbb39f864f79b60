#include "ridgeflow/io/result_file.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/io/files.hpp"
#include "ridgeflow/io/run_file.hpp"
#include "ridgeflow/io/version.hpp"
#include "ridgeflow/theory/decimation.hpp"
#include "ridgeflow/theory/deviation.hpp"
#include "ridgeflow/theory/learning_curve.hpp"

#include "io/netcdf.hpp"
#include "io/node_group.hpp"
#include "io/observation_groups.hpp"
#include "io/result_group.hpp"
#include "io/sweep.hpp"

namespace ridgeflow {
namespace {

using io::ResultGroup;

constexpr io::Meaning kTheoryMeaning{"1", "theory"};

int add_modes(ResultGroup& group, std::size_t modes) {
  return group.add_counted_dimension("mode", modes, io::kModeMeaning);
}

/// A column for each element, laid end to end: [element][mode].
template <class Elements, class Column>
std::vector<double> stacked(const Elements& elements, Column column) {
  std::vector<double> values;
  values.reserve(elements.size());
  for (const auto& element : elements) {
    const std::vector<double>& part = column(element);
    values.insert(values.end(), part.begin(), part.end());
  }
  return values;
}

template <class Elements, class Number>
std::vector<double> gathered(const Elements& elements, Number number) {
  std::vector<double> values;
  values.reserve(elements.size());
  for (const auto& element : elements) {
    values.push_back(number(element));
  }
  return values;
}

template <class Elements>
int add_theories(ResultGroup& group, const Elements& elements) {
  std::vector<std::string> names;
  names.reserve(elements.size());
  for (const auto& element : elements) {
    names.emplace_back(to_string(element.theory));
  }
  return group.add_named_dimension("theory", names, kTheoryMeaning);
}

void write_constants(ResultGroup& group, const Posterior& posterior) {
  const int mode = add_modes(group, posterior.modes());
  std::vector<double> k(posterior.modes());
  for (std::size_t i = 0; i < k.size(); ++i) {
    k[i] = static_cast<double>(i + 1);
  }
  group.add("k", {mode}, k, {"1", "mode number"});
  group.add("a", {mode}, posterior.spectrum().a, {"1", "inverse kernel eigenvalue a_k = 1/lambda_k"});
  group.add("y", {mode}, posterior.spectrum().y, {"1", "target coefficient y_k"});
  const SexticDecimation flow = wilson_couplings(posterior);
  group.add("rg_r", {mode}, flow.ridge, {"1", "ridge r(k) that mode k sees in the renormalization group"});
  group.add("rg_U", {mode}, flow.quartic, {"1", "quartic coupling U(k) that mode k sees"});
  if (posterior.sextic() != 0.0) {
    group.add("rg_W", {mode}, flow.sextic, {"1", "sextic coupling W(k) that mode k sees"});
  }
  group.add("samples", static_cast<std::uint64_t>(posterior.couplings().samples),
            {"1", "training samples P"});
  group.add("kappa", posterior.couplings().kappa, {"1", "noise of training kappa"});
  group.add("u", posterior.couplings().u, {"1", "quartic coupling of a sample u"});
  group.add("w", posterior.couplings().w, {"1", "sextic coupling of a sample w"});
  group.add("r", posterior.ridge(), {"1", "ridge r = P/kappa"});
  group.add("U", posterior.quartic(), {"1", "quartic coupling of the mode vertex U = P u"});
  group.add("W", posterior.sextic(), {"1", "sextic coupling of the mode vertex W = P w"});
  group.add("rho_star", posterior.hartree_ridge(), {"1", "Hartree ridge rho*"});
  group.add("R_star", posterior.hartree_size(), {"1", "Hartree value of R = sum d_k^2"});
}

/// Of every theory where exact is among \p predictions, as JSON has them; NaN of exact itself.
void write_distances(ResultGroup& group, int theory, const std::vector<Prediction>& predictions) {
  if (find_prediction(predictions, Theory::exact) == nullptr) {
    return;
  }
  const auto add = [&](const std::string& quantity, double LargestDeviation::*largest,
                       std::size_t LargestDeviation::*mode) {
    const auto column = [&](auto number) {
      return gathered(predictions, [&](const Prediction& each) {
        return each.theory == Theory::exact
                   ? std::numeric_limits<double>::quiet_NaN()
                   : static_cast<double>(number(*distance_from_exact(predictions, each.theory)));
      });
    };
    const std::string name = "largest_deviation_of_exact_" + quantity;
    group.add(name, {theory}, column([&](const LargestDeviation& off) { return off.*largest; }),
              {"1", "largest |exact/predicted - 1| of a " + quantity + " over the modes, free of noise"});
    group.add(name + "_mode", {theory}, column([&](const LargestDeviation& off) { return off.*mode; }),
              {"1", "mode k of that " + quantity + ", from 1; 0 where none differs"});
  };
  add("mean", &LargestDeviation::mean, &LargestDeviation::mean_mode);
  add("variance", &LargestDeviation::variance, &LargestDeviation::variance_mode);
}

void write_predictions(ResultGroup& group, const std::vector<Prediction>& predictions,
                       const ModeCumulants* cumulants, std::size_t modes) {
  const int theory = add_theories(group, predictions);
  const int mode = add_modes(group, modes);
  group.add("mean", {theory, mode},
            stacked(
                predictions, [](const auto& p) -> auto& { return p.mean; }),
            {"1", "predicted mean of d_k"});
  group.add("variance", {theory, mode},
            stacked(
                predictions, [](const auto& p) -> auto& { return p.variance; }),
            {"1", "predicted variance of d_k"});
  group.add("loss", {theory}, gathered(predictions, loss_per_sample),
            {"1", "predicted training loss of a sample, <R>/2"});
  write_distances(group, theory, predictions);
  if (cumulants != nullptr) {
    group.add("exact_kappa3", {mode}, cumulants->third, {"1", "third cumulant of d_k, exact"});
    group.add("exact_kappa4", {mode}, cumulants->fourth, {"1", "fourth cumulant of d_k, exact"});
  }
}

void write_moments(ResultGroup& group, const MomentSummary& summary) {
  const int mode = add_modes(group, summary.mean.size());
  std::vector<double> sd(summary.variance.size());
  std::transform(summary.variance.begin(), summary.variance.end(), sd.begin(),
                 [](double variance) { return std::sqrt(variance); });
  group.add("mean", {mode}, summary.mean, {"1", "mean of d_k"});
  group.add("mcse_mean", {mode}, summary.mcse_mean, {"1", "Monte Carlo standard error of the mean"});
  group.add("sd", {mode}, sd, {"1", "standard deviation of d_k"});
  group.add("variance", {mode}, summary.variance, {"1", "variance of d_k"});
  group.add("mcse_variance", {mode}, summary.mcse_variance,
            {"1", "Monte Carlo standard error of the variance"});
  std::vector<double> mcse_sd(sd.size());  // of a square root, to first order
  std::transform(sd.begin(), sd.end(), summary.mcse_variance.begin(), mcse_sd.begin(),
                 [](double root, double error) { return root > 0 ? 0.5 * error / root : 0.0; });
  group.add("mcse_sd", {mode}, mcse_sd, {"1", "Monte Carlo standard error of the standard deviation"});
  group.add("r_hat", {mode}, summary.r_hat, {"1", "split R-hat"});
  group.add("nested_r_hat", {mode}, summary.nested_r_hat,
            {"1", "nested R-hat of superchains of consecutive chains"});
  group.add("ess_mean", {mode}, summary.ess_mean, {"1", "effective sample size of the mean"});
  group.add("ess_sd", {mode}, summary.ess_sd,
            {"1", "effective sample size of the standard deviation, were d_k Gaussian"});
  group.add("tau_int", {mode}, summary.tau_int,
            {"1", "integrated autocorrelation time in draws, 1/2 for independent ones, from batch means"});
}

void write_diagnostics(ResultGroup& group, const DrawDiagnostics& found) {
  const int mode = add_modes(group, found.r_hat.size());
  group.add("draws", found.draws, {"1", "kept draws in all chains"});
  group.add("r_hat", {mode}, found.r_hat, {"1", "rank-normalized split R-hat of the kept draws"});
  group.add("ess_bulk", {mode}, found.ess_bulk, {"1", "effective sample size of the bulk, in kept draws"});
  group.add("ess_tail", {mode}, found.ess_tail, {"1", "effective sample size of the tails, in kept draws"});
  group.add("mcse_sd", {mode}, found.mcse_sd,
            {"1", "Monte Carlo standard error of the sd of the kept draws"});
  group.add("tau_int", {mode}, found.tau_int,
            {"1", "integrated autocorrelation time in kept draws, by Wolff's Gamma method"});
  group.add("tau_int_error", {mode}, found.tau_int_error, {"1", "standard error of tau_int"});
}

void write_sample_stats(ResultGroup& group, const SampleResult& samples) {
  const MomentSummary& summary = samples.summary;
  const Schedule& schedule = samples.run.plan.schedule;
  group.add("significand_bits", samples.run.precision == Precision::kSingle ? 24.0 : 53.0,
            {"1", "significant bits of the state: 24 in single precision, 53 in double"});
  group.add("acceptance", summary.acceptance, {"1", "share of proposals accepted"});
  group.add("step", samples.run.problem.step, {"1", "step size h"});
  group.add("chains", samples.run.chains, {"1", "independent chains"});
  group.add("first_chain", samples.run.first_chain, {"1", "index of the first chain"});
  group.add("draws", summary.draws, {"1", "measurements in all chains"});
  group.add("superchains", summary.superchains, {"1", "superchains that nested R-hat compares"});
  group.add("chains_per_superchain", summary.chains_per_superchain,
            {"1", "consecutive chains of a superchain"});
  group.add("draws_per_chain", samples.run.draws_per_chain, {"1", "measurements asked of a chain"});
  group.add("draws_per_chain_done", samples.draws_per_chain(),
            {"1", "measurements that every chain has done; fewer where the run was stopped"});
  group.add("burn_in", schedule.burn_in, {"1", "steps before the first measured interval"});
  group.add("every", schedule.every, {"1", "steps between measurements"});
  group.add("mean_size", summary.mean_size, {"1", "mean of R = sum d_k^2"});
  group.add("mcse_mean_size", summary.mcse_mean_size, {"1", "Monte Carlo standard error of the mean of R"});
  group.add("variance_size", summary.variance_size, {"1", "variance of R"});
  group.add("mcse_variance_size", summary.mcse_variance_size,
            {"1", "Monte Carlo standard error of the variance of R"});
  group.add("loss", summary.loss(), {"1", "training loss of a sample, <R>/2"});
  group.add("mcse_loss", summary.mcse_loss(), {"1", "Monte Carlo standard error of the loss"});
  const int chain =
      group.add_spaced_dimension("chain", samples.run.first_chain, 1, samples.run.chains, io::kChainMeaning);
  group.add("acceptance_rate", {chain}, samples.observed.acceptance,
            {"1", "share of proposals accepted in a chain"});
  if (samples.observed.draws) {
    const DrawShape& kept = samples.observed.draws->shape();
    const int draw =
        group.add_spaced_dimension("draw", kept.keep_every, kept.keep_every, kept.draws, io::kDrawMeaning);
    group.add_view("R", {chain, draw}, samples.observed.draws->size(), {"1", "R = sum d_k^2 of a kept draw"});
  }
}

void write_comparisons(ResultGroup& group, const std::vector<Comparison>& comparisons, std::size_t modes) {
  const int theory = add_theories(group, comparisons);
  const int mode = add_modes(group, modes);
  const auto write = [&](const std::string& quantity, auto part) {
    const auto column = [&](auto number) {
      return gathered(comparisons,
                      [&](const Comparison& each) { return static_cast<double>(number(part(each))); });
    };
    group.add(
        "z_" + quantity, {theory, mode},
        stacked(
            comparisons, [&](const auto& each) -> auto& { return part(each).z; }),
        {"1", quantity == "variance"
                  ? "deviate of measured from predicted variance, corrected for its skewness, Student's t"
                  : "(measured - predicted)/mcse of the mean, Student's t with chains - 1 degrees"});
    group.add(
        "modes_compared_" + quantity, {theory}, column([](const Agreement& a) { return a.compared(); }),
        {"1", "modes whose z of the " + quantity + " is a finite number: all that chi2 and p are about"});
    group.add("chi2_" + quantity, {theory}, column([](const Agreement& a) { return a.chi_squared; }),
              {"1", "sum over the modes compared of z^2, each z carried to the normal law"});
    group.add("p_" + quantity, {theory}, column([](const Agreement& a) { return a.p_value; }),
              {"1",
               "probability of a larger chi2 if the theory holds, modes taken as independent; NaN where too "
               "few draws a chain for so many modes"});
    group.add("resolved_" + quantity, {theory}, column([](const Agreement& a) { return a.resolved.size(); }),
              {"1", "modes whose deviation is resolved at 5 % after Bonferroni's correction"});
  };
  write("mean", [](const Comparison& each) -> const Agreement& { return each.mean; });
  write("variance", [](const Comparison& each) -> const Agreement& { return each.variance; });
}

void write_timing(ResultGroup& group, const RunTiming& timing) {
  group.add("start", timing.start, {"s", "tables and initial state"});
  group.add("sample", timing.sample, {"s", "steps of all chains"});
  group.add("collect", timing.collect, {"s", "export and moments"});
  group.add("mode_updates", timing.mode_updates, {"1", "chains x modes x passes, burn-in included"});
  group.add("updates_per_second", timing.updates_per_second(),
            {"s-1", "mode updates per second of sampling"});
}

void write_attributes(ResultGroup& root, const ResultContents& contents) {
  root.set_attribute("inference_library", "ridgeflow");
  root.set_attribute("inference_library_version", version());
  root.set_attribute("version", version());
  root.set_attribute("git_revision", git_revision());
  root.set_attribute("created_at", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))));
  root.set_attribute("run_file", to_toml(contents.config));
  if (contents.samples == nullptr) {
    return;
  }
  root.set_attribute("partial", std::uint64_t{contents.samples->partial()});
  const ExecutorInfo& executor = contents.samples->executor;
  const std::uint64_t seed = contents.config.sampler.seed;
  root.set_attribute("seed", seed);
  root.set_attribute("seed_decimal", fmt::format("{}", seed));
  root.set_attribute("integrator", integrator_name(contents.samples->run.integrator));
  root.set_attribute("precision", to_string(contents.samples->run.precision));
  if (!contents.samples->run.warnings.empty()) {
    root.set_attribute("warnings", fmt::format("{}", fmt::join(contents.samples->run.warnings, "\n")));
  }
  root.set_attribute("math", to_string(contents.samples->executor.math));
  root.set_attribute("backend", executor.backend);
  root.set_attribute("device", executor.device);
  root.set_attribute("variant", executor.variant);
  root.set_attribute("threads", static_cast<std::uint64_t>(executor.threads));
}

ResultGroup groups_of(const ResultContents& contents) {
  ResultGroup root;
  const std::size_t modes = contents.posterior.modes();
  write_attributes(root, contents);
  write_constants(root.make_group("constant_data"), contents.posterior);
  write_predictions(root.make_group("prediction"), contents.predictions, contents.cumulants, modes);
  if (contents.samples != nullptr) {
    write_sample_stats(root.make_group("sample_stats"), *contents.samples);
    write_moments(root.make_group("moments"), contents.samples->summary);
    write_timing(root.make_group("timing"), contents.samples->timing);
    io::write_node_moments(root, contents.posterior, *contents.samples);
    io::write_observations(root, *contents.samples, contents.shape);
    if (contents.diagnostics != nullptr) {
      write_diagnostics(root.make_group("diagnostics"), *contents.diagnostics);
    }
  }
  if (contents.comparisons != nullptr) {
    write_comparisons(root.make_group("comparison"), *contents.comparisons, modes);
  }
  return root;
}

}  // namespace

void write_result(const std::string& path, const ResultContents& contents) {
  io::write_netcdf(path, groups_of(contents), existing_of(contents.config));
}

void write_sweep(const std::string& path, const RunConfig& config,
                 const std::vector<ResultContents>& systems) {
  const std::vector<io::GridAxis> axes = io::grid_axes(config);
  std::vector<ResultGroup> groups;
  groups.reserve(systems.size());
  for (const ResultContents& contents : systems) {
    groups.push_back(groups_of(contents));
  }
  ResultGroup all = io::stacked_groups(axes, groups);
  all.set_attribute("run_file", to_toml(config));
  std::string names;
  for (const io::GridAxis& axis : axes) {
    names += (names.empty() ? "" : " ") + axis.name;
  }
  const auto is_partial = [](const ResultContents& each) {
    return each.samples != nullptr && each.samples->partial();
  };
  if (systems.front().samples != nullptr) {
    all.set_attribute("partial", std::uint64_t{std::any_of(systems.begin(), systems.end(), is_partial)});
  }
  all.set_attribute("kind", "sweep");
  all.set_attribute("axes", names);
  io::write_netcdf(path, all, existing_of(config));
}

}  // namespace ridgeflow
