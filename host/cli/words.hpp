// The words of a command line: the verb first, then what is for it, and none that nobody hears.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/App.hpp>

namespace ridgeflow::cli {

/// \p words with the verb first. `help VERB` and `--help VERB` are `VERB --help`; `help` is `--help`.
/// \throws InvalidInput for a word before the verb that is neither, which would say nothing to it, and for a
/// verb that is not among \p verbs: the message says what to write.
std::vector<std::string> verb_first(std::vector<std::string> words, std::span<const std::string> verbs);

/// Whether \p words ask for the keys of run files: `help run-file`.
bool asks_for_run_keys(std::span<const std::string> words);

/// Parses \p words, the first of them the verb, with \p program and its verbs, and returns the verb that was
/// named, or null where none was. After `--` no word is a flag.
/// \throws InvalidInput for a word that nothing takes, naming the nearest flag; for one that would be taken
/// for what it is not: an empty one, or a flag where another flag's value should stand; and for what the
/// parser refuses. \throws CLI::Success where help or the version is asked for.
CLI::App* parse_verb(CLI::App& program, std::vector<std::string> words);

}  // namespace ridgeflow::cli
