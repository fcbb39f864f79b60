/// \file
/// Names that a user may have mistyped, or that are called otherwise here.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ridgeflow {

/// A letter without its case, and one for all that joins words.
inline char plain_letter(char letter) {
  const bool capital = letter >= 'A' && letter <= 'Z';
  return capital ? static_cast<char>(letter - 'A' + 'a') : letter == '_' || letter == ' ' ? '-' : letter;
}

/// Levenshtein distance: fewest letters put in, left out or exchanged to turn \p one into \p other, whatever
/// their case.
inline std::size_t edit_distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) {
    row[j] = j;
  }
  for (std::size_t i = 0; i < one.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < other.size(); ++j) {
      const std::size_t exchange = diagonal + (plain_letter(one[i]) == plain_letter(other[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({exchange, diagonal + 1, row[j] + 1});
    }
  }
  return row[other.size()];
}

/// A word of the field for what has another name here.
struct Synonym {
  std::string_view word;  ///< in small letters, parts joined by '-'
  std::string_view name;
};

/// What \p name may have been meant for: the nearest of \p known, the first of them on a tie, or the name
/// that a word of \p synonyms, nearer still, has here. Empty where more letters would change than stay: such
/// a name says nothing of what was meant.
inline std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known,
                                     std::span<const Synonym> synonyms = {}) {
  Synonym nearest;
  std::size_t fewest = 0;
  const auto try_word = [&](const Synonym& synonym) {
    const std::size_t distance = edit_distance(name, synonym.word);
    if (nearest.name.empty() || distance < fewest) {
      nearest = synonym;
      fewest = distance;
    }
  };
  for (const std::string_view each : known) {
    try_word({each, each});
  }
  for (const Synonym& synonym : synonyms) {
    try_word(synonym);
  }
  return 2 * fewest <= std::max(name.size(), nearest.word.size()) ? nearest.name : std::string_view{};
}

/// "did you mean wilson?" of nearest_name(), which \p quotes, two letters or none, enclose; or \p otherwise
/// where there is none.
inline std::string did_you_mean(std::string_view nearest, std::string_view otherwise,
                                std::string_view quotes = "") {
  if (nearest.empty()) {
    return std::string(otherwise);
  }
  std::string out = "did you mean ";
  return out.append(quotes.substr(0, 1)).append(nearest).append(quotes.substr(quotes.size() / 2)) + "?";
}

}  // namespace ridgeflow
