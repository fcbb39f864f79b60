#include "cli/run_file_reference.hpp"

#include <string_view>

#include <fmt/format.h>

#include "ridgeflow/io/run_config.hpp"
#include "ridgeflow/io/run_file.hpp"

#include "cli/lines.hpp"

namespace ridgeflow::cli {
namespace {

/// \p text behind "# ", in lines.
std::string comment(const std::string& text) {
  std::string out;
  std::string lines = wrapped(text, kColumns - 2, 0);
  for (std::string_view rest = lines; !rest.empty();) {
    const std::size_t end = rest.find('\n') + 1;
    out += fmt::format("# {}", rest.substr(0, end));
    rest.remove_prefix(end);
  }
  return out;
}

std::string entry(const RunKey& key) {
  const std::string line = toml_line(RunConfig{}, key);
  return comment(fmt::format("{} ({})", key.help, key.flag)) +
         (line.empty() ? fmt::format("# {} = {}\n", key.leaf(), to_string(key.type)) : line);
}

}  // namespace

std::string run_file_reference() {
  std::string out = comment(
      "A run file: every key and its default; of a key without one, what it takes. Numbers of a system may "
      "be "
      "lists, [0.1, 0.2], or ranges, \"FROM:TO:COUNT\" or \"FROM:TO:COUNT:log\", both ends included; the run "
      "is then the grid of all their combinations. A flag, named below each key, takes the place of what the "
      "file says, and --set SECTION.KEY=VALUE that of both.");
  std::string_view section;
  for (const RunKey& key : run_keys()) {
    if (key.section() != section) {
      section = key.section();
      out += fmt::format("\n[{}]\n", section);
    }
    out += entry(key);
  }
  return out;
}

}  // namespace ridgeflow::cli
