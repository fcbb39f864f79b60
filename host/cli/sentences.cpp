#include "cli/sentences.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/theory/learning_curve.hpp"

#include "cli/partial.hpp"
#include "cli/shape_report.hpp"
#include "cli/theory_distance.hpp"

namespace ridgeflow::cli {
namespace {

const Comparison* find(const Findings& f, Theory theory) {
  return find_comparison(f.comparisons, theory);
}

/// Where the samples see a deviation: "seen by the samples at 3 of 20 modes (k = 1-3)".
std::string resolved_text(const Agreement& agreement) {
  return agreement.resolved.empty()
             ? fmt::format(
                   "no deviation is resolved at any of {}; the largest is {} standard errors at k = {}",
                   counted(agreement.compared(), "mode"), z_text(agreement.largest_z), agreement.largest_mode)
             : fmt::format("seen by the samples at {} of {} (k = {})", agreement.resolved.size(),
                           counted(agreement.compared(), "mode"), mode_ranges(agreement.resolved));
}

/// How far the renormalization group is off, and where the samples see it.
std::string rg_sentence(const Findings& f, const char* quantity, const Agreement& agreement,
                        const std::vector<double> Prediction::*part, const std::vector<double>& measured,
                        const std::vector<double>& error) {
  std::string off;
  const auto largest = distance_from_exact(f.predictions, Theory::wilson);
  if (largest) {
    const bool of_mean = part == &Prediction::mean;
    const std::size_t mode = of_mean ? largest->mean_mode : largest->variance_mode;
    const double relative = of_mean ? largest->mean : largest->variance;
    off = fmt::format("off by up to {}, exact/wilson - 1 without noise", distance_text(relative));
    const double predicted =
        mode == 0 ? 0.0 : (find_prediction(f.predictions, Theory::wilson)->*part)[mode - 1];
    if (mode != 0 && std::isfinite(relative)) {
      off += fmt::format(" (k = {}; measured there {:+.2f} +- {:.1g} %)", mode,
                         100.0 * (measured[mode - 1] / predicted - 1.0),
                         std::abs(100.0 * error[mode - 1] / predicted));
    } else if (mode != 0) {
      off += fmt::format(" (k = {})", mode);
    }
    off += "; ";
  } else if (agreement.off_at_least_mode != 0) {
    off = fmt::format(
        "off by at least {:.2g} % (k = {}; 95 % confidence, corrected for the choice of the mode); ",
        100.0 * agreement.off_at_least, agreement.off_at_least_mode);
  }
  const std::string gaps =
      agreement.not_compared.empty() ? "" : fmt::format("; {}", not_compared_text(agreement));
  if (agreement.compared() == 0) {
    return fmt::format("RG (wilson), {}: {}{}.", quantity, off, not_compared_text(agreement));
  }
  return fmt::format("RG (wilson), {}: {}{}{}.", quantity, off, resolved_text(agreement), gaps);
}

std::string verdict_sentence(const Findings& f) {
  const Verdict verdict = judge(f);
  if (!verdict.known) {
    return verdict.problems.empty()
               ? "The exact column was not asked for: whether the samples are right is not tested."
               : fmt::format("Problem: {}.", fmt::join(verdict.problems, "; "));
  }
  const Comparison& exact = *find(f, Theory::exact);
  if (verdict.agrees) {
    return fmt::format("The samples agree with the exact column: {} for the means, {} for the variances.",
                       p_relation(exact.mean.p_value), p_text(exact.variance.p_value));
  }
  return fmt::format("The samples {} with the exact column: {}.", disagreement({{}, verdict.differs}),
                     fmt::join(verdict.problems, "; "));
}

std::string size_sentence(const Findings& f) {
  const MomentSummary& s = f.samples.summary;
  std::string out =
      fmt::format("R = sum d_k^2: mean {}, variance {}", with_error(s.mean_size, s.mcse_mean_size),
                  with_error(s.variance_size, s.mcse_variance_size));
  if (f.exact_size) {
    const auto [mean, variance] = *f.exact_size;
    out += fmt::format("; exact {:.7g} (z = {}) and {:.5g} (z = {})", mean,
                       z_text((s.mean_size - mean) / s.mcse_mean_size), variance,
                       z_text((s.variance_size - variance) / s.mcse_variance_size));
  }
  return out + ".";
}

/// The training loss beside that of each theory.
std::string loss_sentence(const Findings& f) {
  const MomentSummary& s = f.samples.summary;
  std::vector<std::string> predicted;
  for (const Prediction& prediction : f.predictions) {
    const double loss = loss_per_sample(prediction);
    predicted.push_back(fmt::format("{} {} (z = {})", to_string(prediction.theory), number(loss, 6),
                                    z_text((s.loss() - loss) / s.mcse_loss())));
  }
  return fmt::format("Training loss of a sample, <R>/2: {}; {}.", with_error(s.loss(), s.mcse_loss()),
                     fmt::join(predicted, ", "));
}

/// Median of the numbers in \p values; NaN if there is none.
double median(std::vector<double> values) {
  values.erase(std::remove_if(values.begin(), values.end(), [](double v) { return std::isnan(v); }),
               values.end());
  if (values.empty()) {
    return std::nan("");
  }
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Why batches of draws gave no autocorrelation time.
std::string no_tau_text(const SampleResult& samples) {
  const std::uint64_t length = samples.run.plan.measure.batch_length;
  return samples.partial() && length > 0
             ? fmt::format("not known (stopped before two of its batches of {})", counted(length, "draw"))
             : "not known (too few draws a chain)";
}

std::string diagnostics_sentence(const Findings& f) {
  const MomentSummary& s = f.samples.summary;
  const WorstMode r_hat = worst_r_hat(s);
  const WorstMode nested = worst_nested_r_hat(s);
  const auto smallest = std::min_element(s.ess_mean.begin(), s.ess_mean.end());
  const double tau = median(s.tau_int);
  return fmt::format(
      "Diagnostics: worst split R-hat {}, worst nested R-hat {}, smallest ess_mean {:.4g} of {} (k = "
      "{}), median tau_int {}.",
      r_hat.mode == 0 ? "not known (too few draws a chain)"
                      : fmt::format("{:.5f} (k = {})", r_hat.value, r_hat.mode),
      nested.mode == 0
          ? "not known (too few superchains)"
          : fmt::format("{:.5f} (k = {}; {} of {})", nested.value, nested.mode,
                        counted(s.superchains, "superchain"), counted(s.chains_per_superchain, "chain")),
      *smallest, counted(s.draws, "draw"), smallest - s.ess_mean.begin() + 1,
      std::isnan(tau) ? no_tau_text(f.samples) : fmt::format("{:.3g} draws", tau));
}

/// The step-size error that the integrator is known to have, and what is seen of it; of one whose size is not
/// predicted, where the samples disagree.
std::string bias_sentence(const Findings& f) {
  const std::vector<double> bias = predicted_variance_bias(f.samples.run, f.posterior);
  if (bias.empty()) {
    const int order = visit_integrator(f.samples.run.integrator,
                                       [](auto integrator) { return decltype(integrator)::kWeakOrder; });
    return order == 0 || !judge(f).differs
               ? ""
               : fmt::format(
                     "Step size: {} at h = {:.4g} has an error of order h^{} that is not in the "
                     "error bars, so what disagrees may be that: halve the step and see, or take "
                     "adjusted or perfect, which have none.",
                     integrator_name(f.samples.run.integrator), f.samples.run.problem.step, order);
  }
  const auto largest = std::max_element(
      bias.begin(), bias.end(), [](double one, double other) { return std::abs(one) < std::abs(other); });
  const auto k = static_cast<std::size_t>(largest - bias.begin());
  const auto exact = std::find_if(f.predictions.begin(), f.predictions.end(),
                                  [](const Prediction& each) { return each.theory == Theory::exact; });
  const bool has_exact = exact != f.predictions.end();
  const double right =
      has_exact ? exact->variance[k] : f.posterior.variance_at(k, f.posterior.hartree_ridge());
  const MomentSummary& s = f.samples.summary;
  return fmt::format(
      "Step size: {} at h = {:.4g} is predicted to change Var d_k by up to {:+.3g} % (k = {}); "
      "measured there: {:+.3g} +- {:.1g} % against {}.",
      integrator_name(f.samples.run.integrator), f.samples.run.problem.step, 100.0 * *largest, k + 1,
      100.0 * (s.variance[k] / right - 1.0), 100.0 * s.mcse_variance[k] / right,
      has_exact ? "exact" : "hartree");
}

}  // namespace

std::string with_error(double value, double error) {
  const double digits = std::log10(std::abs(value) / error);
  const int shown =
      std::isfinite(digits) ? static_cast<int>(std::clamp(std::floor(digits) + 3.0, 2.0, 15.0)) : 6;
  return fmt::format("{:.{}g} +- {:.2g}", value, shown, error);
}

std::vector<std::string> sentences(const Findings& f) {
  std::vector<std::string> out;
  if (const std::string partial = partial_text(f.samples); !partial.empty()) {
    out.push_back(fmt::format("Partial: {}.", partial));
  }
  if (!f.samples.measured()) {
    return out;
  }
  if (const Comparison* wilson = find(f, Theory::wilson); wilson != nullptr) {
    const MomentSummary& s = f.samples.summary;
    out.push_back(rg_sentence(f, "means", wilson->mean, &Prediction::mean, s.mean, s.mcse_mean));
    out.push_back(
        rg_sentence(f, "variances", wilson->variance, &Prediction::variance, s.variance, s.mcse_variance));
  }
  out.push_back(verdict_sentence(f));
  out.push_back(loss_sentence(f));
  out.push_back(size_sentence(f));
  for (std::string& sentence : shape_sentences(f)) {
    out.push_back(std::move(sentence));
  }
  out.push_back(diagnostics_sentence(f));
  if (const std::string bias = bias_sentence(f); !bias.empty()) {
    out.push_back(bias);
  }
  for (const std::string& warning : f.samples.run.warnings) {
    out.push_back("Warning: " + warning + ".");
  }
  out.push_back(
      fmt::format("z = (measured - predicted)/error, the error from the spread of {} independent chains: "
                  "Student's t with {} degrees of freedom; of variances corrected for their skewness. chi2 "
                  "takes the modes as independent; they share "
                  "R, so at strong coupling its p is approximate.",
                  f.samples.summary.chains, f.samples.summary.degrees_of_freedom()));
  return out;
}

std::string executor_text(const ExecutorInfo& executor) {
  return fmt::format("{} ({}, {})", executor.device, executor.variant, counted(executor.threads, "thread"));
}

}  // namespace ridgeflow::cli
