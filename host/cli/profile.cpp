// ridgeflow profile: throughput of this machine, by size, by chains and by integrator.
#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"

#include "cli/amounts.hpp"
#include "cli/flags.hpp"
#include "cli/limits.hpp"
#include "cli/output.hpp"
#include "cli/profile_report.hpp"
#include "cli/progress.hpp"
#include "cli/publish.hpp"
#include "cli/sampling.hpp"
#include "cli/tables.hpp"
#include "cli/together.hpp"
#include "cli/verbs.hpp"

namespace ridgeflow::cli {
namespace {

constexpr int kRepeats = 3;

/// Settings of a run that a timing has no use for: how long it is, which noise it has, where it begins.
constexpr std::array<std::string_view, 4> kUnused{"sampler.draws", "sampler.steps", "sampler.burn_in",
                                                  "sampler.first_chain"};

struct Extras {
  std::vector<std::string> sizes{"16", "64", "256", "1000", "4096", "12288"};
  std::vector<std::string> chain_counts{"64", "256", "1024", "4096"};
  double seconds = 0.3;
  bool sizes_given = false;
};

/// A run to be timed.
struct Case {
  std::string integrator;
  std::int64_t samples = 0;
  std::uint64_t chains = 0;
  std::string asked_by;  ///< the flag and value that asked for it, for messages
  std::uint64_t state_bytes = 0;
};

/// All runs, each once, and for each axis which of them lie on it.
class Plan {
 public:
  std::vector<std::size_t> by_size;
  std::vector<std::size_t> by_chains;
  std::vector<std::size_t> by_integrator;

  const std::vector<Case>& cases() const { return this->cases_; }
  std::vector<Case>& cases() { return this->cases_; }

  /// Index of the run like \p wanted, which is added where there is none.
  std::size_t index_of(const Case& wanted) {
    const auto key = [](const Case& c) { return std::tie(c.integrator, c.samples, c.chains); };
    const auto found = std::find_if(this->cases_.begin(), this->cases_.end(),
                                    [&](const Case& c) { return key(c) == key(wanted); });
    if (found != this->cases_.end()) {
      return static_cast<std::size_t>(found - this->cases_.begin());
    }
    this->cases_.push_back(wanted);
    return this->cases_.size() - 1;
  }

 private:
  std::vector<Case> cases_;
};

/// settings_of(), ascending, each once.
template <class Access>
auto numbers_of(const std::vector<std::string>& words, std::string_view key, std::string_view flag,
                const Access& access) {
  auto numbers = settings_of(words, key, flag, access);
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

Posterior posterior_of(const RunConfig& config, const Case& timed) {
  ModelConfig model = config.model;
  model.samples = timed.samples;
  return make_posterior(model);
}

SamplerOptions options_of(const RunConfig& config, const Case& timed) {
  SamplerOptions options = config.sampler;
  options.integrator = timed.integrator;
  options.chains = timed.chains;
  return options;
}

/// Refuses before anything is timed what could not be run; fills in the sizes of states.
void check_cases(const RunConfig& config, std::vector<Case>& cases) {
  const bool on_host = !uses_cuda(config.sampler);
  for (Case& timed : cases) {
    try {
      const Posterior posterior = posterior_of(config, timed);
      const ResolvedRun run = resolve(options_of(config, timed), posterior);
      timed.state_bytes = state_bytes(run, posterior.modes());
      if (on_host) {
        require_host_memory(run, posterior.modes());
      }
    } catch (const InvalidInput& problem) {
      throw InvalidInput(fmt::format("{}: {}", timed.asked_by, problem.what()));
    }
  }
}

Plan make_plan(const RunConfig& config, const Extras& extras, bool one_integrator) {
  const bool fixed_modes = config.model.modes.has_value() || !config.model.spectrum.empty();
  validate(
      !(extras.sizes_given && fixed_modes),
      "--sizes takes as many modes as samples, but --modes or --spectrum fixes their number: leave out one");
  const Case base{config.sampler.integrator, make_posterior(config.model).couplings().samples,
                  config.sampler.chains, "the model's own size", 0};
  Plan plan;
  if (!fixed_modes) {
    for (const std::int64_t size :
         numbers_of(extras.sizes, "model.samples", "--sizes",
                    [](const RunConfig& c) { return c.model.samples.value_or(0); })) {
      plan.by_size.push_back(
          plan.index_of({base.integrator, size, base.chains, fmt::format("--sizes {}", size), 0}));
    }
  }
  for (const std::uint64_t chains : numbers_of(extras.chain_counts, "sampler.chains", "--chain-counts",
                                               [](const RunConfig& c) { return c.sampler.chains; })) {
    plan.by_chains.push_back(
        plan.index_of({base.integrator, base.samples, chains, fmt::format("--chain-counts {}", chains), 0}));
  }
  std::vector<std::string> integrators(kIntegratorNames.begin(), kIntegratorNames.end());
  if (one_integrator) {
    integrators = {base.integrator};
  }
  for (const std::string& integrator : integrators) {
    plan.by_integrator.push_back(
        plan.index_of({integrator, base.samples, base.chains, fmt::format("integrator {}", integrator), 0}));
  }
  check_cases(config, plan.cases());
  return plan;
}

/// Seconds that timing \p timed takes, roughly: the repeats, calls too short to count, and initial states and
/// collection, which go through the memory of the chains at about a GiB/s.
double estimated_seconds(const Case& timed, double seconds) {
  return (kRepeats + 0.5) * seconds + 0.02 + static_cast<double>(timed.state_bytes) / 0x1p30;
}

double estimated_seconds(const Plan& plan, double seconds) {
  double sum = 0;
  for (const Case& timed : plan.cases()) {
    sum += estimated_seconds(timed, seconds);
  }
  return sum;
}

std::string dry_run_text(const Plan& plan, double seconds, const PrecisionChoice& precision) {
  std::uint64_t most = 0;
  for (const Case& timed : plan.cases()) {
    most = std::max(most, timed.state_bytes);
  }
  return fmt::format(
             "{}: {} by size, {} by chains, {} by integrator, some of them shared\n"
             "memory: up to {} for the chains\ntime: about {}\n",
             counted(plan.cases().size(), "timing"), plan.by_size.size(), plan.by_chains.size(),
             plan.by_integrator.size(), bytes_text(static_cast<double>(most)),
             seconds_text(estimated_seconds(plan, seconds))) +
         precision_text({&precision, 1}) + limits_text();
}

std::vector<Timing> time_all(const RunConfig& config, const Plan& plan, double seconds) {
  std::vector<Timing> timings;
  const auto begin = std::chrono::steady_clock::now();
  const double total = estimated_seconds(plan, seconds);
  double done = 0;
  Progress progress;
  for (const Case& timed : plan.cases()) {
    const Posterior posterior = posterior_of(config, timed);
    timings.push_back(
        {timed.integrator, timed.samples, posterior.modes(), timed.chains,
         measure_speed(posterior, options_of(config, timed), seconds, kRepeats, TimingDetail::kFull)});
    done += estimated_seconds(timed, seconds);
    const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const double fraction = done / total;
    progress.show({fraction, elapsed, elapsed * (1.0 - fraction) / fraction,
                   timings.back().speed.updates_per_second, Speed::kNotKnown});
  }
  return timings;
}

Sweep sweep_of(std::string axis, const std::vector<std::size_t>& indices,
               const std::vector<Timing>& timings) {
  Sweep sweep{std::move(axis), {}};
  for (const std::size_t i : indices) {
    sweep.timings.push_back(timings[i]);
  }
  return sweep;
}

int run_profile(const Flags& flags, const Extras& extras) {
  RunConfig config = flags.config();
  flags.refuse({kUnused.begin(), kUnused.end()},
               "profile times steps for as long as --seconds says; leave it out");
  validate(extras.seconds > 0 && extras.seconds <= 60, "--seconds must lie in (0, 60]");
  const FileForm form = check_output(config, false);
  const PrecisionChoice precision = precision_of_all(config.sampler, make_posterior(config.model));
  config.sampler.precision = precision.precision;
  const Plan plan = make_plan(config, extras, flags.given("sampler.integrator"));
  if (flags.dry_run()) {
    print_text(dry_run_text(plan, extras.seconds, precision));
    return kDone;
  }
  config.sampler.seed = config.seed.value_or(config.sampler.seed);
  const std::vector<Timing> timings = time_all(config, plan, extras.seconds);
  const ProfileReport report{config, extras.seconds, sweep_of("size", plan.by_size, timings),
                             sweep_of("chains", plan.by_chains, timings),
                             sweep_of("integrator", plan.by_integrator, timings)};
  publish(config, form, report);
  return kDone;
}

}  // namespace

Action add_profile(CLI::App& app) {
  const auto flags =
      std::make_shared<Flags>(app, FlagChoice{.sampling = true, .refused = {kUnused.begin(), kUnused.end()}});
  const auto extras = std::make_shared<Extras>();
  const CLI::Option* sizes =
      add_list(app, "--sizes", extras->sizes, "numbers of samples P to time, with as many modes")
          ->type_name("P,P,...")
          ->capture_default_str()
          ->group("Timing");
  add_list(app, "--chain-counts", extras->chain_counts, "numbers of chains to time, at --samples")
      ->type_name("C,C,...")
      ->capture_default_str()
      ->group("Timing");
  add_number(app, "--seconds", extras->seconds, "time of each of the three runs of a timing [s]")
      ->type_name("X")
      ->capture_default_str()
      ->group("Timing");
  app.footer(
      std::string(
          "Sizes are timed with --chains, chain counts and integrators at --samples: every integrator unless "
          "--integrator names one. ridgeflow plot draws what --out X.json "
          "wrote; docs/performance.md says how to read it."
          "\n") +
      kListHelp);
  return [flags, extras, sizes] {
    extras->sizes_given = sizes->count() > 0;
    return run_profile(*flags, *extras);
  };
}

}  // namespace ridgeflow::cli
