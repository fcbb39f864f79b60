// The few bytes of the HDF5 format that netCDF-C's files in memory need from us.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ridgeflow::io {

/// An empty HDF5 file whose root group keeps the order in which its members are made. netCDF opens only such
/// a file for appending, and its own nc_create_mem() (4.9) makes another kind. Byte for byte what H5Fcreate()
/// makes with H5Pset_link_creation_order() and H5Pset_attr_creation_order(): a superblock of version 0 and
/// the root's object header of version 2 (HDF5 File Format Specification 3.0, II.A and IV.A.1.b).
std::string empty_hdf5_file();

/// Where the file in \p image ends, by its own superblock, which is of version 0: what was reserved in memory
/// beyond is no part of it.
std::size_t hdf5_file_size(std::string_view image);

}  // namespace ridgeflow::io
