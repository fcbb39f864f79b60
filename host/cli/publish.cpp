#include "cli/publish.hpp"

#include <exception>

#include "ridgeflow/io/files.hpp"

#include "cli/tables.hpp"

namespace ridgeflow::cli {
namespace {

/// Does what it is given to do, and remembers what failed.
class Attempts {
 public:
  void attempt(const std::function<void()>& action) {
    try {
      action();
    } catch (const std::exception& problem) {
      if (this->failure_) {
        spdlog::error("{}", problem.what());
      } else {
        this->failure_ = std::current_exception();
      }
    }
  }
  /// \throws the first failure.
  void end() const {
    if (this->failure_) {
      std::rethrow_exception(this->failure_);
    }
  }

 private:
  std::exception_ptr failure_;
};

}  // namespace

void publish(const RunConfig& config, FileForm form, const std::function<std::string(Format)>& text_for,
             const std::function<void()>& netcdf, const std::vector<std::function<void()>>& more) {
  Attempts attempts;
  attempts.attempt([&] {
    if (form == FileForm::kNetcdf) {
      netcdf();
    } else if (form != FileForm::kNone) {
      write_whole_file(config.out, text_for(form == FileForm::kCsv ? Format::kCsv : Format::kJson),
                       existing_of(config));
    }
  });
  for (const std::function<void()>& write : more) {
    attempts.attempt(write);
  }
  attempts.attempt([&] {
    const std::string text = text_for(config.format);
    config.format == Format::kTable ? print_text(text) : print_result(text);
  });
  attempts.end();
}

}  // namespace ridgeflow::cli
