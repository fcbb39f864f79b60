/// \file
/// How far from Gaussian the exact posterior is: cumulants of the modes and of the size, covariances of
/// pairs.
#pragma once

#include <span>
#include <vector>

#include "ridgeflow/model/mode_pair.hpp"
#include "ridgeflow/theory/exact.hpp"

namespace ridgeflow {

/// Third and fourth cumulant of every d_k. Dimensionless; both vanish for U = 0. To leading order in U,
/// kappa_3 = -3 U c^3 m and kappa_4 = -3 U c^4 (docs/theory.md, section 2, "Cumulants").
struct ModeCumulants {
  std::vector<double> third;   ///< [mode] <(d_k - <d_k>)^3>
  std::vector<double> fourth;  ///< [mode] <(d_k - <d_k>)^4> - 3 Var^2
};
ModeCumulants mode_cumulants(const ExactAverage& average);

/// Cov(d_j, d_k) of each pair, in the order of \p pairs; the variance where j = k. The modes repel one
/// another through R alone: to leading order in U, Cov = -U c_j c_k m_j m_k. \throws InvalidInput for a mode
/// that is none.
std::vector<double> pair_covariances(const ExactAverage& average, std::span<const ModePair> pairs);

/// The first four cumulants of R = sum_k d_k^2. Dimensionless.
struct SizeCumulants {
  double mean = 0;
  double variance = 0;
  double third = 0;
  double fourth = 0;
};

/// Given z, R is a sum of noncentral chi^2 with the cumulants
/// kappa_n(z) = 2^(n-1) (n-1)! sum_k [c^n + n c^(n-1) m^2]; the law of total cumulance over z gives the rest,
/// with E and joint cumulants over the line:
///
///     kappa_3 = E[kappa_3(z)] + 3 Cov(kappa_1(z), kappa_2(z)) + K_3(kappa_1(z)),
///     kappa_4 = E[kappa_4(z)] + 4 Cov(kappa_1(z), kappa_3(z)) + 3 K_2(kappa_2(z))
///               + 6 K(kappa_1(z), kappa_1(z), kappa_2(z)) + K_4(kappa_1(z)).
///
/// 129 M evaluations.
SizeCumulants size_cumulants(const ExactAverage& average);

}  // namespace ridgeflow
