// Where a verb's result goes: standard output in the format asked for, and a file whose extension says its
// form.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ridgeflow/io/run_config.hpp"

namespace ridgeflow::cli {

enum class FileForm { kNone, kNetcdf, kCsv, kJson };

/// The form that the extension of \p path asks for, and that it can be written: called before any work.
/// \throws InvalidInput for an extension the verb does not write, or as check_writable() does.
FileForm check_output(const std::string& path, bool netcdf, bool csv = true);

/// The seed of \p config, or one from the system, put into its sampler options; told on the log where it was
/// not given.
void settle_seed(RunConfig& config);

/// "1.5 GiB".
std::string bytes_text(double bytes);
/// "1 h 12 min", "3.2 s".
std::string seconds_text(double seconds);
/// "256 ns", "1.31 ms": three digits of a time below a minute.
std::string short_time_text(double seconds);
/// "1.9e9/s" as "1.90 G/s".
std::string rate_text(double per_second);

}  // namespace ridgeflow::cli
