#include "cli/text_table.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/lines.hpp"

namespace ridgeflow::cli {
namespace {

using Row = std::vector<std::string>;

struct Column {
  std::string name;
  std::size_t cells = 0;  ///< columns of the terminal that the widest cell takes
  std::size_t width = 0;  ///< of cells and name
  bool words = true;      ///< every cell begins with a letter
};

/// \p name in lines of at most \p width columns, or of one word each where that is wider.
std::vector<std::string> name_lines(const std::string& name, std::size_t width) {
  std::vector<std::string> lines;
  std::string_view rest = name;
  while (true) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, end);
    if (!lines.empty() && columns_of(lines.back()) + 1 + columns_of(word) <= width) {
      lines.back().append(" ").append(word);
    } else {
      lines.emplace_back(word);
    }
    if (end == rest.size()) {
      return lines;
    }
    rest.remove_prefix(end + 1);
  }
}

std::size_t widest(const std::vector<std::string>& lines) {
  std::size_t width = 0;
  for (const std::string& line : lines) {
    width = std::max(width, columns_of(line));
  }
  return width;
}

std::size_t total(const std::vector<Column>& columns, std::size_t first, std::size_t last, std::size_t gap) {
  std::size_t width = 0;
  for (std::size_t i = first; i < last; ++i) {
    width += gap + columns[i].width;
  }
  return width;
}

std::vector<Column> measure(const Row& names, const std::vector<Row>& rows) {
  std::vector<Column> columns;
  for (std::size_t i = 0; i < names.size(); ++i) {
    Column column{names[i], 0, 0, !rows.empty()};
    for (const Row& row : rows) {
      column.cells = std::max(column.cells, columns_of(row[i]));
      column.words =
          column.words && !row[i].empty() && std::isalpha(static_cast<unsigned char>(row[i][0])) != 0;
    }
    column.width = std::max(column.cells, columns_of(column.name));
    columns.push_back(std::move(column));
  }
  return columns;
}

/// Breaks the names of columns that are wider than what they hold, the one with most to gain first, until all
/// columns fit into a line or there is nothing more to gain.
void narrow_names(std::vector<Column>& columns, std::size_t gap) {
  while (total(columns, 0, columns.size(), gap) > kColumns) {
    Column* most = nullptr;
    std::size_t gain = 0;
    std::size_t width = 0;
    for (Column& column : columns) {
      // the widest that has a line more than now
      const std::size_t next = std::max(column.cells, widest(name_lines(column.name, column.width - 1)));
      if (next < column.width && column.width - next > gain) {
        most = &column;
        gain = column.width - next;
        width = next;
      }
    }
    if (most == nullptr) {
      return;
    }
    most->width = width;
  }
}

bool stays_with_previous(const Column& column) {
  return column.name == "+-" || column.name == "z" || column.name == "at k";
}

/// The end of the columns from \p first on that fit beside the keys: at least one.
std::size_t end_of_block(const std::vector<Column>& columns, std::size_t keys, std::size_t first,
                         std::size_t gap) {
  const std::size_t space = kColumns - std::min(kColumns, total(columns, 0, keys, gap));
  std::size_t end = first;
  for (std::size_t next = first; next < columns.size();) {
    std::size_t past = next + 1;
    while (past < columns.size() && stays_with_previous(columns[past])) {
      ++past;
    }
    if (end > first && total(columns, first, past, gap) > space) {
      break;
    }
    end = next = past;
  }
  return end;
}

/// \p text in the width of \p column: numbers end below one another, words begin so.
std::string padded(const std::string& text, const Column& column) {
  const std::string space(column.width - std::min(column.width, columns_of(text)), ' ');
  return column.words ? text + space : space + text;
}

void append_line(std::string& out, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + '\n';
}

/// The lines of one block: the columns \p shown of names and rows.
std::string block_text(const std::vector<Column>& columns, const std::vector<std::size_t>& shown,
                       const std::vector<Row>& rows, std::size_t gap) {
  std::vector<std::vector<std::string>> names;
  std::size_t height = 0;
  for (const std::size_t i : shown) {
    names.push_back(name_lines(columns[i].name, columns[i].width));
    height = std::max(height, names.back().size());
  }
  const std::string space(gap, ' ');
  std::string out;
  for (std::size_t line = 0; line < height; ++line) {
    std::string text;
    for (std::size_t c = 0; c < shown.size(); ++c) {
      const std::size_t above = height - names[c].size();  // names stand on their columns
      text += space + padded(line < above ? "" : names[c][line - above], columns[shown[c]]);
    }
    append_line(out, std::move(text));
  }
  for (const Row& row : rows) {
    std::string text;
    for (const std::size_t i : shown) {
      text += space + padded(row[i], columns[i]);
    }
    append_line(out, std::move(text));
  }
  return out;
}

}  // namespace

std::string TextTable::text() const {
  std::vector<Column> columns = measure(this->names_, this->rows_);
  std::size_t gap = 2;
  narrow_names(columns, gap);
  if (total(columns, 0, columns.size(), gap) > kColumns && total(columns, 0, columns.size(), 1) <= kColumns) {
    gap = 1;
  }
  std::string out;
  std::size_t first = std::min(this->keys_, columns.size());
  do {
    const std::size_t end = end_of_block(columns, this->keys_, first, gap);
    std::vector<std::size_t> shown;
    for (std::size_t i = 0; i < this->keys_; ++i) {
      shown.push_back(i);
    }
    for (std::size_t i = first; i < end; ++i) {
      shown.push_back(i);
    }
    out += out.empty() ? "" : "\n";
    out += block_text(columns, shown, this->rows_, gap);
    first = end;
  } while (first < columns.size());
  return out;
}

}  // namespace ridgeflow::cli
