// The one list of settings.
#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <limits>
#include <type_traits>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/base/names.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/io/run_config.hpp"
#include "ridgeflow/run/option_names.hpp"

#include "io/number.hpp"
#include "io/run_values.hpp"
#include "io/sweep.hpp"

namespace ridgeflow {
namespace {

constexpr ChoiceNames<Format, 3> kFormatNames{
    {{Format::kTable, "table"}, {Format::kCsv, "csv"}, {Format::kJson, "json"}}};

/// "adjusted, euler or strang".
template <class Names>
std::string one_of(const Names& names) {
  const auto last = names.end() - 1;
  return fmt::format("{} or {}", fmt::join(names.begin(), last, ", "), *last);
}

std::vector<std::string_view> theory_names() {
  std::vector<std::string_view> names;
  names.reserve(std::size(all_theories));
  for (const Theory theory : all_theories) {
    names.push_back(to_string(theory));
  }
  return names;
}

/// A key of the member that \p access finds in a RunConfig.
template <class Access>
RunKey make_key(std::string_view name, std::string_view flag, std::string_view value, std::string help,
                Access access, std::vector<std::string_view> choices = {}) {
  using Member = std::remove_cvref_t<decltype(access(std::declval<RunConfig&>()))>;
  using Convert = io::Conversion<typename io::Unwrapped<Member>::type>;
  RunKey key;
  key.name = name;
  key.flag = flag;
  key.value = value;
  key.help = std::move(help);
  key.choices = std::move(choices);
  key.type = Convert::type;
  key.set = [access](RunConfig& config, const KeyValue& given) { access(config) = Convert::from(given); };
  key.get = [access](const RunConfig& config) -> std::optional<KeyValue> {
    const Member& member = access(config);
    if constexpr (std::is_same_v<Member, typename io::Unwrapped<Member>::type>) {
      return Convert::to(member);
    } else {
      return member ? std::optional<KeyValue>(Convert::to(*member)) : std::nullopt;
    }
  };
  return key;
}

// NOLINTNEXTLINE(bugprone-macro-parentheses): a path of members cannot stand in parentheses
#define RIDGEFLOW_MEMBER(path) \
  [](auto& config) -> auto& {  \
    return config.path;        \
  }

std::vector<RunKey> make_run_keys() {
  std::vector<RunKey> keys{
      make_key("model.samples", "--samples", "P", "samples the network is trained on",
               RIDGEFLOW_MEMBER(model.samples)),
      make_key("model.modes", "--modes", "M",
               "modes kept (default: as many as samples, or all of the spectrum's)",
               RIDGEFLOW_MEMBER(model.modes)),
      make_key("model.alpha", "--alpha", "X", "kernel eigenvalues k^-(1+X) (default: 0.2)",
               RIDGEFLOW_MEMBER(model.alpha)),
      make_key("model.beta", "--beta", "X", "target coefficients scale k^-(1+X)/2 (default: 0.3)",
               RIDGEFLOW_MEMBER(model.beta)),
      make_key("model.scale", "--scale", "X", "size of the target (default: 1)",
               RIDGEFLOW_MEMBER(model.scale)),
      make_key("model.kappa", "--kappa", "X", "noise of training; the ridge is r = P/kappa",
               RIDGEFLOW_MEMBER(model.kappa)),
      make_key("model.u", "--u", "X", "quartic coupling of a sample; U = P u", RIDGEFLOW_MEMBER(model.u)),
      make_key("model.w", "--w", "X", "sextic coupling of a sample; W = P w", RIDGEFLOW_MEMBER(model.w)),
      make_key("model.spectrum", "--spectrum", "FILE",
               "CSV (a,y or lambda,y) or .npy, in place of alpha and beta", RIDGEFLOW_MEMBER(model.spectrum)),
      make_key("model.sort", "--sort", "",
               "the spectrum's modes largest lambda first, whatever the file's order; k counts in that order",
               RIDGEFLOW_MEMBER(model.sort)),
      make_key("sampler.integrator", "--integrator", "NAME", one_of(kIntegratorNames),
               RIDGEFLOW_MEMBER(sampler.integrator), {kIntegratorNames.begin(), kIntegratorNames.end()}),
      make_key("sampler.step", "--step", "H", "step size (default: the integrator's)",
               RIDGEFLOW_MEMBER(sampler.step)),
      make_key("sampler.chains", "--chains", "C", "independent chains", RIDGEFLOW_MEMBER(sampler.chains)),
      make_key("sampler.first_chain", "--first-chain", "N", "index of the first chain",
               RIDGEFLOW_MEMBER(sampler.first_chain)),
      make_key("sampler.draws", "--draws", "N", "measurements in all chains together",
               RIDGEFLOW_MEMBER(sampler.draws)),
      make_key("sampler.steps", "--steps", "N", "in place of draws: steps of each chain after burn-in",
               RIDGEFLOW_MEMBER(sampler.steps)),
      make_key("sampler.burn_in", "--burn-in", "N",
               "steps before the first measured one (default: 12 relaxation times)",
               RIDGEFLOW_MEMBER(sampler.burn_in)),
      make_key("sampler.every", "--every", "N", "steps from measurement to measurement",
               RIDGEFLOW_MEMBER(sampler.every)),
      make_key("sampler.seed", "--seed", "N", "64-bit seed of all noise (default: from the system)",
               RIDGEFLOW_MEMBER(seed)),
      make_key("sampler.start", "--start", "LAW", "law of the first state: " + one_of(names_of(kStartNames)),
               RIDGEFLOW_MEMBER(sampler.start), names_of(kStartNames)),
      make_key("sampler.mobility", "--mobility", "M",
               "of the Langevin dynamics: field (mu_k = 1) or kernel (mu_k = lambda_k = 1/a_k)",
               RIDGEFLOW_MEMBER(sampler.mobility), names_of(kMobilityNames)),
      make_key("sampler.precision", "--precision", "P",
               "of the state: auto (double where needed), single or double",
               RIDGEFLOW_MEMBER(sampler.precision), names_of(kPrecisionNames)),
      make_key("sampler.math", "--math", "M",
               "of the normals: reproducible (the same bits everywhere) or fast (a GPU's own functions)",
               RIDGEFLOW_MEMBER(sampler.math), names_of(kMathNames)),
      make_key("sampler.backend", "--backend", "B", "what samples: " + one_of(names_of(kBackendNames)),
               RIDGEFLOW_MEMBER(sampler.backend), names_of(kBackendNames)),
      make_key("sampler.threads", "--threads", "N", "of the CPU (0: all)", RIDGEFLOW_MEMBER(sampler.threads)),
      make_key("sampler.lanes", "--lanes", "L",
               "vectors of the CPU: auto, or one of those that ridgeflow info names",
               RIDGEFLOW_MEMBER(sampler.lanes)),
      make_key("observe.cumulants", "--cumulants", "",
               "third and fourth cumulants and the distribution of R as well: exact, and measured if sampled",
               RIDGEFLOW_MEMBER(sampler.observe.cumulants)),
      make_key("observe.pairs", "--pairs", "J:K,...", "pairs of modes whose covariance is measured as well",
               RIDGEFLOW_MEMBER(sampler.observe.pairs)),
      make_key("observe.every", "--observe-every", "N",
               "measurements from one that enters these sums to the next",
               RIDGEFLOW_MEMBER(sampler.observe.every)),
      make_key("observe.keep", "--keep", "N", "draws kept of each chain, thinned evenly, for the .nc file",
               RIDGEFLOW_MEMBER(sampler.observe.keep)),
      make_key("observe.keep_limit", "--keep-limit", "GIB", "largest size of all kept draws",
               RIDGEFLOW_MEMBER(sampler.observe.keep_limit)),
      make_key("observe.node_moments", "--node-moments", "",
               "moments of groups of chains in the .nc file, for errors of derived numbers and for merging "
               "(default: of one system, up to 0.25 GiB)",
               RIDGEFLOW_MEMBER(node_moments)),
      make_key("compare.theory", "--theory", "A,B,...",
               "predictions, in the order of the columns (default: all that the model has): " +
                   fmt::format("{}", fmt::join(theory_names(), ", ")),
               RIDGEFLOW_MEMBER(theories), theory_names()),
      make_key("compare.require", "--require", "", "exit status 1 unless the samples agree with exact",
               RIDGEFLOW_MEMBER(require)),
      make_key("predict.size_distribution", "--size-distribution", "FILE",
               "write the exact density and CDF of R = sum d_k^2: .csv", RIDGEFLOW_MEMBER(size_distribution)),
      make_key("output.file", "--out", "FILE", "write the whole result: .nc, .csv or .json",
               RIDGEFLOW_MEMBER(out)),
      make_key("output.format", "--format", "F", "on standard output: " + one_of(names_of(kFormatNames)),
               RIDGEFLOW_MEMBER(format), names_of(kFormatNames)),
  };
  for (RunKey& key : keys) {
    key.digits_as_text = key.name == "sampler.seed";
    if (key.type == KeyType::kInteger && !key.digits_as_text) {
      key.set = [set = key.set](RunConfig& config, const KeyValue& value) {
        constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
        const auto* whole = std::get_if<std::uint64_t>(&value);
        validate(whole == nullptr || std::in_range<std::int64_t>(*whole),
                 fmt::format("must be at most {}, the largest integer of a run file", kLargest));
        set(config, value);
      };
    }
    if (key.name == "model.spectrum" || key.name == "model.sort") {
      // What was read by the earlier setting is not what the new one asks for.
      key.set = [set = key.set](RunConfig& config, const KeyValue& value) {
        set(config, value);
        config.model.read.reset();
      };
    }
    if (key.name == "sampler.threads") {
      key.set = [set = key.set](RunConfig& config, const KeyValue& value) {
        set(config, value);
        validate(config.sampler.threads >= 0 && config.sampler.threads <= 4096, "must lie in 0 ... 4096");
      };
    }
    if (key.name == "sampler.draws") {
      // The later word counts: draws asked for take the place of steps asked for before.
      key.set = [set = key.set](RunConfig& config, const KeyValue& value) {
        set(config, value);
        config.sampler.steps.reset();
      };
      key.get = [get = key.get](const RunConfig& config) {
        return config.sampler.steps ? std::nullopt : get(config);
      };
    }
  }
  return keys;
}

#undef RIDGEFLOW_MEMBER

}  // namespace

std::string_view to_string(KeyType type) {
  constexpr std::array<std::string_view, 5> names{"true or false", "a whole number", "a number", "text",
                                                  "a list of names"};
  return names[static_cast<std::size_t>(type)];
}

std::string_view to_string(Format format) {
  return std::find_if(kFormatNames.begin(), kFormatNames.end(),
                      [format](const auto& each) { return each.first == format; })
      ->second;
}

Format format_from_string(std::string_view name) {
  for (const auto& [format, known] : kFormatNames) {
    if (name == known) {
      return format;
    }
  }
  throw InvalidInput(fmt::format("unknown format '{}': {}", name, one_of(names_of(kFormatNames))));
}

const std::vector<RunKey>& run_keys() {
  static const std::vector<RunKey> keys = make_run_keys();
  return keys;
}

const RunKey* find_run_key(std::string_view name) {
  for (const RunKey& key : run_keys()) {
    if (key.name == name) {
      return &key;
    }
  }
  return nullptr;
}

std::string unknown_key(std::string_view name) {
  // A known key in the wrong section is a likelier slip than any other spelling.
  std::vector<std::string_view> names;
  const std::string_view leaf = name.substr(name.rfind('.') + 1);
  std::string_view nearest;
  for (const RunKey& key : run_keys()) {
    names.push_back(key.name);
    nearest = key.leaf() == leaf ? key.name : nearest;
  }
  if (nearest.empty()) {
    nearest = nearest_name(name.substr(0, 100), names);
  }
  const bool cut = name.size() > 100;
  return fmt::format("unknown key {}{}: {}", name.substr(0, 100), cut ? "..." : "",
                     did_you_mean(nearest, "ridgeflow help run-file names all"));
}

void set_from_value(RunConfig& config, const RunKey& key, const KeyValue& value, std::string_view where) {
  try {
    if (const std::vector<KeyValue> several = io::sweep_values(key, value); several.size() > 1) {
      io::set_axis(config, key, several);
      return;
    }
    const auto* text = std::get_if<std::string>(&value);
    const auto* list = std::get_if<std::vector<std::string>>(&value);
    io::drop_axis(config, key);
    if (io::is_number(key) && list != nullptr && list->size() == 1) {  // a list of one is no list
      key.set(config, io::number_from(list->front(), to_string(key.type)));
    } else {
      key.set(config,
              key.digits_as_text && text != nullptr ? io::number_from(*text, to_string(key.type)) : value);
    }
  } catch (const InvalidInput& problem) {
    throw InvalidInput(fmt::format("{}: {}", where, problem.what()));
  }
}

void set_from_text(RunConfig& config, const RunKey& key, std::string_view text, std::string_view where) {
  KeyValue value = std::string(text);
  try {
    if (key.type == KeyType::kSwitch) {
      validate(text == "true" || text == "false",
               fmt::format("'{}' is not {}", io::shown(text), to_string(key.type)));
      value = text == "true";
    } else if (key.type == KeyType::kList ||
               (io::is_number(key) && text.find(',') != std::string_view::npos)) {
      value = io::split_list(text);
    } else if (io::is_number(key) && !io::is_range(value)) {
      value = io::number_from(io::trimmed(text), to_string(key.type));
    }
  } catch (const InvalidInput& problem) {
    throw InvalidInput(fmt::format("{}: {}", where, problem.what()));
  }
  set_from_value(config, key, value, where);
}

}  // namespace ridgeflow
