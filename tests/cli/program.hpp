// Runs the program itself, without a shell.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/lines.hpp"
#include "support/temporary.hpp"

extern char** environ;

namespace ridgeflow::test {

struct Outcome {
  int status = -1;  ///< 128 + n for signal n
  std::string out;
  std::string err;
  std::string told;  ///< err, each message in one line again
};

/// \p text without the line ends that made it fit a terminal: those before an indented line.
inline std::string unwrapped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\n  "), text.size());
    out.append(text.substr(0, end));
    text.remove_prefix(end);
    if (!text.empty()) {
      out.push_back(' ');
      text.remove_prefix(std::min(text.find_first_not_of(" \n"), text.size()));
    }
  }
  return out;
}

/// Where a stream of a program goes: a handle, or a file, made where it is not there.
using Stream = std::variant<int, std::string>;

/// Starts \p words, the first of them a program's path; below 0 where it cannot be started.
inline pid_t start(std::vector<std::string> words, const Stream& out, const Stream& err) {
  std::vector<char*> pointers;
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t streams;
  ::posix_spawn_file_actions_init(&streams);
  for (const auto& [handle, stream] : {std::pair(STDOUT_FILENO, &out), std::pair(STDERR_FILENO, &err)}) {
    if (const int* other = std::get_if<int>(stream); other != nullptr) {
      ::posix_spawn_file_actions_adddup2(&streams, *other, handle);
    } else {
      ::posix_spawn_file_actions_addopen(&streams, handle, std::get<std::string>(*stream).c_str(),
                                         O_WRONLY | O_CREAT, 0600);
    }
  }
  pid_t child = -1;
  const int failed = ::posix_spawn(&child, pointers[0], &streams, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&streams);
  return failed == 0 ? child : -1;
}

/// What a program that ended with \p status, as waitpid() gives it, left in the files of its streams; no
/// name: nothing is read.
inline Outcome outcome_of(int status, const std::string& out, const std::string& err) {
  Outcome outcome;
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  outcome.out = out.empty() ? "" : read_text(out);
  outcome.err = read_text(err);
  outcome.told = unwrapped(outcome.err);
  return outcome;
}

/// Runs \p words, the first of them a program's path.
inline Outcome run_words(std::vector<std::string> words, const std::string& out = "") {
  const TemporaryFolder folder;
  const std::string err = folder / "err";
  const std::string of_ours = out.empty() ? folder / "out" : "";
  const pid_t child = start(std::move(words), out.empty() ? of_ours : out, err);
  if (child < 0) {
    return {};
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return outcome_of(status, of_ours, err);
}

/// `ridgeflow` with \p arguments.
inline std::vector<std::string> program_words(const std::vector<std::string>& arguments) {
  std::vector<std::string> words{RIDGEFLOW_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

/// Runs `ridgeflow` with \p arguments; \p out: where its standard output goes, a file of ours unless named.
inline Outcome run(const std::vector<std::string>& arguments, const std::string& out = "") {
  return run_words(program_words(arguments), out);
}

/// A small comparison that takes milliseconds, with \p more arguments.
inline std::vector<std::string> small_compare(const std::vector<std::string>& more = {}) {
  std::vector<std::string> words{"compare", "--samples", "40", "--draws",   "20000", "--chains",
                                 "64",      "--seed",    "1",  "--backend", "cpu"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// \p words, then those of \p defaults that \p more does not set, then \p more.
inline std::vector<std::string> with_defaults(
    std::vector<std::string> words, const std::vector<std::pair<std::string, std::string>>& defaults,
    const std::vector<std::string>& more) {
  for (const auto& [flag, value] : defaults) {
    if (std::find(more.begin(), more.end(), flag) == more.end()) {
      words.insert(words.end(), {flag, value});
    }
  }
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// A test fails unless \p text is in lines of at most 80 columns, but for words, such as a path, that are
/// wider alone.
inline void expect_lines_fit(const std::string& text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const std::string_view words = line.substr(std::min(line.size(), line.find_first_not_of(' ')));
    EXPECT_TRUE(cli::columns_of(line) <= cli::kColumns || words.find(' ') == std::string_view::npos)
        << cli::columns_of(line) << " columns: " << line;
  }
}

/// The same, and no letter that is not ASCII.
inline void expect_plain_lines(const std::string& text) {
  for (const char c : text) {
    ASSERT_TRUE((c >= ' ' && c <= '~') || c == '\n') << "not ASCII: " << static_cast<int>(c);
  }
  expect_lines_fit(text);
}

/// What `ridgeflow` with \p words prints as JSON; a test fails if it does not end well.
inline nlohmann::json run_json(std::vector<std::string> words) {
  words.insert(words.end(), {"--format", "json"});
  const Outcome outcome = run(words);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  return nlohmann::json::parse(outcome.out, nullptr, false);
}

}  // namespace ridgeflow::test
