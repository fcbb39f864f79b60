/// \file
/// What the network brings: the kernel's spectrum and the target, mode by mode.
#pragma once

#include <cstddef>
#include <vector>

namespace ridgeflow {

/// Inverse kernel eigenvalues a_k = 1/lambda_k and target coefficients y_k; index k - 1 for mode k = 1..M.
/// Dimensionless. The order of the modes is the order in which the renormalization group integrates them out,
/// from the last to the first: largest lambda first is what the theory has in mind, but is not required.
struct Spectrum {
  std::vector<double> a;  ///< [mode] inverse kernel eigenvalue, > 0
  std::vector<double> y;  ///< [mode] target coefficient

  std::size_t size() const { return a.size(); }
};

/// Power-law data: lambda_k = k^-(1+alpha), y_k = scale k^-(1+beta)/2 (docs/theory.md, section 1).
/// \throws InvalidInput if there are no modes, too many, or a value is not finite.
Spectrum power_law_spectrum(std::size_t modes, double alpha, double beta, double scale = 1.0);

/// The door for any other spectrum: checks sizes and values.
/// \throws InvalidInput naming the first mode whose a is not finite and positive or whose y is not finite.
Spectrum make_spectrum(std::vector<double> a, std::vector<double> y);

/// Most modes that a spectrum may have: the noise counter's block word bounds it far above; this is memory.
inline constexpr std::size_t kMaxModes = std::size_t{1} << 24;

}  // namespace ridgeflow
