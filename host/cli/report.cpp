#include "cli/report.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/run/precision.hpp"
#include "ridgeflow/theory/exact.hpp"

#include "cli/amounts.hpp"
#include "cli/partial.hpp"
#include "cli/sentences.hpp"
#include "cli/shape_report.hpp"
#include "cli/theory_distance.hpp"
#include "cli/verdict_lines.hpp"

namespace ridgeflow::cli {
namespace {

std::string run_lines(const Findings& f) {
  const ResolvedRun& run = f.samples.run;
  const MomentSummary& summary = f.samples.summary;
  const StepProblem& p = run.problem;
  const Schedule& schedule = run.plan.schedule;
  const std::string step = std::isfinite(p.step) ? fmt::format(", h = {:.4g} ({:.3g} relaxation times)",
                                                               p.step, p.step * p.slowest_rate)
                                                 : "";
  std::string out =
      wrapped(fmt::format("{}{}, {} x {} = {}, burn-in {}, every {}", integrator_name(run.integrator), step,
                          counted(run.chains, "chain"), counted(f.samples.draws_per_chain(), "draw"),
                          summary.draws, schedule.burn_in, schedule.every));
  out += wrapped(fmt::format("seed {}, {} precision, {} math, {}", f.config.sampler.seed,
                             to_string(run.precision), to_string(f.samples.executor.math),
                             executor_text(f.samples.executor)));
  if (f.samples.adapted) {
    const AdaptedStep& adapted = *f.samples.adapted;
    out += wrapped(
        fmt::format("step found before the run: acceptance {:.3f} of pilot chains for a target of {:.3f}, {}",
                    adapted.acceptance, adapted.target, counted(adapted.rounds, "trial")));
  }
  out += wrapped(fmt::format("{:.3g} mode updates in {} = {}; acceptance {:.4f} ({:.4f} to {:.4f} by chain)",
                             f.samples.timing.mode_updates, seconds_text(f.samples.timing.sample),
                             rate_text(f.samples.timing.updates_per_second()), summary.acceptance,
                             f.samples.observed_summary.least_acceptance,
                             f.samples.observed_summary.largest_acceptance));
  return out;
}

/// Predictions that the excerpt shows: wilson and exact where they are there, else the first two.
std::vector<std::size_t> excerpt_theories(const Findings& f) {
  std::vector<std::size_t> shown;
  for (const Theory theory : {Theory::wilson, Theory::exact}) {
    for (std::size_t i = 0; i < f.predictions.size(); ++i) {
      if (f.predictions[i].theory == theory) {
        shown.push_back(i);
      }
    }
  }
  for (std::size_t i = 0; shown.empty() && i < std::min<std::size_t>(2, f.predictions.size()); ++i) {
    shown.push_back(i);
  }
  return shown;
}

std::string excerpt(const Findings& f, const std::vector<double>& measured, const std::vector<double>& error,
                    const std::vector<double> Prediction::*quantity, const Agreement Comparison::*part) {
  std::vector<std::string> names{"k", "measured", "+-"};
  const std::vector<std::size_t> theories = excerpt_theories(f);
  for (const std::size_t i : theories) {
    names.emplace_back(to_string(f.predictions[i].theory));
    names.emplace_back("z");
  }
  TextTable table(names);
  for (const std::size_t k : shown_modes(f.posterior.modes())) {
    std::vector<std::string> row{fmt::format("{}", k + 1), number(measured[k], 6), number(error[k], 2)};
    for (const std::size_t i : theories) {
      row.push_back(number((f.predictions[i].*quantity)[k], 6));
      row.push_back(z_text((f.comparisons[i].*part).z[k]));
    }
    table.add(std::move(row));
  }
  return table.text();
}

std::string theory_table(const Findings& f) {
  TextTable table({"theory", "of", "modes", "chi2/n", "p", "largest z", "at k", "resolved"});
  for (const Comparison& comparison : f.comparisons) {
    for (const auto& [name, part] :
         {std::pair("mean", &comparison.mean), std::pair("variance", &comparison.variance)}) {
      table.add({std::string(to_string(comparison.theory)), name, fmt::format("{}", part->compared()),
                 number(part->reduced_chi_squared(), 4), p_text(part->p_value), z_text(part->largest_z),
                 fmt::format("{}", part->largest_mode), fmt::format("{}", part->resolved.size())});
    }
  }
  return table.text();
}

/// How far the theories are off: from exact, or, where that was not asked for, at least, by the samples.
std::string distances_text(const Findings& f) {
  if (find_prediction(f.predictions, Theory::exact) != nullptr) {
    return distance_table(f.predictions, &f.samples.summary);
  }
  TextTable table({"theory", "mean off by at least [%]", "at k", "variance off by at least [%]", "at k"});
  for (const Comparison& comparison : f.comparisons) {
    std::vector<std::string> row{std::string(to_string(comparison.theory))};
    for (const Agreement* part : {&comparison.mean, &comparison.variance}) {
      const bool known = part->off_at_least_mode != 0;
      row.push_back(known ? fmt::format("{:.2g}", 100.0 * part->off_at_least) : "-");
      row.push_back(known ? fmt::format("{}", part->off_at_least_mode) : "-");
    }
    table.add(std::move(row));
  }
  return "\nHow far the theories are off, with 95 % confidence for all modes together\n" + table.text();
}

}  // namespace

Json measured_json(const SampleResult& samples) {
  const MomentSummary& s = samples.summary;
  return {{"chains", s.chains},
          {"draws", s.draws},
          {"acceptance", s.acceptance},
          {"least_acceptance", samples.observed_summary.least_acceptance},
          {"largest_acceptance", samples.observed_summary.largest_acceptance},
          {"mean", s.mean},
          {"mcse_mean", s.mcse_mean},
          {"variance", s.variance},
          {"mcse_variance", s.mcse_variance},
          {"r_hat", s.r_hat},
          {"nested_r_hat", s.nested_r_hat},
          {"ess_mean", s.ess_mean},
          {"ess_sd", s.ess_sd},
          {"tau_int", s.tau_int},
          {"loss", s.loss()},
          {"mcse_loss", s.mcse_loss()},
          {"mean_size", s.mean_size},
          {"mcse_mean_size", s.mcse_mean_size},
          {"variance_size", s.variance_size},
          {"mcse_variance_size", s.mcse_variance_size}};
}

std::optional<std::string> mixing_problem(const MomentSummary& summary) {
  constexpr double kLargestRHat = ConvergenceThresholds{}.r_hat;
  const WorstMode r_hat = worst_r_hat(summary);
  if (!(r_hat.value > kLargestRHat)) {
    return std::nullopt;
  }
  return fmt::format("R-hat = {:.4f} at k = {} is above {}: the chains have not mixed; run longer",
                     r_hat.value, r_hat.mode, kLargestRHat);
}

void explain_by_precision(Problems& problems, const ResolvedRun& run, const Posterior& posterior,
                          const std::string& where) {
  if (const std::string coarse = rounding_text(run, run.precision, posterior);
      problems.differs && !coarse.empty()) {
    add_problems(problems, {{coarse}, false}, where);
  }
}

Json run_json(const SampleResult& samples, std::uint64_t seed) {
  const ResolvedRun& run = samples.run;
  Json json{
      {"integrator", integrator_name(run.integrator)}, {"step", run.problem.step}, {"chains", run.chains}};
  json.update(length_json(samples));
  json.update({{"burn_in", run.plan.schedule.burn_in},
               {"every", run.plan.schedule.every},
               {"seed", seed},
               {"precision", to_string(run.precision)},
               {"math", to_string(samples.executor.math)},
               {"backend", samples.executor.backend},
               {"device", samples.executor.device},
               {"variant", samples.executor.variant},
               {"threads", samples.executor.threads},
               {"warnings", run.warnings}});
  return json;
}

const Comparison* find_comparison(const std::vector<Comparison>& comparisons, Theory theory) {
  const auto found = std::find_if(comparisons.begin(), comparisons.end(),
                                  [theory](const Comparison& each) { return each.theory == theory; });
  return found == comparisons.end() ? nullptr : &*found;
}

Verdict judge(const Findings& f, double smallest_p) {
  Verdict verdict;
  Problems found;
  if (!f.samples.measured()) {
    verdict.known = find_comparison(f.comparisons, Theory::exact) != nullptr;
    verdict.problems.emplace_back("nothing was measured: the run was stopped");
    return verdict;
  }
  if (const Comparison* exact = find_comparison(f.comparisons, Theory::exact); exact != nullptr) {
    verdict.known = true;
    for (const auto& [name, part] :
         {std::pair("means", &exact->mean), std::pair("variances", &exact->variance)}) {
      add_problems(found, agreement_problems(*part, fmt::format("the {}", name), " from exact", smallest_p));
    }
  }
  if (verdict.known && f.shape != nullptr) {
    add_problems(found, shape_problems(*f.shape, f.samples.observed_summary, smallest_p));
  }
  explain_by_precision(found, f.samples.run, f.posterior);
  verdict.differs = found.differs;
  verdict.problems = std::move(found.words);
  if (const auto problem = mixing_problem(f.samples.summary); problem) {
    verdict.problems.push_back(*problem);
  }
  verdict.agrees = verdict.known && verdict.problems.empty();
  return verdict;
}

ConvergenceVerdict streaming_convergence(const Findings& f) {
  if (!f.samples.measured()) {
    return {false, {"nothing was measured: the run was stopped"}};
  }
  const MomentSummary& summary = f.samples.summary;
  // a stopped run may have ended before two of its batches: then it has none, as one of short chains
  const MeasurePlan so_far = plan_so_far(f.samples.run, f.samples.passes);
  return judge_convergence({summary.r_hat, summary.ess_mean, summary.tau_int,
                            so_far.batches() < 2 ? 0 : so_far.batch_length, summary.nested_r_hat});
}

std::vector<std::string> convergence_sentences(const Findings& f) {
  if (!f.samples.measured()) {
    return {};
  }
  std::vector<std::string> sentences = streaming_convergence(f).sentences;
  if (f.diagnostics != nullptr && f.diagnostics->modes_looked_at == f.posterior.modes()) {
    const ConvergenceVerdict kept = judge_convergence({f.diagnostics->r_hat, f.diagnostics->ess_bulk, {}, 0});
    for (const std::string& sentence : kept.sentences) {
      sentences.push_back("Kept draws, rank-normalized: " + sentence);
    }
  }
  return sentences;
}

std::string report_text(const Findings& f) {
  const MomentSummary& summary = f.samples.summary;
  std::string out = parameter_line(f.posterior) + verdict_lines(f) + "\n" + run_lines(f);
  out += "\nMean <d_k>\n" + excerpt(f, summary.mean, summary.mcse_mean, &Prediction::mean, &Comparison::mean);
  out += "\nVariance Var d_k\n" +
         excerpt(f, summary.variance, summary.mcse_variance, &Prediction::variance, &Comparison::variance);
  out +=
      "\nAll modes that can be compared, n of them. resolved: those that differ at\n5 % after "
      "Bonferroni's correction\n" +
      theory_table(f);
  out += distances_text(f);
  out += shape_text(f);
  out += "\n";
  for (const std::string& sentence : sentences(f)) {
    out += wrapped(sentence);
  }
  for (const std::string& sentence : convergence_sentences(f)) {
    out += wrapped(sentence);
  }
  return out;
}

Json report_json(const Findings& f) {
  const Verdict verdict = judge(f);
  Json comparisons = Json::object();
  for (const Comparison& comparison : f.comparisons) {
    comparisons[std::string(to_string(comparison.theory))] = {
        {"mean", agreement_json(comparison.mean)}, {"variance", agreement_json(comparison.variance)}};
  }
  const RunTiming& timing = f.samples.timing;
  return {{"parameters", parameters_json(f.posterior)},
          {"convergence", convergence_sentences(f)},
          {"run", run_json(f.samples, f.config.sampler.seed)},
          {"timing",
           {{"start_s", timing.start},
            {"sample_s", timing.sample},
            {"collect_s", timing.collect},
            {"mode_updates", timing.mode_updates},
            {"updates_per_s", timing.updates_per_second()}}},
          {"measured", measured_json(f.samples)},
          {"predictions", predictions_json(f.predictions)},
          {"comparison", std::move(comparisons)},
          {"largest_deviation_of_exact", distances_json(f.predictions)},
          {"beyond_two_moments", shape_json(f)},
          {"agrees_with_exact", verdict.known ? Json(verdict.agrees) : Json(nullptr)},
          {"problems", verdict.problems},
          {"sentences", sentences(f)}};
}

}  // namespace ridgeflow::cli
