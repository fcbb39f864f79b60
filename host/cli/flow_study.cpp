#include "cli/flow_study.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/theory/deviation.hpp"
#include "ridgeflow/theory/transfer.hpp"

#include "cli/together.hpp"

namespace ridgeflow::cli {
namespace {

constexpr std::size_t kGrid = 49;          ///< points of a field along each axis
constexpr std::size_t kCurvePoints = 201;  ///< of a nullcline
constexpr std::size_t kMostFields = 4;
constexpr double kLowestRidge = -0.95;  ///< of the plane, in Lambda^g: the field is singular at -1

double cutoff_of_mode(std::size_t k) {
  return static_cast<double>(k) + 0.5;
}

// --- Continuum ---------------------------------------------------------------------------------------------

FlowColumns columns_of(const FlowTrajectory& plain, const FlowTrajectory& corrected, std::size_t modes) {
  FlowColumns c;
  for (std::size_t k = 1; k <= modes; ++k) {
    const double at = cutoff_of_mode(k);
    const double tau = plain.flow().tau(at);
    const RunningCouplings x = plain.at(at);
    const RunningCouplings y = corrected.at(at);
    const RunningCouplings rescaled = plain.flow().rescale(tau, x);
    const LocalExponents exponents = plain.exponents(at);
    c.tau.push_back(tau);
    c.ridge_plain.push_back(x.ridge);
    c.quartic_plain.push_back(x.quartic);
    c.ridge_corrected.push_back(y.ridge);
    c.quartic_corrected.push_back(y.quartic);
    c.ridge_rescaled.push_back(rescaled.ridge);
    c.quartic_rescaled.push_back(rescaled.quartic);
    c.gamma_ridge.push_back(exponents.ridge);
    c.gamma_quartic.push_back(exponents.quartic);
  }
  return c;
}

/// Largest |one/other - 1| over what is known of both; modes below \p modes only.
LargestDifference largest_difference(const std::vector<double>& one, const std::vector<double>& other,
                                     std::size_t modes) {
  LargestDifference largest;
  for (std::size_t k = 0; k < modes; ++k) {
    const double difference = one[k] == other[k] ? 0.0 : std::abs(one[k] - other[k]) / std::abs(other[k]);
    if (difference > largest.value || (largest.mode == 0 && !std::isnan(difference))) {
      largest = {difference, k + 1};
    }
  }
  return largest;
}

FlowDeviation deviation(const std::vector<double>& ridge, const std::vector<double>& quartic,
                        const Decimation& modes) {
  const LargestDifference r = largest_difference(ridge, modes.ridge, ridge.size());
  const LargestDifference u = largest_difference(quartic, modes.quartic, quartic.size());
  return {r.value, r.mode, u.value, u.mode};
}

/// From the cutoff to where learning ends in three steps, in tenths; a flow without that scale in thirds.
std::vector<double> default_scales(const FlowTrajectory& flow, double learning_scale) {
  const double end = flow.flow().tau(flow.end());
  const double learning = flow.flow().tau(learning_scale);
  const auto tenths = [](double tau) { return std::floor(10.0 * tau) / 10.0; };
  if (learning >= 0.4 && learning <= end) {
    return {0.0, tenths(0.5 * learning), tenths(learning)};
  }
  return end >= 0.4 ? std::vector{0.0, tenths(end / 3.0), tenths(2.0 * end / 3.0)} : std::vector{0.0};
}

std::vector<double> checked_scales(std::vector<double> at_tau, const FlowTrajectory& flow) {
  const double end = flow.flow().tau(flow.end());
  validate(at_tau.size() <= kMostFields,
           fmt::format("--at-tau: {} scales; give at most {}", at_tau.size(), kMostFields));
  for (const double tau : at_tau) {
    validate(tau >= 0 && tau <= end,
             fmt::format("--at-tau {}: the flow runs from tau = 0 to ln(Lambda/1.5) = {:.4f}", tau, end));
  }
  std::sort(at_tau.begin(), at_tau.end());
  at_tau.erase(std::unique(at_tau.begin(), at_tau.end()), at_tau.end());
  return at_tau;
}

std::vector<double> evenly(double from, double to, std::size_t count) {
  std::vector<double> points;
  for (std::size_t i = 0; i < count; ++i) {
    points.push_back(from + (to - from) * static_cast<double>(i) / static_cast<double>(count - 1));
  }
  return points;
}

/// The highest point of the r-nullcline: r' of order -Lambda^g/2, and no sharper than that.
double nullcline_top(const ContinuumFlow& flow, double tau) {
  double top = 0;
  for (const double part : evenly(-1.0, 0.0, kCurvePoints)) {
    const double at = flow.ridge_nullcline(tau, part * flow.curvature());
    top = std::isfinite(at) ? std::max(top, at) : top;
  }
  return top;
}

/// The plane that shows trajectory and nullclines at all of \p scales: the same for each of them.
RunningCouplings plane_corner(const FlowTrajectory& flow, const std::vector<double>& scales) {
  const double unit = flow.flow().curvature();
  RunningCouplings corner{1.5 * unit, 0.0};
  for (const double tau : scales) {
    const RunningCouplings at = flow.rescaled(std::max(flow.end(), flow.flow().scale(tau)));
    corner.ridge = std::max(corner.ridge, 1.3 * at.ridge);
    corner.quartic = std::max({corner.quartic, 1.3 * at.quartic, 1.15 * nullcline_top(flow.flow(), tau)});
  }
  return corner;
}

FlowField field_at(const ContinuumFlow& flow, double tau, RunningCouplings corner) {
  const double unit = flow.curvature();
  FlowField field;
  field.tau = tau;
  field.ridge = evenly(kLowestRidge * unit, corner.ridge, kGrid);
  field.quartic = evenly(0.0, corner.quartic, kGrid);
  for (const double r : field.ridge) {
    std::vector<double> ridge_slope;
    std::vector<double> quartic_slope;
    std::vector<double> ln_magnitude;
    for (const double u : field.quartic) {
      const RunningCouplings slope = flow.rescaled_derivative(tau, {r, u});
      ridge_slope.push_back(slope.ridge);
      quartic_slope.push_back(slope.quartic);
      ln_magnitude.push_back(std::log(std::hypot(slope.ridge / unit, slope.quartic / (unit * unit))));
    }
    field.ridge_slope.push_back(std::move(ridge_slope));
    field.quartic_slope.push_back(std::move(quartic_slope));
    field.ln_magnitude.push_back(std::move(ln_magnitude));
  }
  field.nullcline_ridge = evenly(-unit, 0.0, kCurvePoints);
  field.nullcline_ridge.erase(field.nullcline_ridge.begin());  // A = 0
  for (const double r : field.nullcline_ridge) {
    field.nullcline.push_back(flow.ridge_nullcline(tau, r));
    field.tree_nullcline.push_back(flow.tree_nullcline(tau, r));
  }
  return field;
}

ModeWindow checked_window(const std::optional<ModeWindow>& asked, double learning_scale, std::size_t modes) {
  if (asked) {
    validate(asked->first >= 1 && asked->first < asked->last && asked->last <= modes,
             fmt::format("--window {}:{}: give two of the modes 1 to {}, the smaller first", asked->first,
                         asked->last, modes));
    return *asked;
  }
  const auto learnt = static_cast<std::size_t>(std::clamp(std::round(learning_scale), 1.0, 1e9));
  return {learnt < modes ? learnt : 1, modes};
}

std::optional<SampleExponents> exponents_of_samples(const PowerLaw& law, const Posterior& posterior) {
  try {
    return sample_exponents(law, posterior.couplings(), posterior.modes());
  } catch (const InvalidInput&) {  // alpha or beta out of the closed form's range, or nothing above k*
    return std::nullopt;
  }
}

ContinuumStudy study_continuum(const Posterior& posterior, const PowerLaw& law, const FlowRequest& request,
                               const Decimation& decimation) {
  const double cutoff = cutoff_of_mode(posterior.modes());
  const RunningCouplings start{posterior.ridge(), posterior.quartic()};
  ContinuumStudy study{law,
                       FlowTrajectory(law, cutoff, start, cutoff_of_mode(1)),
                       FlowTrajectory(law, cutoff, start, cutoff_of_mode(1), FlowEquation::corrected),
                       learning_scale(law, posterior.ridge()),
                       {},
                       {},
                       {},
                       {},
                       {},
                       {},
                       {}};
  study.window = checked_window(request.window, study.learning_scale, posterior.modes());
  const std::vector<double> scales = request.at_tau.empty()
                                         ? default_scales(study.plain, study.learning_scale)
                                         : checked_scales(request.at_tau, study.plain);
  study.columns = columns_of(study.plain, study.corrected, posterior.modes());
  study.plain_deviation = deviation(study.columns.ridge_plain, study.columns.quartic_plain, decimation);
  study.corrected_deviation =
      deviation(study.columns.ridge_corrected, study.columns.quartic_corrected, decimation);
  const RunningCouplings corner = plane_corner(study.plain, scales);
  for (const double tau : scales) {
    study.fields.push_back(field_at(study.plain.flow(), tau, corner));
  }
  study.intervals =
      study.plain.scaling_intervals(cutoff_of_mode(study.window.first), cutoff_of_mode(study.window.last));
  study.sample_exponents = exponents_of_samples(law, posterior);
  return study;
}

// --- Two cutoffs -------------------------------------------------------------------------------------------

TheoryDifference difference(const Prediction& small, const Prediction& large, std::size_t modes) {
  return {small.theory, largest_difference(small.mean, large.mean, modes),
          largest_difference(small.variance, large.variance, modes)};
}

/// \p predicted: what wilson and exact say of the first system.
std::optional<SecondCutoff> study_second_cutoff(const Posterior& posterior, const Decimation& decimation,
                                                const std::vector<Prediction>& predicted,
                                                const std::optional<std::size_t>& asked) {
  const std::size_t modes = asked.value_or(posterior.modes() / 2);
  validate(!asked || (modes >= 1 && modes < posterior.modes()),
           fmt::format("--second-cutoff {}: give a number of modes below the {} of the first system", modes,
                       posterior.modes()));
  if (modes == 0) {
    return std::nullopt;
  }
  const double ridge = decimation.ridge[modes - 1];  // what its last mode sees
  const double quartic = decimation.quartic[modes - 1];
  if (!(std::isfinite(ridge) && std::isfinite(quartic))) {
    const std::string problem =
        fmt::format("the decimation breaks down at mode {}: its bubble is {:.3g}, and U would turn negative",
                    decimation.largest_bubble_mode, decimation.largest_bubble);
    if (asked) {
      throw NumericalFailure(problem + fmt::format("; give a second cutoff above it, or lower u"));
    }
    spdlog::warn("no second cutoff: {}", problem);
    return std::nullopt;
  }
  const double samples = static_cast<double>(modes);
  const Couplings renormalized{static_cast<std::int64_t>(modes), samples / ridge, quartic / samples};
  const Couplings kept{renormalized.samples, posterior.couplings().kappa, posterior.couplings().u};
  const Spectrum leading = leading_modes(posterior.spectrum(), modes);
  SecondCutoff second{Posterior(leading, renormalized), {}, {}, {}, std::nullopt};
  for (const Prediction& large : predicted) {
    Prediction small = predict(second.small, large.theory);
    second.renormalized.push_back(difference(small, large, modes));
    if (large.theory == Theory::exact) {
      second.bare = difference(predict(Posterior(leading, kept), large.theory), large, modes);
      second.exact = std::move(small);
    }
  }
  return second;
}

}  // namespace

std::optional<PowerLaw> power_law_of(const ModelConfig& model) {
  if (!model.spectrum.empty()) {
    return std::nullopt;
  }
  const PowerLaw usual;
  return PowerLaw{model.alpha.value_or(usual.alpha), model.beta.value_or(usual.beta),
                  model.scale.value_or(usual.scale)};
}

FlowStudy study_flow(const Posterior& posterior, const std::optional<PowerLaw>& law,
                     const FlowRequest& request) {
  validate(posterior.sextic() == 0.0,
           fmt::format("w = {}: the flow is that of r and U alone, a sextic coupling is not in it; set w = 0",
                       posterior.couplings().w));
  validate(
      law || (request.at_tau.empty() && !request.window),
      "--at-tau and --window are of the continuum flow, which needs power-law data: a spectrum of a file has "
      "the decimation and a second cutoff alone");
  const std::vector<Prediction> predicted = predict(posterior, std::array{Theory::wilson, Theory::exact});
  FlowStudy study{posterior,    decimate(posterior),
                  predicted[1], largest_deviation(predicted[1], predicted[0]),
                  std::nullopt, std::nullopt};
  if (law) {
    study.continuum = study_continuum(posterior, *law, request, study.decimation);
  }
  study.second = study_second_cutoff(posterior, study.decimation, predicted, request.second_cutoff);
  return study;
}

std::vector<SystemRequest> check_systems(const FlowStudy& study, const RunConfig& config) {
  validate(study.second.has_value(), "--check samples two systems, but there is no second cutoff here");
  const std::array<const Posterior*, 2> posteriors{&study.posterior, &study.second->small};
  return requests_for(posteriors, config);
}

SampledCutoffs compare_cutoffs(const FlowStudy& study, std::vector<SampleResult> results) {
  SampledCutoffs check{std::move(results.at(0)), std::move(results.at(1)), {}, {}, {}};
  const Posterior& small = study.second->small;
  check.between = compare_samples(check.small.summary, check.large.summary, small.modes());
  check.large_exact = compare(check.large.summary, study.exact);
  check.small_exact = compare(check.small.summary, study.second->exact);
  return check;
}

}  // namespace ridgeflow::cli
