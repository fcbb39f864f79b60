#include "cli/verdict_lines.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "ridgeflow/base/counted.hpp"

#include "cli/sentences.hpp"
#include "cli/theory_distance.hpp"

namespace ridgeflow::cli {
namespace {

/// How far the renormalization group is off: from exact without noise, or at least, by the samples.
std::string rg_line(const Findings& f) {
  const Comparison* wilson = find_comparison(f.comparisons, Theory::wilson);
  if (wilson == nullptr) {
    return "RG: not asked for (theory wilson)";
  }
  if (const auto off = distance_from_exact(f.predictions, Theory::wilson); off) {
    return fmt::format("RG: off by up to {}", distance_text(*off));
  }
  const auto least = [](const Agreement& part, const char* quantity) {
    return part.off_at_least_mode == 0
               ? fmt::format("nothing resolved in {}", quantity)
               : fmt::format("at least {:.2g} % in {} (k = {})", 100.0 * part.off_at_least, quantity,
                             part.off_at_least_mode);
  };
  return fmt::format("RG: off by {}, {}", least(wilson->mean, "means"), least(wilson->variance, "variances"));
}

std::string chains_line(const Findings& f) {
  const MomentSummary& s = f.samples.summary;
  const ConvergenceVerdict verdict = streaming_convergence(f);
  if (!verdict.ok) {
    const std::string& first = verdict.sentences.front();
    const std::string more = verdict.sentences.size() == 1
                                 ? ""
                                 : fmt::format(" (and {} more, below)", verdict.sentences.size() - 1);
    return fmt::format("Chains: {}{}", first.substr(0, first.find_first_of(":;")), more);
  }
  const WorstMode split = worst_r_hat(s);
  const WorstMode nested = worst_nested_r_hat(s);
  return fmt::format("Chains: converged as far as can be seen, {}R-hat at most {:.4f}",
                     split.mode == 0 ? "nested " : "", split.mode == 0 ? nested.value : split.value);
}

}  // namespace

std::string samples_line(const Verdict& verdict, const std::string& what, const std::string& good) {
  const std::string subject = what.empty() ? what : what + " ";
  if (verdict.agrees) {
    return fmt::format("Samples: {}agree with exact{}", subject, good);
  }
  const std::string judgement = !verdict.known    ? "not held against exact, which was not asked for"
                                : verdict.differs ? "DO NOT agree with exact"
                                                  : "are NOT KNOWN to agree with exact";
  if (verdict.problems.empty()) {
    return fmt::format("Samples: {}{}", subject, judgement);
  }
  const std::string more =
      verdict.problems.size() == 1 ? "" : fmt::format(" (and {} more, below)", verdict.problems.size() - 1);
  return fmt::format("Samples: {}{}: {}{}", subject, judgement, verdict.problems.front(), more);
}

std::string verdict_lines(const Findings& f) {
  const Verdict verdict = judge(f);
  std::string good;
  if (const Comparison* exact = find_comparison(f.comparisons, Theory::exact); exact != nullptr) {
    good = fmt::format(": {} for means, {} for variances", p_relation(exact->mean.p_value),
                       p_text(exact->variance.p_value));
  }
  return wrapped(samples_line(verdict, "", good)) + wrapped(rg_line(f)) + wrapped(chains_line(f));
}

}  // namespace ridgeflow::cli
