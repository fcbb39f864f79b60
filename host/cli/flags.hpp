// Flags of a verb, made from the one list of settings (io/run_config.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <CLI/App.hpp>

#include "ridgeflow/io/run_config.hpp"

namespace ridgeflow::cli {

/// The settings that a verb listens to.
struct FlagChoice {
  bool sampling = false;  ///< everything of [sampler]; without it only seed and backend
  bool theories = false;
  bool require = false;
  bool cumulants = false;  ///< everything of [predict], and observe.cumulants
  bool observe = false;    ///< everything of [observe]
  bool run_file = false;   ///< takes a run file as its argument
  bool sweeps = false;     ///< numbers may be lists and ranges
  bool checks = false;     ///< samples with --check only
  /// Keys that the others of their section are of use without. Their flags are known, so that a verb can say
  /// why it refuses them, but no help names them.
  std::vector<std::string_view> refused{};
};

/// How a list is written, for the help of a verb that takes some.
inline constexpr const char* kListHelp =
    "A list is written 100,200,500; any of its numbers may be a range FROM:TO:COUNT or, evenly spread in its "
    "logarithm, FROM:TO:COUNT:log, both ends included: 10:1000:3:log is 10,100,1000.";

/// Registers flags on \p app; after parsing, config() is what they say. Must outlive the parsing.
class Flags {
 public:
  Flags(CLI::App& app, const FlagChoice& choice);

  /// Defaults, then the run file, then the flags, then each --set. \throws InvalidInput.
  RunConfig config() const;
  /// Whether the flag of \p key was given.
  bool given(std::string_view key) const;
  bool dry_run() const { return this->dry_run_; }
  /// \throws InvalidInput if the flag or a --set of any of \p keys was given; \p why ends the message.
  void refuse(const std::vector<std::string_view>& keys, std::string_view why) const;
  /// The same of all settings of the sampler, where nothing is sampled without --check.
  void refuse_sampling() const;

 private:
  bool was_set(const RunKey& key) const;

  FlagChoice choice_;
  std::string verb_;
  std::map<const RunKey*, std::string> text_;
  std::map<const RunKey*, CLI::Option*> options_;
  std::string run_file_;
  std::vector<std::string> settings_;
  bool dry_run_ = false;
  bool force_ = false;
};

/// The switch without which no file is replaced, for every verb that writes.
void add_force(CLI::App& app, bool& force);

/// Adds a flag of a verb's own that takes one number, read as those of the settings are.
CLI::Option* add_number(CLI::App& app, const std::string& flag, double& value, const std::string& help);
CLI::Option* add_number(CLI::App& app, const std::string& flag, std::size_t& value, const std::string& help);
CLI::Option* add_number(CLI::App& app, const std::string& flag, std::optional<std::int64_t>& value,
                        const std::string& help);

/// Adds a flag that takes a list: one word each time, so that a run file may follow it, "--to 100,200" or
/// "--to 100 --to 200". The elements of \p values are those between the commas.
CLI::Option* add_list(CLI::App& app, const std::string& flag, std::vector<std::string>& values,
                      const std::string& help);
/// The same of finite numbers and ranges of them.
CLI::Option* add_list(CLI::App& app, const std::string& flag, std::vector<double>& values,
                      const std::string& help);

/// What the setting \p key becomes by each of \p words, which were given to \p flag, numbers or ranges of
/// them: its type and range are checked where all settings are. \p access: reads it from a RunConfig. \throws
/// InvalidInput naming \p flag.
template <class Access>
auto settings_of(const std::vector<std::string>& words, std::string_view key, std::string_view flag,
                 const Access& access) {
  RunConfig scratch;
  std::vector<std::decay_t<decltype(access(scratch))>> values;
  for (const std::string& word : words) {
    set_from_text(scratch, *find_run_key(key), word, flag);
    for (const RunConfig& one : grid_of(scratch)) {  // a range is several
      values.push_back(access(one));
    }
  }
  return values;
}

/// Numbers of samples P, at least 1 each, in the order of \p words. \throws InvalidInput naming \p flag.
std::vector<std::int64_t> sample_numbers(const std::vector<std::string>& words, std::string_view flag);

/// The message for words that no flag of \p app took: names the nearest flag, or verb, and says of a flag
/// that is another verb's that it is.
std::string unknown_words(const CLI::App& app, const std::vector<std::string>& words);

}  // namespace ridgeflow::cli
