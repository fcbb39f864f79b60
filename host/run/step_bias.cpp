#include "ridgeflow/run/step_bias.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/measure/comparison.hpp"
#include "ridgeflow/measure/variance_deviation.hpp"
#include "ridgeflow/run/sampler.hpp"
#include "ridgeflow/theory/exact.hpp"
#include "ridgeflow/theory/functional_decimation.hpp"

#include "measure/normal_deviate.hpp"

namespace ridgeflow {
namespace {

constexpr double kLargestRatio = 2.0;      ///< of neighbouring trial steps
constexpr double kShareOfStability = 0.9;  ///< of the largest trial step
constexpr double kRounding = 1e-9;         // of steps
constexpr double kConfidence = 1e-3;       // a study of thirty runs cries wolf once in thirty studies
constexpr std::uint64_t kExported = 64;    ///< chains at a time

/// Accepted steps of a chain below which nothing is said of its independent draws.
constexpr double kFewestMoves = 100;

ResolvedRun default_run(const std::string& integrator, const Posterior& posterior) {
  SamplerOptions options;
  options.integrator = integrator;
  return resolve(options, posterior);
}

/// Errors of sum_k weight_k <d_k> and of sum_k weight_k Var d_k, by the influence of each chain on it.
struct PooledErrors {
  double mean = 0;
  double variance = 0;
};

PooledErrors pooled_errors(const Executor& executor, std::uint64_t chains, const std::vector<double>& shift,
                           const std::vector<double>& of_mean, const std::vector<double>& of_variance) {
  double counted = 0;
  double sums[2] = {};
  double squares[2] = {};
  for (std::uint64_t first = 0; first < chains; first += kExported) {
    const ChainBlock block = executor.export_chains(0, first, std::min(kExported, chains - first));
    for (std::uint64_t c = 0; c < block.chains; ++c) {
      const auto draws = static_cast<double>(block.measured[c] + block.first_measured[c]);
      if (draws == 0) {
        continue;
      }
      double influence[2] = {};
      for (std::uint32_t k = 0; k < block.modes; ++k) {
        const std::uint64_t at = c * block.modes + k;
        const double x = (block.sum[at] + block.first_sum[at] + block.recent_sum[at]) / draws;
        const double v = (block.square[at] + block.first_square[at] + block.recent_square[at]) / draws;
        influence[0] += of_mean[k] * x;
        influence[1] += of_variance[k] * (v - 2.0 * shift[k] * x);
      }
      counted += 1;
      for (int i = 0; i < 2; ++i) {
        sums[i] += influence[i];
        squares[i] += influence[i] * influence[i];
      }
    }
  }
  const auto error = [&](int i) {
    const double spread = std::max(0.0, squares[i] - sums[i] * sums[i] / counted);
    return std::sqrt(spread / (counted - 1.0) / counted);
  };
  return {error(0), error(1)};
}

/// \p deviates: of the biases, as a comparison with exact judges them. \p degrees_of_freedom: of the errors.
WorstBias worst_of(const std::vector<Measured>& bias, const Deviates& deviates, double degrees_of_freedom) {
  const double level = 0.5 * kConfidence / static_cast<double>(bias.size());
  const double quantile =
      boost::math::quantile(boost::math::complement(boost::math::students_t(degrees_of_freedom), level));
  const double normal_quantile = boost::math::quantile(boost::math::complement(boost::math::normal(), level));
  WorstBias worst;
  for (std::uint32_t k = 0; k < bias.size(); ++k) {
    const double magnitude = std::abs(bias[k].value);
    const double seen_above = quantile * bias[k].error;
    const double z = deviates.z[k];
    const bool resolved = std::isfinite(z)
                              ? std::abs(normal_deviate(z, deviates.degrees[k])) > normal_quantile
                              : magnitude > seen_above;
    worst.limit = std::max(worst.limit, resolved ? seen_above : std::max(seen_above, magnitude));
    if (worst.mode == 0 || resolved > worst.resolved ||
        (resolved == worst.resolved && magnitude > std::abs(worst.bias.value))) {
      worst.mode = k + 1;
      worst.bias = bias[k];
      worst.resolved = resolved;
    }
  }
  return worst;
}

std::size_t softest_mode(const Posterior& posterior) {
  const auto& a = posterior.spectrum().a;
  return static_cast<std::size_t>(std::min_element(a.begin(), a.end()) - a.begin());
}

/// Everything that follows from the moments of \p out.
void compare_with(const ExactMoments& exact, const Posterior& posterior, const Executor& executor,
                  StepBias& out) {
  const MomentSummary& s = out.summary;
  const std::size_t modes = exact.mean.size();
  std::vector<Measured> mean(modes);
  std::vector<double> shift(modes);
  std::vector<double> of_mean(modes);
  std::vector<double> of_variance(modes);
  out.variance.resize(modes);
  double norm = 0;
  for (std::size_t k = 0; k < modes; ++k) {
    norm += exact.mean[k] * exact.mean[k] / exact.variance[k];
  }
  out.pooled_mean.value = 0;
  for (std::size_t k = 0; k < modes; ++k) {
    const double deviation = std::sqrt(exact.variance[k]);
    mean[k] = {(s.mean[k] - exact.mean[k]) / deviation, s.mcse_mean[k] / deviation};
    out.variance[k] = {s.variance[k] / exact.variance[k] - 1.0, s.mcse_variance[k] / exact.variance[k]};
    shift[k] = s.mean[k] - posterior.mean_at(k, posterior.hartree_ridge());  // chains count from there
    of_mean[k] = exact.mean[k] / exact.variance[k] / norm;
    of_variance[k] = 1.0 / exact.variance[k] / static_cast<double>(modes);
    out.pooled_mean.value += of_mean[k] * (s.mean[k] - exact.mean[k]);
    out.pooled_variance.value += out.variance[k].value / static_cast<double>(modes);
  }
  const PooledErrors errors = pooled_errors(executor, out.chains, shift, of_mean, of_variance);
  out.pooled_mean.error = errors.mean;
  out.pooled_variance.error = errors.variance;
  Deviates of_means{{}, std::vector<double>(modes, s.degrees_of_freedom())};
  for (const Measured& each : mean) {
    of_means.z.push_back(each.value / each.error);
  }
  out.worst_mean = worst_of(mean, of_means, s.degrees_of_freedom());
  out.worst_variance = worst_of(out.variance, variance_deviates(s, exact.variance), s.degrees_of_freedom());
  out.mean_size = {s.mean_size / exact.mean_size - 1.0, s.mcse_mean_size / exact.mean_size};
  out.variance_size = {s.variance_size / exact.variance_size - 1.0,
                       s.mcse_variance_size / exact.variance_size};
}

/// |bias| that is not exceeded at a point, as far as was seen.
double bound_of(const StepBias& point, BiasOf what) {
  if (what == BiasOf::kWorstVariance) {
    return point.worst_variance.bound();
  }
  const Measured& bias = what == BiasOf::kPooledVariance ? point.pooled_variance : point.variance_size;
  return std::abs(bias.value) + 2.0 * bias.error;
}

}  // namespace

ExactMoments::ExactMoments(const Posterior& posterior) {
  if (!AuxiliaryLine::defined_for(posterior)) {
    const FunctionalDecimation flow(posterior);
    this->mean = flow.mean();
    this->variance = flow.variance();
    this->mean_size = flow.mean_size();
    this->variance_size = flow.variance_size();
    return;
  }
  const ExactAverage average(posterior);
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    this->mean.push_back(average.mean(k));
    this->variance.push_back(average.variance(k));
  }
  this->mean_size = average.mean_size();
  this->variance_size = average.variance_size();
}

double WorstBias::bound() const {
  return this->resolved ? std::abs(this->bias.value) : this->limit;
}

std::vector<double> trial_steps(const std::string& integrator, const Posterior& posterior,
                                std::size_t count) {
  validate(count >= 1, "no step sizes: take at least one");
  const ResolvedRun run = default_run(integrator, posterior);
  const double middle = run.problem.step;
  if (!std::isfinite(middle)) {
    return {middle};
  }
  const double limit =
      visit_integrator(run.integrator, [&](auto each) { return decltype(each)::step_limit(run.problem); });
  const std::size_t below = count / 2;
  const std::size_t above = count - 1 - below;
  double ratio = kLargestRatio;
  if (above > 0) {
    ratio = std::min(ratio, std::pow(kShareOfStability * limit / middle, 1.0 / static_cast<double>(above)));
  }
  std::vector<double> steps;
  for (std::size_t i = 0; i < count; ++i) {
    steps.push_back(middle * std::pow(ratio, static_cast<double>(i) - static_cast<double>(below)));
  }
  return steps;
}

std::uint64_t measuring_interval(double step, const Posterior& posterior) {
  const double time = 0.5 / (posterior.stiffest() + posterior.hartree_ridge());
  const double steps = time / step;
  return steps > 1 ? static_cast<std::uint64_t>(std::llround(std::min(steps, 1e9))) : 1;
}

StepBias measure_bias(const Posterior& posterior, const ExactMoments& exact, const SamplerOptions& options,
                      ExecutorInfo* info, const RunControl& control) {
  const ResolvedRun run = resolve(options, posterior);
  const Schedule& schedule = run.plan.schedule;
  const std::unique_ptr<Executor> executor = make_executor(posterior, run, options);
  executor->start();
  if (info != nullptr) {
    *info = executor->info();
  }
  Slices slices(control);
  const auto advance = [&](std::uint64_t pass_end) {
    if (!slices.advance(*executor, schedule, pass_end)) {
      throw RunStopped(fmt::format("stopped while the bias of {} was measured", options.integrator));
    }
  };
  advance(schedule.burn_in);
  const auto begin = std::chrono::steady_clock::now();
  advance(schedule.passes());
  StepBias out;
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  out.integrator = options.integrator;
  out.step = run.problem.step;
  out.seed = options.seed;
  out.relaxations = out.step * run.problem.slowest_rate;
  out.chains = run.chains;
  out.every = schedule.every;
  out.burn_in = schedule.burn_in;
  out.diverged = executor->divergences().size();
  if (out.diverged > 0) {
    return out;
  }
  const Moments moments = collect_moments(*executor, run, posterior.modes());
  out.summary = summarize_run(moments, posterior, run, schedule.passes());
  out.draws = out.summary.draws;
  out.acceptance = out.summary.acceptance;
  out.steps_per_second = static_cast<double>(schedule.draws) * static_cast<double>(schedule.every) *
                         static_cast<double>(run.chains) / out.seconds;
  const double moves = out.acceptance * static_cast<double>(schedule.passes());
  if (moves >= kFewestMoves) {
    const Measured independent = independent_draws(out.summary, softest_mode(posterior), run.plan.measure);
    out.effective_per_second = {independent.value / out.seconds, independent.error / out.seconds};
  } else {  // chains that stay where they started look like independent draws of their start
    constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();
    out.effective_per_second = {kNotKnown, kNotKnown};
  }
  compare_with(exact, posterior, *executor, out);
  return out;
}

BiasLaw fit_bias(const std::vector<StepBias>& points, BiasOf what) {
  BiasLaw found;
  std::size_t small = 0;
  for (const StepBias& point : points) {
    if (point.diverged == 0 && what == BiasOf::kWorstVariance) {
      found.mode = point.worst_variance.mode;  // of the last: the largest step
    }
  }
  for (const StepBias& point : points) {
    if (point.diverged > 0) {
      continue;
    }
    found.steps.push_back(point.step);
    found.bias.push_back(what == BiasOf::kWorstVariance    ? point.variance[found.mode - 1]
                         : what == BiasOf::kPooledVariance ? point.pooled_variance
                                                           : point.variance_size);
    small += point.relaxations <= kLeadingOrderRelaxations * (1 + kRounding) ? 1 : 0;
  }
  const auto first = static_cast<std::ptrdiff_t>(small);
  const std::vector<Measured> leading(found.bias.begin(), found.bias.begin() + first);
  if (what != BiasOf::kWorstVariance) {
    found.law = fit_leading_order({found.steps.begin(), found.steps.begin() + first}, leading);
    return found;
  }
  const std::vector<std::size_t> chosen = leading_points(leading);
  const std::optional<FittedPowerLaw> pooled = fit_bias(points, BiasOf::kPooledVariance).law;
  if (pooled && !chosen.empty()) {
    found.law = fit_factor(found.steps, found.bias, chosen, pooled->exponent, pooled->exponent_error);
  }
  return found;
}

std::optional<AllowedStep> allowed_step(const std::vector<StepBias>& points, BiasOf what, double target,
                                        bool exact) {
  std::optional<AllowedStep> best;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const StepBias& point = points[i];
    if (point.diverged > 0 || (exact && !std::isfinite(point.paced()))) {
      continue;
    }
    if (exact) {
      if (!best || point.paced() > points[*best->tested].paced()) {
        best = AllowedStep{point.step, i, false};
      }
    } else if (bound_of(point, what) <= target) {
      best = AllowedStep{point.step, i, false};
    }
  }
  const BiasLaw found = exact ? BiasLaw{} : fit_bias(points, what);
  if (found.law) {
    const double step = std::min(found.law->reaches(target), found.steps[found.law->points.back()]);
    if (!best || step > best->step) {
      best = AllowedStep{step, std::nullopt, true};
    }
  }
  return best;
}

}  // namespace ridgeflow
