// Runs the program itself, without a shell.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/temporary.hpp"

extern char** environ;

namespace ridgeflow::test {

struct Outcome {
  int status = -1;  ///< 128 + n for signal n
  std::string out;
  std::string err;
};

/// Runs \p words, the first of them a program's path.
inline Outcome run_words(std::vector<std::string> words, const std::string& out = "") {
  const TemporaryFolder folder;
  const std::string out_path = out.empty() ? folder / "out" : out;
  std::vector<char*> pointers;
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t streams;
  ::posix_spawn_file_actions_init(&streams);
  ::posix_spawn_file_actions_addopen(&streams, STDOUT_FILENO, out_path.c_str(), O_WRONLY | O_CREAT, 0600);
  ::posix_spawn_file_actions_addopen(&streams, STDERR_FILENO, (folder / "err").c_str(), O_WRONLY | O_CREAT,
                                     0600);
  pid_t child = -1;
  Outcome outcome;
  const int failed = ::posix_spawn(&child, pointers[0], &streams, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&streams);
  if (failed != 0) {
    return outcome;
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  outcome.out = out.empty() ? read_text(out_path) : "";
  outcome.err = read_text(folder / "err");
  return outcome;
}

/// Runs `ridgeflow` with \p arguments; \p out: where its standard output goes, a file of ours unless named.
inline Outcome run(const std::vector<std::string>& arguments, const std::string& out = "") {
  std::vector<std::string> words{RIDGEFLOW_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return run_words(std::move(words), out);
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

/// A test fails unless \p text is ASCII in lines of at most 100 columns.
inline void expect_plain_lines(const std::string& text) {
  std::size_t line = 0;
  for (const char c : text) {
    ASSERT_TRUE((c >= ' ' && c <= '~') || c == '\n') << "not ASCII: " << static_cast<int>(c);
    line = c == '\n' ? 0 : line + 1;
    ASSERT_LE(line, 100U) << text;
  }
}

/// What `ridgeflow` with \p words prints as JSON; a test fails if it does not end well.
inline nlohmann::json run_json(std::vector<std::string> words) {
  words.insert(words.end(), {"--format", "json"});
  const Outcome outcome = run(words);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  return nlohmann::json::parse(outcome.out, nullptr, false);
}

}  // namespace ridgeflow::test
