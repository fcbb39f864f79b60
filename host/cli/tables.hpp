// Numbers as text, and the one CSV.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "ridgeflow/io/run_config.hpp"
#include "ridgeflow/measure/cumulants.hpp"
#include "ridgeflow/measure/moments.hpp"
#include "ridgeflow/model/posterior.hpp"
#include "ridgeflow/theory/exact_cumulants.hpp"
#include "ridgeflow/theory/prediction.hpp"

#include "cli/text_table.hpp"

namespace ridgeflow::cli {

/// Mode indices (from 0) to show: 1, 2, 5, 10, 20, ... and the last.
std::vector<std::size_t> shown_modes(std::size_t modes);

/// A number in \p digits significant digits, "-" for NaN.
std::string number(double value, int digits = 5);

/// "1-3, 7, 12-300": at most \p parts ranges, then "...".
std::string mode_ranges(const std::vector<std::uint32_t>& modes, std::size_t parts = 6);

/// P, M, r, U, rho*, rho*/r: one sentence, wrapped().
std::string parameter_line(const Posterior& posterior);

/// A column of a per-mode CSV. The numbers must outlive it.
struct CsvColumn {
  std::string name;
  const std::vector<double>* numbers;  ///< [mode]
};

/// `k,NAME,...`, a line for each mode; 17 significant digits.
std::string columns_csv(const std::vector<CsvColumn>& columns);

/// Per-mode CSV: `k,a,y`, `NAME_mean,NAME_var` for each prediction, with \p measured its columns, with \p
/// cumulants `exact_kappa3,exact_kappa4`, with \p measured_cumulants those, and \p more; 17 significant
/// digits.
std::string per_mode_csv(const Posterior& posterior, const std::vector<Prediction>& predictions,
                         const MomentSummary* measured, const ModeCumulants* cumulants = nullptr,
                         const ModeCumulantEstimates* measured_cumulants = nullptr,
                         const std::vector<CsvColumn>& more = {});

using Json = nlohmann::ordered_json;
/// P, M, kappa, u, r, U, rho_star; with a sextic coupling w and W.
Json model_json(const Posterior& posterior);
/// That, R_star, and of every mode a, y and the couplings that it sees in the renormalization group.
Json parameters_json(const Posterior& posterior);
Json predictions_json(const std::vector<Prediction>& predictions);
/// NaN becomes null; text that is no UTF-8 is mended.
std::string dump(const Json& json);

/// csv_text(), json_of() or table_text() of \p report.
template <class Report>
std::string text_as(Format format, const Report& report) {
  switch (format) {
    case Format::kCsv:
      return csv_text(report);
    case Format::kJson:
      return dump(json_of(report));
    default:
      return table_text(report);
  }
}

/// Writes \p text to standard output. A reader that is gone, such as `head`, has what it wanted. \throws
/// DeviceError if it fails otherwise.
void print_result(const std::string& text);
/// The same of text for a reader: lines that are too wide for a terminal are wrapped. Tables and sentences
/// are made to fit; this is for what no table can hold, such as a device's long name.
void print_text(const std::string& text);
/// Whether nobody can read standard output any more: a closed pipe, a terminal that was hung up.
bool reader_is_gone();

}  // namespace ridgeflow::cli
