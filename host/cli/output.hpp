// Where a verb's result goes: standard output in the format asked for, and a file whose extension says its
// form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ridgeflow/io/files.hpp"
#include "ridgeflow/io/run_config.hpp"

namespace ridgeflow::cli {

enum class FileForm { kNone, kNetcdf, kCsv, kJson };

/// A file of a run, and what it is to its user: the flag that names it, or "spectrum". No path: there is
/// none.
struct NamedFile {
  std::string_view name;
  std::string path;
};

/// That every one of \p outputs can be written without a loss: called before any work, on the first rank.
/// \throws InvalidInput if one is a file that the run reads, the same as another one or as where standard
/// output or error goes, or as check_writable() does; DeviceError likewise.
void check_places(const std::vector<NamedFile>& outputs, const std::vector<NamedFile>& inputs,
                  Existing existing);

/// The form that the extension of the result file of \p config asks for, and that it and \p more files can be
/// written: called before any work. \throws InvalidInput for an extension the verb does not write, or as
/// check_places() does.
FileForm check_output(const RunConfig& config, bool netcdf, bool csv = true,
                      const std::vector<NamedFile>& more = {});

/// The seed of \p config, or one from the system, put into its sampler options; told on the log where it was
/// not given.
void settle_seed(RunConfig& config);

}  // namespace ridgeflow::cli
