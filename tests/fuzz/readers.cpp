#include "fuzz/readers.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/io/run_file.hpp"
#include "ridgeflow/io/spectrum_file.hpp"

#include "cli/flags.hpp"
#include "cli/words.hpp"
#include "io/file_kind.hpp"
#include "io/spectrum_csv.hpp"
#include "io/spectrum_npy.hpp"

namespace ridgeflow::fuzz {
namespace {

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

void check_spectrum(const Spectrum& spectrum, std::size_t bytes) {
  require(spectrum.size() > 0 && spectrum.a.size() == spectrum.y.size() && spectrum.size() <= bytes);
  static_cast<void>(
      make_spectrum(spectrum.a, spectrum.y));  // the door of the model takes what the reader gives
  static_cast<void>(order_warning(spectrum, "s"));
}

}  // namespace

void run_file(std::string_view bytes) {
  RunConfig config;
  try {
    parse_run_file(bytes, "run.toml", "", config);
  } catch (const InvalidInput&) {
    return;
  }
  const std::string text = to_toml(config);
  RunConfig again;
  parse_run_file(text, "again.toml", "", again);
  require(to_toml(again) == text);
}

void spectrum_text(std::string_view bytes) {
  try {
    io::require_spectrum(io::kind_of(bytes.substr(0, io::kKindBytes)), "s.csv");
    check_spectrum(io::parse_csv(bytes, "s.csv"), bytes.size());
  } catch (const InvalidInput&) {
    return;
  }
}

void npy(std::string_view bytes) {
  try {
    check_spectrum(io::parse_npy(bytes, "s.npy"), bytes.size());
  } catch (const InvalidInput&) {
    return;
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
  const std::vector<std::string> verbs{"compare", "predict", "flow"};
  CLI::App app("", "ridgeflow");
  app.allow_extras();
  try {
    words = cli::verb_first(std::move(words), verbs);
    if (!words.empty()) {
      words.erase(words.begin());
    }
    const cli::Flags flags(app, {true, true, true, true, true, true, true});
    std::vector<std::string> list;
    std::vector<double> reals;
    double real = 0;
    std::optional<std::int64_t> whole;
    cli::add_list(app, "--to", list, "");
    cli::add_list(app, "--step-sizes", reals, "");
    cli::add_number(app, "--seconds", real, "");
    cli::add_number(app, "--second-cutoff", whole, "");
    std::reverse(words.begin(), words.end());
    app.parse(std::move(words));
    static_cast<void>(cli::sample_numbers(list, "--to"));
    static_cast<void>(flags.config());
    if (const std::vector<std::string> rest = app.remaining(); !rest.empty()) {
      static_cast<void>(cli::unknown_words(app, rest));
    }
  } catch (const InvalidInput&) {
    return;
  } catch (const CLI::Error&) {
    return;
  }
}

}  // namespace ridgeflow::fuzz
