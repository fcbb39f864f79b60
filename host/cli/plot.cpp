// ridgeflow plot: the pictures of a result or of a study's JSON, by a Python script on matplotlib
// (share/ridgeflow/ridgeflow_plot.py, which chooses by the file's kind).
#include <filesystem>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/io/files.hpp"

#include "cli/python.hpp"
#include "cli/verbs.hpp"

namespace ridgeflow::cli {
namespace {

struct Options {
  std::string result;
  std::string out;
};

int run_plot(const Options& options) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_regular_file(options.result, error)) {
    throw InvalidInput(fmt::format("result {}: there is no such file; ridgeflow compare --out {} writes one",
                                   options.result, options.result));
  }
  // Absolute, so that no name begins with a dash.
  const fs::path result = fs::absolute(options.result);
  const fs::path prefix =
      options.out.empty() ? fs::path(result).replace_extension() : fs::absolute(options.out);
  check_writable(prefix.string() + ".png");
  check_writable(prefix.string() + ".svg");
  const std::string script = find_shared_file("ridgeflow_plot.py");
  const std::string python = find_python("xarray, netCDF4, matplotlib");
  const int status = run_program({python, script, result.string(), "--out", prefix.string()}, false);
  if (status == 0) {
    return kDone;
  }
  const std::string message = fmt::format("{} {} ended with status {}", python, script, status);
  if (status == 2) {
    throw InvalidInput(message +
                       ": is this a result of ridgeflow compare or predict, or the JSON of a study?");
  }
  throw DeviceError(message);
}

}  // namespace

Action add_plot(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("RESULT.nc|STUDY.json", options->result,
                 "result of compare or predict, or the JSON of a study (profile, bias, flow, ...)")
      ->type_name("")
      ->required();
  app.add_option("--out", options->out, "writes PREFIX.png and PREFIX.svg (default: next to the result)")
      ->type_name("PREFIX");
  app.footer(
      "Needs Python with xarray, netCDF4 and matplotlib; RIDGEFLOW_PYTHON names another one than python3.");
  return [options] { return run_plot(*options); };
}

}  // namespace ridgeflow::cli
