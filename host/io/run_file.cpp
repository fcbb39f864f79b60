#include "ridgeflow/io/run_file.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <optional>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/base/names.hpp"
#include "ridgeflow/io/files.hpp"

namespace ridgeflow {
namespace {

/// Refuses what would drive the parser into deep recursion. Quotes are not looked at: dots and brackets in
/// text count as well, and the limits leave room for them.
void check_shape(std::string_view text, const std::string& origin) {
  validate(text.size() <= kMaxRunFileBytes,
           fmt::format("{}: {} bytes; a run file has at most {}", origin, text.size(), kMaxRunFileBytes));
  std::size_t line = 1;
  std::size_t dots = 0;
  std::size_t open = 0;
  bool comment = false;
  bool blank = true;
  for (const char c : text) {
    if (c == '\n') {
      ++line;
      dots = 0;
      comment = false;
      blank = true;
      continue;
    }
    comment = comment || (blank && c == '#');
    blank = blank && (c == ' ' || c == '\t');
    if (comment) {
      continue;
    }
    dots += c == '.' ? 1U : 0U;
    open += c == '[' || c == '{' ? 1U : 0U;
    open -= (c == ']' || c == '}') && open > 0 ? 1U : 0U;
    if (dots > kMaxDotsInLine || open > kMaxOpenBrackets) {
      throw InvalidInput(fmt::format("{}:{}: more than {} {}; no key needs as many", origin, line,
                                     dots > kMaxDotsInLine ? kMaxDotsInLine : kMaxOpenBrackets,
                                     dots > kMaxDotsInLine ? "dots in a line" : "open brackets"));
    }
  }
}

toml::table parse(std::string_view text, const std::string& origin) {
  check_shape(text, origin);
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    throw InvalidInput(
        fmt::format("{}:{}: not TOML: {}", origin, error.source().begin.line, error.description()));
  }
}

/// What a node holds; nothing if no key can hold it.
std::optional<KeyValue> value_of(const toml::node& node) {
  if (const auto* boolean = node.as_boolean(); boolean != nullptr) {
    return boolean->get();
  }
  if (const auto* integer = node.as_integer(); integer != nullptr) {
    return integer->get();
  }
  if (const auto* real = node.as_floating_point(); real != nullptr) {
    return real->get();
  }
  if (const auto* text = node.as_string(); text != nullptr) {
    return text->get();
  }
  const auto* array = node.as_array();
  if (array == nullptr) {
    return std::nullopt;
  }
  std::vector<std::string> names;
  for (const toml::node& element : *array) {
    if (const auto* text = element.as_string(); text != nullptr) {
      names.push_back(text->get());
    } else if (const auto* integer = element.as_integer(); integer != nullptr) {
      names.push_back(fmt::format("{}", integer->get()));
    } else if (const auto* real = element.as_floating_point(); real != nullptr) {
      names.push_back(fmt::format("{:.17g}", real->get()));
    } else {
      return std::nullopt;
    }
  }
  return names;
}

void set_from_node(RunConfig& config, const RunKey& key, const toml::node& node, const std::string& where) {
  const std::optional<KeyValue> value = value_of(node);
  if (!value) {
    throw InvalidInput(fmt::format("{}: must be {}", where, to_string(key.type)));
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
    throw InvalidInput(fmt::format("{}: unknown section [{}]: did you mean [{}]?", where, name.substr(0, 60),
                                   nearest_name(name.substr(0, 60), sections)));
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
  const toml::table file = parse(text, origin);
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
      set_from_node(read, *key, value, where);
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
  const std::string text = read_whole_file(path, kMaxRunFileBytes, "run file");
  parse_run_file(text, path, std::filesystem::path(path).parent_path().string(), config);
}

void apply_setting(std::string_view setting, RunConfig& config) {
  const std::size_t equals = setting.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    throw InvalidInput(fmt::format("--set {}: write --set KEY=VALUE, such as --set sampler.chains=2048",
                                   setting.substr(0, 100)));
  }
  const auto trim = [](std::string_view text) {
    const std::size_t first = std::min(text.find_first_not_of(' '), text.size());
    return text.substr(first, text.find_last_not_of(' ') + 1 - first);
  };
  const std::string_view name = trim(setting.substr(0, equals));
  const std::string_view text = trim(setting.substr(equals + 1));
  const RunKey* key = find_run_key(name);
  if (key == nullptr) {
    throw InvalidInput(fmt::format("--set: {}", unknown_key(name)));
  }
  const std::string where = fmt::format("--set {}", name);
  if (text.starts_with('"') || text.starts_with('\'') || text.starts_with('[')) {
    const toml::table table = parse(fmt::format("value = {}", text), where);
    set_from_node(config, *key, *table.get("value"), where);
  } else {
    set_from_text(config, *key, text, where);
  }
}

std::string to_toml(const RunConfig& config) {
  std::string out;
  std::string_view section;
  for (const RunKey& key : run_keys()) {
    const std::optional<KeyValue> value = key.get(config);
    const auto axis = std::find_if(config.sweep.begin(), config.sweep.end(),
                                   [&](const SweepAxis& each) { return each.key == &key; });
    if (!value || *value == KeyValue(std::string())) {
      continue;
    }
    if (key.section() != section) {
      section = key.section();
      out += fmt::format("{}[{}]\n", out.empty() ? "" : "\n", section);
    }
    if (axis == config.sweep.end()) {
      out += fmt::format("{} = {}\n", key.leaf(), std::visit(WriteValue{}, *value));
      continue;
    }
    std::string list;
    for (const KeyValue& each : axis->values) {
      list += (list.empty() ? "" : ", ") + std::visit(WriteValue{}, each);
    }
    out += fmt::format("{} = [{}]\n", key.leaf(), list);
  }
  return out;
}

}  // namespace ridgeflow
