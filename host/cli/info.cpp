// ridgeflow info: what this build is, what it runs on, and whether its arithmetic is right.
#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/base/error.hpp"
#include "ridgeflow/base/system_limits.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/io/version.hpp"
#include "ridgeflow/model/spectrum.hpp"
#include "ridgeflow/random/streams.hpp"
#include "ridgeflow/run/executor.hpp"
#include "ridgeflow/run/self_test.hpp"

#include "cli/flags.hpp"
#include "cli/limits.hpp"
#include "cli/output.hpp"
#include "cli/publish.hpp"
#include "cli/tables.hpp"
#include "cli/verbs.hpp"
#include "cpu/lane_kernels.hpp"

namespace ridgeflow::cli {
namespace {

struct Options {
  RunConfig output;  ///< its out and replace
  std::string format = "table";
};

struct Machine {
  std::vector<std::string> lanes;
  std::vector<std::string> devices;
  std::string why_no_device;
  std::vector<SelfTestLine> tests;
};

Machine look_around() {
  Machine machine;
  for (const LaneKernels& kernels : available_lane_kernels()) {
    machine.lanes.emplace_back(kernels.name);
  }
  machine.devices = cuda_devices(&machine.why_no_device);
  machine.tests = self_test();
  return machine;
}

std::string table_text(const Machine& machine) {
  std::string out = fmt::format("ridgeflow {} ({}), {}, {}, {}\n", version(), git_revision(), build_type(),
                                compiler(), built_with_cuda() ? "with CUDA" : "without CUDA");
  out += fmt::format("processor: {}, vectors {}\n", counted(std::thread::hardware_concurrency(), "thread"),
                     fmt::join(machine.lanes, ", "));
  out += limits_text();
  out += machine.devices.empty() ? fmt::format("CUDA devices: none ({})\n", machine.why_no_device)
                                 : fmt::format("CUDA devices: {}\n", fmt::join(machine.devices, ", "));
  out += fmt::format("integrators: {}\n", fmt::join(kIntegratorNames, ", "));
  out += fmt::format("limits: {} modes, {} chains, {} steps a chain\n", kMaxModes, kMaxChains, kMaxStep);
  out += "self-test\n";
  for (const SelfTestLine& test : machine.tests) {
    out += fmt::format("  {}  {}{}{}\n", test.passed ? "ok    " : "FAILED", test.name,
                       test.detail.empty() ? "" : ": ", test.detail);
  }
  return out;
}

std::string json_text(const Machine& machine) {
  const SystemLimit threads = default_threads();
  const SystemLimit memory = memory_limit();
  Json tests = Json::array();
  for (const SelfTestLine& test : machine.tests) {
    tests.push_back({{"name", test.name}, {"passed", test.passed}, {"detail", test.detail}});
  }
  return dump({{"version", version()},
               {"git_revision", git_revision()},
               {"build_type", build_type()},
               {"compiler", compiler()},
               {"cuda", built_with_cuda()},
               {"threads", std::thread::hardware_concurrency()},
               {"default_threads", threads.value},
               {"default_threads_set_by", threads.set_by},
               {"memory_bytes", memory.value},
               {"memory_set_by", memory.set_by},
               {"lanes", machine.lanes},
               {"cuda_devices", machine.devices},
               {"why_no_cuda_device", machine.why_no_device},
               {"integrators", kIntegratorNames},
               {"max_modes", kMaxModes},
               {"max_chains", kMaxChains},
               {"max_step", kMaxStep},
               {"self_test", std::move(tests)}});
}

int run_info(const Options& options) {
  RunConfig config = options.output;
  config.format = format_from_string(options.format);
  validate(config.format != Format::kCsv, "--format csv: info has no columns; use table or json");
  const FileForm form = check_output(config, false, false);
  const Machine machine = look_around();
  publish(
      config, form,
      [&](Format format) { return format == Format::kJson ? json_text(machine) : table_text(machine); },
      [] {});
  const bool passed = std::all_of(machine.tests.begin(), machine.tests.end(),
                                  [](const SelfTestLine& test) { return test.passed; });
  return passed ? kDone : kNumericalFailure;
}

}  // namespace

Action add_info(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("--out", options->output.out, "write it as .json as well")->type_name("FILE");
  app.add_option("--format", options->format, "on standard output: table or json")
      ->type_name("F")
      ->capture_default_str();
  add_force(app, options->output.replace);
  app.footer("Exit status 3 if the self-test fails: results of such a machine cannot be trusted.");
  return [options] { return run_info(*options); };
}

}  // namespace ridgeflow::cli
