// netCDF-C with errors as exceptions and files that close themselves. Only what a result needs.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ridgeflow::io {

/// What every variable must say of itself.
struct Meaning {
  std::string_view units;  ///< "1" where dimensionless, "s" for seconds
  std::string_view long_name;
};

/// A group of an open file. A cheap handle: the file must stay open.
class NetcdfGroup {
 public:
  NetcdfGroup(int id, std::string path) : id_(id), path_(std::move(path)) {}

  NetcdfGroup make_group(const std::string& name) const;

  /// A dimension and its coordinate variable: 1 ... \p size.
  int add_counted_dimension(const std::string& name, std::size_t size, Meaning meaning) const;
  /// A dimension whose coordinates are \p first, \p first + \p stride, ...
  int add_spaced_dimension(const std::string& name, std::uint64_t first, std::uint64_t stride,
                           std::size_t size, Meaning meaning) const;
  /// A dimension whose coordinates are names.
  int add_named_dimension(const std::string& name, const std::vector<std::string>& names,
                          Meaning meaning) const;

  /// \p values run over \p dimensions, the last one fastest; without dimensions, a scalar. Filled with NaN.
  void add(const std::string& name, const std::vector<int>& dimensions, std::span<const double> values,
           Meaning meaning) const;
  void add(const std::string& name, const std::vector<int>& dimensions, std::span<const float> values,
           Meaning meaning) const;
  void add(const std::string& name, double value, Meaning meaning) const;
  void add(const std::string& name, std::uint64_t value, Meaning meaning) const;

  void set_attribute(const std::string& name, std::string_view text) const;
  void set_attribute(const std::string& name, std::uint64_t value) const;

 private:
  int add_variable(const std::string& name, int type, const std::vector<int>& dimensions,
                   Meaning meaning) const;
  std::size_t size_of(const std::vector<int>& dimensions, const std::string& name) const;
  void check(int status, std::string_view doing) const;

  int id_;
  std::string path_;
};

/// A new netCDF-4 file. Closed by close(), which tells of errors, or by the destructor, which does not.
class NetcdfFile {
 public:
  /// \throws DeviceError if it cannot be created.
  explicit NetcdfFile(const std::string& path);
  NetcdfFile(const NetcdfFile&) = delete;
  NetcdfFile& operator=(const NetcdfFile&) = delete;
  NetcdfFile(NetcdfFile&&) = delete;
  NetcdfFile& operator=(NetcdfFile&&) = delete;
  ~NetcdfFile();

  NetcdfGroup root() const { return NetcdfGroup(this->id_, this->path_); }
  void close();

 private:
  std::string path_;
  int id_ = -1;
};

}  // namespace ridgeflow::io
