// What curve found, as text for a terminal, as CSV and as JSON.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "ridgeflow/io/run_config.hpp"
#include "ridgeflow/measure/comparison.hpp"
#include "ridgeflow/measure/power_law.hpp"
#include "ridgeflow/run/sampler.hpp"
#include "ridgeflow/theory/learning_curve_point.hpp"

#include "cli/agreement.hpp"
#include "cli/tables.hpp"

namespace ridgeflow::cli {

/// A quantity's exponent in P over the points whose learning scale k* is 10 or more: where powers are to be
/// expected.
struct FittedExponent {
  std::string name;                   ///< "bias_with_tail", ...
  double expected = 0;                ///< asymptotic; NaN where there is none
  std::optional<FittedPowerLaw> law;  ///< none with fewer than two such points
};

/// Theories that the sampled losses are held against.
inline constexpr std::array kCurveTheories{Theory::gp, Theory::wilson, Theory::exact};

/// The sampled loss per sample <R>/2 at some P.
struct CurveCheck {
  std::vector<LearningCurvePoint> points;
  std::vector<SampleResult> samples;  ///< in the same order
  std::vector<Measured> loss;         ///< likewise
  std::vector<Agreement> agreement;   ///< of kCurveTheories: over the points in place of modes
  std::string run_text;
  double seconds = 0;
  Problems problems;  ///< why the samples do not agree with exact; empty: they do
};

struct CurveReport {
  RunConfig config;
  LearningCurve curve;
  std::vector<LearningCurvePoint> points;
  std::vector<LearningCurveSlopes> slopes;  ///< of the same points
  std::vector<FittedExponent> exponents;
  std::optional<CurveCheck> check;
};

/// The points by their numbers of samples.
ComparedPlaces curve_places(const CurveCheck& check);

/// The exponents of a curve's points.
std::vector<FittedExponent> fit_exponents(const LearningCurve& curve,
                                          const std::vector<LearningCurvePoint>& points);

std::string csv_text(const CurveReport& report);
Json json_of(const CurveReport& report);
std::string table_text(const CurveReport& report);

}  // namespace ridgeflow::cli
