#include "cli/output.hpp"

#include <filesystem>
#include <random>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ridgeflow/base/error.hpp"

#include "cli/ranks.hpp"

namespace ridgeflow::cli {
namespace {

/// Whether \p path is the file that \p stream goes to, which a result there would take out of sight.
bool is_stream(const std::string& path, int stream) {
  struct stat file = {};
  struct stat output = {};
  return ::stat(path.c_str(), &file) == 0 && ::fstat(stream, &output) == 0 && file.st_dev == output.st_dev &&
         file.st_ino == output.st_ino;
}

}  // namespace

void check_places(const std::vector<NamedFile>& outputs, const std::vector<NamedFile>& inputs,
                  Existing existing) {
  if (!is_first_rank()) {
    return;  // which alone writes, and whose directories these are
  }
  for (auto output = outputs.begin(); output != outputs.end(); ++output) {
    if (output->path.empty()) {
      continue;
    }
    const std::string problem = fmt::format("{} {}: ", output->name, output->path);
    for (const NamedFile& input : inputs) {
      validate(input.path.empty() || !same_file(output->path, input.path),
               problem + fmt::format("this run reads that file, as its {}; name another file", input.name));
    }
    for (auto other = outputs.begin(); other != output; ++other) {
      validate(other->path.empty() || !same_file(output->path, other->path),
               problem + fmt::format("{} {} writes the same file; name another", other->name, other->path));
    }
    for (const auto& [stream, name] :
         {std::pair(STDOUT_FILENO, "standard output"), std::pair(STDERR_FILENO, "standard error")}) {
      validate(!is_stream(output->path, stream),
               problem + fmt::format("{} goes to that file already; name another", name));
    }
    check_writable(output->path, existing);
  }
}

FileForm check_output(const RunConfig& config, bool netcdf, bool csv, const std::vector<NamedFile>& more) {
  const std::string& path = config.out;
  FileForm form = FileForm::kNone;
  if (!path.empty()) {
    const std::string extension = std::filesystem::path(path).extension().string();
    form = extension == ".nc" && netcdf ? FileForm::kNetcdf : form;
    form = extension == ".csv" && csv ? FileForm::kCsv : form;
    form = extension == ".json" ? FileForm::kJson : form;
    validate(form != FileForm::kNone,
             fmt::format("--out {}: the extension says what is written; use {}{}.json", path,
                         netcdf ? ".nc, " : "", csv ? ".csv or " : ""));
  }
  std::vector<NamedFile> outputs{{"--out", path}};
  outputs.insert(outputs.end(), more.begin(), more.end());
  check_places(outputs, {{"run file", config.run_file}, {"spectrum", config.model.spectrum}},
               existing_of(config));
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

}  // namespace ridgeflow::cli
