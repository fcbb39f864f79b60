/// \file
/// Whether chains fit into an executor's memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace ridgeflow {

/// Does nothing where \p wanted bytes for \p chains chains of \p systems systems are at most \p limit. \p
/// place: whose memory it is. \throws InvalidInput with the largest number of chains that fits.
void require_bytes(double wanted, double limit, std::uint64_t chains, std::size_t systems,
                   const std::string& place);

}  // namespace ridgeflow
