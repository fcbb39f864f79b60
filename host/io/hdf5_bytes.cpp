#include "io/hdf5_bytes.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace ridgeflow::io {
namespace {

constexpr std::size_t kEndAddress = 40;  // where the superblock has the address of the file's end
constexpr std::size_t kNumberBytes = 8;  // of an address

}  // namespace

std::string empty_hdf5_file() {
  using namespace std::string_literals;
  const auto zeros = [](std::size_t count) { return std::string(count, '\0'); };
  const std::string nowhere(kNumberBytes, '\xff');
  const std::vector<std::string> parts{
      "\x89HDF\r\n\x1a\n"s,             // superblock: signature
      "\0\0\0\0\0\x08\x08\0"s,          // versions, bytes of an address and of a length
      "\x04\0\x10\0\0\0\0\0"s,          // sizes of the nodes of trees
      zeros(8) + nowhere,               // base address, free space
      "\x4b\x01\0\0\0\0\0\0"s,          // end of the file, 331
      nowhere,                          // driver
      zeros(8),                         // the root's name
      "\x60\0\0\0\0\0\0\0"s,            // the root's header, at 96
      zeros(24),                        // what is held of the root here
      "OHDR\x02\x0c\xe0"s,              // header: attributes keep their order; 224 bytes of messages
      "\x02\x22\0\0\0\0\0\x03"s,        // link information: members keep their order
      zeros(8) + nowhere,               // the last of the order, the heap of members
      nowhere + nowhere,                // indices of members, by name and by order
      "\x0a\x02\0\x01\0\0\0\0"s,        // group information
      "\0\xaa\0\0\0\0"s + zeros(0xaa),  // room for more messages
      "\x53\xb4\x0e\x79"s};             // checksum of the header
  std::string file;
  for (const std::string& part : parts) {
    file += part;
  }
  return file;
}

std::size_t hdf5_file_size(std::string_view image) {
  std::uint64_t size = 0;
  for (std::size_t i = kNumberBytes; i-- > 0;) {
    size = size << 8 | static_cast<unsigned char>(image[kEndAddress + i]);
  }
  return std::min<std::size_t>(size, image.size());
}

}  // namespace ridgeflow::io
