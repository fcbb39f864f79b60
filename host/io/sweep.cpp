#include "io/sweep.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

#include "io/number.hpp"

namespace ridgeflow {
namespace io {
namespace {

constexpr std::array<std::string_view, 4> kOfTheRun{"sampler.threads", "sampler.first_chain", "observe.every",
                                                    "observe.keep"};

struct ShowNumber {
  template <class Held>
  std::string operator()(const Held& held) const {
    if constexpr (std::is_arithmetic_v<Held>) {
      return fmt::format("{}", held);
    } else {
      return "?";  // an axis is of numbers
    }
  }
};

/// Refuses values that are equal. \p rounded: where they may be so by rounding.
void require_distinct(std::vector<KeyValue> values, bool rounded) {
  std::sort(values.begin(), values.end());
  const auto twice = std::adjacent_find(values.begin(), values.end());
  if (twice != values.end()) {
    throw InvalidInput(fmt::format("has the value {} twice{}: every system of a sweep must differ",
                                   std::visit(ShowNumber{}, *twice),
                                   rounded ? ", rounded to whole numbers" : ""));
  }
}

/// \p end where it is a whole number from 0 on that is known to its last digit.
std::optional<std::uint64_t> natural_number(const KeyValue& end) {
  constexpr double kKnown = 9007199254740992.0;  // 2^53
  if (const auto* number = std::get_if<std::int64_t>(&end); number != nullptr && *number >= 0) {
    return static_cast<std::uint64_t>(*number);
  }
  if (const auto* number = std::get_if<std::uint64_t>(&end); number != nullptr) {
    return *number;
  }
  const auto* real = std::get_if<double>(&end);
  const bool whole = real != nullptr && *real >= 0 && *real < kKnown && *real == std::floor(*real);
  return whole ? std::optional(static_cast<std::uint64_t>(*real)) : std::nullopt;
}

/// \p points whole numbers between \p from and \p to, both included, those between them rounded. In
/// integers, for doubles hold 53 of a seed's 64 bits; of a logarithmic range what is added to the lower end
/// is rounded, and that alone.
std::vector<KeyValue> whole_range(std::uint64_t from, std::uint64_t to, std::size_t points, bool log) {
  const std::uint64_t low = std::min(from, to);
  const std::uint64_t width = std::max(from, to) - low;
  const std::uint64_t gaps = points - 1;
  const auto above_low = [&](std::uint64_t i) -> std::uint64_t {
    if (!log) {
      return width / gaps * i + (width % gaps * i + gaps / 2) / gaps;
    }
    const double share = static_cast<double>(i) / static_cast<double>(gaps);
    const double added =
        std::round(static_cast<double>(low) *
                   std::expm1(share * std::log1p(static_cast<double>(width) / static_cast<double>(low))));
    return added < static_cast<double>(width) ? static_cast<std::uint64_t>(added) : width;
  };
  std::vector<KeyValue> values{from};
  for (std::uint64_t i = 1; i < gaps; ++i) {
    values.emplace_back(low + above_low(from < to ? i : gaps - i));
  }
  values.emplace_back(to);
  require_distinct(values, true);
  return values;
}

}  // namespace

bool is_number(const RunKey& key) {
  return key.type == KeyType::kInteger || key.type == KeyType::kReal;
}

bool is_range(const KeyValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr && text->find(':') != std::string::npos;
}

std::vector<KeyValue> range_values(std::string_view text, bool whole) {
  constexpr const char* kForm = "a range is FROM:TO:COUNT, or FROM:TO:COUNT:log";
  const std::string quoted = fmt::format("'{}'", shown(text));
  std::vector<std::string_view> parts;
  for (std::string_view rest = text; parts.size() < 5;) {
    const std::size_t colon = rest.find(':');
    parts.push_back(trimmed(rest.substr(0, colon)));
    if (colon == std::string_view::npos) {
      break;
    }
    rest.remove_prefix(colon + 1);
  }
  const bool log = parts.size() == 4 && parts[3] == "log";
  validate(parts.size() == 3 || log, fmt::format("{}: {}", quoted, kForm));
  const KeyValue first = number_from(parts[0]);
  const KeyValue last = number_from(parts[1]);
  const double from = real_of(first);
  const double to = real_of(last);
  const double count = real_of(number_from(parts[2]));
  validate(std::isfinite(from) && std::isfinite(to) && std::isfinite(to - from) &&
               count == std::floor(count) && count >= 2 && count <= static_cast<double>(kMaxSystems),
           fmt::format("{}: {}, with finite ends and a count of 2 to {}", quoted, kForm, kMaxSystems));
  validate(!log || (from > 0 && to > 0), fmt::format("{}: a range with log needs ends above 0", quoted));
  const auto points = static_cast<std::size_t>(count);
  const auto whole_from = natural_number(first);
  const auto whole_to = natural_number(last);
  if (whole && whole_from && whole_to) {
    return whole_range(*whole_from, *whole_to, points, log);
  }
  std::vector<KeyValue> values;
  const double ratio = to / from;
  const auto between = [&](double share) {
    return std::isnormal(ratio) ? from * std::pow(ratio, share)
                                : std::pow(from, 1 - share) * std::pow(to, share);
  };
  values.push_back(first);  // the ends as they were given
  for (std::size_t i = 1; i + 1 < points; ++i) {
    const double share = static_cast<double>(i) / (count - 1);
    const double value = log ? between(share) : from + (to - from) * share;
    values.emplace_back(whole ? std::round(value) : value);
  }
  values.push_back(last);
  return values;
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
    return range_values(std::get<std::string>(value), key.type == KeyType::kInteger);
  }
  validate(!list->empty(), "must hold at least one value");
  validate(list->size() <= kMaxSystems,
           fmt::format("has {} values; a sweep has at most {} systems", list->size(), kMaxSystems));
  std::vector<KeyValue> values;
  for (const std::string& text : *list) {
    values.push_back(number_from(text, to_string(key.type)));
    validate(!std::isnan(real_of(values.back())), fmt::format("'{}' is no value of a system", shown(text)));
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
  key.set(trial, values.back());  // an end of a range that cannot be tells more than a number between them
  for (const KeyValue& value : values) {
    key.set(trial, value);
    axis.values.push_back(*key.get(trial));  // of the member's own type
  }
  require_distinct(axis.values, false);
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
    // The axis has the type of the setting: seeds take all 64 bits.
    std::visit(
        [&](const auto& first) {
          using Held = std::remove_cvref_t<decltype(first)>;
          if constexpr (std::is_arithmetic_v<Held> && !std::is_same_v<Held, bool>) {
            std::vector<Held> values;
            for (const KeyValue& value : axis.values) {
              values.push_back(std::get<Held>(value));
            }
            out.coordinates = std::move(values);
          }
        },
        axis.values.front());
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
  RunConfig single = config;
  single.sweep = {};
  std::vector<RunConfig> grid(count, single);
  for (std::size_t s = 0; s < count; ++s) {
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
