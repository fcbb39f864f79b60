// Where a finished report goes.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include <spdlog/spdlog.h>

#include "ridgeflow/io/run_config.hpp"

#include "cli/output.hpp"
#include "cli/verbs.hpp"

namespace ridgeflow::cli {

/// Writes \p text_for(format) to the file of \p config where its \p form is CSV or JSON, calls \p netcdf
/// where it is that, calls each of \p more, which write other files, and prints in the format of \p config.
/// Hours of sampling must not be lost to a full disk: whatever cannot be written, the rest is, and the result
/// is printed. \throws what writing did, then; of several failures the first, and the log has the others.
void publish(const RunConfig& config, FileForm form, const std::function<std::string(Format)>& text_for,
             const std::function<void()>& netcdf, const std::vector<std::function<void()>>& more = {});

/// The same for a report that text_as() knows and that is never netCDF.
template <class Report>
void publish(const RunConfig& config, FileForm form, const Report& report,
             const std::vector<std::function<void()>>& more = {}) {
  publish(
      config, form, [&](Format format) { return text_as(format, report); }, [] {}, more);
}

/// Exit status of a comparison that found \p problems: they count where --require asks for agreement, and are
/// told then.
inline int comparison_status(bool required, std::span<const std::string> problems) {
  if (!required || problems.empty()) {
    return kDone;
  }
  for (const std::string& problem : problems) {
    spdlog::error("required comparison failed: {}", problem);
  }
  return kComparisonFailed;
}

}  // namespace ridgeflow::cli
