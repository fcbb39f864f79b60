#include "io/sweep.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {
namespace io {
namespace {

constexpr std::array<std::string_view, 4> kOfTheRun{"sampler.threads", "sampler.first_chain", "observe.every",
                                                    "observe.keep"};

bool is_number(const RunKey& key) {
  return key.type == KeyType::kInteger || key.type == KeyType::kReal;
}

double real_of(const KeyValue& value, std::string_view text) {
  return std::visit(
      [&](const auto& held) -> double {
        if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(held)>>) {
          return static_cast<double>(held);
        } else {
          throw InvalidInput(fmt::format("'{}' is no number", text.substr(0, 40)));
        }
      },
      value);
}

/// FROM:TO:COUNT or FROM:TO:COUNT:log.
std::vector<KeyValue> range_values(const RunKey& key, std::string_view text) {
  constexpr const char* kForm = "a range is FROM:TO:COUNT, or FROM:TO:COUNT:log";
  std::vector<std::string_view> parts;
  for (std::string_view rest = text;;) {
    const std::size_t colon = rest.find(':');
    parts.push_back(rest.substr(0, colon));
    if (colon == std::string_view::npos) {
      break;
    }
    rest.remove_prefix(colon + 1);
  }
  const bool log = parts.size() == 4 && parts[3] == "log";
  validate(parts.size() == 3 || log, fmt::format("'{}': {}", text.substr(0, 60), kForm));
  const double from = real_of(number_or_text(parts[0]), parts[0]);
  const double to = real_of(number_or_text(parts[1]), parts[1]);
  const double count = real_of(number_or_text(parts[2]), parts[2]);
  validate(std::isfinite(from) && std::isfinite(to) && count == std::floor(count) && count >= 2 &&
               count <= static_cast<double>(kMaxSystems),
           fmt::format("'{}': {}, with finite ends and a count of 2 to {}", text.substr(0, 60), kForm,
                       kMaxSystems));
  validate(!log || (from > 0 && to > 0),
           fmt::format("'{}': a range with log needs ends above 0", text.substr(0, 60)));
  std::vector<KeyValue> values;
  const auto points = static_cast<std::size_t>(count);
  for (std::size_t i = 0; i < points; ++i) {
    const double share = static_cast<double>(i) / (count - 1);
    double value = log ? from * std::pow(to / from, share) : from + (to - from) * share;
    value = i == 0 ? from : i == points - 1 ? to : value;  // the ends as they were given
    values.emplace_back(key.type == KeyType::kInteger ? std::round(value) : value);
  }
  return values;
}

}  // namespace

KeyValue number_or_text(std::string_view text) {
  const char* const end = text.data() + text.size();
  const auto read = [&](auto number) -> std::optional<KeyValue> {
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && rest == end ? std::optional<KeyValue>(number) : std::nullopt;
  };
  if (text.starts_with('+') && text.size() > 1 && text[1] != '-') {
    text.remove_prefix(1);
  }
  for (const auto& value : {read(std::int64_t{}), read(std::uint64_t{}), read(double{})}) {
    if (value) {
      return *value;
    }
  }
  return std::string(text);
}

bool is_range(const KeyValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr && text->find(':') != std::string::npos;
}

std::vector<KeyValue> sweep_values(const RunKey& key, const KeyValue& value) {
  const auto* list = std::get_if<std::vector<std::string>>(&value);
  if (!is_number(key) || (list == nullptr && !is_range(value))) {
    return {};
  }
  validate(std::find(kOfTheRun.begin(), kOfTheRun.end(), key.name) == kOfTheRun.end() &&
               key.name != "observe.keep_limit",
           "takes one value: it is a number of the whole run, not of a system");
  if (list == nullptr) {
    return range_values(key, std::get<std::string>(value));
  }
  validate(!list->empty(), "must hold at least one value");
  std::vector<KeyValue> values;
  for (const std::string& text : *list) {
    values.push_back(number_or_text(text));
    real_of(values.back(), text);
  }
  return values;
}

void drop_axis(RunConfig& config, const RunKey& key) {
  const bool counts =
      key.name == "sampler.draws" || key.name == "sampler.steps";  // each stands for the other
  std::erase_if(config.sweep, [&](const SweepAxis& axis) {
    return axis.key == &key ||
           (counts && (axis.key->name == "sampler.draws" || axis.key->name == "sampler.steps"));
  });
}

void set_axis(RunConfig& config, const RunKey& key, const std::vector<KeyValue>& values) {
  SweepAxis axis{&key, {}};
  RunConfig trial = config;
  for (const KeyValue& value : values) {
    key.set(trial, value);
    axis.values.push_back(*key.get(trial));  // of the member's own type
    validate(std::count(axis.values.begin(), axis.values.end(), axis.values.back()) == 1,
             "has a value twice: every system of a sweep must differ");
  }
  validate(axis.values.size() <= kMaxSystems,
           fmt::format("has {} values; a sweep has at most {} systems", axis.values.size(), kMaxSystems));
  drop_axis(config, key);
  key.set(config, values.front());
  const auto later = std::find_if(config.sweep.begin(), config.sweep.end(), [&](const SweepAxis& other) {
    return other.key > &key;  // keys lie in one array, in their order
  });
  config.sweep.insert(later, std::move(axis));
}

std::vector<GridAxis> grid_axes(const RunConfig& config) {
  std::vector<GridAxis> axes;
  for (const SweepAxis& axis : config.sweep) {
    GridAxis out{std::string(axis.key->leaf()),
                 axis.values.size(),
                 {},
                 "1",
                 fmt::format("{}: {}", axis.key->name, axis.key->help)};
    if (axis.key->type == KeyType::kReal) {
      std::vector<double> values;
      for (const KeyValue& value : axis.values) {
        values.push_back(std::get<double>(value));
      }
      out.coordinates = std::move(values);
    } else {
      std::vector<std::int64_t> values;
      for (const KeyValue& value : axis.values) {
        const auto* wide = std::get_if<std::uint64_t>(&value);
        values.push_back(wide != nullptr ? static_cast<std::int64_t>(*wide) : std::get<std::int64_t>(value));
      }
      out.coordinates = std::move(values);
    }
    axes.push_back(std::move(out));
  }
  return axes;
}

}  // namespace io

std::vector<RunConfig> grid_of(const RunConfig& config) {
  std::size_t count = 1;
  for (const SweepAxis& axis : config.sweep) {
    count *= axis.values.size();
    validate(count <= kMaxSystems,
             fmt::format("the lists and ranges make more than {} systems", kMaxSystems));
  }
  std::vector<RunConfig> grid(count, config);
  for (std::size_t s = 0; s < count; ++s) {
    grid[s].sweep.clear();
    std::size_t rest = s;
    for (std::size_t a = config.sweep.size(); a-- > 0;) {
      const SweepAxis& axis = config.sweep[a];
      axis.key->set(grid[s], axis.values[rest % axis.values.size()]);
      rest /= axis.values.size();
    }
  }
  return grid;
}

}  // namespace ridgeflow
