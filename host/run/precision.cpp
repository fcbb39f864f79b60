#include "ridgeflow/run/precision.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "ridgeflow/run/tables.hpp"

namespace ridgeflow {
namespace {

double unit_roundoff(Precision precision) {
  return precision == Precision::kSingle ? 0x1p-24 : 0x1p-53;
}

/// Draws of all chains of the run, of which these may be a part.
double all_draws(const ResolvedRun& run) {
  return static_cast<double>(run.draws_per_chain) * static_cast<double>(run.ensemble.chains);
}

/// "the mean of mode 115, 3.1e+04 standard deviations from 0, by up to 33 of its standard errors".
std::string shift_text(const RoundingShift& shift) {
  return fmt::format(
      "the mean of mode {}, {:.2g} standard deviations from 0, by up to {:.2g} of its standard errors",
      shift.mode, shift.deviations, shift.largest);
}

}  // namespace

RoundingShift rounding_shift(const Posterior& posterior, double draws, Precision precision) {
  const double unit = unit_roundoff(precision) * std::sqrt(draws);
  const double ridge = posterior.hartree_ridge();
  RoundingShift shift;
  double squares = 0;
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    const double deviations =
        std::abs(posterior.mean_at(k, ridge)) / std::sqrt(posterior.variance_at(k, ridge));
    squares += unit * deviations * unit * deviations;
    if (shift.mode == 0 || deviations > shift.deviations) {
      shift.mode = static_cast<std::uint32_t>(k + 1);
      shift.deviations = deviations;
    }
  }
  shift.largest = unit * shift.deviations;
  shift.chi_squared_share = squares / 3.0 / std::sqrt(2.0 * static_cast<double>(posterior.modes()));
  return shift;
}

std::string rounding_text(const ResolvedRun& run, Precision precision, const Posterior& posterior) {
  const RoundingShift shift = rounding_shift(posterior, all_draws(run), precision);
  if (shift.tolerable()) {
    return "";
  }
  return fmt::format("{} precision rounds {}: {}", to_string(precision), shift_text(shift),
                     precision == Precision::kSingle ? "take --precision double" : "leave such modes out");
}

PrecisionChoice choose_precision(const ResolvedRun& run, Precision asked, const Posterior& posterior) {
  PrecisionChoice choice{asked, "it is asked for", {}};
  if (asked == Precision::kAutomatic) {
    const RoundingShift single = rounding_shift(posterior, all_draws(run), Precision::kSingle);
    const bool moves = moves_every_mode<float>(run, posterior);
    choice.precision = single.tolerable() && moves ? Precision::kSingle : Precision::kDouble;
    if (!single.tolerable()) {
      choice.reason = "single rounds " + shift_text(single);
    } else if (!moves) {
      choice.reason = fmt::format("at h = {:.4g} single would not move the slowest mode", run.problem.step);
    } else {
      choice.reason = fmt::format("rounding moves no mean by more than {} of its standard error",
                                  RoundingShift::kLargest);
    }
    if (choice.precision == Precision::kDouble) {
      choice.warnings.push_back("double precision is taken, because " + choice.reason);
    }
  }
  if (std::string coarse = rounding_text(run, choice.precision, posterior); !coarse.empty()) {
    choice.warnings.push_back(std::move(coarse));
  }
  return choice;
}

}  // namespace ridgeflow
