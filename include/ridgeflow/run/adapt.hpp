/// \file
/// A step size found from acceptance, before a run and never during it.
#pragma once

#include <optional>

#include "ridgeflow/run/control.hpp"
#include "ridgeflow/run/options.hpp"

namespace ridgeflow {

/// What adapt_step() found.
struct AdaptedStep {
  double step = 0;
  double acceptance = 0;  ///< in the last round
  double target = 0;      ///< Integrator::kTargetAcceptance
  int rounds = 0;
};

/// The step at which the integrator of \p options accepts its target, where it has one and no step is given;
/// else nothing. Found on 256 pilot chains with noise of their own, which equilibrate anew at every trial
/// step and are then thrown away: the run itself has one step from its first pass on, so that detailed
/// balance holds in all of it. The pilot depends on seed and model alone: every rank and backend finds the
/// same step. With a the acceptance at step h, Phi^-1(a/2) ~ h^(3/2) for many modes (Roberts and Rosenthal,
/// J. R. Stat. Soc. B 60, 255 (1998)), and a trial step is the one at which that law, put through the last,
/// gives the target. \throws InvalidInput as resolve() does, NumericalFailure if no step is found in 20
/// rounds, RunStopped where \p control asks for a stop before.
std::optional<AdaptedStep> adapt_step(const Posterior& posterior, const SamplerOptions& options,
                                      const RunControl& control = {});

}  // namespace ridgeflow
