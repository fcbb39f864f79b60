// What the program says on standard error: "warning: ...", in lines of 80 columns.
#pragma once

#include <string>

namespace ridgeflow::cli {

/// Makes the log of this process the default one of spdlog: level, colon, message, wrapped, on standard
/// error, after a progress line on the screen has gone. \p speaker, where not empty, stands before each
/// message.
void start_log(const std::string& speaker = "");

}  // namespace ridgeflow::cli
