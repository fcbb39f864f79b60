/// \file
/// The renormalization group without truncation: the whole function V(R) is carried from mode to mode.
#pragma once

#include <cstddef>
#include <vector>

#include "ridgeflow/model/posterior.hpp"
#include "ridgeflow/model/spectrum.hpp"

namespace ridgeflow {

/// r, U, W of a vertex V(R) = r R/2 + U R^2/8 + W R^3/48, or 2V', 4V'', 8V''' of any vertex at some R.
/// Dimensionless.
struct VertexCouplings {
  double ridge = 0;    ///< r
  double quartic = 0;  ///< U
  double sextic = 0;   ///< W
};

struct VertexFunction;  // host/theory
struct ModeLaw;

/// Integrates out one mode after the other, exactly (docs/theory.md, section 3, "Functional decimation"):
///
///     V_{q-1}(R) = -ln int dd exp(-a_q (d - y_q)^2/2 - V_q(R + d^2)),   q = M ... 1,
///
/// from V_M = r R/2 + U R^2/8 + W R^3/48. V_q is what the modes 1..q see when those above are gone. Given
/// R_{q-1} = sum_{j<q} d_j^2, the density of d_q is the integrand, so that R_q is a Markov chain from R_0 =
/// 0: one pass down gives all V_q and the mean and variance of R given R_q,
///
///     A_{q-1}(R) = E[A_q(R + d^2)],   B_{q-1}(R) = E[B_q(R + d^2)] + Var[A_q(R + d^2)],
///
/// and one pass up carries the law of R_q, as weights on nodes, and with it <d_q> = E[mu_q(R_{q-1})] and
/// Var d_q = E[var_q(R_{q-1})] + Var mu_q(R_{q-1}), sums of positive terms in which no digits are lost.
///
/// Representation: V_q = V_M + Chebyshev series in ln(1 + R/A) on [0, L_q], at Gauss nodes. V_q is analytic
/// but near the negative axis beyond -A, where U A/2 + W A^2/8 is the stiffness of the softest mode; in the
/// logarithm that is far from the interval, whatever the range of stiffnesses. The interval grows with q by
/// the largest d_q^2 that matters, so R + d^2 never leaves it, and V_M is all that has to be split off, W or
/// not. Integrals over d: trapezoidal rule, 57 points, centred and scaled to the law itself. The number of
/// nodes is raised until the last coefficients of every V_q are below 1e-14 of the largest, or are rounding.
///
/// Against the average over the auxiliary field (W = 0): 1e-13 relative in mean and variance of every mode of
/// the reference tables, 24 nodes, 0.2 s at M = 1000; 2e-11 at M = 1e5, 32 nodes, half a minute. Against
/// direct quadrature (M = 1, 2; also W > 0): 1e-13. Cost: O(nodes^2) per mode; memory: nodes x M numbers. All
/// results are dimensionless, mode indices count from 0.
class FunctionalDecimation {
 public:
  /// Any r >= 0, U >= 0, W >= 0. \throws InvalidInput otherwise, or as make_spectrum() does.
  /// \throws NumericalFailure if a number overflows or 256 nodes do not suffice.
  FunctionalDecimation(Spectrum spectrum, const VertexCouplings& vertex);

  /// The same of a posterior's own couplings.
  explicit FunctionalDecimation(const Posterior& posterior)
      : FunctionalDecimation(posterior.spectrum(),
                             {posterior.ridge(), posterior.quartic(), posterior.sextic()}) {}

  const std::vector<double>& mean() const { return this->mean_; }          ///< [mode] <d_k>
  const std::vector<double>& variance() const { return this->variance_; }  ///< [mode] Var d_k
  double mean_size() const { return this->mean_size_; }                    ///< <R>, R = sum_k d_k^2
  double variance_size() const { return this->variance_size_; }            ///< Var R
  /// ln int exp(-S(d)) dd over all modes.
  double log_partition() const { return this->log_partition_; }

  /// 2V', 4V'', 8V''' of the vertex that mode index \p k (from 0) sees, before it is integrated out, at \p
  /// size = sum_{j<=k} d_j^2: at 0 its Taylor coefficients r, U, W. \throws InvalidInput if \p k is no mode
  /// or \p size not in [0, largest_size(k)].
  VertexCouplings couplings_at(std::size_t k, double size) const;
  /// The end of the interval on which that vertex is known: outside of it there is no probability to speak
  /// of.
  double largest_size(std::size_t k) const;

  /// Number of nodes of every V_q.
  std::size_t nodes() const { return this->nodes_; }

 private:
  bool try_nodes(std::size_t nodes);
  void find_intervals();
  std::vector<double> to_coefficients(const std::vector<double>& values) const;
  VertexFunction vertex(std::size_t q) const;
  ModeLaw law(std::size_t q, double size) const;
  double node_size(std::size_t q, std::size_t i) const;
  void pass_up();

  Spectrum spectrum_;
  VertexCouplings vertex_;
  std::size_t nodes_ = 0;
  double scale_ = 0;                // A
  std::vector<double> length_;      // [q] L_q, q = 0..M
  std::vector<double> log_length_;  // [q] ln(1 + L_q/A)
  std::vector<double> cosines_;     // [j][node] cos(pi j (2 node + 1)/(2 nodes))
  std::vector<double> series_;      // [q - 1][j] of V_q - V_M
  std::vector<double> mean_;
  std::vector<double> variance_;
  double mean_size_ = 0;
  double variance_size_ = 0;
  double log_partition_ = 0;
};

}  // namespace ridgeflow
