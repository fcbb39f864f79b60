/// \file
/// Names that a user may have mistyped.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace ridgeflow {

/// Levenshtein distance: fewest letters put in, left out or exchanged to turn \p one into \p other.
inline std::size_t edit_distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) {
    row[j] = j;
  }
  for (std::size_t i = 0; i < one.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < other.size(); ++j) {
      const std::size_t exchange = diagonal + (one[i] == other[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({exchange, diagonal + 1, row[j] + 1});
    }
  }
  return row[other.size()];
}

/// The known name nearest to \p name, the first of them on a tie; empty if none is known.
inline std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known) {
  const auto nearest = std::min_element(known.begin(), known.end(), [name](auto one, auto other) {
    return edit_distance(name, one) < edit_distance(name, other);
  });
  return nearest == known.end() ? std::string_view{} : *nearest;
}

}  // namespace ridgeflow
