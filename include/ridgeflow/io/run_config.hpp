/// \file
/// Everything that a run file, the flags and `--set` may say, in one list: a key, its flag, its type, its
/// help.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ridgeflow/io/files.hpp"
#include "ridgeflow/model/posterior.hpp"
#include "ridgeflow/run/options.hpp"
#include "ridgeflow/theory/prediction.hpp"

namespace ridgeflow {

/// `[model]`. Unset: alpha 0.2, beta 0.3, scale 1; samples 1000, or as many as the spectrum file has modes,
/// whether all of them are kept or not; modes as many as samples, or all of the file's.
struct ModelConfig {
  std::optional<std::int64_t> samples;  ///< P
  std::optional<std::uint64_t> modes;   ///< M; with a spectrum file its first M
  std::optional<double> alpha;
  std::optional<double> beta;
  std::optional<double> scale;
  double kappa = Couplings{}.kappa;
  double u = Couplings{}.u;
  double w = Couplings{}.w;
  std::string spectrum;  ///< path of a spectrum file, in place of alpha, beta and scale; empty: none
  bool sort = false;     ///< its modes by a_k, smallest (largest lambda) first, whatever the file's order
  std::shared_ptr<const Spectrum> read;  ///< all its modes as `spectrum` and `sort` ask for them, once
                                         ///< load_spectrum() has read them; no setting
};

/// How a result is written to standard output.
enum class Format { kTable, kCsv, kJson };
std::string_view to_string(Format format);
/// \throws InvalidInput naming the known ones.
Format format_from_string(std::string_view name);

/// What a key can hold.
using KeyValue =
    std::variant<bool, std::int64_t, std::uint64_t, double, std::string, std::vector<std::string>>;
enum class KeyType { kSwitch, kInteger, kReal, kText, kList };
std::string_view to_string(KeyType type);

struct RunKey;

/// Several values of one number: an axis of a grid of systems.
struct SweepAxis {
  const RunKey* key = nullptr;
  std::vector<KeyValue>
      values;  ///< two or more, all different: all std::int64_t or std::uint64_t, or all double
};

/// A run as it was asked for: model, sampler, comparison, prediction, output.
struct RunConfig {
  ModelConfig model;
  SamplerOptions sampler;                       ///< its seed counts only once `seed` is resolved into it
  std::optional<std::uint64_t> seed;            ///< `[sampler] seed`; unset: from the system
  std::optional<std::vector<Theory>> theories;  ///< unset: every one that is defined for the model
  std::optional<bool> node_moments;             ///< compare: moments of superchains in the result; unset: of
                                                ///< one system, where they are small
  bool require = false;                         ///< fail unless the samples agree with `exact`
  std::string size_distribution;  ///< predict: CSV file for the exact distribution of R; empty: none
  std::string out;                ///< result file; its extension says its form; empty: none
  bool replace = false;           ///< files that exist may be replaced; asked for each time, so no key
  std::string run_file;           ///< the run file that was read; empty: none
  Format format = Format::kTable;
  std::vector<SweepAxis>
      sweep;  ///< numbers given as lists or ranges, in the order of run_keys(): the run is
              ///< the grid of all their combinations; the members above have the first values
};

/// What \p config lets become of files that have the names of its outputs.
inline Existing existing_of(const RunConfig& config) {
  return config.replace ? Existing::kReplace : Existing::kKeep;
}

/// One setting.
struct RunKey {
  std::string_view name;   ///< dotted, as in a run file: "sampler.chains"
  std::string_view flag;   ///< "--chains"
  std::string_view value;  ///< what stands for the value in help: "C"
  std::string help;
  KeyType type;
  std::vector<std::string_view> choices;  ///< all that a text, or an element of a list, may be; empty: any
  bool digits_as_text = false;            ///< takes a string of digits as well: TOML integers end at 2^63 - 1
  /// \throws InvalidInput for a value of the wrong type or out of range; the message begins with the problem.
  std::function<void(RunConfig&, const KeyValue&)> set;
  std::function<std::optional<KeyValue>(const RunConfig&)> get;  ///< nothing where it is unset

  std::string_view section() const { return this->name.substr(0, this->name.find('.')); }
  std::string_view leaf() const { return this->name.substr(this->name.find('.') + 1); }
};

/// All of them, by section.
const std::vector<RunKey>& run_keys();
/// The one called \p name, or null.
const RunKey* find_run_key(std::string_view name);
/// The message for a name that is no key: it names the nearest one.
std::string unknown_key(std::string_view name);

/// Most systems of a sweep.
inline constexpr std::size_t kMaxSystems = 10'000;

/// The systems of a sweep, each a run without a sweep, the last axis fastest; of a single run that run alone.
/// \throws InvalidInput for more than kMaxSystems.
std::vector<RunConfig> grid_of(const RunConfig& config);

/// A number may be a list, "1,2,5", or a range, "FROM:TO:COUNT" or, evenly spread in its logarithm,
/// "FROM:TO:COUNT:log", both ends included, whole numbers rounded; in a run file also an array, [1, 2, 5].
/// Then it is an axis of RunConfig::sweep. Numbers that belong to the run and not to a system (threads, the
/// first chain, what is observed) are not.
///
/// Sets \p key from the text of a flag; \p where begins the message ("--chains"). Whole numbers may be
/// written 1e6. \throws InvalidInput naming where, the expected type and the text.
void set_from_text(RunConfig& config, const RunKey& key, std::string_view text, std::string_view where);
/// Sets \p key from a typed value. \throws InvalidInput likewise.
void set_from_value(RunConfig& config, const RunKey& key, const KeyValue& value, std::string_view where);

/// Reads the spectrum file of \p model, if it names one, so that no system of the run reads it again. Returns
/// what should be said of the order of its modes. \throws InvalidInput, and \p model is as it was.
std::optional<std::string> load_spectrum(ModelConfig& model);

/// The posterior of \p model; reads its spectrum file where load_spectrum() has not. \throws InvalidInput.
Posterior make_posterior(const ModelConfig& model);

/// The theories that \p config asks for. \throws InvalidInput if one of them is not defined for \p posterior.
std::vector<Theory> theories_of(const RunConfig& config, const Posterior& posterior);

/// \p config with everything filled in that was decided for it, so that it repeats the run bit by bit.
/// \p run may be null where nothing was sampled.
RunConfig resolved_config(const RunConfig& config, const Posterior& posterior, const ResolvedRun* run);

}  // namespace ridgeflow
