#include "ridgeflow/io/run_file.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/base/names.hpp"
#include "ridgeflow/io/files.hpp"

#include "io/file_kind.hpp"
#include "io/number.hpp"

namespace ridgeflow {
namespace {

/// The place after the string that begins at \p start of \p text, whose newlines are added to \p line. One
/// that is not closed ends where TOML no longer reads it.
std::size_t end_of_string(std::string_view text, std::size_t start, std::size_t& line) {
  const char quote = text[start];
  const std::string three(3, quote);
  const bool long_string = text.substr(start, 3) == three;
  std::size_t i = start + (long_string ? 3 : 1);
  while (i < text.size()) {
    if (text[i] == '\n') {
      if (!long_string) {
        return i;
      }
      ++line;
    }
    if (quote == '"' && text[i] == '\\' && text.substr(i + 1, 1) != "\n") {
      i += 2;
    } else if (long_string && text.substr(i, 3) == three) {
      i += 3;
      for (int more = 0; more < 2 && text.substr(i, 1) == three.substr(0, 1); ++more) {
        ++i;  // quotes that belong to the text stand before those that close it
      }
      return i;
    } else if (!long_string && text[i] == quote) {
      return i + 1;
    } else {
      ++i;
    }
  }
  return text.size();
}

/// Refuses what would drive the parser into deep recursion: dots of a key, and open brackets. Values, strings
/// and comments may hold as many as they like.
void check_shape(std::string_view text, const std::string& origin) {
  validate(text.size() <= kMaxRunFileBytes,
           fmt::format("{}: {} bytes; a run file has at most {}", origin, text.size(), kMaxRunFileBytes));
  std::size_t line = 1;
  std::size_t dots = 0;
  std::string open;    // brackets
  bool in_key = true;  // or in the header of a section
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '#') {
      i = std::min(text.find('\n', i), text.size());
      continue;
    }
    if (c == '"' || c == '\'') {
      i = end_of_string(text, i, line);
      continue;
    }
    if (c == '\n') {
      ++line;
    }
    if ((c == '\n' && open.empty()) || c == '{' || (c == ',' && open.ends_with('{'))) {
      in_key = true;
      dots = 0;
    } else if (c == '=') {
      in_key = false;
    }
    dots += c == '.' && in_key ? 1U : 0U;
    if (c == '[' || c == '{') {
      open += c;
    } else if ((c == ']' || c == '}') && !open.empty()) {
      open.pop_back();
    }
    if (dots > kMaxDotsInKey || open.size() > kMaxOpenBrackets) {
      throw InvalidInput(fmt::format("{}:{}: more than {} {}; no key needs as many", origin, line,
                                     dots > kMaxDotsInKey ? kMaxDotsInKey : kMaxOpenBrackets,
                                     dots > kMaxDotsInKey ? "dots in a key" : "open brackets"));
    }
    ++i;
  }
}

/// What is wrong with a number that the parser could not take, by the parser's message, which quotes it.
std::optional<std::string> number_problem(std::string_view message) {
  const std::size_t first = message.find('\'');
  const std::size_t last = message.find('\'', first == std::string_view::npos ? first : first + 1);
  if (last == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view text = message.substr(first + 1, last - first - 1);
  const io::ParsedNumber number = io::parse_number(text, io::NumberStyle::kSetting);
  if (number.fault == io::NumberFault::kTooLarge) {
    return io::fault_text(text, number.fault, "a number");
  }
  if (std::holds_alternative<std::uint64_t>(number.value)) {
    return fmt::format(
        "'{0}' is beyond TOML's integers, which end at 2^63 - 1: write a seed in quotes, \"{0}\"", text);
  }
  return std::nullopt;
}

/// A parsed run file and its text.
struct Source {
  std::string_view text;
  const std::string& origin;
  toml::table table;

  /// The text of \p node as it was written.
  std::string_view text_of(const toml::node& node) const {
    const auto [begin, end] = std::pair(this->place(node.source().begin), this->place(node.source().end));
    return this->text.substr(begin, end - begin);
  }

 private:
  /// Lines and columns count from 1, columns in code points.
  std::size_t place(const toml::source_position& position) const {
    std::size_t i = 0;
    for (std::size_t line = 1; line < position.line && i < this->text.size(); ++line) {
      i = std::min(this->text.find('\n', i), this->text.size() - 1) + 1;
    }
    const auto continues = [&](std::size_t at) {
      return at < this->text.size() && (static_cast<unsigned char>(this->text[at]) & 0xC0U) == 0x80U;
    };
    for (std::size_t column = 1; column < position.column && i < this->text.size(); ++column) {
      do {
        ++i;
      } while (continues(i));
    }
    return i;
  }
};

Source parse(std::string_view text, const std::string& origin) {
  if (text.starts_with("\xEF\xBB\xBF")) {
    text.remove_prefix(3);
  }
  check_shape(text, origin);
  try {
    return {text, origin, toml::parse(text)};
  } catch (const toml::parse_error& error) {
    const std::string where = fmt::format("{}:{}", origin, error.source().begin.line);
    if (const auto problem = number_problem(error.description()); problem) {
      throw InvalidInput(fmt::format("{}: {}", where, *problem));
    }
    throw InvalidInput(fmt::format("{}: not TOML: {}", where, io::shown(error.description(), 300)));
  }
}

/// A number that the parser took for zero although it is not.
void refuse_vanished(const toml::value<double>& real, const Source& source) {
  const std::string_view text = source.text_of(real);
  if (io::parse_number(text, io::NumberStyle::kSetting).fault == io::NumberFault::kTooSmall) {
    throw InvalidInput(io::fault_text(text, io::NumberFault::kTooSmall, "a number"));
  }
}

/// The elements of a list as text; nothing if one of them is neither text nor a number.
std::optional<std::vector<std::string>> list_of(const toml::array& array, const Source& source) {
  validate(array.size() <= kMaxSystems,
           fmt::format("has {} values; the limit is {}", array.size(), kMaxSystems));
  std::vector<std::string> elements;
  bool zero_seen = false;
  for (const toml::node& element : array) {
    if (const auto* text = element.as_string(); text != nullptr) {
      elements.push_back(text->get());
    } else if (const auto* integer = element.as_integer(); integer != nullptr) {
      elements.push_back(fmt::format("{}", integer->get()));
    } else if (const auto* real = element.as_floating_point(); real != nullptr) {
      if (real->get() == 0 && !zero_seen) {  // a second one is refused, as any value that stands there twice
        zero_seen = true;
        refuse_vanished(*real, source);
      }
      elements.push_back(fmt::format("{:.17g}", real->get()));
    } else {
      return std::nullopt;
    }
  }
  return elements;
}

/// What a node holds; nothing if no key can hold it.
std::optional<KeyValue> value_of(const toml::node& node, const Source& source) {
  if (const auto* boolean = node.as_boolean(); boolean != nullptr) {
    return boolean->get();
  }
  if (const auto* integer = node.as_integer(); integer != nullptr) {
    return integer->get();
  }
  if (const auto* real = node.as_floating_point(); real != nullptr) {
    if (real->get() == 0) {
      refuse_vanished(*real, source);
    }
    return real->get();
  }
  if (const auto* text = node.as_string(); text != nullptr) {
    return text->get();
  }
  if (const auto* array = node.as_array(); array != nullptr) {
    const auto list = list_of(*array, source);
    return list ? std::optional<KeyValue>(*list) : std::nullopt;
  }
  return std::nullopt;
}

void set_from_node(RunConfig& config, const RunKey& key, const toml::node& node, const Source& source,
                   const std::string& where) {
  std::optional<KeyValue> value;
  try {
    value = value_of(node, source);
    validate(value.has_value(), fmt::format("must be {}", to_string(key.type)));
  } catch (const InvalidInput& problem) {
    throw InvalidInput(fmt::format("{}: {}", where, problem.what()));
  }
  set_from_value(config, key, *value, where);
}

void check_section(std::string_view name, const toml::node& node, const std::string& origin) {
  std::vector<std::string_view> sections;
  for (const RunKey& key : run_keys()) {
    if (sections.empty() || sections.back() != key.section()) {
      sections.push_back(key.section());
    }
  }
  const std::string where = fmt::format("{}:{}", origin, node.source().begin.line);
  if (std::find(sections.begin(), sections.end(), name) == sections.end()) {
    if (!node.is_table()) {
      throw InvalidInput(fmt::format("{}: {}; keys stand in sections", where, unknown_key(name)));
    }
    throw InvalidInput(
        fmt::format("{}: unknown section [{}]: {}", where, name.substr(0, 60),
                    did_you_mean(nearest_name(name.substr(0, 60), sections),
                                 fmt::format("there are [{}]", fmt::join(sections, "], [")), "[]")));
  }
  if (!node.is_table()) {
    throw InvalidInput(fmt::format("{}: {} must be a section: write [{}]", where, name, name));
  }
}

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  return out + '"';
}

struct WriteValue {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(std::uint64_t value) const {
    // TOML's integers are signed.
    return value <= static_cast<std::uint64_t>(INT64_MAX) ? fmt::format("{}", value)
                                                          : fmt::format("\"{}\"", value);
  }
  std::string operator()(double value) const {
    const std::string text = fmt::format("{:.17g}", value);
    return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;  // "inf", "nan" have an n
  }
  std::string operator()(const std::string& value) const { return toml_text(value); }
  std::string operator()(const std::vector<std::string>& values) const {
    std::string out;
    for (const std::string& value : values) {
      out += (out.empty() ? "" : ", ") + toml_text(value);
    }
    return "[" + out + "]";
  }
};

}  // namespace

void parse_run_file(std::string_view text, const std::string& origin, const std::string& folder,
                    RunConfig& config) {
  io::require_run_file(io::kind_of(text.substr(0, io::kKindBytes)), origin);
  const Source source = parse(text, origin);
  const toml::table& file = source.table;
  RunConfig read = config;  // nothing is half set where the file is refused
  for (const auto& [section, node] : file) {
    check_section(section.str(), node, origin);
    for (const auto& [leaf, value] : *node.as_table()) {
      const std::string name = fmt::format("{}.{}", section.str(), leaf.str());
      const std::string where =
          fmt::format("{}:{}: {}", origin, leaf.source().begin.line, name.substr(0, 100));
      const RunKey* key = find_run_key(name);
      if (key == nullptr) {
        throw InvalidInput(fmt::format("{}:{}: {}", origin, leaf.source().begin.line, unknown_key(name)));
      }
      set_from_node(read, *key, value, source, where);
    }
  }
  const auto sampler = file["sampler"];
  validate(
      !(sampler["draws"] && sampler["steps"]),
      fmt::format("{}: gives both draws and steps; steps of each chain, or draws of all together", origin));
  if (file["model"]["spectrum"] && !read.model.spectrum.empty() && !folder.empty()) {
    read.model.spectrum = (std::filesystem::path(folder) / read.model.spectrum).string();
  }
  config = std::move(read);
}

void read_run_file(const std::string& path, RunConfig& config) {
  io::require_run_file(io::kind_of_file(path), path);  // before its size is found wrong
  const std::string text = read_whole_file(path, kMaxRunFileBytes, "run file");
  parse_run_file(text, path, std::filesystem::path(path).parent_path().string(), config);
}

void apply_setting(std::string_view setting, RunConfig& config) {
  const std::size_t equals = setting.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    throw InvalidInput(fmt::format("--set {}: write --set KEY=VALUE, such as --set sampler.chains=2048",
                                   setting.substr(0, 100)));
  }
  const std::string_view name = io::trimmed(setting.substr(0, equals));
  const std::string_view text = io::trimmed(setting.substr(equals + 1));
  const RunKey* key = find_run_key(name);
  if (key == nullptr) {
    throw InvalidInput(fmt::format("--set: {}", unknown_key(name)));
  }
  const std::string where = fmt::format("--set {}", name);
  if (text.starts_with('"') || text.starts_with('\'') || text.starts_with('[')) {
    const std::string line = fmt::format("value = {}", text);
    const Source source = parse(line, where);
    validate(source.table.size() == 1, fmt::format("{}: one value is set at a time", where));
    set_from_node(config, *key, *source.table.get("value"), source, where);
  } else {
    set_from_text(config, *key, text, where);
  }
}

std::string toml_line(const RunConfig& config, const RunKey& key) {
  const std::optional<KeyValue> value = key.get(config);
  if (!value || *value == KeyValue(std::string())) {
    return "";
  }
  const auto axis = std::find_if(config.sweep.begin(), config.sweep.end(),
                                 [&](const SweepAxis& each) { return each.key == &key; });
  if (axis == config.sweep.end()) {
    return fmt::format("{} = {}\n", key.leaf(), std::visit(WriteValue{}, *value));
  }
  std::string list;
  for (const KeyValue& each : axis->values) {
    list += (list.empty() ? "" : ", ") + std::visit(WriteValue{}, each);
  }
  return fmt::format("{} = [{}]\n", key.leaf(), list);
}

std::string to_toml(const RunConfig& config) {
  std::string out;
  std::string_view section;
  for (const RunKey& key : run_keys()) {
    const std::string line = toml_line(config, key);
    if (!line.empty() && key.section() != section) {
      section = key.section();
      out += fmt::format("{}[{}]\n", out.empty() ? "" : "\n", section);
    }
    out += line;
  }
  return out;
}

}  // namespace ridgeflow
