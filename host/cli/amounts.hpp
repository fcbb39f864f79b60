// Bytes, times and rates, as a reader would say them.
#pragma once

#include <string>

namespace ridgeflow::cli {

/// "1.5 GiB".
std::string bytes_text(double bytes);
/// "1 h 12 min", "3.2 s".
std::string seconds_text(double seconds);
/// "256 ns", "1.31 ms": three digits of a time below a minute.
std::string short_time_text(double seconds);
/// "1.9e9/s" as "1.90 G/s".
std::string rate_text(double per_second);

}  // namespace ridgeflow::cli
