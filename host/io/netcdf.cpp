#include "io/netcdf.hpp"

#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>
#include <netcdf.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow::io {
namespace {

void check_status(int status, const std::string& path, std::string_view doing) {
  if (status != NC_NOERR) {
    throw DeviceError(fmt::format("cannot write {}: {} ({})", path, nc_strerror(status), doing));
  }
}

}  // namespace

void NetcdfGroup::check(int status, std::string_view doing) const {
  check_status(status, this->path_, doing);
}

NetcdfGroup NetcdfGroup::make_group(const std::string& name) const {
  int id = -1;
  this->check(nc_def_grp(this->id_, name.c_str(), &id), name);
  return {id, this->path_};
}

int NetcdfGroup::add_variable(const std::string& name, int type, const std::vector<int>& dimensions,
                              Meaning meaning) const {
  int id = -1;
  this->check(
      nc_def_var(this->id_, name.c_str(), type, static_cast<int>(dimensions.size()), dimensions.data(), &id),
      name);
  for (const auto& [attribute, text] :
       {std::pair("units", meaning.units), std::pair("long_name", meaning.long_name)}) {
    this->check(nc_put_att_text(this->id_, id, attribute, text.size(), text.data()), name);
  }
  if (type == NC_DOUBLE) {
    const double fill = std::numeric_limits<double>::quiet_NaN();
    this->check(nc_def_var_fill(this->id_, id, NC_FILL, &fill), name);
  } else if (type == NC_FLOAT) {
    const float fill = std::numeric_limits<float>::quiet_NaN();
    this->check(nc_def_var_fill(this->id_, id, NC_FILL, &fill), name);
  }
  return id;
}

int NetcdfGroup::add_counted_dimension(const std::string& name, std::size_t size, Meaning meaning) const {
  int dimension = -1;
  this->check(nc_def_dim(this->id_, name.c_str(), size, &dimension), name);
  const int variable = this->add_variable(name, NC_INT, {dimension}, meaning);
  std::vector<int> values(size);
  std::iota(values.begin(), values.end(), 1);
  this->check(nc_put_var_int(this->id_, variable, values.data()), name);
  return dimension;
}

int NetcdfGroup::add_spaced_dimension(const std::string& name, std::uint64_t first, std::uint64_t stride,
                                      std::size_t size, Meaning meaning) const {
  int dimension = -1;
  this->check(nc_def_dim(this->id_, name.c_str(), size, &dimension), name);
  const int variable = this->add_variable(name, NC_INT64, {dimension}, meaning);
  std::vector<long long> values(size);
  for (std::size_t i = 0; i < size; ++i) {
    values[i] = static_cast<long long>(first + i * stride);
  }
  this->check(nc_put_var_longlong(this->id_, variable, values.data()), name);
  return dimension;
}

int NetcdfGroup::add_named_dimension(const std::string& name, const std::vector<std::string>& names,
                                     Meaning meaning) const {
  int dimension = -1;
  this->check(nc_def_dim(this->id_, name.c_str(), names.size(), &dimension), name);
  const int variable = this->add_variable(name, NC_STRING, {dimension}, meaning);
  std::vector<const char*> texts;
  texts.reserve(names.size());
  for (const std::string& each : names) {
    texts.push_back(each.c_str());
  }
  this->check(nc_put_var_string(this->id_, variable, texts.data()), name);
  return dimension;
}

std::size_t NetcdfGroup::size_of(const std::vector<int>& dimensions, const std::string& name) const {
  std::size_t size = 1;
  for (const int dimension : dimensions) {
    std::size_t length = 0;
    this->check(nc_inq_dimlen(this->id_, dimension, &length), name);
    size *= length;
  }
  return size;
}

void NetcdfGroup::add(const std::string& name, const std::vector<int>& dimensions,
                      std::span<const float> values, Meaning meaning) const {
  const std::size_t size = this->size_of(dimensions, name);
  RIDGEFLOW_EXPECT(values.size() == size);
  const int variable = this->add_variable(name, NC_FLOAT, dimensions, meaning);
  if (values.size() == size) {
    this->check(nc_put_var_float(this->id_, variable, values.data()), name);
  }
}

void NetcdfGroup::add(const std::string& name, const std::vector<int>& dimensions,
                      std::span<const double> values, Meaning meaning) const {
  const std::size_t size = this->size_of(dimensions, name);
  RIDGEFLOW_EXPECT(values.size() == size);
  const int variable = this->add_variable(name, NC_DOUBLE, dimensions, meaning);
  if (values.size() == size) {
    this->check(nc_put_var_double(this->id_, variable, values.data()), name);
  }
}

void NetcdfGroup::add(const std::string& name, double value, Meaning meaning) const {
  this->add(name, {}, std::span(&value, 1), meaning);
}

void NetcdfGroup::add(const std::string& name, std::uint64_t value, Meaning meaning) const {
  const int variable = this->add_variable(name, NC_UINT64, {}, meaning);
  const unsigned long long wide = value;
  this->check(nc_put_var_ulonglong(this->id_, variable, &wide), name);
}

void NetcdfGroup::set_attribute(const std::string& name, std::string_view text) const {
  this->check(nc_put_att_text(this->id_, NC_GLOBAL, name.c_str(), text.size(), text.data()), name);
}

void NetcdfGroup::set_attribute(const std::string& name, std::uint64_t value) const {
  const unsigned long long wide = value;
  this->check(nc_put_att_ulonglong(this->id_, NC_GLOBAL, name.c_str(), NC_UINT64, 1, &wide), name);
}

NetcdfFile::NetcdfFile(const std::string& path) : path_(path) {
  check_status(nc_create(path.c_str(), NC_NETCDF4 | NC_CLOBBER, &this->id_), path, "creating it");
}

NetcdfFile::~NetcdfFile() {
  if (this->id_ >= 0) {
    nc_abort(this->id_);
  }
}

void NetcdfFile::close() {
  const int id = std::exchange(this->id_, -1);
  check_status(nc_close(id), this->path_, "closing it");
}

}  // namespace ridgeflow::io
