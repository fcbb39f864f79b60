#include "io/netcdf.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <new>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <netcdf.h>
#include <netcdf_mem.h>

#include "ridgeflow/base/error.hpp"

#include "io/hdf5_bytes.hpp"

namespace ridgeflow::io {
namespace {

void check_status(int status, std::string_view doing) {
  if (status != NC_NOERR) {
    throw DeviceError(fmt::format(
        "the netCDF library failed: {} ({}); it works in memory, of which there may be too little: "
        "keep fewer draws, or write .csv",
        nc_strerror(status), doing));
  }
}

/// HDF5 closes at the end of the program whatever is open, and crashes over a file that it failed on. From
/// here on the program ends without it, with the status that it was going to have.
void end_without_hdf5() {
  ::on_exit(
      [](int status, void*) {
        std::fflush(nullptr);
        std::_Exit(status);
      },
      nullptr);
}

/// Refuses before the library, which does not survive it, runs out of memory.
void require_memory(std::size_t bytes) {
  const std::unique_ptr<void, FreeMemory> attempt(std::malloc(bytes));
  if (attempt == nullptr) {
    throw DeviceError(
        fmt::format("no memory for a netCDF file of {:.3g} GiB: keep fewer draws, or write .csv",
                    static_cast<double>(bytes) / 0x1p30));
  }
}

/// A file in memory, taken by close(). One on which the library failed is left as it is: 4.9.0 with
/// HDF5 1.10.8 crashes in nc_abort() and nc_close() of such a file.
class File {
 public:
  File() {
    const std::string empty = empty_hdf5_file();
    NC_memio image{empty.size(), std::malloc(empty.size()), 0};  // the library takes the memory over
    if (image.memory == nullptr) {
      throw std::bad_alloc();
    }
    empty.copy(static_cast<char*>(image.memory), empty.size());
    check_status(nc_open_memio("result.nc", NC_WRITE, &image, &id_), "making it in memory");
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  File(File&&) = delete;
  File& operator=(File&&) = delete;
  ~File() {
    if (open_) {
      end_without_hdf5();
    }
  }
  int id() const { return id_; }
  NetcdfImage close() {
    NC_memio image{};
    check_status(nc_close_memio(id_, &image), "closing it");
    open_ = false;
    const std::string_view bytes(static_cast<const char*>(image.memory), image.size);
    return NetcdfImage(image.memory, hdf5_file_size(bytes));
  }

 private:
  int id_ = -1;
  bool open_ = true;
};

template <class Number>
int type_of() {
  if constexpr (std::is_same_v<Number, double>) {
    return NC_DOUBLE;
  } else if constexpr (std::is_same_v<Number, float>) {
    return NC_FLOAT;
  } else if constexpr (std::is_same_v<Number, std::uint64_t>) {
    return NC_UINT64;
  } else if constexpr (std::is_same_v<Number, std::int64_t>) {
    return NC_INT64;
  } else {
    return NC_STRING;
  }
}

class GroupWriter {
 public:
  explicit GroupWriter(int id) : id_(id) {}

  void write(const ResultGroup& group) const {
    for (const auto& [name, value] : group.attributes()) {
      this->write_attribute(name, value);
    }
    std::vector<int> dimensions;
    for (const ResultGroup::Dimension& dimension : group.dimensions()) {
      dimensions.push_back(this->write_dimension(dimension));
    }
    for (const ResultGroup::Variable& variable : group.variables()) {
      std::vector<int> own;
      for (const int d : variable.dimensions) {
        own.push_back(dimensions[static_cast<std::size_t>(d)]);
      }
      std::visit([&](const auto& values) { this->write_numbers(variable, own, values); }, variable.values);
    }
    for (const auto& inner : group.groups()) {
      int id = -1;
      this->check(nc_def_grp(id_, inner->name().c_str(), &id), inner->name());
      GroupWriter(id).write(*inner);
    }
  }

 private:
  void write_attribute(const std::string& name, const std::variant<std::string, std::uint64_t>& value) const {
    if (const auto* text = std::get_if<std::string>(&value); text != nullptr) {
      this->check(nc_put_att_text(id_, NC_GLOBAL, name.c_str(), text->size(), text->data()), name);
      return;
    }
    const unsigned long long wide = std::get<std::uint64_t>(value);
    this->check(nc_put_att_ulonglong(id_, NC_GLOBAL, name.c_str(), NC_UINT64, 1, &wide), name);
  }

  /// The dimension and its coordinate variable.
  int write_dimension(const ResultGroup::Dimension& dimension) const {
    int id = -1;
    this->check(nc_def_dim(id_, dimension.name.c_str(), dimension.size, &id), dimension.name);
    std::visit([&](const auto& coordinates) { this->write_coordinates(dimension, id, coordinates); },
               dimension.coordinates);
    return id;
  }

  void write_coordinates(const ResultGroup::Dimension& dimension, int id, const Spaced& spaced) const {
    std::vector<std::int64_t> values(dimension.size);
    std::int64_t next = spaced.first;
    for (std::int64_t& value : values) {
      value = next;
      next += spaced.stride;
    }
    this->write_numbers(dimension, {id}, values);
  }
  void write_coordinates(const ResultGroup::Dimension& dimension, int id,
                         const std::vector<std::string>& names) const {
    const int variable = this->define(dimension, NC_STRING, {id});
    std::vector<const char*> texts;
    texts.reserve(names.size());
    for (const std::string& each : names) {
      texts.push_back(each.c_str());
    }
    this->check(nc_put_var_string(id_, variable, texts.data()), dimension.name);
  }
  template <class Number>
  void write_coordinates(const ResultGroup::Dimension& dimension, int id,
                         const std::vector<Number>& values) const {
    this->write_numbers(dimension, {id}, values);
  }

  template <class Described, class Numbers>
  void write_numbers(const Described& what, const std::vector<int>& dimensions, const Numbers& values) const {
    using Number = std::remove_cvref_t<decltype(values[0])>;
    const int variable = this->define(what, type_of<Number>(), dimensions);
    if (!values.empty()) {  // the C interface takes the type of the memory from that of the variable
      this->check(nc_put_var(id_, variable, values.data()), what.name);
    }
  }

  template <class Described>
  int define(const Described& what, int type, const std::vector<int>& dimensions) const {
    int id = -1;
    this->check(
        nc_def_var(id_, what.name.c_str(), type, static_cast<int>(dimensions.size()), dimensions.data(), &id),
        what.name);
    for (const auto& [attribute, text] :
         {std::pair("units", &what.units), std::pair("long_name", &what.long_name)}) {
      this->check(nc_put_att_text(id_, id, attribute, text->size(), text->data()), what.name);
    }
    if (type == NC_DOUBLE) {
      const double fill = std::numeric_limits<double>::quiet_NaN();
      this->check(nc_def_var_fill(id_, id, NC_FILL, &fill), what.name);
    } else if (type == NC_FLOAT) {
      const float fill = std::numeric_limits<float>::quiet_NaN();
      this->check(nc_def_var_fill(id_, id, NC_FILL, &fill), what.name);
    }
    return id;
  }

  void check(int status, std::string_view doing) const { check_status(status, doing); }

  int id_;
};

/// Bytes of all numbers in \p group, and room for what describes them.
std::size_t image_bytes(const ResultGroup& group) {
  constexpr std::size_t kDescription = 4096;  // of a variable, its attributes and its place in the group
  std::size_t bytes = kDescription;
  for (const auto& [name, value] : group.attributes()) {
    const auto* text = std::get_if<std::string>(&value);
    bytes += kDescription + (text == nullptr ? 0 : text->size());
  }
  for (const ResultGroup::Dimension& dimension : group.dimensions()) {
    bytes += kDescription + 64 * dimension.size;
  }
  for (const ResultGroup::Variable& variable : group.variables()) {
    bytes += kDescription +
             std::visit([](const auto& values) { return values.size() * sizeof values[0]; }, variable.values);
  }
  for (const auto& inner : group.groups()) {
    bytes += image_bytes(*inner);
  }
  return bytes;
}

}  // namespace

NetcdfImage netcdf_image(const ResultGroup& root) {
  require_memory(image_bytes(root));
  File file;
  GroupWriter(file.id()).write(root);
  return file.close();
}

void write_netcdf(const std::string& path, const ResultGroup& root, Existing existing) {
  const NetcdfImage image = [&] {
    try {
      return netcdf_image(root);
    } catch (const DeviceError& problem) {
      throw DeviceError(fmt::format("cannot write {}: {}", path, problem.what()));
    }
  }();
  PendingFile pending(path, existing);
  pending.write(image.bytes());
  pending.commit();
}

}  // namespace ridgeflow::io
