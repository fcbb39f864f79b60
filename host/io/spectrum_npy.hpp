// The .npy reader behind read_spectrum().
#pragma once

#include <string>
#include <string_view>

#include "ridgeflow/model/spectrum.hpp"

namespace ridgeflow::io {

inline constexpr std::string_view kNpyMagic{"\x93NUMPY", 6};

/// \p bytes: the whole file; \p path for messages. \throws InvalidInput as read_spectrum() does.
Spectrum parse_npy(std::string_view bytes, const std::string& path);

}  // namespace ridgeflow::io
