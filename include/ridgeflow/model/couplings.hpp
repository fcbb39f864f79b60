/// \file
/// What the training brings: samples, temperature, interaction.
#pragma once

#include <cstdint>

namespace ridgeflow {

/// Couplings of the mode vertex. Every sample is charged Delta^2/(2 kappa) + (u/4!) Delta^4 + (w/6!) Delta^6
/// (docs/theory.md, section 1); averaged over Gaussian features the last two are U R^2/8 + W R^3/48. All
/// dimensionless.
struct Couplings {
  std::int64_t samples = 1000;       ///< P >= 1
  double kappa = 3.981071705534973;  ///< kappa > 0, default 1000 / 10^2.4
  double u = 0.05;                   ///< u >= 0
  double w = 0;                      ///< w >= 0

  double ridge() const { return static_cast<double>(this->samples) / this->kappa; }  ///< r = P / kappa
  double quartic() const { return static_cast<double>(this->samples) * this->u; }    ///< U = P u
  double sextic() const { return static_cast<double>(this->samples) * this->w; }     ///< W = P w
};

/// \throws InvalidInput if P < 1, kappa <= 0, u < 0, w < 0 or anything is not finite.
void validate_couplings(const Couplings& couplings);

}  // namespace ridgeflow
