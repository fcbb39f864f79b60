// Posteriors that several tests need: those of the reference tables, and random ones.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include <rapidcheck.h>

#include "ridgeflow/model/posterior.hpp"

#include "support/csv.hpp"

namespace ridgeflow::test {

inline constexpr const char* reference_cases[] = {"fig3", "fig4_system2", "gaussian", "marginal", "strong"};

/// The posterior of a reference table, built from its parameters alone.
inline Posterior reference_posterior(const Table& table) {
  const auto samples = std::stoll(table.parameters.at("P"));
  return Posterior(power_law_spectrum(table.rows(), table.parameter("alpha"), table.parameter("beta")),
                   Couplings{samples, table.parameter("kappa"), table.parameter("u")});
}

/// kappa of the standard run: 10^0.6.
inline constexpr double kStandardKappa = 3.981071705534973;

/// P = M power-law data with alpha = 0.2, beta = 0.3.
inline Posterior standard_posterior(std::size_t modes, double kappa, double u) {
  return Posterior(power_law_spectrum(modes, 0.2, 0.3),
                   Couplings{static_cast<std::int64_t>(modes), kappa, u});
}

/// Uniform in [low, high]; inside properties only.
inline double between(double low, double high) {
  return low + (high - low) * static_cast<double>(*rc::gen::inRange(0, 1000001)) / 1e6;
}

/// 1 to 40 modes over eight decades of a, any order; r and U over many decades as well.
inline Posterior any_posterior() {
  const int modes = *rc::gen::inRange(1, 41);
  Spectrum spectrum;
  for (int k = 0; k < modes; ++k) {
    spectrum.a.push_back(std::pow(10.0, between(-3, 5)));
    spectrum.y.push_back(between(-5, 5));
  }
  return Posterior(std::move(spectrum),
                   Couplings{modes, std::pow(10.0, between(-2, 2)), std::pow(10.0, between(-9, 2))});
}

}  // namespace ridgeflow::test
