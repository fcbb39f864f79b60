// Where a finished report goes.
#pragma once

#include <exception>
#include <span>
#include <string>

#include <spdlog/spdlog.h>

#include "ridgeflow/io/files.hpp"
#include "ridgeflow/io/run_config.hpp"

#include "cli/output.hpp"
#include "cli/tables.hpp"
#include "cli/verbs.hpp"

namespace ridgeflow::cli {

/// Writes \p text_for(format) to the file of \p config where its \p form is CSV or JSON, calls \p netcdf
/// where it is that, and prints in the format of \p config. Hours of sampling must not be lost to a full
/// disk: the result is printed even if no file can be written. \throws what writing did, then.
template <class TextFor, class Netcdf>
void publish(const RunConfig& config, FileForm form, const TextFor& text_for, const Netcdf& netcdf) {
  std::exception_ptr failure;
  try {
    if (form == FileForm::kNetcdf) {
      netcdf();
    } else if (form != FileForm::kNone) {
      write_whole_file(config.out, text_for(form == FileForm::kCsv ? Format::kCsv : Format::kJson));
    }
  } catch (...) {
    failure = std::current_exception();
  }
  print_result(text_for(config.format));
  if (failure) {
    std::rethrow_exception(failure);
  }
}

/// The same for a report that text_as() knows and that is never netCDF.
template <class Report>
void publish(const RunConfig& config, FileForm form, const Report& report) {
  publish(
      config, form, [&](Format format) { return text_as(format, report); }, [] {});
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
