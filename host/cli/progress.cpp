#include "cli/progress.hpp"

#include <cmath>
#include <cstdio>
#include <string>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "cli/output.hpp"

namespace ridgeflow::cli {

Progress::Progress() : terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (this->drawn_) {
    std::fputs("\r\033[K", stderr);
  }
}

void Progress::show(const ProgressReport& report) {
  const std::string r_hat =
      std::isnan(report.worst_r_hat) ? "" : fmt::format(", worst R-hat {:.3f}", report.worst_r_hat);
  const std::string text = fmt::format("{} mode updates, {} left{}", rate_text(report.updates_per_second),
                                       seconds_text(report.seconds_left), r_hat);
  if (this->terminal_) {
    constexpr int kWidth = 30;
    const auto filled = static_cast<std::size_t>(kWidth * report.fraction);
    fmt::print(stderr, "\r\033[K{:3.0f} % [{:-<{}}] {}", 100.0 * report.fraction, std::string(filled, '#'),
               kWidth, text);
    std::fflush(stderr);
    this->drawn_ = true;
    return;
  }
  const int tenths = static_cast<int>(10.0 * report.fraction + 1e-9);
  if (tenths > this->tenths_ && report.seconds > 1.0) {
    this->tenths_ = tenths;
    spdlog::info("{:3.0f} %, {}", 100.0 * report.fraction, text);
  }
}

}  // namespace ridgeflow::cli
