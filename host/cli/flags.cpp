#include "cli/flags.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include <CLI/Option.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/base/names.hpp"
#include "ridgeflow/io/run_file.hpp"

#include "io/number.hpp"
#include "io/run_values.hpp"
#include "io/sweep.hpp"

namespace ridgeflow::cli {
namespace {

bool listens(const FlagChoice& choice, const RunKey& key) {
  if (key.section() == "sampler") {
    return choice.sampling || key.name == "sampler.seed" || key.name == "sampler.backend";
  }
  if (key.section() == "compare") {
    return key.name == "compare.theory" ? choice.theories : choice.require;
  }
  if (key.section() == "observe") {
    return choice.observe || (choice.cumulants && key.name == "observe.cumulants");
  }
  return key.section() != "predict" || choice.cumulants;
}

std::string group_of(const FlagChoice& choice, const RunKey& key) {
  if (std::find(choice.refused.begin(), choice.refused.end(), key.name) != choice.refused.end()) {
    return "";  // no help shows it
  }
  if (key.section() == "model") {
    return "Model";
  }
  if (key.section() == "predict") {
    return "Prediction";
  }
  if (key.section() == "observe") {
    return "Beyond two moments";
  }
  return key.section() == "sampler"   ? choice.checks ? "Sampling, for --check" : "Sampling"
         : key.section() == "compare" ? "Comparison"
                                      : "Output";
}

/// The default as help shows it; nothing where it takes words to say.
std::string default_of(const RunKey& key) {
  const std::optional<KeyValue> value = key.get(RunConfig{});
  if (!value) {
    return "";
  }
  struct Show {
    std::string operator()(bool) const { return ""; }
    std::string operator()(std::int64_t v) const { return fmt::format("{}", v); }
    std::string operator()(std::uint64_t v) const { return fmt::format("{}", v); }
    std::string operator()(double v) const { return fmt::format("{:.6g}", v); }
    std::string operator()(const std::string& v) const { return v; }
    std::string operator()(const std::vector<std::string>& v) const { return v.empty() ? "" : "all"; }
  };
  return std::visit(Show{}, *value);
}

/// Reads the spectrum, once for all systems of the run, with one warning for any verb. Whoever needs it tells
/// what keeps it from being read.
void load_with_warning(ModelConfig& model) {
  try {
    if (const auto warning = load_spectrum(model); warning) {
      spdlog::warn("{}", *warning);
    }
  } catch (const InvalidInput&) {
    return;
  }
}

/// The key that a --set is of.
std::string_view set_key(std::string_view setting) {
  return io::trimmed(setting.substr(0, setting.find('=')));
}

std::string not_of(std::string_view verb) {
  return fmt::format("ridgeflow {0} has no use for it; ridgeflow {0} --help names what it takes", verb);
}

/// What lists and ranges were read as: "a sweep over u = 0, 5; samples = 10, ... (4 values)".
std::string sweep_text(const RunConfig& config) {
  constexpr std::size_t kFew = 6;
  std::vector<std::string> axes;
  for (const SweepAxis& axis : config.sweep) {
    std::vector<std::string> values;
    for (std::size_t i = 0; i < std::min(axis.values.size(), kFew); ++i) {
      values.push_back(std::visit(
          [](const auto& held) {
            using Held = std::remove_cvref_t<decltype(held)>;
            if constexpr (std::is_integral_v<Held>) {
              return fmt::format("{}", held);  // seeds have 20 digits
            } else if constexpr (std::is_floating_point_v<Held>) {
              return fmt::format("{:.6}", held);
            } else {
              return std::string("?");
            }
          },
          axis.values[i]));
    }
    axes.push_back(
        fmt::format("{} = {}{}", axis.key->leaf(), fmt::join(values, ", "),
                    axis.values.size() > kFew ? fmt::format(", ... ({} values)", axis.values.size()) : ""));
  }
  return fmt::format("a sweep over {}", fmt::join(axes, "; "));
}

/// A flag that hands its words to \p take.
CLI::Option* add_words(CLI::App& app, const std::string& flag, const std::string& help,
                       std::function<void(const std::vector<std::string>&)> take,
                       std::function<std::string()> show) {
  CLI::Option* option = app.add_option_function<std::vector<std::string>>(flag, std::move(take), help);
  option->default_function(std::move(show));
  return option->allow_extra_args(false);
}

template <class Number>
std::string default_text(const Number& value) {
  return fmt::format("{}", value);
}
template <class Number>
std::string default_text(const std::optional<Number>& value) {
  return value ? default_text(*value) : "";
}

template <class Number>
CLI::Option* add_one_number(CLI::App& app, const std::string& flag, Number& value, const std::string& help) {
  const auto take = [&value, flag](const std::vector<std::string>& words) {
    try {
      validate(words.size() == 1, "was given more than once");
      using Convert = io::Conversion<typename io::Unwrapped<Number>::type>;
      value = Convert::from(io::number_from(io::trimmed(words.front()), to_string(Convert::type)));
    } catch (const InvalidInput& problem) {
      throw InvalidInput(fmt::format("{}: {}", flag, problem.what()));
    }
  };
  return add_words(app, flag, help, take, [&value] { return default_text(value); })->expected(1);
}

}  // namespace

CLI::Option* add_number(CLI::App& app, const std::string& flag, double& value, const std::string& help) {
  return add_one_number(app, flag, value, help);
}

CLI::Option* add_number(CLI::App& app, const std::string& flag, std::size_t& value, const std::string& help) {
  return add_one_number(app, flag, value, help);
}

CLI::Option* add_number(CLI::App& app, const std::string& flag, std::optional<std::int64_t>& value,
                        const std::string& help) {
  return add_one_number(app, flag, value, help);
}

CLI::Option* add_list(CLI::App& app, const std::string& flag, std::vector<std::string>& values,
                      const std::string& help) {
  const auto take = [&values, flag](const std::vector<std::string>& words) {
    values.clear();
    for (const std::string& word : words) {
      try {
        for (std::string& part : io::split_list(word)) {
          values.push_back(std::move(part));
        }
      } catch (const InvalidInput& problem) {
        throw InvalidInput(fmt::format("{}: {}", flag, problem.what()));
      }
    }
  };
  return add_words(app, flag, help, take, [&values] { return fmt::format("{}", fmt::join(values, ",")); });
}

CLI::Option* add_list(CLI::App& app, const std::string& flag, std::vector<double>& values,
                      const std::string& help) {
  const auto take = [&values, flag](const std::vector<std::string>& words) {
    values.clear();
    const auto add = [&](const KeyValue& number, const std::string& text) {
      values.push_back(io::Conversion<double>::from(number));
      validate(std::isfinite(values.back()), fmt::format("'{}' is not finite", io::shown(text)));
    };
    try {
      for (const std::string& word : words) {
        for (const std::string& part : io::split_list(word)) {
          if (io::is_range(part)) {
            for (const KeyValue& number : io::range_values(part, false)) {
              add(number, part);
            }
          } else {
            add(io::number_from(part), part);
          }
        }
      }
    } catch (const InvalidInput& problem) {
      throw InvalidInput(fmt::format("{}: {}", flag, problem.what()));
    }
  };
  return add_words(app, flag, help, take, [&values] { return fmt::format("{}", fmt::join(values, ",")); });
}

Flags::Flags(CLI::App& app, const FlagChoice& choice) : choice_(choice), verb_(app.get_name()) {
  if (choice.run_file) {
    app.add_option("RUN.toml", this->run_file_, "run file; flags override it")->type_name("");
  }
  for (const RunKey& key : run_keys()) {
    if (!listens(choice, key)) {
      continue;
    }
    CLI::Option* option = nullptr;
    if (key.type == KeyType::kSwitch) {
      option = app.add_flag(std::string(key.flag), key.help);
    } else {
      // CLI11 fills text; types are checked in one place, io/run_values.hpp.
      option = app.add_option(std::string(key.flag), this->text_[&key], key.help);
      option->type_name(std::string(key.value))->default_str(default_of(key));
    }
    option->group(group_of(choice, key));
    this->options_[&key] = option;
  }
  app.add_option("--set", this->settings_,
                 "any setting of a run file, such as sampler.every=4; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false)  // one word each time: a run file may follow
      ->group("Output");
  add_force(app, this->force_);
  app.add_flag("--dry-run", this->dry_run_, "say what it would take, do nothing")->group("Output");
}

void add_force(CLI::App& app, bool& force) {
  app.add_flag("--force", force, "replace files that exist")->group("Output");
}

bool Flags::given(std::string_view key) const {
  const auto found = this->options_.find(find_run_key(key));
  return found != this->options_.end() && found->second->count() > 0;
}

bool Flags::was_set(const RunKey& key) const {
  return std::any_of(this->settings_.begin(), this->settings_.end(),
                     [&key](const std::string& setting) { return set_key(setting) == key.name; });
}

void Flags::refuse(const std::vector<std::string_view>& keys, std::string_view why) const {
  for (const std::string_view name : keys) {
    const RunKey& key = *find_run_key(name);
    validate(!this->given(name), fmt::format("{}: {}", key.flag, why));
    validate(!this->was_set(key), fmt::format("--set {}: {}", name, why));
  }
}

void Flags::refuse_sampling() const {
  std::vector<std::string_view> keys;
  for (const RunKey& key : run_keys()) {
    if (key.section() == "sampler") {
      keys.push_back(key.name);
    }
  }
  this->refuse(keys, "nothing is sampled without --check; add it, or leave this out");
}

RunConfig Flags::config() const {
  RunConfig config;
  config.replace = this->force_;
  config.run_file = this->run_file_;
  if (!this->run_file_.empty()) {
    read_run_file(this->run_file_, config);
  }
  validate(!(this->given("sampler.draws") && this->given("sampler.steps")),
           "--draws and --steps exclude each other: steps of each chain, or draws of all together");
  for (const auto& [key, option] : this->options_) {
    if (option->count() > 0) {
      const bool is_switch = key->type == KeyType::kSwitch;
      validate(key->type != KeyType::kText || !this->text_.at(key).empty(),  // a shell's unset variable
               fmt::format("{}: an empty name; give one, or leave the flag out", key->flag));
      set_from_text(config, *key, is_switch ? option->results().back() : this->text_.at(key), key->flag);
    }
  }
  for (const std::string& setting : this->settings_) {
    apply_setting(setting, config);
    const RunKey& key = *find_run_key(set_key(setting));
    validate(listens(this->choice_, key), fmt::format("--set {}: {}", key.name, not_of(this->verb_)));
  }
  if (!this->choice_.sweeps && !config.sweep.empty()) {
    const RunKey& key = *config.sweep.front().key;
    throw InvalidInput(
        fmt::format("{}: takes one number here; compare and predict take lists and ranges", key.flag));
  }
  load_with_warning(config.model);
  if (!config.sweep.empty()) {  // a decimal comma makes a list of two
    spdlog::info("{}", sweep_text(config));
  }
  return config;
}

std::vector<std::int64_t> sample_numbers(const std::vector<std::string>& words, std::string_view flag) {
  const auto numbers = settings_of(words, "model.samples", flag,
                                   [](const RunConfig& config) { return config.model.samples.value_or(0); });
  for (const std::int64_t number : numbers) {
    validate(number >= 1, fmt::format("{} {}: the network needs at least one sample", flag, number));
  }
  return numbers;
}

std::string unknown_words(const CLI::App& app, const std::vector<std::string>& words) {
  const std::string word = words.front().substr(0, 100);
  if (!word.starts_with("-") || word == "--") {
    return fmt::format("'{}' is not expected here: see ridgeflow {} --help", word, app.get_name());
  }
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      names.push_back("--" + name);
    }
  }
  const std::vector<std::string_view> known(names.begin(), names.end());
  const std::string flag = word.substr(0, word.find('='));
  for (const RunKey& key : run_keys()) {
    if (flag == key.flag) {
      return fmt::format("{}: {}", flag, not_of(app.get_name()));
    }
  }
  return fmt::format(
      "unknown flag {}: {}", word,
      did_you_mean(nearest_name(flag, known), fmt::format("ridgeflow {} --help names all", app.get_name())));
}

}  // namespace ridgeflow::cli
