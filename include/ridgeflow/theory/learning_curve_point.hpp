/// \file
/// The learning curve of power-law data point by point: the loss of every theory, its Gaussian pieces, the
/// size of the non-Gaussian correction, and the local exponents of all of them.
#pragma once

#include <cstdint>

#include "ridgeflow/theory/learning_curve.hpp"

namespace ridgeflow {

/// A learning curve: data and couplings that stay the same while the number of samples P runs, M = P. All
/// dimensionless.
struct LearningCurve {
  PowerLaw law;
  double kappa = Couplings{}.kappa;
  double u = Couplings{}.u;

  double growth() const { return 1.0 + this->law.alpha; }  ///< g
  /// d ln(bias)/d ln P and d ln(variance)/d ln P for P, M -> infinity: -beta/g and -alpha/g. Trees and loops
  /// of the correction fall with the same two.
  GaussianLoss asymptotic_slopes() const;
};

/// The curve at one P (docs/theory.md, section 3, "Learning curve"). Losses are per sample. Dimensionless.
struct LearningCurvePoint {
  std::int64_t samples = 0;  ///< P
  double loss_gp = 0;
  double loss_wilson = 0;  ///< NaN where the decimation breaks down
  double loss_exact = 0;
  double largest_bubble = 0;  ///< of the decimation

  GaussianLoss sums;      ///< of gp, over the modes
  GaussianLoss cutoff;    ///< closed form, modes 1/2 to M + 1/2
  GaussianLoss tail;      ///< closed form above M + 1/2: what the cutoff leaves out
  GaussianLoss infinite;  ///< closed form, 0 to infinity

  /// U dL/dr L / L: what loss_exact/loss_gp - 1 is to first order in u, with the shift U L of the ridge that
  /// all modes together make (the leading part: exchange is smaller by 1/k*).
  double correction_first_order = 0;
  double correction_infinite = 0;  ///< the same without cutoff, -u kappa [(beta/g) bias + (alpha/g) variance]

  /// k* = r^(1/g), where a_k = r, kept within 1 ... M.
  double learning_scale = 0;
  double ridge_shift = 0;       ///< (r(k*) - r)/r of the decimation, linear between modes; NaN as above
  GaussianLoss shift_pieces;    ///< its first order, u kappa [bias + variance] of k* + 1/2 to M + 1/2:
                                ///< bias is the tree, variance the loop
  GaussianLoss shift_infinite;  ///< likewise to infinity

  double correction() const { return this->loss_exact / this->loss_gp - 1.0; }
  GaussianLoss with_tail() const {
    return {this->sums.bias + this->tail.bias, this->sums.variance + this->tail.variance};
  }
};

/// Sums over P modes and the line of the exact average: O(P). \throws InvalidInput as gaussian_loss() and
/// Posterior do.
LearningCurvePoint learning_curve_point(const LearningCurve& curve, std::int64_t samples);

/// d ln/d ln P; NaN of what vanishes or changes sign. Dimensionless.
struct LearningCurveSlopes {
  double loss_gp = 0;
  double loss_wilson = 0;
  double loss_exact = 0;
  GaussianLoss sums;
  GaussianLoss with_tail;
  double correction = 0;
  GaussianLoss shift_pieces;
};

/// Secants over P (1 +- 1/100), at least P +- 1, from P = 1 at the lowest: two more points of the curve. M =
/// P moves with P. Off by some 1e-4 of a slope's own change over a factor e, for P of 100 and more. \throws
/// as above.
LearningCurveSlopes learning_curve_slopes(const LearningCurve& curve, std::int64_t samples);

}  // namespace ridgeflow
