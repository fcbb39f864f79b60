// The progress of a run: one line that no terminal folds, however narrow, and a plain one now and then
// elsewhere.
#include "cli/progress.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/lines.hpp"
#include "cli/program.hpp"

namespace ridgeflow::cli {
namespace {

TEST(ProgressLine, FitsAnyTerminal) {
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t columns = 20; columns <= 250; ++columns) {
    for (const double fraction : {0.0, 0.004, 0.5, 0.9999, 1.0}) {
      for (const double rate : {3.4, 76.4e6, 999.9e12}) {
        for (const double r_hat : {unknown, 1.0, 12345.678}) {
          for (const std::optional<double> left :
               {std::optional<double>(), std::optional<double>(0.0), std::optional<double>(3723.0),
                std::optional<double>(1e14)}) {
            const std::string line = progress_line({fraction, 10, 10, rate, r_hat}, left, columns);
            EXPECT_LE(columns_of(line), columns) << line;
            EXPECT_NE(line.find(fmt::format("{:.0f} %", 100 * fraction)), std::string::npos) << line;
          }
        }
      }
    }
  }
}

TEST(ProgressLine, SaysMoreWhereThereIsRoom) {
  const ProgressReport report{0.25, 10, 30, 76.4e6, 1.0123};
  EXPECT_EQ(progress_line(report, 30.0, 20), " 25 % 30 s left");
  EXPECT_EQ(progress_line(report, 3723.0, 20), " 25 % 1 h 2 min left");
  const std::string wide = progress_line(report, 30.0, 79);
  for (const char* part : {" 25 %", "30 s left", "76.4 M/s mode updates", "worst R-hat 1.012", "[##"}) {
    EXPECT_NE(wide.find(part), std::string::npos) << wide;
  }
}

TEST(RemainingTime, IsNotSaidBeforeTheSpeedIsKnown) {
  RemainingTime remaining;
  EXPECT_FALSE(remaining.seconds());
  remaining.add(0.0001, 0.4);
  remaining.add(0.001, 1.0);
  EXPECT_FALSE(remaining.seconds());
}

TEST(RemainingTime, IsNotMisledByTheStartOfARun) {
  // 85 s of steps after a start of 1.2 s that is no part of them, in slices that grow to half a second; the
  // first few are slow.
  RemainingTime remaining;
  double worst = 1.0;
  double seconds = 1.2;
  double done = 0;
  for (int i = 0; done < 85.0; ++i) {
    const double slice = std::min(0.5, 0.002 * std::pow(8.0, i));
    done += slice;
    seconds += slice + 0.05 / (1 + i);
    remaining.add(std::min(1.0, done / 85.0), seconds);
    if (const auto left = remaining.seconds(); left && done < 80.0) {
      worst = std::max({worst, *left / (85.0 - done), (85.0 - done) / *left});
    }
  }
  EXPECT_LT(worst, 1.3);
}

TEST(RemainingTime, FollowsASpeedThatChanges) {
  RemainingTime remaining;
  double seconds = 0;
  for (int i = 1; i <= 100; ++i) {  // the second half takes four times as long
    seconds += i <= 50 ? 1 : 4;
    remaining.add(i / 100.0, seconds);
  }
  EXPECT_NEAR(*remaining.seconds(), 0.0, 1e-9);
  RemainingTime late;
  seconds = 0;
  for (int i = 1; i <= 60; ++i) {
    seconds += i <= 50 ? 1 : 4;
    late.add(i / 100.0, seconds);
  }
  EXPECT_NEAR(*late.seconds(), 160.0, 8.0);
}

/// What a terminal shows of what a program writes to it, as far as the program asks for: text, line ends, and
/// erasing from the cursor.
class Screen {
 public:
  explicit Screen(std::size_t columns) : columns_(columns) {}

  void feed(const std::string& bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const char c = bytes[i];
      if (c == '\r') {
        column_ = 0;
      } else if (c == '\n') {
        row_ += 1;
        line_ends_ += 1;
      } else if (c == '\033') {
        const std::size_t end = bytes.find_first_of("ABCDJKm", i);
        ASSERT_NE(end, std::string::npos);
        if (bytes[end] == 'K' || bytes[end] == 'J') {
          this->line().resize(std::min(this->line().size(), column_));
        } else if (bytes[end] == 'A') {
          row_ -= std::min<std::size_t>(row_, std::stoul(bytes.substr(i + 2)));
        }
        i = end;
      } else {
        if (column_ == columns_) {
          folds_ += 1;
          row_ += 1;
          column_ = 0;
        }
        this->line().resize(std::max(this->line().size(), column_ + 1), ' ');
        this->line()[column_++] = c;
      }
    }
  }

  int folds() const { return folds_; }
  int line_ends() const { return line_ends_; }
  std::string shown() {
    std::string out;
    for (const std::string& line : lines_) {
      out += line + "\n";
    }
    return out;
  }

 private:
  std::string& line() {
    lines_.resize(std::max(lines_.size(), row_ + 1));
    return lines_[row_];
  }

  std::size_t columns_;
  std::size_t row_ = 0;
  std::size_t column_ = 0;
  int folds_ = 0;
  int line_ends_ = 0;
  std::vector<std::string> lines_;
};

/// What `ridgeflow` with \p arguments writes to a terminal of \p columns columns on standard error.
std::string on_terminal(std::vector<std::string> arguments, std::uint16_t columns) {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0 || ::grantpt(terminal) != 0 || ::unlockpt(terminal) != 0) {
    ADD_FAILURE() << "no pseudo-terminal";
    return "";
  }
  const winsize size{40, columns, 0, 0};
  ::ioctl(terminal, TIOCSWINSZ, &size);
  const std::string name = ::ptsname(terminal);  // NOLINT(concurrency-mt-unsafe)
  ::setenv("TERM", "xterm", 1);                  // NOLINT(concurrency-mt-unsafe)
  posix_spawn_file_actions_t streams;
  ::posix_spawn_file_actions_init(&streams);
  ::posix_spawn_file_actions_addopen(&streams, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&streams, STDERR_FILENO, name.c_str(), O_WRONLY | O_NOCTTY, 0);
  std::vector<char*> words;
  arguments.insert(arguments.begin(), RIDGEFLOW_PROGRAM);
  for (std::string& word : arguments) {
    words.push_back(word.data());
  }
  words.push_back(nullptr);
  pid_t child = -1;
  EXPECT_EQ(::posix_spawn(&child, words[0], &streams, nullptr, words.data(), environ), 0);
  ::posix_spawn_file_actions_destroy(&streams);
  std::string written;
  char buffer[4096];
  while (true) {  // until the program has gone and its side is closed: reading fails then
    const ssize_t count = ::read(terminal, buffer, sizeof buffer);
    if (count <= 0) {
      break;
    }
    written.append(buffer, static_cast<std::size_t>(count));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(terminal);
  EXPECT_EQ(status, 0);
  return written;
}

TEST(Progress, NeverScrollsATerminal) {
  for (const std::uint16_t columns : std::initializer_list<std::uint16_t>{20, 33, 40, 80, 200}) {
    Screen screen(columns);
    const std::string written = on_terminal(test::small_compare(), columns);
    ASSERT_NE(written.find('%'), std::string::npos) << written;
    ASSERT_NO_FATAL_FAILURE(screen.feed(written));
    EXPECT_EQ(screen.folds(), 0) << written;
    EXPECT_EQ(screen.line_ends(), 0) << written;
    EXPECT_EQ(screen.shown(), "\n") << "left on the screen";
  }
}

TEST(Progress, GivesWayToTheLog) {
  // No seed: one is told on the log, in lines of 80 columns.
  Screen screen(80);
  const std::string written = on_terminal(
      {"compare", "--samples", "40", "--draws", "20000", "--chains", "64", "--backend", "cpu"}, 80);
  ASSERT_NO_FATAL_FAILURE(screen.feed(written));
  EXPECT_EQ(screen.folds(), 0);
  EXPECT_EQ(screen.shown().find("info: seed "), 0U) << screen.shown();
  EXPECT_EQ(screen.shown().find('%'), std::string::npos) << screen.shown();
}

TEST(Progress, QuietSaysNothing) {
  EXPECT_EQ(on_terminal(test::small_compare({"--quiet"}), 80), "");
  const test::Outcome outcome =
      test::run({"compare", "-q", "--samples", "40", "--draws", "2e4", "--chains", "64"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_NE(outcome.out.find("P = 40"), std::string::npos);
  const test::Outcome warned =
      test::run(test::small_compare({"-q", "--integrator", "euler", "--step", "1e-4"}));
  EXPECT_EQ(warned.err.find("info:"), std::string::npos);
  EXPECT_NE(warned.err.find("warning:"), std::string::npos) << warned.err;  // what matters is told
  EXPECT_NE(test::run({"compare", "-q", "--draws", "many"}).err.find("error:"), std::string::npos);
}

}  // namespace
}  // namespace ridgeflow::cli
