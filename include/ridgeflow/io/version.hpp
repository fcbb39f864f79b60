/// \file
/// What this build is: recorded in every result.
#pragma once

#include <string_view>

namespace ridgeflow {

std::string_view version();       ///< e.g. "0.1.0"
std::string_view git_revision();  ///< `git describe` of the source, "-dirty" with changes; or "unknown"
std::string_view compiler();      ///< e.g. "GNU 12.2.0"
std::string_view build_type();    ///< e.g. "Release"

}  // namespace ridgeflow
