// The order of the words of a command line: the verb first, then what is for it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ridgeflow::cli {

/// \p words with the verb first. `help VERB` and `--help VERB` are `VERB --help`; `help` is `--help`.
/// \throws InvalidInput for a word before the verb that is neither, which would say nothing to it, and for a
/// verb that is not among \p verbs: the message says what to write.
std::vector<std::string> verb_first(std::vector<std::string> words, std::span<const std::string> verbs);

/// Whether \p words ask for the keys of run files: `help run-file`.
bool asks_for_run_keys(std::span<const std::string> words);

}  // namespace ridgeflow::cli
