// A vertex V(R) as a function: a polynomial and a Chebyshev series in ln(1 + R/A).
#pragma once

#include <span>

#include "ridgeflow/theory/functional_decimation.hpp"

namespace ridgeflow {

/// 2V', 4V'', 8V''' of r R/2 + U R^2/8 + W R^3/48 at \p size.
VertexCouplings polynomial_couplings_at(const VertexCouplings& vertex, double size);

/// V(size + step) - V(size) of that polynomial, without cancellation.
double polynomial_step(const VertexCouplings& vertex, double size, double step);

/// V_q = polynomial + sum_j g_j T_j(x), x = 2 ln(1 + R/A)/ln(1 + L/A) - 1, on 0 <= R <= L (docs/theory.md,
/// section 3, "Functional decimation"). A view: the series belongs to another.
struct VertexFunction {
  VertexCouplings polynomial;
  double scale = 0;       // A
  double length = 0;      // L
  double log_length = 0;  // ln(1 + L/A)
  std::span<const double> series;

  /// x of a size; the end of the interval for larger ones.
  double position(double size) const;
  /// The size of an x.
  double size_at(double position) const;
  /// 2V', 4V'', 8V'''; beyond L the series goes on as a constant slope.
  VertexCouplings couplings_at(double size) const;
};

}  // namespace ridgeflow
