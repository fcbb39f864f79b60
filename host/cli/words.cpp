#include "cli/words.hpp"

#include <algorithm>
#include <utility>

#include <CLI/Error.hpp>
#include <CLI/Option.hpp>
#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/base/names.hpp"

#include "cli/flags.hpp"
#include "io/number.hpp"

namespace ridgeflow::cli {
namespace {

constexpr std::string_view kRunKeys = "run-file";
constexpr std::string_view kNoMoreFlags = "--";
constexpr std::string_view kEndOfVerb = "++";  // the parser's own, for programs of several verbs

bool is_help(std::string_view word) {
  return word == "--help" || word == "-h" || word == "help";
}

std::string unknown_verb(const std::string& word, std::span<const std::string> verbs) {
  if (word.ends_with(".toml")) {
    return fmt::format("a run file needs a verb before it: ridgeflow compare {}", io::shown(word, 200));
  }
  std::vector<std::string_view> known(verbs.begin(), verbs.end());
  known.emplace_back("help");
  return fmt::format("unknown verb '{}': {}", io::shown(word),
                     did_you_mean(nearest_name(word.substr(0, 60), known), "ridgeflow --help names all"));
}

/// The flag of \p app that \p word is, with a value behind `=` or without; null if it is none.
const CLI::Option* flag_of(const CLI::App& app, const std::string& word) {
  return word.starts_with("--") && word.size() > 2 ? app.get_option_no_throw(word.substr(0, word.find('=')))
                                                   : nullptr;
}

/// The dash that editors and word processors make of "-" or "--", U+2010 to U+2015 or U+2212, at the
/// beginning of \p word.
std::string_view typographic_dash(std::string_view word) {
  const std::string_view dash = word.substr(0, 3);
  const bool hyphen_to_bar = dash >= "\xE2\x80\x90" && dash <= "\xE2\x80\x95";
  return dash.size() == 3 && (hyphen_to_bar || dash == "\xE2\x88\x92") ? dash : std::string_view{};
}

/// Refuses what the parser would take for what it is not: a misspelt flag for the name of a file, a flag for
/// another's value, and any value of a switch for yes.
void check_words(const CLI::App& app, const std::vector<std::string>& words) {
  const auto mark = std::find(words.begin(), words.end(), kNoMoreFlags);
  if (mark != words.end() && std::find(mark + 1, words.end(), kNoMoreFlags) != words.end()) {
    throw InvalidInput(unknown_words(app, {std::string(kNoMoreFlags)}));  // the parser would drop it
  }
  for (std::size_t i = 0; i < words.size() && words[i] != kNoMoreFlags; ++i) {
    const CLI::Option* option = flag_of(app, words[i]);
    const std::size_t equals = words[i].find('=');
    if (option == nullptr) {
      const std::string_view dash = typographic_dash(words[i]);
      validate(dash.empty(), fmt::format("a flag is written with the dash '-' of the keyboard: --{}",
                                         io::shown(std::string_view(words[i]).substr(dash.size()))));
      if (words[i].starts_with("--") || words[i] == kEndOfVerb) {
        throw InvalidInput(unknown_words(app, {words[i]}));
      }
      continue;
    }
    if (option->get_expected_min() == 0) {
      const std::string value = equals == std::string::npos ? "true" : words[i].substr(equals + 1);
      validate(value == "true" || value == "false",
               fmt::format("{}: '{}' is not true or false", words[i].substr(0, equals), io::shown(value)));
    } else if (equals != std::string::npos) {
      validate(equals + 1 < words[i].size(),  // else the parser takes the next word
               fmt::format("{}: has no value; it stands behind the = without a blank", words[i]));
    } else if (i + 1 < words.size()) {
      const std::string& value = words[++i];
      validate(value != kNoMoreFlags && flag_of(app, value) == nullptr,
               fmt::format("{0}: has no value, for {1} is a flag; if it is meant, write {0}={1}",
                           words[i - 1], io::shown(value)));
    }
  }
}

}  // namespace

bool asks_for_run_keys(std::span<const std::string> words) {
  return words.size() == 2 && is_help(words[0]) && words[1] == kRunKeys;
}

std::vector<std::string> verb_first(std::vector<std::string> words, std::span<const std::string> verbs) {
  const auto is_verb = [&](const std::string& word) {
    return std::find(verbs.begin(), verbs.end(), word) != verbs.end();
  };
  if (words.empty() || is_verb(words.front()) || words.front() == "--version") {
    return words;
  }
  if (is_help(words.front())) {
    words.front() = "--help";
    if (words.size() > 1 && is_verb(words[1])) {
      std::swap(words[0], words[1]);
    } else if (words.size() > 1 && !words[1].starts_with("-")) {
      throw InvalidInput(unknown_verb(words[1], verbs));
    }
    return words;
  }
  if (!words.front().starts_with("-")) {
    throw InvalidInput(unknown_verb(words.front(), verbs));
  }
  if (const auto verb = std::find_if(words.begin(), words.end(), is_verb); verb != words.end()) {
    throw InvalidInput(
        fmt::format("{0} stands before the verb, which would not hear it: write ridgeflow {1} {0} ...",
                    io::shown(words.front()), *verb));
  }
  return words;  // the parser names the nearest flag
}

CLI::App* parse_verb(CLI::App& program, std::vector<std::string> words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    validate(!words[i].empty(), fmt::format("the word after {} is empty: an unset variable of the shell? "
                                            "Leave it out, or give it a value",
                                            io::shown(words[i - 1])));
  }
  if (!words.empty()) {
    for (const CLI::App* verb :
         program.get_subcommands([&](const CLI::App* each) { return each->get_name() == words.front(); })) {
      check_words(*verb, {words.begin() + 1, words.end()});
    }
  }
  std::reverse(words.begin(), words.end());  // as the parser wants them
  try {
    program.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    if (dynamic_cast<const CLI::Success*>(&error) != nullptr) {
      throw;
    }
    throw InvalidInput(error.what());
  }
  CLI::App* const verb = program.get_subcommands().empty() ? nullptr : program.get_subcommands().front();
  const CLI::App& asked = verb != nullptr ? *verb : program;
  // What follows `--` may be left to the program itself.
  for (const bool of_verb : {true, false}) {
    for (const std::string& word : (of_verb ? asked : program).remaining()) {
      if (word != kNoMoreFlags) {
        throw InvalidInput(unknown_words(asked, {word}));
      }
    }
  }
  return verb;
}

}  // namespace ridgeflow::cli
