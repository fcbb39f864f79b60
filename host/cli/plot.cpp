// ridgeflow plot: the pictures of a result or of a study's JSON, by a Python script on matplotlib
// (share/ridgeflow/ridgeflow_plot.py, which chooses by the file's kind).
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

#include "cli/flags.hpp"
#include "cli/python.hpp"
#include "cli/verbs.hpp"

namespace ridgeflow::cli {
namespace {

struct Options {
  std::string result;
  std::string out;
  std::map<std::string, std::string> choices;  ///< flags of the script, which checks them
  bool force = false;
};

/// Choices of a picture, as the script takes them (share/ridgeflow/ridgeflow_pictures/options.py).
struct Choice {
  const char* flag;
  const char* value;
  const char* help;
};
constexpr Choice kChoices[] = {
    {"--theory", "NAME,...", "curves of a result or a sweep that are drawn, such as wilson,exact"},
    {"--modes", "FIRST:LAST", "modes k of a result that are drawn"},
    {"--size", "WxH", "width and height of the picture in inches, such as 7x5"},
    {"--title", "TEXT", "in place of the first line above the panels"},
    {"--format", "NAME,...", "files that are written, of png, svg, pdf (default: all)"}};

int run_plot(const Options& options) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_regular_file(options.result, error)) {
    // Of compare the .nc is drawn; JSON only of studies.
    const std::string_view verb =
        options.result.ends_with(".json") ? "flow, transfer, relevance, ..." : "compare";
    throw InvalidInput(fmt::format("result {0}: there is no such file; --out {0} of ridgeflow {1} writes one",
                                   options.result, verb));
  }
  // Absolute, so that no name begins with a dash.
  const fs::path result = fs::absolute(options.result);
  const fs::path prefix =
      options.out.empty() ? fs::path(result).replace_extension() : fs::absolute(options.out);
  const std::string script = find_shared_file("ridgeflow_plot.py");
  const std::string python = find_python(script, "numpy, xarray, netCDF4, matplotlib");
  std::vector<std::string> words{python, kIsolated, script, result.string(), "--out", prefix.string()};
  for (const auto& [flag, value] : options.choices) {
    if (!value.empty()) {
      words.push_back(fmt::format("{}={}", flag, value));  // one word, so that no value looks like a flag
    }
  }
  if (options.force) {
    words.emplace_back("--force");
  }
  const int status = run_program(words, false);
  if (status == kDone || status == kBadInput || status == kSystemFailure) {
    return status;  // it has said why
  }
  throw DeviceError(fmt::format("{} {} ended with status {}", python, script, status));
}

}  // namespace

Action add_plot(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("RESULT.nc|STUDY.json", options->result,
                 "result of compare or predict, or the JSON of a study (profile, bias, flow, ...)")
      ->type_name("")
      ->required();
  app.add_option("--out", options->out, "writes PREFIX.png, .svg and .pdf (default: next to the result)")
      ->type_name("PREFIX");
  for (const Choice& choice : kChoices) {
    app.add_option(choice.flag, options->choices[choice.flag], choice.help)->type_name(choice.value);
  }
  add_force(app, options->force);
  app.footer(
      "Needs Python with xarray, netCDF4 and matplotlib; RIDGEFLOW_PYTHON names another one than python3.");
  return [options] { return run_plot(*options); };
}

}  // namespace ridgeflow::cli
