/// \file
/// Data whose kernel spectrum and target both fall as powers of the mode.
#pragma once

namespace ridgeflow {

/// Power-law data, lambda_k = k^-(1+alpha), y_k = scale k^-(1+beta)/2: the parameters of
/// power_law_spectrum(), for what is known in closed form or in the continuum. All dimensionless; who uses
/// them says which range they need.
struct PowerLaw {
  double alpha = 0.2;
  double beta = 0.3;
  double scale = 1.0;
};

}  // namespace ridgeflow
