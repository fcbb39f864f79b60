// What a result file holds, before it is written: groups of dimensions, variables and attributes. One
// system's is written as it is; those of a sweep are stacked along the axes of their grid first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace ridgeflow::io {

/// What every variable must say of itself.
struct Meaning {
  std::string_view units;  ///< "1" where dimensionless, "s" for seconds
  std::string_view long_name;
};

/// Coordinates \c first, \c first + \c stride, ...
struct Spaced {
  std::int64_t first = 1;
  std::int64_t stride = 1;
  bool operator==(const Spaced&) const = default;
};

class ResultGroup {
 public:
  /// Of a dimension: whole numbers evenly apart, listed numbers, or names.
  using Coordinates = std::variant<Spaced, std::vector<double>, std::vector<std::int64_t>,
                                   std::vector<std::uint64_t>, std::vector<std::string>>;
  struct Dimension {
    std::string name;
    std::size_t size = 0;
    Coordinates coordinates;
    std::string units;
    std::string long_name;
  };
  /// Numbers over dimensions, the last one fastest. Kept draws, which may be large, are not copied.
  using Values = std::variant<std::vector<double>, std::vector<std::uint64_t>, std::span<const double>,
                              std::span<const float>>;
  struct Variable {
    std::string name;
    std::vector<int> dimensions;  ///< indices in dimensions(); none: a scalar
    Values values;
    std::string units;
    std::string long_name;
  };
  using Attribute = std::pair<std::string, std::variant<std::string, std::uint64_t>>;

  explicit ResultGroup(std::string name = "") : name_(std::move(name)) {}

  /// A group within this one. The reference stays good.
  ResultGroup& make_group(const std::string& name);

  /// A dimension with the coordinates 1 ... \p size. \returns its index.
  int add_counted_dimension(const std::string& name, std::size_t size, Meaning meaning);
  /// A dimension whose coordinates are \p first, \p first + \p stride, ...
  int add_spaced_dimension(const std::string& name, std::uint64_t first, std::uint64_t stride,
                           std::size_t size, Meaning meaning);
  /// A dimension whose coordinates are names.
  int add_named_dimension(const std::string& name, const std::vector<std::string>& names, Meaning meaning);
  /// Any.
  int add_dimension(Dimension dimension);

  void add(const std::string& name, const std::vector<int>& dimensions, std::vector<double> values,
           Meaning meaning);
  void add(const std::string& name, double value, Meaning meaning);
  void add(const std::string& name, std::uint64_t value, Meaning meaning);
  /// The same without a copy: \p values must outlive the group.
  void add_view(const std::string& name, const std::vector<int>& dimensions, std::span<const double> values,
                Meaning meaning);
  void add_view(const std::string& name, const std::vector<int>& dimensions, std::span<const float> values,
                Meaning meaning);
  void add_variable(Variable variable);

  void set_attribute(const std::string& name, std::string_view text);
  void set_attribute(const std::string& name, std::uint64_t value);

  const std::string& name() const { return this->name_; }
  const std::vector<Dimension>& dimensions() const { return this->dimensions_; }
  const std::vector<Variable>& variables() const { return this->variables_; }
  const std::vector<Attribute>& attributes() const { return this->attributes_; }
  const std::vector<std::unique_ptr<ResultGroup>>& groups() const { return this->groups_; }
  /// The group of that name within this one, or null.
  const ResultGroup* find_group(const std::string& name) const;

 private:
  std::size_t size_of(const std::vector<int>& dimensions) const;

  std::string name_;
  std::vector<Dimension> dimensions_;
  std::vector<Variable> variables_;
  std::vector<Attribute> attributes_;
  std::vector<std::unique_ptr<ResultGroup>> groups_;
};

/// One axis of a grid of systems.
using GridAxis = ResultGroup::Dimension;

/// The groups of several systems as one, which has \p axes as first dimensions of every variable; \p systems
/// are in the order of the grid, the last axis fastest. Dimensions are as long as the longest; where a system
/// has fewer elements, or a variable is missing, the rest is NaN. Named dimensions have the names of all
/// systems. Attributes are kept where all agree. A variable that has the name of an axis is left out if it
/// repeats the coordinates, and is called NAME_of_system if it does not.
ResultGroup stacked_groups(const std::vector<GridAxis>& axes, const std::vector<ResultGroup>& systems);

}  // namespace ridgeflow::io
