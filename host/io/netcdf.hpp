// Result groups as a netCDF-4 file, with netCDF-C's errors as exceptions.
#pragma once

#include <string>

#include "io/result_group.hpp"

namespace ridgeflow::io {

/// Writes \p root and the groups within it to a new file at \p path. Coordinates are 64-bit integers, doubles
/// or strings; real variables are filled with NaN. \throws DeviceError where the library or the system
/// refuses.
void write_netcdf(const std::string& path, const ResultGroup& root);

}  // namespace ridgeflow::io
