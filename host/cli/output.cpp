#include "cli/output.hpp"

#include <array>
#include <cmath>
#include <filesystem>
#include <random>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/io/files.hpp"

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

FileForm check_output(const std::string& path, bool netcdf, bool csv) {
  if (path.empty()) {
    return FileForm::kNone;
  }
  const std::string extension = std::filesystem::path(path).extension().string();
  FileForm form = FileForm::kNone;
  form = extension == ".nc" && netcdf ? FileForm::kNetcdf : form;
  form = extension == ".csv" && csv ? FileForm::kCsv : form;
  form = extension == ".json" ? FileForm::kJson : form;
  if (form == FileForm::kNone) {
    throw InvalidInput(fmt::format("--out {}: the extension says what is written; use {}{}.json", path,
                                   netcdf ? ".nc, " : "", csv ? ".csv or " : ""));
  }
  check_writable(path);
  return form;
}

void settle_seed(RunConfig& config) {
  if (!config.seed) {
    std::random_device system;
    config.seed = static_cast<std::uint64_t>(system()) << 32 | system();
    spdlog::info("seed {0} from the system; --seed {0} repeats this run", *config.seed);
  }
  config.sampler.seed = *config.seed;
}

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
