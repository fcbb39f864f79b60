#include "fuzz/readers.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/io/run_file.hpp"
#include "ridgeflow/io/spectrum_file.hpp"

#include "cli/flags.hpp"
#include "cli/words.hpp"
#include "io/file_kind.hpp"
#include "io/number.hpp"
#include "io/spectrum_csv.hpp"
#include "io/spectrum_npy.hpp"
#include "io/sweep.hpp"

namespace ridgeflow::fuzz {
namespace {

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

bool same(double one, double other) {
  return std::memcmp(&one, &other, sizeof one) == 0 || (std::isnan(one) && std::isnan(other));
}

/// What \p read gives, or nothing where it refuses. Whatever else throws ends the process.
template <class Read>
auto unless_refused(const Read& read) {
  using Value = decltype(read());
  try {
    return std::optional<Value>(read());
  } catch (const InvalidInput&) {
    return std::optional<Value>();
  }
}

/// The text as C's own functions read it.
void check_number(std::string_view bytes, io::NumberStyle style) {
  const io::ParsedNumber number = io::parse_number(bytes, style);
  if (number.fault == io::NumberFault::kNotANumber || number.fault == io::NumberFault::kLeadingZero) {
    return;
  }
  require(bytes.find('\0') == std::string_view::npos);
  std::string text(bytes);
  if (style == io::NumberStyle::kSetting) {
    std::erase(text, '_');
  }
  const char mark = text.size() > 1 && text[0] == '0' ? text[1] : ' ';
  if (style == io::NumberStyle::kSetting && (mark == 'x' || mark == 'o' || mark == 'b')) {
    char* end = nullptr;
    errno = 0;
    const std::uint64_t whole = std::strtoull(text.c_str() + 2, &end, mark == 'x' ? 16 : mark == 'o' ? 8 : 2);
    require(*end == '\0' && (errno == ERANGE) == (number.fault == io::NumberFault::kTooLarge));
    require(errno == ERANGE || same(number.real(), static_cast<double>(whole)));
    return;
  }
  if (style == io::NumberStyle::kTable && text.find_first_of("iInN") == std::string::npos) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == 'd' || c == 'D'; }, 'e');
  }
  char* end = nullptr;
  const double expected = std::strtod(text.c_str(), &end);
  require(end == text.c_str() + text.size());
  if (number.fault == io::NumberFault::kTooLarge) {
    require(std::isinf(expected));
  } else if (number.fault == io::NumberFault::kTooSmall) {
    require(expected == 0);
  } else if (std::holds_alternative<double>(number.value)) {
    require(same(number.real(), expected));
  } else {
    require(number.real() == expected);
  }
}

/// Checks what \p text is as a range, and returns how many numbers it has.
std::size_t check_range(const std::string& text, bool whole) {
  const auto values = unless_refused([&] { return io::range_values(text, whole); });
  if (!values) {
    return 0;
  }
  require(values->size() >= 2 && values->size() <= kMaxSystems);
  const double first = io::real_of(values->front());
  const double last = io::real_of(values->back());
  const double rounding = 1e-14 * std::max(std::abs(first), std::abs(last)) + (whole ? 0.5 : 0.0);
  for (const KeyValue& value : *values) {
    const double real = io::real_of(value);
    require(real >= std::min(first, last) - rounding && real <= std::max(first, last) + rounding);
  }
  return values->size();
}

bool all_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

void check_system(const RunConfig& system) {
  constexpr std::uint64_t kSmall = 256;
  const auto small = [](auto number) {
    return static_cast<std::uint64_t>(std::max<decltype(number)>(number, 0)) <= kSmall;
  };
  if (!system.model.spectrum.empty() || !small(system.model.samples.value_or(1000)) ||
      !small(system.model.modes.value_or(0))) {
    return;  // no other file is read, and no time spent on large models
  }
  const auto made = unless_refused([&] { return make_posterior(system.model); });
  if (!made) {
    return;
  }
  const Posterior& posterior = *made;
  require(posterior.modes() >= 1 && posterior.modes() <= kSmall && all_finite(posterior.spectrum().a) &&
          all_finite(posterior.spectrum().y));
  require(posterior.ridge() > 0 && all_finite({posterior.ridge(), posterior.quartic(), posterior.sextic(),
                                               posterior.hartree_ridge(), posterior.hartree_size()}));
  const auto run = unless_refused([&] { return resolve(system.sampler, posterior); });
  if (run) {
    require(run->chains >= kMinChains && run->draws_per_chain >= 1 && run->problem.step > 0);
    require(all_finite({run->problem.slowest_rate, run->problem.fastest_rate}));
  }
}

/// A record of \p config is read as the same settings.
void check_record(const RunConfig& config) {
  const std::string text = to_toml(config);
  RunConfig again;
  parse_run_file(text, "again.toml", "", again);
  require(to_toml(again) == text);
}

void check_systems(const RunConfig& config) {
  std::size_t systems = 1;
  for (const SweepAxis& axis : config.sweep) {
    require(axis.values.size() >= 2 && axis.values.size() <= kMaxSystems);
    systems *= std::min<std::size_t>(axis.values.size(), 1000);
  }
  if (systems <= 100) {
    const std::vector<RunConfig> grid = grid_of(config);
    require(grid.size() == systems);
    check_system(grid.front());
    check_system(grid.back());
  }
}

void check_spectrum(const Spectrum& spectrum) {
  require(spectrum.size() > 0 && spectrum.a.size() == spectrum.y.size() && spectrum.size() <= kMaxModes);
  // The door of the model takes what the reader gives.
  static_cast<void>(make_spectrum(spectrum.a, spectrum.y));
  static_cast<void>(order_warning(spectrum, "s"));
}

void check_same(const Spectrum& one, const Spectrum& other) {
  require(std::equal(one.a.begin(), one.a.end(), other.a.begin(), other.a.end(), same));
  require(std::equal(one.y.begin(), one.y.end(), other.y.begin(), other.y.end(), same));
}

std::string csv_of(const Spectrum& spectrum) {
  std::string text = "a,y\n";
  for (std::size_t k = 0; k < spectrum.size(); ++k) {
    text += fmt::format("{:.17g},{:.17g}\n", spectrum.a[k], spectrum.y[k]);
  }
  return text;
}

std::string npy_of(const Spectrum& spectrum) {
  std::string header =
      fmt::format("{{'descr': '<f8', 'fortran_order': True, 'shape': ({}, 2), }}\n", spectrum.size());
  std::string bytes = std::string(io::kNpyMagic) + std::string("\x01\x00", 2);
  bytes += static_cast<char>(header.size());
  bytes += '\0';
  bytes += header;
  for (const std::vector<double>* column : {&spectrum.a, &spectrum.y}) {
    bytes.append(reinterpret_cast<const char*>(column->data()), column->size() * sizeof(double));
  }
  return bytes;
}

using Given = std::map<const CLI::Option*, std::vector<std::string>>;

/// What each option of \p app should have been given by \p words, read by the rule that docs state; nothing
/// where short flags are among them.
std::optional<Given> given_by(const CLI::App& app, const std::vector<std::string>& words) {
  const std::vector<const CLI::Option*> options = app.get_options();
  const auto positional = std::find_if(options.begin(), options.end(),
                                       [](const CLI::Option* option) { return option->get_positional(); });
  Given given;
  bool flags = true;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (flags && word == "--") {
      flags = false;
    } else if (flags && word.starts_with("--")) {
      const std::size_t equals = word.find('=');
      const CLI::Option* option = app.get_option_no_throw(word.substr(0, equals));
      require(option != nullptr);
      const bool is_switch = option->get_expected_min() == 0;
      require(equals != std::string::npos || is_switch || i + 1 < words.size());
      given[option].push_back(equals != std::string::npos ? word.substr(equals + 1)
                              : is_switch                 ? "true"
                                                          : words[++i]);
    } else if (flags && word.size() > 1 && word[0] == '-' && (word[1] < '0' || word[1] > '9')) {
      return std::nullopt;
    } else {
      require(positional != options.end());
      given[*positional].push_back(word);
    }
  }
  return given;
}

/// A verb with every flag there is, and those that take lists and numbers of its own.
struct Verb {
  CLI::App program{"", "ridgeflow"};
  CLI::App& app = *program.add_subcommand("compare", "");
  cli::Flags flags{app, {true, true, true, true, true, true, true}};
  std::vector<std::string> list;
  std::vector<double> reals;
  double real = 0;
  std::optional<std::int64_t> whole;

  Verb() {
    this->program.allow_extras();
    this->program.require_subcommand(0, 1);
    this->app.allow_extras();
    cli::add_list(this->app, "--to", this->list, "");
    cli::add_list(this->app, "--step-sizes", this->reals, "");
    cli::add_number(this->app, "--seconds", this->real, "");
    cli::add_number(this->app, "--second-cutoff", this->whole, "");
  }

  /// Whether the last line left nothing behind: of settings only those given are looked at.
  bool as_made() const {
    const std::vector<const CLI::Option*> options = std::as_const(this->app).get_options();
    return std::all_of(options.begin(), options.end(), [](const CLI::Option* option) {
      return option->count() == 0 ||
             std::any_of(run_keys().begin(), run_keys().end(),
                         [&](const RunKey& key) { return key.flag == option->get_name(); });
    });
  }
};

}  // namespace

void number(std::string_view bytes) {
  check_number(bytes, io::NumberStyle::kSetting);
  check_number(bytes, io::NumberStyle::kTable);
  constexpr std::size_t kFew = 100;  // systems of a sweep, to be quick
  if (check_range(std::string(bytes), false) > kFew || check_range(std::string(bytes), true) > kFew) {
    return;
  }
  for (const char* name : {"model.u", "model.samples", "sampler.seed", "observe.pairs"}) {
    const auto config = unless_refused([&] {
      RunConfig set;
      set_from_text(set, *find_run_key(name), bytes, name);
      return set;
    });
    if (config) {
      check_record(*config);
    }
  }
}

void run_file(std::string_view bytes) {
  const auto config = unless_refused([&] {
    RunConfig read;
    parse_run_file(bytes, "run.toml", "", read);
    return read;
  });
  if (config) {
    check_record(*config);
    check_systems(*config);
  }
}

void spectrum_text(std::string_view bytes) {
  const auto spectrum = unless_refused([&] {
    io::require_spectrum(io::kind_of(bytes.substr(0, io::kKindBytes)), "s.csv");
    return io::parse_csv(bytes, "s.csv");
  });
  if (spectrum) {
    const auto ends =
        std::count_if(bytes.begin(), bytes.end(), [](char c) { return c == '\n' || c == '\r'; });
    require(spectrum->size() <= static_cast<std::size_t>(ends));
    check_spectrum(*spectrum);
    check_same(*spectrum, io::parse_csv(csv_of(*spectrum), "again.csv"));
  }
}

void npy(std::string_view bytes) {
  const auto spectrum = unless_refused([&] { return io::parse_npy(bytes, "s.npy"); });
  if (spectrum) {
    require(2 * spectrum->size() < bytes.size());
    check_spectrum(*spectrum);
    check_same(*spectrum, io::parse_npy(npy_of(*spectrum), "again.npy"));
  }
}

void command_line(std::string_view bytes) {
  if (bytes.find('/') != std::string_view::npos) {
    return;  // no other files than those of the folder
  }
  std::vector<std::string> words;
  for (std::size_t start = 0; start < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', start), bytes.size());
    words.emplace_back(bytes.substr(start, end - start));
    start = end + 1;
  }
  static std::unique_ptr<Verb> kept;  // made in 2 ms, used in a tenth of that
  if (kept == nullptr || !kept->as_made()) {
    kept = std::make_unique<Verb>();
  }
  Verb& line = *kept;
  const auto verb = unless_refused([&]() -> CLI::App* {
    std::vector<std::string> all{"compare"};
    all.insert(all.end(), words.begin(), words.end());
    try {
      return cli::parse_verb(line.program, std::move(all));
    } catch (const CLI::Success&) {
      return nullptr;  // help
    }
  });
  if (verb.value_or(nullptr) == nullptr) {
    return;
  }
  require(*verb == &line.app && all_finite(line.reals));
  if (const std::optional<Given> given = given_by(line.app, words); given) {
    for (const CLI::Option* option : std::as_const(line.app).get_options()) {
      const auto expected = given->find(option);
      require(option->results() ==
              (expected == given->end() ? std::vector<std::string>() : expected->second));
    }
  }
  static_cast<void>(unless_refused([&] { return cli::sample_numbers(line.list, "--to"); }));
  if (const auto config = unless_refused([&] { return line.flags.config(); }); config) {
    check_record(*config);
    check_systems(*config);
  }
}

}  // namespace ridgeflow::fuzz
