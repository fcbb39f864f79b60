/// \file
/// The exact Ornstein-Uhlenbeck step that most integrators are built on. Host only: coefficients are tables.
#pragma once

#include <cmath>
#include <cstdint>

#include "ridgeflow/chain/mode_tables.hpp"

namespace ridgeflow {

/// Coefficients of the exact flow over \p time of dd = -rate (d - mean) dt + sqrt(2 rate variance) dW,
/// stationary at N(mean, variance) (docs/theory.md, section 4):
///
///     decay = exp(-rate time), drift = (1 - decay) mean, noise = sqrt(variance (1 - decay^2)).
///
/// The decay is rounded to \p Scalar first and the others follow from the rounded one, so that the stationary
/// law stays exact to the rounding of two numbers however small the step. Decays below 2^-100 are flushed to
/// zero: products with them would be denormal, which costs a third of the speed and changes nothing.
template <class Scalar>
ModeCoefficients ornstein_uhlenbeck(double mean, double variance, double rate, double time) {
  double decay = static_cast<double>(static_cast<Scalar>(std::exp(-rate * time)));
  if (decay < 0x1p-100) {
    decay = 0;
  }
  return {decay, (1.0 - decay) * mean, std::sqrt(variance * (1.0 - decay) * (1.0 + decay))};
}

/// The two sets of an integrator that ends half way through this flow: set 0 over \p time, set 1 over half of
/// it, with the sign of the noise turned.
template <class Scalar>
ModeCoefficients halfway_or_whole(double mean, double variance, double rate, double time, std::uint32_t set) {
  ModeCoefficients c = ornstein_uhlenbeck<Scalar>(mean, variance, rate, set == 0 ? time : 0.5 * time);
  if (set == 1) {
    c.noise = -c.noise;
  }
  return c;
}

}  // namespace ridgeflow
