#include "ridgeflow/measure/verdict.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {

BatchVerdict judge_batch_length(std::uint64_t batch_length, double tau_int, double multiple) {
  validate(
      std::isfinite(multiple) && multiple > 0,
      "judge_batch_length: the multiple of tau_int must be positive and finite; 20 keeps the bias near 5 %");
  BatchVerdict out;
  if (batch_length == 0 || !std::isfinite(tau_int) || tau_int < 0) {
    return out;
  }
  const auto length = static_cast<double>(batch_length);
  out.known = true;
  out.ratio = length / tau_int;
  out.relative_bias = -(tau_int - 0.25 / tau_int) / length;
  out.needed_length = std::ceil(multiple * tau_int);
  out.ok = out.ratio >= multiple;
  return out;
}

namespace {

// Modes that fail a threshold, the worst of them first.
struct Failures {
  std::size_t count = 0;
  std::size_t worst = 0;  // index of the mode
  double value = 0;
};

// worse(x, y): whether x is worse than y.
template <class Fails, class Worse>
Failures failures(std::span<const double> values, const Fails& fails, const Worse& worse) {
  Failures out;
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (fails(values[k])) {
      if (out.count == 0 || worse(values[k], out.value)) {
        out.worst = k;
        out.value = values[k];
      }
      ++out.count;
    }
  }
  return out;
}

std::string others(const Failures& found, std::size_t modes) {
  return found.count == 1 ? "" : fmt::format(" ({} of {} modes)", found.count, modes);
}

// "1.8 times", "130 times": how much longer to sample, never less than a tenth.
std::string times(double factor) {
  return factor < 10 ? fmt::format("{:.1f} times", std::max(factor, 1.1))
                     : fmt::format("{:.0f} times", factor);
}

// A sentence for numbers that nobody knows.
template <class Unknown>
void report_unknown(std::span<const double> values, const Unknown& unknown, const char* name,
                    const char* remedy, std::vector<std::string>& problems) {
  const Failures found = failures(values, unknown, [](double, double) { return false; });
  if (found.count > 0) {
    problems.push_back(fmt::format("{} is not known at mode {}{}: {}.", name, found.worst + 1,
                                   others(found, values.size()), remedy));
  }
}

constexpr const char* kLookAtDraws =
    "its draws are too few or never changed; take more draws per chain and look at them";

bool is_nan(double value) {
  return std::isnan(value);
}

/// Whether no mode has an R-hat, but superchains have: short chains.
bool takes_nested(const ConvergenceEvidence& e) {
  return !e.nested_r_hat.empty() && std::all_of(e.r_hat.begin(), e.r_hat.end(), is_nan) &&
         !std::all_of(e.nested_r_hat.begin(), e.nested_r_hat.end(), is_nan);
}

void judge_nested_r_hat(std::span<const double> values, double limit, std::vector<std::string>& problems) {
  report_unknown(values, is_nan, "nested R-hat", kLookAtDraws, problems);
  const Failures high = failures(
      values, [limit](double v) { return v > limit; }, [](double x, double y) { return x > y; });
  if (high.count > 0) {
    problems.push_back(
        fmt::format("Nested R-hat {:.5g} at mode {} exceeds {:.5g}{}: averages over superchains differ; "
                    "lengthen burn-in, "
                    "and if it stays, use more chains or more draws per chain.",
                    high.value, high.worst + 1, limit, others(high, values.size())));
  }
}

void judge_r_hat(std::span<const double> values, double limit, std::vector<std::string>& problems) {
  report_unknown(values, is_nan, "R-hat", kLookAtDraws, problems);
  const Failures high = failures(
      values, [limit](double v) { return v > limit; }, [](double x, double y) { return x > y; });
  if (high.count > 0) {
    problems.push_back(fmt::format(
        "R-hat {:.5g} at mode {} exceeds {:.5g}{}: chains have not forgotten where they started; lengthen "
        "burn-in, and if it stays, take more draws per chain.",
        high.value, high.worst + 1, limit, others(high, values.size())));
  }
}

void judge_ess(std::span<const double> values, double limit, std::vector<std::string>& problems) {
  report_unknown(values, is_nan, "ESS", kLookAtDraws, problems);
  const Failures low = failures(
      values, [=](double v) { return v < limit; }, [](double x, double y) { return x < y; });
  if (low.count == 0) {
    return;
  }
  const double factor = limit / low.value;
  // an effective size of next to nothing says nothing about how many more draws are needed
  const std::string remedy = factor > 0 && factor < 1e6
                                 ? fmt::format("about {} as many draws per chain", times(factor))
                                 : std::string("many more draws per chain");
  problems.push_back(
      fmt::format("ESS {:.4g} of all chains at mode {} is below {:.4g}{}: take {}, or more steps between "
                  "draws.",
                  low.value, low.worst + 1, limit, others(low, values.size()), remedy));
}

void judge_batches(std::span<const double> tau_int, std::uint64_t length, double multiple,
                   std::vector<std::string>& problems) {
  if (length == 0) {  // errors come from the spread over chains and do not need it
    return;
  }
  const auto judge = [=](double tau) { return judge_batch_length(length, tau, multiple); };
  report_unknown(
      tau_int, [&](double tau) { return !judge(tau).known; }, "tau_int", kLookAtDraws, problems);
  const Failures longest = failures(
      tau_int, [&](double tau) { return judge(tau).known && !judge(tau).ok; },
      [](double x, double y) { return x > y; });
  if (longest.count == 0) {
    return;
  }
  const BatchVerdict verdict = judge(longest.value);
  problems.push_back(fmt::format(
      "tau_int {:.4g} at mode {} is too small by about {:.2g} % or more{}: batches of {} draws are {:.3g} "
      "tau_int long, "
      "below {:.3g}; take at least {} as many draws per chain, or more steps between draws.",
      longest.value, longest.worst + 1, std::max(0.0, -100.0 * verdict.relative_bias),
      others(longest, tau_int.size()), length, verdict.ratio, multiple,
      times(verdict.needed_length / static_cast<double>(length))));
}

std::string praise(const ConvergenceEvidence& e) {
  std::string known;
  if (!e.r_hat.empty()) {
    const std::span<const double> values = takes_nested(e) ? e.nested_r_hat : e.r_hat;
    const auto worst = std::max_element(values.begin(), values.end());
    const char* name = takes_nested(e) ? "nested R-hat" : "R-hat";
    known = *worst < 1.0001
                ? fmt::format("{} is below 1.0001 at every mode", name)
                : fmt::format("{} is at most {:.5g} (mode {})", name, *worst, worst - values.begin() + 1);
  }
  if (!e.ess.empty()) {
    const auto worst = std::min_element(e.ess.begin(), e.ess.end());
    known += fmt::format("{}ESS at least {:.4g} (mode {})", known.empty() ? "" : ", ", *worst,
                         worst - e.ess.begin() + 1);
  }
  if (!e.tau_int.empty() && e.batch_length > 0) {
    const auto worst = std::max_element(e.tau_int.begin(), e.tau_int.end());
    known += fmt::format(", batches at least {:.3g} tau_int long (mode {})",
                         static_cast<double>(e.batch_length) / *worst, worst - e.tau_int.begin() + 1);
  }
  return known + ": the chains show no sign of not having converged.";
}

}  // namespace

ConvergenceVerdict judge_convergence(const ConvergenceEvidence& e, const ConvergenceThresholds& thresholds) {
  validate(!e.r_hat.empty() || !e.ess.empty(),
           "judge_convergence: neither R-hat nor ESS is given; measure one of them");
  const std::size_t modes = std::max(e.r_hat.size(), e.ess.size());
  for (const std::size_t size : {e.r_hat.size(), e.ess.size(), e.tau_int.size(), e.nested_r_hat.size()}) {
    if (size != 0 && size != modes) {
      throw InvalidInput(
          fmt::format("judge_convergence: {} values of one diagnostic, but {} of another; give one per "
                      "mode",
                      size, modes));
    }
  }
  ConvergenceVerdict out;
  if (takes_nested(e)) {
    judge_nested_r_hat(e.nested_r_hat, thresholds.r_hat, out.sentences);
  } else {
    judge_r_hat(e.r_hat, thresholds.r_hat, out.sentences);
  }
  judge_ess(e.ess, thresholds.ess, out.sentences);
  if (!e.tau_int.empty()) {
    judge_batches(e.tau_int, e.batch_length, thresholds.batch_multiple, out.sentences);
  }
  out.ok = out.sentences.empty();
  if (out.ok) {
    out.sentences.push_back(praise(e));
  }
  return out;
}

}  // namespace ridgeflow
