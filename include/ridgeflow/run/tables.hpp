/// \file
/// From a posterior and an integrator to the tables that chains step with.
#pragma once

#include "ridgeflow/chain/mode_tables.hpp"
#include "ridgeflow/run/executor.hpp"
#include "ridgeflow/run/options.hpp"

namespace ridgeflow {

/// Whether every mode moves: the decay of none rounds to 1 in \p Scalar.
template <class Scalar>
bool moves_every_mode(const ResolvedRun& run, const Posterior& posterior);

/// Tables of the integrator's step, centred on m*. \throws InvalidInput unless moves_every_mode(): the step
/// is too small for the precision.
template <class Scalar>
ModeTables<Scalar> build_step_tables(const ResolvedRun& run, const Posterior& posterior);

/// Tables of the initial state's law.
template <class Scalar>
ModeTables<Scalar> build_start_tables(const ResolvedRun& run, const Posterior& posterior);

/// The system that \p posterior is under \p run.
template <class Scalar>
SystemSetup<Scalar> make_system(const Posterior& posterior, const ResolvedRun& run) {
  return {build_step_tables<Scalar>(run, posterior), build_start_tables<Scalar>(run, posterior),
          run.first_chain, run.chains};
}

/// An ensemble of one system, ready for an executor; more of the same integrator and plan may be added.
template <class Scalar>
EnsembleSetup<Scalar> make_setup(const Posterior& posterior, const ResolvedRun& run) {
  EnsembleSetup<Scalar> setup;
  setup.integrator = run.integrator;
  setup.plan = run.plan;
  setup.math = run.math;
  setup.systems.push_back(make_system<Scalar>(posterior, run));
  return setup;
}

extern template bool moves_every_mode<float>(const ResolvedRun&, const Posterior&);
extern template bool moves_every_mode<double>(const ResolvedRun&, const Posterior&);
extern template ModeTables<float> build_step_tables<float>(const ResolvedRun&, const Posterior&);
extern template ModeTables<double> build_step_tables<double>(const ResolvedRun&, const Posterior&);
extern template ModeTables<float> build_start_tables<float>(const ResolvedRun&, const Posterior&);
extern template ModeTables<double> build_start_tables<double>(const ResolvedRun&, const Posterior&);

}  // namespace ridgeflow
