// Mode updates per second of an executor, by integrator, modes, chains, precision, vector width. Statistics
// every step. Beside each on a CPU the core's clock; what its threads at once do of independent
// multiply-adds, each, of what one alone does (thread_scaling: two cores can be asked for so many times twice
// one); the processor time that they got (processor_share). Where it is known, the share of the device's
// floor (ridgeflow/run/floor.hpp).
//
//   bench_throughput [--benchmark_filter=...] [--benchmark_format=json]
//   bench_throughput --case=backend,integrator,modes,chains,threads   that one alone
//   bench_throughput --clock                                          the clock of this core [Hz]
//
// A new integrator needs no line here: the axis is the list of integrators.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/run/clock.hpp"
#include "ridgeflow/run/floor.hpp"
#include "ridgeflow/run/sampler.hpp"
#include "ridgeflow/run/scaling.hpp"

namespace ridgeflow::bench {
namespace {

struct Axis {
  std::string integrator = "adjusted";
  std::size_t modes = 1000;
  std::uint64_t chains = 64;
  Precision precision = Precision::kSingle;
  Math math = Math::kReproducible;
  Backend backend = Backend::kCpu;
  int threads = 1;
  std::string lanes = "auto";

  std::string name() const {
    std::string text = std::string(to_string(this->backend)) + "/" + this->integrator +
                       "/modes:" + std::to_string(this->modes) + "/chains:" + std::to_string(this->chains) +
                       "/" + std::string(to_string(this->precision)) + "/" +
                       std::string(to_string(this->math));
    if (this->backend == Backend::kCpu) {
      text += "/" + this->lanes + "/threads:" + std::to_string(this->threads);
    }
    return text;
  }
};

SamplerOptions options_of(const Axis& axis) {
  SamplerOptions options;
  options.integrator = axis.integrator;
  options.chains = axis.chains;
  options.steps = std::uint64_t{1} << 40;  // never reached: iterations decide
  options.burn_in = 16;
  options.precision = axis.precision;
  options.math = axis.math;
  options.backend = axis.backend;
  options.threads = axis.threads;
  options.lanes = axis.lanes;
  return options;
}

void run(benchmark::State& state, const Axis& axis) {
  const Posterior posterior(power_law_spectrum(axis.modes, 0.2, 0.3), Couplings{});
  const SamplerOptions options = options_of(axis);
  const ResolvedRun run = resolve(options, posterior);
  const std::unique_ptr<Executor> executor = make_executor(posterior, run, options);
  executor->start();
  // enough passes a call that a launch's own cost does not show: some 2e7 updates on the CPU, 2e10 on a GPU
  const double wanted = axis.backend == Backend::kCuda ? 2e10 : 2e7;
  const double per_pass = static_cast<double>(axis.modes) * static_cast<double>(axis.chains);
  const auto passes = static_cast<std::uint64_t>(std::max(64.0, wanted / per_pass));
  executor->advance(passes);
  std::vector<double> clocks;
  std::vector<double> scalings;
  double processor = 0;  // seconds of all threads
  double wall = 0;
  for (auto _ : state) {
    const double processor_before = processor_seconds();
    const auto begin = std::chrono::steady_clock::now();
    executor->advance(executor->passes_done() + passes);
    wall += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    processor += processor_seconds() - processor_before;
    if (axis.backend == Backend::kCpu) {
      state.PauseTiming();
      clocks.push_back(measure_clock());
      scalings.push_back(measure_thread_scaling(axis.threads));
      state.ResumeTiming();
    }
  }
  const double updates = static_cast<double>(passes) * per_pass;
  state.counters["updates/s"] =
      benchmark::Counter(updates * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  state.counters["seconds/update"] =
      benchmark::Counter(updates * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  const ExecutorInfo info = executor->info();
  const double clock = clocks.empty() ? 0.0 : median(clocks);
  if (!clocks.empty()) {
    state.counters["GHz"] = clock / 1e9;
    state.counters["clk/update/core"] =
        benchmark::Counter(updates * static_cast<double>(state.iterations()) / clock / axis.threads,
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
    state.counters["thread_scaling"] = median(scalings);
    state.counters["processor_share"] = processor / (wall * axis.threads);
  }
  const double floor = floor_of(info, axis.precision, options.every, clock);
  if (floor > 0) {  // known
    state.counters["share_of_floor"] = updates * static_cast<double>(state.iterations()) / (wall * floor);
  }
  state.SetLabel(info.device + ", " + info.variant);
}

void add(const Axis& axis) {
  benchmark::RegisterBenchmark(axis.name().c_str(), [axis](benchmark::State& state) { run(state, axis); })
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond)
      ->MinTime(0.3);
}

void add_all() {
  for (const Backend backend : {Backend::kCpu, Backend::kCuda}) {
    const bool cuda = backend == Backend::kCuda;
    if (cuda && cuda_devices().empty()) {
      continue;
    }
    Axis axis;
    axis.backend = backend;
    axis.chains = cuda ? 16896 : 64;
    for (const std::string_view integrator : kIntegratorNames) {
      axis.integrator = std::string(integrator);
      add(axis);
      if (cuda) {  // a CPU has the reproducible functions only
        axis.math = Math::kFast;
        add(axis);
        axis.math = Math::kReproducible;
      }
    }
    axis.integrator = "adjusted";
    axis.precision = Precision::kDouble;
    add(axis);
    axis.precision = Precision::kSingle;
    for (const std::size_t modes : {4UL, 16UL, 64UL, 256UL, 1000UL, 4096UL, 12288UL, 65536UL}) {
      axis.modes = modes;
      axis.chains = cuda ? std::max<std::uint64_t>(256, 16896000 / modes) : 64;
      add(axis);
    }
    axis.modes = 1000;
    for (const std::uint64_t chains : {64UL, 256UL, 1024UL, 4096UL}) {
      axis.chains = chains;
      add(axis);
    }
    if (!cuda) {
      axis.chains = 64;
      for (const char* lanes : {"avx512", "avx2", "portable"}) {
        axis.lanes = lanes;
        add(axis);
      }
      axis.lanes = "auto";
      axis.threads = 2;
      add(axis);
    }
  }
}

/// The case that \p text names, say "cpu,adjusted,1000,64,1".
Axis parse_case(const std::string& text) {
  Axis axis;
  std::istringstream in(text);
  std::string backend, modes, chains, threads;
  std::getline(in, backend, ',');
  std::getline(in, axis.integrator, ',');
  std::getline(in, modes, ',');
  std::getline(in, chains, ',');
  std::getline(in, threads);
  axis.backend = backend == "cuda" ? Backend::kCuda : Backend::kCpu;
  axis.modes = std::stoul(modes);
  axis.chains = std::stoull(chains);
  axis.threads = std::stoi(threads);
  return axis;
}

}  // namespace
}  // namespace ridgeflow::bench

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--clock") {
    std::vector<double> clocks(9);
    std::generate(clocks.begin(), clocks.end(), ridgeflow::measure_clock);
    std::printf("%.6g\n", ridgeflow::median(clocks));
    return 0;
  }
  benchmark::Initialize(&argc, argv);
  constexpr std::string_view kCase = "--case=";
  const std::string_view first = argc == 2 ? argv[1] : "";
  if (first.substr(0, kCase.size()) == kCase) {
    try {
      ridgeflow::bench::add(ridgeflow::bench::parse_case(std::string(first.substr(kCase.size()))));
    } catch (const std::exception&) {
      std::fprintf(stderr, "%s: expected --case=backend,integrator,modes,chains,threads\n", argv[1]);
      return 2;
    }
  } else if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 2;
  } else {
    ridgeflow::bench::add_all();
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
