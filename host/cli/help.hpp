// What --help prints: a flag beside what it does, in lines of a terminal of 80 columns.
#pragma once

#include <string>

#include <CLI/App.hpp>
#include <CLI/Formatter.hpp>

namespace ridgeflow::cli {

/// For App::formatter(). Descriptions and footers are wrapped; a line end in them ends a paragraph.
class HelpFormatter final : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
  std::string make_subcommand(const CLI::App* verb) const override;
  std::string make_description(const CLI::App* app) const override;
  std::string make_footer(const CLI::App* app) const override;
};

}  // namespace ridgeflow::cli
