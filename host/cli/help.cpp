#include "cli/help.hpp"

#include <cstddef>
#include <string_view>

#include <fmt/format.h>

#include "cli/lines.hpp"

namespace ridgeflow::cli {
namespace {

constexpr std::size_t kTextColumn = 24;  ///< where what a name does begins

/// \p name, and what it does from kTextColumn on: beside it where it is short enough, else below.
std::string entry(const std::string& name, const std::string& text) {
  const std::string space(kTextColumn, ' ');
  std::string out = "  " + name;
  std::string lines = wrapped(space + text, kColumns, kTextColumn);
  if (columns_of(out) + 1 < kTextColumn) {
    return lines.replace(0, columns_of(out), out);
  }
  return out + "\n" + lines;
}

}  // namespace

std::string HelpFormatter::make_option(const CLI::Option* option, bool is_positional) const {
  std::string name = this->make_option_name(option, is_positional);
  if (!is_positional && option->get_type_size() != 0 && !option->get_type_name().empty()) {
    name += " " + option->get_type_name();
  }
  const std::string& standard = option->get_default_str();
  return entry(name,
               option->get_description() + (standard.empty() ? "" : fmt::format(" (default: {})", standard)));
}

std::string HelpFormatter::make_subcommand(const CLI::App* verb) const {
  return entry(verb->get_name(), verb->get_description());
}

std::string HelpFormatter::make_description(const CLI::App* app) const {
  return wrapped(app->get_description(), kColumns, 0);
}

std::string HelpFormatter::make_footer(const CLI::App* app) const {
  return app->get_footer().empty() ? "" : wrapped(app->get_footer(), kColumns, 0);
}

}  // namespace ridgeflow::cli
