#include "theory/vertex_function.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace ridgeflow {

VertexCouplings polynomial_couplings_at(const VertexCouplings& vertex, double size) {
  return {vertex.ridge + size * (vertex.quartic / 2 + size * vertex.sextic / 8),
          vertex.quartic + size * vertex.sextic / 2, vertex.sextic};
}

double polynomial_step(const VertexCouplings& vertex, double size, double step) {
  return step * (vertex.ridge / 2 + vertex.quartic / 8 * (2 * size + step) +
                 vertex.sextic / 48 * (3 * size * (size + step) + step * step));
}

double VertexFunction::position(double size) const {
  return std::min(2.0 * std::log1p(size / this->scale) / this->log_length - 1.0, 1.0);
}

double VertexFunction::size_at(double position) const {
  return this->scale * std::expm1(0.5 * this->log_length * (1.0 + position));
}

VertexCouplings VertexFunction::couplings_at(double size) const {
  const double x = this->position(size);
  // T_j and its first three derivatives, at j - 1 and j.
  std::array<double, 4> before{1, 0, 0, 0};
  std::array<double, 4> now{x, 1, 0, 0};
  std::array<double, 4> sum{0, 0, 0, 0};
  for (std::size_t j = 1; j < this->series.size(); ++j) {
    std::array<double, 4> next{};
    for (std::size_t d = 0; d < 4; ++d) {
      sum[d] += this->series[j] * now[d];
      next[d] = 2 * x * now[d] - before[d] + (d == 0 ? 0.0 : 2.0 * static_cast<double>(d) * now[d - 1]);
    }
    before = now;
    now = next;
  }
  const double stretch = 2.0 / this->log_length;
  const double first = stretch * sum[1];  // in t = ln(1 + R/A)
  const double second = stretch * stretch * sum[2];
  const double third = stretch * stretch * stretch * sum[3];
  const double by = 1.0 / (this->scale + std::min(size, this->length));  // dt/dR
  VertexCouplings result = polynomial_couplings_at(this->polynomial, size);
  result.ridge += 2 * first * by;
  result.quartic += 4 * (second - first) * by * by;
  result.sextic += 8 * (third - 3 * second + 2 * first) * by * by * by;
  return result;
}

}  // namespace ridgeflow
