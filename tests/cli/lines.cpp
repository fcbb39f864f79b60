// Lines and tables for a terminal of 80 columns: nothing wider, nothing cut.
#include "cli/lines.hpp"

#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cli/text_table.hpp"

namespace ridgeflow::cli {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

/// The words of \p text in their order, one blank between.
std::string words_of(const std::string& text) {
  std::istringstream stream(text);
  std::string out;
  for (std::string word; stream >> word;) {
    out += (out.empty() ? "" : " ") + word;
  }
  return out;
}

TEST(Columns, WideCharactersTakeTwoAndCombiningOnesNone) {
  EXPECT_EQ(columns_of(""), 0U);
  EXPECT_EQ(columns_of("rho* = 1"), 8U);
  EXPECT_EQ(columns_of("caf\xc3\xa9"), 4U);               // e with acute accent
  EXPECT_EQ(columns_of("cafe\xcc\x81"), 4U);              // e, then a combining acute accent
  EXPECT_EQ(columns_of("\xe5\xbe\xae\xe8\xbd\xaf"), 4U);  // two Chinese characters
  EXPECT_EQ(columns_of("\xf0\x9f\x98\x80"), 2U);          // a face
  EXPECT_EQ(columns_of("a\xff\xfe z"), 5U);               // no UTF-8: a column a byte
  EXPECT_EQ(columns_of("\xe5\xbe"), 2U);                  // cut in the middle
}

TEST(Wrapped, FillsLinesAndLosesNoWord) {
  std::string text;
  for (std::size_t i = 0; i < 200; ++i) {
    text += std::string(1 + i * 7 % 19, 'a') + " ";
  }
  for (const std::size_t columns : {40U, 80U}) {
    const std::string out = wrapped(text, columns, 2);
    EXPECT_EQ(words_of(out), words_of(text));
    const std::vector<std::string> lines = lines_of(out);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      EXPECT_LE(columns_of(lines[i]), columns);
      EXPECT_EQ(lines[i].find_first_not_of(' '), i == 0 ? 0U : 2U);
      if (i > 0) {  // its first word had no place on the line before
        const std::string first = lines[i].substr(2, lines[i].find(' ', 2) - 2);
        EXPECT_GT(columns_of(lines[i - 1]) + 1 + first.size(), columns);
      }
    }
  }
}

TEST(Wrapped, KeepsWhatBelongsTogether) {
  for (std::size_t columns = 12; columns < 40; ++columns) {
    const std::string out = wrapped("kappa = 4 and p < 1e-300 off by 1.5 % at 3.1 +- 0.2", columns, 0);
    for (const char* whole : {"kappa = 4", "p < 1e-300", "1.5 %", "3.1 +- 0.2"}) {
      EXPECT_NE(out.find(whole), std::string::npos) << columns << "\n" << out;
    }
  }
}

TEST(Wrapped, LeavesAPathWhole) {
  const std::string path(120, 'x');
  const std::vector<std::string> lines = lines_of(wrapped("cannot write " + path + ": disk full"));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[1], "  " + path + ":");
}

TEST(Wrapped, CountsColumnsNotBytes) {
  std::string text;
  for (int i = 0; i < 60; ++i) {
    text += "\xe5\xbe\xae ";
  }
  for (const std::string& line : lines_of(wrapped(text))) {
    EXPECT_LE(columns_of(line), kColumns);
    EXPECT_GT(columns_of(line), 20U);
  }
}

TEST(Fitted, TouchesOnlyWhatIsTooWide) {
  const std::string table = "  k   mean\n  1  0.500\n";
  const std::string wide = "  " + words_of(std::string(60, 'a') + " " + std::string(60, 'b')) + "\n";
  const std::string out = fitted(table + "\n" + wide + table);
  EXPECT_EQ(out, table + "\n  " + std::string(60, 'a') + "\n    " + std::string(60, 'b') + "\n" + table);
}

TextTable table_of(std::size_t columns, const std::string& name, const std::string& cell,
                   std::size_t keys = 1) {
  std::vector<std::string> names{"k"};
  std::vector<std::string> cells{"12288"};
  for (std::size_t i = 1; i < columns; ++i) {
    names.push_back(name + std::string(1, static_cast<char>('a' + i)));
    cells.push_back(cell + std::string(1, static_cast<char>('a' + i)));
  }
  TextTable table(names, keys);
  table.add(cells);
  return table;
}

TEST(TextTable, FitsWhateverItHolds) {
  for (std::size_t columns = 1; columns < 20; ++columns) {
    for (const char* name : {"", "z", "variance of the mean "}) {
      for (const char* cell : {"", "0.5", "-1.23456e-300 +- 1.2e-301"}) {
        const std::string out = table_of(columns, name, cell).text();
        for (const std::string& line : lines_of(out)) {
          EXPECT_LE(columns_of(line), kColumns) << out;
        }
        for (std::size_t i = 1; i < columns; ++i) {  // all there, each once
          const std::string whole = cell + std::string(1, static_cast<char>('a' + i));
          EXPECT_NE(out.find(whole), std::string::npos) << whole << "\n" << out;
        }
      }
    }
  }
}

TEST(TextTable, WhatIsContinuedBelowRepeatsItsKeys) {
  const std::string out = table_of(8, "some name ", "0.1234567890123456").text();
  const std::vector<std::string> lines = lines_of(out);
  int rows = 0;
  for (const std::string& line : lines) {
    rows += line.find("12288") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(rows, 3) << out;
}

TEST(TextTable, ErrorsAndDeviationsStayWithTheirNumber) {
  TextTable table({"k", "a", "+-", "z", "b", "+-", "z", "c", "+-", "z"});
  table.add({"1", std::string(16, '1'), std::string(9, '2'), "-1.0", std::string(16, '3'),
             std::string(9, '4'), "2.0", std::string(16, '5'), std::string(9, '6'), "3.0"});
  const std::vector<std::string> lines = lines_of(table.text());
  for (const auto& [value, error] : {std::pair('1', '2'), std::pair('3', '4'), std::pair('5', '6')}) {
    bool together = false;
    for (const std::string& line : lines) {
      EXPECT_LE(line.size(), kColumns);
      together = together || (line.find(std::string(16, value)) != std::string::npos &&
                              line.find(std::string(9, error)) != std::string::npos);
    }
    EXPECT_TRUE(together) << value << "\n" << table.text();
  }
}

}  // namespace
}  // namespace ridgeflow::cli
