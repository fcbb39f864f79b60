// Chains whose statistics are known.
#pragma once

#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include "ridgeflow/measure/draws.hpp"

namespace ridgeflow::test {

using Series = std::vector<std::vector<double>>;  // [chain][draw]

// Chains that move as x' = phi x + noise, of stationary variance 1, started in it.
inline Series autoregressive(std::mt19937_64& generator, std::size_t chains, std::size_t draws, double phi) {
  std::normal_distribution<double> normal;
  Series series(chains, std::vector<double>(draws));
  const double amplitude = std::sqrt(1.0 - phi * phi);
  for (auto& chain : series) {
    double x = normal(generator);
    for (double& d : chain) {
      d = x;
      x = phi * x + amplitude * normal(generator);
    }
  }
  return series;
}

/// tau_int of such chains, 1/2 for phi = 0.
inline double autoregressive_tau(double phi) {
  return 0.5 * (1.0 + phi) / (1.0 - phi);
}

/// Draws that own their values, given as chains of equal length; stands wherever Draws are asked for.
class OwnedDraws {
 public:
  OwnedDraws(const Series& series) : chains_(series.size()), draws_(series.at(0).size()) {
    for (const auto& chain : series) {
      values_.insert(values_.end(), chain.begin(), chain.end());
    }
  }
  operator Draws() const { return {this->values_, this->chains_, this->draws_}; }

 private:
  std::vector<double> values_;
  std::size_t chains_;
  std::size_t draws_;
};

}  // namespace ridgeflow::test
