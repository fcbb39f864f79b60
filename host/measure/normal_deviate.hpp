// Deviations of Student's law carried to the normal one, however far out.
#pragma once

namespace ridgeflow {

/// The normal deviate as improbable as \p t of Student's law with \p degrees_of_freedom > 0: z with
/// P(normal > |z|) = P(Student > |t|) and the sign of t. Tails that double precision cannot hold are compared
/// by their logarithms, so that z goes on growing with t. NaN and infinity stay what they are.
double normal_deviate(double t, double degrees_of_freedom);

}  // namespace ridgeflow
