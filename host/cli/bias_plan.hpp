// The runs of a study of step sizes, checked before the first of them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ridgeflow/io/run_config.hpp"
#include "ridgeflow/model/posterior.hpp"
#include "ridgeflow/run/options.hpp"

#include "cli/flags.hpp"

namespace ridgeflow::cli {

/// The flags of bias alone.
struct BiasFlags {
  std::vector<double> step_sizes;
  std::size_t count = 7;
  double seconds = 2.0;
  double target = 0.01;
  double reference_step = 1e-4;
};

/// One run to come.
struct BiasCase {
  std::string integrator;
  double step = 0;
};

/// What is asked for, checked.
struct BiasPlan {
  std::vector<std::string> integrators;
  std::vector<BiasCase> cases;  ///< by integrator, steps ascending
  BiasCase reference;
  bool by_draws = false;
  bool fixed_interval = false;
};

/// Whether \p integrator has no bias at any step.
bool is_exact(const std::string& integrator);

/// The sampler of \p run: that of \p config at its step and interval.
SamplerOptions options_of(const RunConfig& config, const BiasPlan& plan, const BiasCase& run,
                          const Posterior& posterior);

/// \throws InvalidInput for settings that exclude each other and for steps that cannot be taken.
BiasPlan make_bias_plan(const RunConfig& config, const BiasFlags& extras, const Flags& flags,
                        const Posterior& posterior);

}  // namespace ridgeflow::cli
