/// \file
/// From a posterior and an integrator to the tables that chains step with.
#pragma once

#include "ridgeflow/chain/mode_tables.hpp"
#include "ridgeflow/run/options.hpp"

namespace ridgeflow {

/// Tables of the integrator's step, centred on m*. \throws InvalidInput if a mode's decay rounds to 1, so
/// that it would not move: the step is too small for the precision.
template <class Scalar>
ModeTables<Scalar> build_step_tables(const ResolvedRun& run, const Posterior& posterior);

/// Tables of the initial state's law.
template <class Scalar>
ModeTables<Scalar> build_start_tables(const ResolvedRun& run, const Posterior& posterior);

extern template ModeTables<float> build_step_tables<float>(const ResolvedRun&, const Posterior&);
extern template ModeTables<double> build_step_tables<double>(const ResolvedRun&, const Posterior&);
extern template ModeTables<float> build_start_tables<float>(const ResolvedRun&, const Posterior&);
extern template ModeTables<double> build_start_tables<double>(const ResolvedRun&, const Posterior&);

}  // namespace ridgeflow
