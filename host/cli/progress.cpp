#include "cli/progress.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/amounts.hpp"
#include "cli/lines.hpp"

namespace ridgeflow::cli {
namespace {

constexpr double kWindow = 20.0;         ///< seconds whose speed is that of late
constexpr double kSettled = 2.0;         ///< seconds after which a speed is known
constexpr double kFirstLine = 10.0;      ///< seconds
constexpr double kLineInterval = 50.0;   ///< seconds: with a slice of a run, less than a minute
constexpr double kShortestTold = 1.0;    ///< seconds of a run whose end is told
constexpr std::size_t kNarrowest = 20;   ///< columns that a progress line needs
constexpr std::size_t kLongestBar = 30;  ///< columns
constexpr std::size_t kShortestBar = 5;

std::atomic<std::size_t> drawn_columns{0};  ///< of the progress line that stands on the screen; 0: none

/// Whether standard error is a terminal that knows how to erase a line.
bool draws_lines() {
  const char* kind = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): nothing writes the environment
  return ::isatty(STDERR_FILENO) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

std::string rate_part(const ProgressReport& report) {
  return fmt::format("{} mode updates", rate_text(report.updates_per_second));
}

std::string r_hat_part(const ProgressReport& report) {
  return std::isnan(report.worst_r_hat) ? "" : fmt::format("worst R-hat {:.3f}", report.worst_r_hat);
}

}  // namespace

void RemainingTime::add(double fraction, double seconds) {
  points_.push_back({fraction, seconds});
  while (points_.size() > 2 && seconds - points_[1].seconds >= kWindow) {
    points_.pop_front();
  }
}

std::optional<double> RemainingTime::seconds() const {
  if (points_.empty()) {
    return std::nullopt;
  }
  const Point& last = points_.back();
  const double gone = last.seconds - points_.front().seconds;
  const double done = last.fraction - points_.front().fraction;
  if (!(gone >= kSettled && done > 0)) {
    return std::nullopt;
  }
  return std::max(0.0, 1.0 - last.fraction) * gone / done;
}

std::string progress_line(const ProgressReport& report, std::optional<double> left, std::size_t columns) {
  std::string line = fmt::format("{:3.0f} %", 100.0 * report.fraction);
  std::string rest;
  const auto add = [&](const std::string& part) {
    const std::string more = rest.empty() ? " " + part : ", " + part;
    if (!part.empty() && line.size() + rest.size() + more.size() <= columns) {
      rest += more;
    }
  };
  if (left) {
    const std::string time = seconds_text(*left);
    add(line.size() + 6 + time.size() <= columns ? time + " left" : time);
  }
  const std::size_t bar_and_text = line.size() + rest.size() + 3;  // " [", "]"
  std::size_t bar = columns >= bar_and_text + kShortestBar ? kShortestBar : 0;
  const std::size_t bar_columns = bar > 0 ? bar + 3 : 0;
  columns -= bar_columns;
  add(rate_part(report));
  add(r_hat_part(report));
  if (bar > 0) {
    bar = std::min(kLongestBar, bar + columns - line.size() - rest.size());
    const auto filled = static_cast<std::size_t>(
        std::clamp(static_cast<double>(bar) * report.fraction, 0.0, static_cast<double>(bar)));
    line += fmt::format(" [{:-<{}}]", std::string(filled, '#'), bar);
  }
  return line + rest;
}

std::size_t terminal_columns() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return size.ws_col;
  }
  const char* text = std::getenv("COLUMNS");  // NOLINT(concurrency-mt-unsafe): as above
  const std::string_view digits = text == nullptr ? "" : text;
  std::size_t columns = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), columns);
  return error == std::errc() && columns > 0 ? columns : kColumns;
}

void erase_progress_line() {
  const std::size_t drawn = drawn_columns.exchange(0);
  if (drawn == 0) {
    return;
  }
  // A terminal that has become narrower meanwhile may have folded the line into several.
  const std::size_t rows_above = (drawn - 1) / std::max<std::size_t>(1, terminal_columns());
  std::fputs(fmt::format("\r{}\033[J", rows_above > 0 ? fmt::format("\033[{}A", rows_above) : "").c_str(),
             stderr);  // which may be gone: no reason to end a run
  std::fflush(stderr);
}

Progress::Progress() : terminal_(draws_lines()), next_line_(kFirstLine) {}

Progress::~Progress() {
  erase_progress_line();
}

void Progress::show(const ProgressReport& report) {
  if (!spdlog::should_log(spdlog::level::info)) {
    return;
  }
  remaining_.add(report.fraction, report.seconds);
  if (!terminal_) {
    this->tell(report);
    return;
  }
  // The last column stays free: some terminals go to the next line after it.
  const std::size_t columns = terminal_columns();
  if (columns <= kNarrowest - 1) {
    return;
  }
  const std::string line = progress_line(report, remaining_.seconds(), columns - 1);
  if (drawn_columns >= columns) {
    erase_progress_line();
  }
  drawn_columns = line.size();
  std::fputs(fmt::format("\r{}\033[K", line).c_str(), stderr);
  std::fflush(stderr);
}

void Progress::tell(const ProgressReport& report) {
  if (report.fraction >= 1.0) {
    if (!ended_ && report.seconds >= kShortestTold) {
      spdlog::info("100 % after {}, {}", seconds_text(report.seconds), rate_part(report));
    }
    ended_ = true;
    return;
  }
  if (report.seconds >= next_line_) {
    next_line_ = report.seconds + kLineInterval;
    constexpr std::size_t kLevel = 6;  // "info: "
    spdlog::info("{}", progress_line(report, remaining_.seconds(), kColumns - kLevel));
  }
}

}  // namespace ridgeflow::cli
