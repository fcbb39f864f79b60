#include "cli/amounts.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

namespace ridgeflow::cli {
namespace {

/// \p value with the prefix that leaves it below \p base.
template <std::size_t Count>
std::string scaled(double value, double base, const std::array<const char*, Count>& units) {
  std::size_t i = 0;
  while (i + 1 < Count && value >= base) {
    value /= base;
    ++i;
  }
  return fmt::format("{:.3g} {}", value, units[i]);
}

}  // namespace

std::string bytes_text(double bytes) {
  return scaled(bytes, 1024.0, std::array{"B", "KiB", "MiB", "GiB", "TiB"});
}

std::string rate_text(double per_second) {
  return scaled(per_second, 1000.0, std::array{"/s", "k/s", "M/s", "G/s", "T/s"});
}

std::string short_time_text(double seconds) {
  return scaled(1e9 * seconds, 1000.0, std::array{"ns", "us", "ms", "s"});
}

std::string seconds_text(double seconds) {
  if (!(seconds >= 0 && seconds < 1e15)) {
    return "?";
  }
  if (seconds < 60) {
    return fmt::format("{:.2g} s", seconds);
  }
  if (seconds < 1e5) {
    const auto minutes = static_cast<std::int64_t>(seconds / 60);
    return minutes < 60 ? fmt::format("{} min {} s", minutes, static_cast<std::int64_t>(seconds) % 60)
                        : fmt::format("{} h {} min", minutes / 60, minutes % 60);
  }
  return fmt::format("{:.3g} days", seconds / 86400);
}

}  // namespace ridgeflow::cli
