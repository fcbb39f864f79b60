// The program: finds the verb, runs it, and turns errors into the exit status.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <new>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/io/version.hpp"

#include "cli/flags.hpp"
#include "cli/help.hpp"
#include "cli/log.hpp"
#include "cli/partial.hpp"
#include "cli/ranks.hpp"
#include "cli/run_file_reference.hpp"
#include "cli/signals.hpp"
#include "cli/tables.hpp"
#include "cli/verbs.hpp"
#include "cli/words.hpp"

namespace ridgeflow::cli {
namespace {

struct Verb {
  CLI::App* app;
  Action action;
};

int run(int argc, char** argv) {
  CLI::App app{
      "RidgeFlow: samples the weakly non-Gaussian posterior of a trained network and holds it against the "
      "renormalization group.",
      "ridgeflow"};
  app.formatter(std::make_shared<HelpFormatter>());  // verbs inherit it
  app.set_help_flag("-h,--help", "print this");
  app.set_version_flag("--version", fmt::format("ridgeflow {} ({})", version(), git_revision()));
  app.allow_extras();
  app.footer(
      "Each verb has its own --help; ridgeflow help run-file prints every key of a run file. Results go to "
      "standard output, log and progress to standard error.\n"
      "Exit status: 0 done, 1 a required comparison failed, 2 bad input, 3 numerical failure, 4 device or "
      "system failure, 130, 143 or 129 stopped by SIGINT, SIGTERM or SIGHUP.");
  std::vector<Verb> verbs;
  bool quiet = false;
  const auto add = [&](const std::string& name, const std::string& help, Action (*make)(CLI::App&)) {
    CLI::App* verb = app.add_subcommand(name, help);
    verb->allow_extras();
    verb->add_flag("-q,--quiet", quiet, "no progress and no information on standard error")->group("Output");
    verbs.push_back({verb, make(*verb)});
  };
  add("compare", "sample, predict and compare in one run", add_compare);
  add("predict", "the predictions alone", add_predict);
  add("flow", "the flow of the couplings under the renormalization group", add_flow);
  add("transfer", "couplings for a network of another size", add_transfer);
  add("curve", "the learning curve of power-law data", add_curve);
  add("relevance", "which couplings matter at which scale: truncated flows against the functional one",
      add_relevance);
  add("profile", "throughput on this machine", add_profile);
  add("bias", "what the step size of each integrator costs", add_bias);
  add("info", "build, devices, limits and a self-test", add_info);
  add("plot", "pictures of a result, a sweep, or the JSON of a study", add_plot);
  app.require_subcommand(0, 1);

  std::vector<std::string> names;
  for (const Verb& verb : verbs) {
    names.push_back(verb.app->get_name());
  }
  std::vector<std::string> words(argv + 1, argv + argc);
  if (asks_for_run_keys(words)) {
    print_result(run_file_reference());
    return kDone;
  }
  words = verb_first(std::move(words), names);
  const CLI::App* asked = nullptr;
  try {
    asked = parse_verb(app, std::move(words));
  } catch (const CLI::Success& wanted) {  // --help, --version
    return app.exit(wanted);
  }
  for (const Verb& verb : verbs) {
    if (verb.app == asked) {
      if (!is_first_rank() && asked->get_name() != "compare") {
        return kDone;  // only compare has work to share
      }
      if (quiet) {
        spdlog::set_level(std::max(spdlog::get_level(), spdlog::level::warn));
      }
      return verb.action();
    }
  }
  fmt::print(stderr, "{}", app.help());
  return kBadInput;
}

/// The exit status of the exception under way; says what it was.
int explain() {
  try {
    throw;
  } catch (const InvalidInput& error) {
    spdlog::error("{}", error.what());
    return kBadInput;
  } catch (const NumericalFailure& error) {
    spdlog::error("{}", error.what());
    return kNumericalFailure;
  } catch (const std::bad_alloc&) {
    spdlog::error("not enough memory: use fewer chains or modes");
    return kSystemFailure;
  } catch (const std::exception& error) {  // DeviceError, std::system_error, and what should not be
    spdlog::error("{}", error.what());
    return kSystemFailure;
  }
}

}  // namespace
}  // namespace ridgeflow::cli

int main(int argc, char** argv) {
  ridgeflow::cli::take_over_signals();  // before MPI and its threads
  ridgeflow::cli::start_log();
  const ridgeflow::cli::Ranks ranks(&argc, &argv);
  if (!ridgeflow::cli::is_first_rank()) {  // the first speaks for all; of the others only errors are heard
    ridgeflow::cli::start_log(fmt::format("rank {}", ridgeflow::cli::rank()));
    spdlog::set_level(spdlog::level::err);
  }
  int status = ridgeflow::cli::kDone;
  try {
    status = ridgeflow::cli::run(argc, argv);
    if (ridgeflow::cli::result_is_partial()) {
      status = ridgeflow::cli::stopped_status(ridgeflow::cli::stop_signal());
    }
  } catch (const ridgeflow::RunStopped& stop) {  // on all ranks
    const int signal = ridgeflow::cli::stop_signal();
    spdlog::warn("{}: {}; nothing is written", ridgeflow::cli::signal_name(signal), stop.what());
    status = ridgeflow::cli::stopped_status(signal);
  } catch (...) {
    status = ridgeflow::cli::explain();
    if (ridgeflow::cli::rank_count() > 1) {
      ridgeflow::cli::Ranks::abort(status);
    }
  }
  if ((std::fflush(stdout) != 0 || std::ferror(stdout) != 0) && !ridgeflow::cli::reader_is_gone()) {
    spdlog::error("standard output cannot be written");
    return status == ridgeflow::cli::kDone ? ridgeflow::cli::kSystemFailure : status;
  }
  return status;
}
