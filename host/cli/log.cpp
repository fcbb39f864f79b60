#include "cli/log.hpp"

#include <iterator>
#include <memory>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <spdlog/formatter.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/spdlog.h>

#include "cli/lines.hpp"
#include "cli/progress.hpp"

namespace ridgeflow::cli {
namespace {

/// "level: message" in lines of a terminal, the level in its colour.
class Formatter final : public spdlog::formatter {
 public:
  explicit Formatter(std::string speaker) : speaker_(std::move(speaker)) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const auto level = spdlog::level::to_string_view(message.level);
    const std::string text =
        wrapped(fmt::format("{}: {}{}", std::string_view(level.data(), level.size()), speaker_,
                            std::string_view(message.payload.data(), message.payload.size())));
    message.color_range_start = out.size();
    message.color_range_end = out.size() + level.size();
    out.append(text.data(), text.data() + text.size());
  }

  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<Formatter>(speaker_); }

 private:
  std::string speaker_;  // with ": " where it is not empty
};

/// Standard error, where a progress line may stand that has to go first.
class Sink final : public spdlog::sinks::ansicolor_stderr_sink_mt {
 public:
  void log(const spdlog::details::log_msg& message) override {
    erase_progress_line();
    spdlog::sinks::ansicolor_stderr_sink_mt::log(message);
  }
};

}  // namespace

void start_log(const std::string& speaker) {
  auto sink = std::make_shared<Sink>();
  sink->set_formatter(std::make_unique<Formatter>(speaker.empty() ? "" : speaker + ": "));
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("ridgeflow", std::move(sink)));
}

}  // namespace ridgeflow::cli
