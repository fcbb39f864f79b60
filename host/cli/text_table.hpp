// Tables for a terminal of 80 columns.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace ridgeflow::cli {

/// Columns of numbers to the right and of words to the left under their names, two spaces apart, in lines of
/// at most 80 columns. Where that needs it, names go to lines of their own words and the space is narrowed;
/// then the table is continued below, its first columns repeated. Columns named "+-", "z" and "at k" stay
/// with the one before them.
class TextTable {
 public:
  /// \p keys: how many of the first columns say what a row is of.
  explicit TextTable(std::vector<std::string> names, std::size_t keys = 1)
      : names_{std::move(names)}, keys_{keys} {}
  /// A row: a cell for each name.
  void add(std::vector<std::string> cells) { this->rows_.push_back(std::move(cells)); }
  std::string text() const;

 private:
  std::vector<std::string> names_;
  std::size_t keys_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace ridgeflow::cli
