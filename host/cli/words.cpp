#include "cli/words.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/base/names.hpp"

#include "io/number.hpp"

namespace ridgeflow::cli {
namespace {

constexpr const char* kRunKeys = "run-file";

bool is_help(std::string_view word) {
  return word == "--help" || word == "-h" || word == "help";
}

std::string unknown_verb(const std::string& word, std::span<const std::string> verbs) {
  if (word.ends_with(".toml")) {
    return fmt::format("a run file needs a verb before it: ridgeflow compare {}", io::shown(word, 200));
  }
  std::vector<std::string_view> known(verbs.begin(), verbs.end());
  known.emplace_back("help");
  return fmt::format("unknown verb '{}': did you mean {}?", io::shown(word),
                     nearest_name(word.substr(0, 60), known));
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

}  // namespace ridgeflow::cli
