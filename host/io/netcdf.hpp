// Result groups as a netCDF-4 file: the one place that knows the netCDF library.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "ridgeflow/io/files.hpp"

#include "io/result_group.hpp"

namespace ridgeflow::io {

struct FreeMemory {
  void operator()(void* memory) const { std::free(memory); }
};

/// The bytes of a netCDF-4 file.
class NetcdfImage {
 public:
  NetcdfImage(void* memory, std::size_t size) : memory_(memory), size_(size) {}
  std::string_view bytes() const { return {static_cast<const char*>(memory_.get()), size_}; }

 private:
  std::unique_ptr<void, FreeMemory> memory_;
  std::size_t size_;
};

/// A file with the groups in \p root, made in memory: it takes as much as all their numbers. The library
/// locks nothing then, and never sees a disk fail, which it does not survive. Coordinates are 64-bit
/// integers, doubles or strings; real variables are filled with NaN. \throws DeviceError.
NetcdfImage netcdf_image(const ResultGroup& root);

/// Writes that file to \p path, whole or not at all. \throws DeviceError as PendingFile does.
void write_netcdf(const std::string& path, const ResultGroup& root, Existing existing);

}  // namespace ridgeflow::io
