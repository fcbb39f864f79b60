// A reader of the reference tables in tests/data: a first line `# key=value ...` with parameters, a header
// line, then numbers. Small on purpose: it trusts the tables, and throws where they are not what the test
// asks for.
#pragma once

#include <cmath>
#include <cstddef>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace ridgeflow::test {

struct Table {
  std::map<std::string, std::string> parameters;  // of the first line, where they have the form key=value
  std::vector<std::string> columns;               // in the file's order
  std::map<std::string, std::vector<double>> numbers;  // by column name, [row]

  const std::vector<double>& column(const std::string& name) const {
    const auto found = this->numbers.find(name);
    if (found == this->numbers.end()) {
      throw std::runtime_error("the table has no column " + name);
    }
    return found->second;
  }
  double parameter(const std::string& name) const { return std::stod(this->parameters.at(name)); }
  std::size_t rows() const { return this->columns.empty() ? 0 : this->numbers.at(this->columns[0]).size(); }
};

inline Table read_table(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    throw std::runtime_error("cannot open " + path);
  }
  Table table;
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string word;
    if (line.starts_with("#")) {
      while (words >> word) {
        if (const std::size_t equals = word.find('='); equals != std::string::npos) {
          table.parameters[word.substr(0, equals)] = word.substr(equals + 1);
        }
      }
    } else if (table.columns.empty()) {
      while (std::getline(words, word, ',')) {
        table.columns.push_back(word);
        table.numbers[word];
      }
    } else {
      std::size_t i = 0;
      while (std::getline(words, word, ',')) {
        table.numbers.at(table.columns.at(i++)).push_back(std::stod(word));
      }
      if (i != table.columns.size()) {
        throw std::runtime_error(path + ": a row of " + std::to_string(i) + " numbers: " + line);
      }
    }
  }
  return table;
}

inline double relative_deviation(double value, double expected) {
  return value == expected ? 0.0 : std::abs(value - expected) / std::abs(expected);
}

inline std::string reference_path(const std::string& name) {
  return std::string(RIDGEFLOW_TEST_DATA) + "/reference/" + name + ".csv";
}

}  // namespace ridgeflow::test
