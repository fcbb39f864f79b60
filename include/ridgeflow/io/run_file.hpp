/// \file
/// Run files: TOML, a section each for `[model]`, `[sampler]`, `[compare]` and `[output]`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "ridgeflow/io/run_config.hpp"

namespace ridgeflow {

/// Limits that are checked before the text is parsed: the parser recurses once for each dot of a key and each
/// open bracket. The record of the largest sweep, kMaxSystems numbers in all their digits, is about half as
/// long.
inline constexpr std::size_t kMaxRunFileBytes = 512 * 1024;
inline constexpr std::size_t kMaxDotsInKey = 64;
inline constexpr std::size_t kMaxOpenBrackets = 32;

/// Adds to \p config what the run file at \p path says. A relative spectrum path is taken from the folder of
/// the run file. \throws InvalidInput with file and line: missing or too large, no TOML, an unknown key
/// (naming the nearest), a value of the wrong type.
void read_run_file(const std::string& path, RunConfig& config);

/// The same for text; \p origin stands for the file's name in messages, \p folder for its folder (empty: the
/// current one).
void parse_run_file(std::string_view text, const std::string& origin, const std::string& folder,
                    RunConfig& config);

/// Applies one `--set KEY=VALUE`: a dotted key and a TOML value; a bare word will do for text.
/// \throws InvalidInput.
void apply_setting(std::string_view setting, RunConfig& config);

/// The line of a run file that says what \p config says of \p key, which must be in the section of the key;
/// nothing where it is unset.
std::string toml_line(const RunConfig& config, const RunKey& key);
/// The run file that says what \p config says.
std::string to_toml(const RunConfig& config);

}  // namespace ridgeflow
