#include "ridgeflow/run/options.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/base/error.hpp"
#include "ridgeflow/base/names.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/run/executor.hpp"
#include "ridgeflow/run/option_names.hpp"
#include "ridgeflow/run/precision.hpp"

namespace ridgeflow {
namespace {

/// Chains in a group of the CPU executor's widest lanes: whole groups are stored. Of narrower ones, and of a
/// GPU, which stores single chains, state_bytes() says too much by those of one group at most.
constexpr std::uint64_t kWidestGroup = 16;

template <class Names, class Value>
std::string_view name_of(const Names& names, Value value) {
  for (const auto& [each, name] : names) {
    if (each == value) {
      return name;
    }
  }
  return "?";
}

// What other programs and the field call them.
constexpr std::array kOtherNames{
    Synonym{"langevin", "euler"}, Synonym{"ula", "euler"},        Synonym{"euler-maruyama", "euler"},
    Synonym{"sgld", "euler"},     Synonym{"splitting", "strang"}, Synonym{"metropolis", "mala"},
    Synonym{"float", "single"},   Synonym{"float32", "single"},   Synonym{"fp32", "single"},
    Synonym{"float64", "double"}, Synonym{"fp64", "double"},      Synonym{"gpu", "cuda"},
    Synonym{"nvidia", "cuda"},    Synonym{"openmp", "cpu"},       Synonym{"default", "auto"},
    Synonym{"automatic", "auto"}, Synonym{"identity", "field"},   Synonym{"preconditioned", "kernel"},
};

/// "integrator 'eulre' is not known: use one of adjusted, euler, ...; did you mean euler?"
std::string unknown_choice(std::string_view what, std::string_view given,
                           std::span<const std::string_view> known) {
  std::vector<Synonym> synonyms;
  for (const Synonym& synonym : kOtherNames) {  // those of this setting
    if (std::find(known.begin(), known.end(), synonym.name) != known.end()) {
      synonyms.push_back(synonym);
    }
  }
  const std::string nearest = did_you_mean(nearest_name(given, known, synonyms), "");
  return fmt::format("{} '{}' is not known: use one of {}{}{}", what, given, fmt::join(known, ", "),
                     nearest.empty() ? "" : "; ", nearest);
}

template <class Names>
auto value_of(const Names& names, std::string_view what, std::string_view given) {
  for (const auto& [value, name] : names) {
    if (name == given) {
      return value;
    }
  }
  throw InvalidInput(unknown_choice(what, given, names_of(names)));
}

/// Relaxation times of the slowest mode that burn-in covers where the user does not say.
constexpr double kBurnInTimes = 12.0;

double resolve_step(const SamplerOptions& options, std::size_t index, const StepProblem& problem) {
  return visit_integrator(index, [&](auto integrator) -> double {
    using Integrator = decltype(integrator);
    if (!Integrator::kHasStep) {
      return Integrator::default_step(problem);
    }
    const double step = options.step.value_or(Integrator::default_step(problem));
    validate(std::isfinite(step) && step > 0, fmt::format("step h = {} must be finite and positive", step));
    const double limit = Integrator::step_limit(problem);
    if (!(step < limit)) {
      throw InvalidInput(
          fmt::format("step h = {} is not stable for {}: mu (a + rho*) h = {:.4g} of the fastest mode must "
                      "stay below 2 with "
                      "mu (a + rho*) = {:.6g} and rho* = {:.6g}; the largest legal step is just below h = "
                      "{:.6g}, and hartree, "
                      "strang and adjusted are stable at any",
                      step, Integrator::kName, problem.fastest_rate * step, problem.fastest_rate,
                      problem.hartree_ridge, limit));
    }
    return step;
  });
}

std::uint64_t resolve_burn_in(const SamplerOptions& options, const StepProblem& problem) {
  if (options.burn_in) {
    return *options.burn_in;
  }
  if (std::isinf(problem.step)) {
    return 0;
  }
  const double steps = kBurnInTimes / (problem.slowest_rate * problem.step);
  validate(steps < 1e15, fmt::format("step h = {}: relaxation would take {:.3g} steps; use a larger step",
                                     problem.step, steps));
  return static_cast<std::uint64_t>(std::ceil(steps));
}

/// mu_k, or empty where all are 1. \throws InvalidInput for numbers that are no mobilities.
std::vector<double> resolve_mobility(const SamplerOptions& options, const Posterior& posterior) {
  if (!options.mobilities.empty()) {
    validate(options.mobilities.size() == posterior.modes(),
             fmt::format("{} for {}: give one of each mode",
                         counted(options.mobilities.size(), "mobility", "mobilities"),
                         counted(posterior.modes(), "mode")));
    for (std::size_t k = 0; k < options.mobilities.size(); ++k) {
      validate(std::isfinite(options.mobilities[k]) && options.mobilities[k] > 0,
               fmt::format("mobility mu_{} = {} must be finite and positive", k + 1, options.mobilities[k]));
    }
    return options.mobilities;
  }
  std::vector<double> mobility;
  if (options.mobility == Mobility::kKernel) {
    for (const double a : posterior.spectrum().a) {
      mobility.push_back(1.0 / a);
    }
  }
  return mobility;
}

/// The integrator and the rates that go with a mobility.
void take_mobility(ResolvedRun& run, const Posterior& posterior) {
  const auto [has_none, name] = visit_integrator(run.integrator, [](auto integrator) {
    using Integrator = decltype(integrator);
    return std::pair(!Integrator::kHasStep || Integrator::kPreconditions, Integrator::kName);
  });
  if (has_none) {
    run.warnings.push_back(fmt::format("{} has no mobility: the one given changes nothing", name));
    run.mobility.clear();
    return;
  }
  run.integrator = with_any_mobility(run.integrator);
  run.problem.slowest_rate = std::numeric_limits<double>::infinity();
  run.problem.fastest_rate = 0;
  for (std::size_t k = 0; k < run.mobility.size(); ++k) {
    const double rate = run.mobility[k] * (posterior.spectrum().a[k] + run.problem.hartree_ridge);
    run.problem.slowest_rate = std::min(run.problem.slowest_rate, rate);
    run.problem.fastest_rate = std::max(run.problem.fastest_rate, rate);
  }
}

void validate_counts(const SamplerOptions& options) {
  validate(options.chains >= kMinChains,
           fmt::format("{} {} too few: errors come from the spread of the chains' means; use at least {}",
                       counted(options.chains, "chain"), options.chains == 1 ? "is" : "are", kMinChains));
  validate(options.chains <= kMaxChains && options.first_chain <= kMaxChains - options.chains,
           fmt::format("chains {} to {} are beyond the noise counter's {}", options.first_chain,
                       static_cast<double>(options.first_chain) + static_cast<double>(options.chains) - 1.0,
                       kMaxChains));
  validate(options.every >= 1, "every = 0: measure every step or every few, not none");
  if (options.steps) {
    validate(*options.steps >= options.every,
             fmt::format("{} {} no measurement at one every {}", counted(*options.steps, "step"),
                         *options.steps == 1 ? "holds" : "hold", options.every));
  } else {
    validate(options.draws >= 1, "draws = 0: nothing would be measured");
  }
}

void validate_observations(const ResolvedRun& run, std::size_t modes) {
  const ObserveOptions& o = run.observe;
  validate(o.every >= 1, "observe-every = 0: observe every measurement or every few, not none");
  validate(!o.sums() || o.every <= run.draws_per_chain,
           fmt::format("observe-every = {}: a chain makes {}, so that none would be observed; use a "
                       "smaller one or more draws",
                       o.every, counted(run.draws_per_chain, "draw")));
  for (std::size_t p = 0; p < o.pairs.size(); ++p) {
    const auto [j, k] = o.pairs[p];
    const std::string name = fmt::format("pair {}:{}", j + 1, k + 1);
    validate(j < modes && k < modes, fmt::format("{}: the posterior has modes 1 to {}", name, modes));
    validate(j != k, fmt::format("{}: names one mode twice; its variance is measured anyway", name));
    for (std::size_t other = 0; other < p; ++other) {
      validate(!(o.pairs[other] == o.pairs[p]) && !(o.pairs[other] == ModePair{k, j}),
               fmt::format("{}: is listed twice", name));
    }
  }
  validate(o.keep <= run.draws_per_chain,
           fmt::format("keep = {}: a chain makes {} ({} in {}); keep fewer or draw more", o.keep,
                       counted(run.draws_per_chain, "draw"), run.draws_per_chain * run.chains,
                       counted(run.chains, "chain")));
  validate(std::isfinite(o.keep_limit) && o.keep_limit > 0,
           fmt::format("keep-limit = {} GiB must be finite and positive", o.keep_limit));
  const double bytes = kept_draws(run, modes).bytes();
  validate(bytes <= o.keep_limit * 0x1p30,
           fmt::format("keep = {}: {} of {} take {:.3g} GiB, above the limit of {:.3g} GiB; keep "
                       "fewer, or raise the limit with --keep-limit",
                       o.keep, counted(o.keep * run.chains, "draw"), counted(modes, "mode"), bytes / 0x1p30,
                       o.keep_limit));
}

void warn_of_bias(ResolvedRun& run) {
  visit_integrator(run.integrator, [&](auto integrator) {
    using Integrator = decltype(integrator);
    const StepProblem& p = run.problem;
    if constexpr (Integrator::kWeakOrder == 1) {
      const double worst = Integrator::variance_bias(p, p.fastest_rate);
      run.warnings.push_back(
          fmt::format("{} at h = {:.4g} has a first-order step-size error: Var d_k is too large by a factor "
                      "1/(1 - mu_k (a_k + rho*) h/2), up to {:.3g} % at the fastest mode",
                      Integrator::kName, p.step, 100.0 * worst));
      if (p.quartic > 0 || p.sextic > 0) {
        run.warnings.push_back(fmt::format(
            "{} with {} > 0 has no stationary law: a chain that strays to h (a_M + r + {}) > 2 "
            "diverges; it "
            "would be found and reported",
            Integrator::kName, p.sextic > 0 ? "W" : "U", p.sextic > 0 ? "U R/2 + W R^2/8" : "U R/2"));
      }
    } else if constexpr (Integrator::kWeakOrder == 2) {
      const double usual = Integrator::default_step(p);
      if (p.step > 1.001 * usual) {
        run.warnings.push_back(fmt::format(
            "{} at h = {:.4g} is {:.3g} times its default step: its step-size error grows as h^2 and "
            "is not in the error bars; adjusted and perfect have none",
            Integrator::kName, p.step, p.step / usual));
      }
    }
  });
}

}  // namespace

std::string_view to_string(Start start) {
  return name_of(kStartNames, start);
}
std::string_view to_string(Mobility mobility) {
  return name_of(kMobilityNames, mobility);
}
std::string_view to_string(Precision precision) {
  return name_of(kPrecisionNames, precision);
}
std::string_view to_string(Math math) {
  return name_of(kMathNames, math);
}
std::string_view to_string(Backend backend) {
  return name_of(kBackendNames, backend);
}
Start start_from_string(std::string_view name) {
  return value_of(kStartNames, "start", name);
}
Mobility mobility_from_string(std::string_view name) {
  return value_of(kMobilityNames, "mobility", name);
}
Precision precision_from_string(std::string_view name) {
  return value_of(kPrecisionNames, "precision", name);
}
Math math_from_string(std::string_view name) {
  return value_of(kMathNames, "math", name);
}
Backend backend_from_string(std::string_view name) {
  return value_of(kBackendNames, "backend", name);
}

ResolvedRun resolve(const SamplerOptions& options, const Posterior& posterior) {
  ResolvedRun run;
  run.integrator = find_integrator(options.integrator);
  if (run.integrator == kIntegratorCount) {
    throw InvalidInput(unknown_choice("integrator", options.integrator, kIntegratorNames));
  }
  validate_counts(options);
  check_cpu_options({options.threads, options.lanes});  // whatever will run it: a setting is right or wrong
  run.mobility = resolve_mobility(options, posterior);
  run.problem = {posterior.ridge(),
                 posterior.quartic(),
                 posterior.hartree_ridge(),
                 posterior.hartree_size(),
                 posterior.softest() + posterior.hartree_ridge(),
                 posterior.stiffest() + posterior.hartree_ridge(),
                 0.0,
                 static_cast<double>(posterior.modes()),
                 posterior.sextic()};
  if (!run.mobility.empty()) {
    take_mobility(run, posterior);
  }
  if (visit_integrator(run.integrator,
                       [](auto integrator) { return decltype(integrator)::kPreconditions; })) {
    run.problem.slowest_rate = 1;
    run.problem.fastest_rate = 1;
  }
  run.problem.step = resolve_step(options, run.integrator, run.problem);
  run.chains = options.chains;
  run.first_chain = options.first_chain;
  run.draws_per_chain = options.steps
                            ? *options.steps / options.every
                            : options.draws / options.chains + (options.draws % options.chains != 0);
  run.start = options.start;
  run.math = options.math;
  run.plan.schedule = {resolve_burn_in(options, run.problem), options.every, run.draws_per_chain};
  const Schedule& schedule = run.plan.schedule;
  const double steps = static_cast<double>(schedule.burn_in) +
                       static_cast<double>(schedule.draws) * static_cast<double>(schedule.every);
  validate(steps <= static_cast<double>(kMaxStep),
           fmt::format("{:.3g} steps a chain are beyond the noise counter's {}", steps, kMaxStep));
  run.plan.measure = make_measure_plan(run.draws_per_chain);
  run.plan.key = noise_key(options.seed);
  run.observe = options.observe;
  run.ensemble = options.ensemble.value_or(ChainRange{run.first_chain, run.chains});
  PrecisionChoice choice = choose_precision(run, options.precision, posterior);
  run.precision = choice.precision;
  run.precision_reason = std::move(choice.reason);
  std::move(choice.warnings.begin(), choice.warnings.end(), std::back_inserter(run.warnings));
  validate_observations(run, posterior.modes());
  warn_of_bias(run);
  return run;
}

std::uint64_t draws_per_chain(const SamplerOptions& options) {
  return options.steps ? *options.steps / options.every
                       : options.draws / options.chains + (options.draws % options.chains != 0);
}

std::vector<double> predicted_variance_bias(const ResolvedRun& run, const Posterior& posterior) {
  return visit_integrator(run.integrator, [&](auto integrator) {
    using Integrator = decltype(integrator);
    std::vector<double> bias;
    if constexpr (Integrator::kWeakOrder == 1) {
      for (std::size_t k = 0; k < posterior.modes(); ++k) {
        const double rate = posterior.spectrum().a[k] + run.problem.hartree_ridge;
        bias.push_back(
            Integrator::variance_bias(run.problem, run.mobility.empty() ? rate : run.mobility[k] * rate));
      }
    }
    return bias;
  });
}

ObservationTimes observation_times(const ResolvedRun& run) {
  ObservationTimes times;
  times.schedule = run.plan.schedule;
  times.sum_every = run.observe.sums() ? run.observe.every : 0;
  times.keep = run.observe.keep;
  times.keep_every = times.keep > 0 ? run.draws_per_chain / times.keep : 0;
  return times;
}

DrawShape kept_draws(const ResolvedRun& run, std::size_t modes) {
  return {{run.first_chain, run.chains},
          run.observe.keep,
          observation_times(run).keep_every,
          static_cast<std::uint32_t>(modes),
          run.precision == Precision::kDouble};
}

double mode_updates(const ResolvedRun& run, std::size_t modes) {
  return static_cast<double>(run.plan.schedule.passes()) * static_cast<double>(run.chains) *
         static_cast<double>(modes);
}

std::uint64_t state_bytes(const ResolvedRun& run, std::size_t modes) {
  const std::uint64_t scalar = run.precision == Precision::kSingle ? sizeof(float) : sizeof(double);
  // the state before a step that may be refused, and at the end of one that is carried on beyond it
  const auto [refuses, halfway] = visit_integrator(run.integrator, [](auto integrator) {
    return std::pair(decltype(integrator)::kRefuses, decltype(integrator)::kEndsHalfway);
  });
  const std::uint64_t rows = (run.chains + kWidestGroup - 1) / kWidestGroup * kWidestGroup;
  const std::uint64_t cells = rows * ((modes + kBlockModes - 1) / kBlockModes * kBlockModes);
  const std::uint64_t a_cell = scalar * (3U + (refuses ? 1U : 0U) + (halfway ? 1U : 0U)) + 6 * sizeof(double);
  const std::uint64_t a_chain =
      scalar * (halfway ? 2U : 1U) + 2 * sizeof(double) + 4 * sizeof(std::uint64_t) + sizeof(DivergenceMark);
  return cells * a_cell + rows * a_chain;
}

std::uint64_t node_bytes(const ResolvedRun& run, std::size_t modes) {
  return run.observe.nodes == KeepNodes::kNo
             ? 0
             : kept_nodes(run.ensemble.first, run.ensemble.chains) * modes * sizeof(ModeSums);
}

}  // namespace ridgeflow
