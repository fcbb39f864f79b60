/// \file
/// Where measurement and theory meet.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ridgeflow/measure/moments.hpp"
#include "ridgeflow/theory/prediction.hpp"

namespace ridgeflow {

/// One quantity (mean or variance) of all modes against one theory, or against another system's. A mode whose
/// z is no finite number cannot be compared: its error is 0, or either side has no number there. Such modes
/// are listed, and every other number is about the modes that were compared.
struct Agreement {
  /// [mode] (measured - predicted)/mcse, Student's t with C - 1 degrees of freedom; of variances, whose error
  /// goes with them, the deviate of measure/variance_deviation.hpp, Student's t with degrees of its own.
  std::vector<double> z;
  std::vector<std::uint32_t> not_compared;  ///< modes k, from 1, whose z is no finite number
  double chi_squared = 0;  ///< sum over modes of z^2, each z first carried to the normal of equal probability
  double p_value = 0;      ///< P(chi^2 >= this | theory right), modes taken as independent; NaN if none was
                           ///< compared or the p-value is withheld()
  double largest_z = 0;    ///< of largest |z|
  std::uint32_t largest_mode = 0;  ///< its mode k, from 1; 0 if none was compared
  std::vector<std::uint32_t>
      resolved;  ///< modes k whose deviation is resolved at 5 % after Bonferroni's correction
  /// The prediction is off by at least this at some mode, |truth/predicted - 1|, at 95 % confidence: the
  /// largest of the modes' lower bounds |measured/predicted - 1| (1 - t/|z|), with t such that all of them
  /// hold together (Bonferroni), so that choosing the largest favours none. The largest measured deviation
  /// itself would be too large, the more so the fewer the draws. 0 where no mode is resolved. Dimensionless.
  double off_at_least = 0;
  std::uint32_t off_at_least_mode = 0;  ///< its k, from 1; 0: none
  double few_draws_bias = 0;  ///< bound on what too few draws a chain leave in chi^2 over the modes in it

  std::size_t compared() const { return this->z.size() - this->not_compared.size(); }
  /// chi^2 over the number of modes that are in it, near 1 if the theory is right; NaN if there are none.
  double reduced_chi_squared() const { return this->chi_squared / static_cast<double>(this->compared()); }
  /// The standard deviation of reduced_chi_squared() if the theory is right.
  double spread() const { return std::sqrt(2.0 / static_cast<double>(this->compared())); }
  /// Whether so few draws against so many modes would be judged by the law of their errors, not by what they
  /// measure: a bias that reaches spread().
  bool withheld() const { return this->few_draws_bias > this->spread(); }
};

/// What was measured, one number a mode, with the deviate of each from what it is held against.
struct Deviates {
  std::vector<double> z;        ///< [mode] follows Student's t if it agrees, ...
  std::vector<double> degrees;  ///< [mode] ... with so many degrees of freedom
  double few_draws_bias = 0;    ///< as in Agreement
};

/// Family-wise level at which a deviation counts as resolved.
inline constexpr double kResolvedLevel = 0.05;

/// \p measured against \p predicted, whose \p deviates are known. [mode]
Agreement agree(const Deviates& deviates, const std::vector<double>& measured,
                const std::vector<double>& predicted);
/// \p measured with standard errors \p error of \p degrees_of_freedom against \p predicted. [mode]
Agreement agree(const std::vector<double>& measured, const std::vector<double>& error,
                const std::vector<double>& predicted, double degrees_of_freedom);
/// The same where each mode's error has its own. [mode]
Agreement agree(const std::vector<double>& measured, const std::vector<double>& error,
                const std::vector<double>& predicted, const std::vector<double>& degrees_of_freedom);

/// Samples against one theory.
struct Comparison {
  Theory theory = Theory::exact;
  Agreement mean;
  Agreement variance;
};

/// z-scores, chi^2 and the modes at which \p prediction is resolved to be wrong (docs/theory.md, section 5).
/// Modes share R, so chi^2 over modes is approximate where the coupling is strong.
Comparison compare(const MomentSummary& measured, const Prediction& prediction);

/// Samples against samples of another system, mode by mode. `predicted` of Agreement are the other's.
struct SampleComparison {
  std::vector<double> mean_difference;      ///< [mode] one - other
  std::vector<double> mean_error;           ///< [mode] its standard error, both mcse in quadrature
  std::vector<double> variance_difference;  ///< [mode] likewise
  std::vector<double> variance_error;       ///< [mode]
  Agreement mean;
  Agreement variance;
};

/// Whether two systems that were sampled independently (number_chains()) have the means and variances of the
/// modes 1 to \p modes in common. With errors s1, s2 of n1, n2 degrees of freedom a difference over
/// sqrt(s1^2 + s2^2) follows Student's t with (s1^2 + s2^2)^2/(s1^4/n1 + s2^4/n2) of them (Welch,
/// Biometrika 34 (1947), p. 28), to a good approximation; variances as in measure/variance_deviation.hpp.
/// \throws InvalidInput if \p modes is 0 or more than either system has.
SampleComparison compare_samples(const MomentSummary& one, const MomentSummary& other, std::size_t modes);

}  // namespace ridgeflow
