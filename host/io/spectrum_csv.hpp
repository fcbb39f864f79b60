// The reader of text behind read_spectrum().
#pragma once

#include <string>
#include <string_view>

#include "ridgeflow/model/spectrum.hpp"

namespace ridgeflow::io {

/// \p text: the whole file; \p path for messages. \throws InvalidInput as read_spectrum() does.
Spectrum parse_csv(std::string_view text, const std::string& path);

}  // namespace ridgeflow::io
