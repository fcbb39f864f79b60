// What bias found, as text for a terminal, as CSV and as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ridgeflow/io/run_config.hpp"
#include "ridgeflow/model/posterior.hpp"
#include "ridgeflow/run/step_bias.hpp"

#include "cli/tables.hpp"

namespace ridgeflow::cli {

/// One integrator over its step sizes.
struct IntegratorBias {
  std::string integrator;
  bool exact = false;            ///< no bias at any step
  std::vector<StepBias> points;  ///< by ascending step
  std::vector<BiasLaw> laws;     ///< of kPooledVariance, kWorstVariance, kSizeVariance
};

/// One integrator at the step that a target allows.
struct EqualBias {
  BiasOf what = BiasOf::kWorstVariance;
  std::string integrator;
  bool exact = false;
  bool by_law = false;          ///< the step is the fitted law's
  std::uint32_t mode = 0;       ///< k, from 1, of the mode that the law is of; 0 without
  std::optional<StepBias> run;  ///< measured there; none: no step is known to be within the target
};

/// The softest mode alone, by quadrature of the transition kernel.
struct OneModeBias {
  std::string integrator;
  std::vector<double> relaxations;  ///< h (a + rho*), ascending
  std::vector<double> variance;     ///< relative bias of Var d
  std::vector<double> size;         ///< of Var R
  double variance_order = 0;        ///< between the two smallest steps; NaN: no bias
  double size_order = 0;
};

struct BiasReport {
  RunConfig config;
  const Posterior& posterior;
  double target = 0;   ///< relative
  double seconds = 0;  ///< of each run; 0: by draws
  double wall = 0;     ///< seconds of all of it
  ExecutorInfo executor;
  std::vector<IntegratorBias> studies;
  StepBias reference;
  std::vector<EqualBias> equal;
  std::vector<OneModeBias> one_mode;
};

std::string csv_text(const BiasReport& report);
Json json_of(const BiasReport& report);
std::string table_text(const BiasReport& report);

}  // namespace ridgeflow::cli
