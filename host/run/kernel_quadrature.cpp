#include "ridgeflow/run/kernel_quadrature.hpp"

#include <algorithm>
#include <cmath>
#include <concepts>
#include <string>
#include <utility>
#include <vector>

#include <boost/math/constants/constants.hpp>
#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/random/normal.hpp"
#include "ridgeflow/run/tables.hpp"

namespace ridgeflow {
namespace {

constexpr double kReach = 9.0;      ///< half-width of the first grid [standard deviations]
constexpr double kWiden = 1.25;     ///< of a grid that turns out too narrow
constexpr int kTries = 6;           ///< grids
constexpr double kEdge = 1e-15;     ///< density at the edge of a grid that is wide enough, of the largest
constexpr double kEscape = 1e-9;    ///< escape above which there is no law to speak of
constexpr double kClosed = 1e-100;  ///< probability of a way out that counts as none
constexpr std::size_t kMaxPoints = 1200;   ///< seconds
constexpr double kPointsADeviation = 4.0;  ///< at least, where the noise is as wide as the law

/// Functors that need no more of a step than R.
template <class Integrator>
concept SizeDecides = requires(const ChainConstants<double>& constants, double x) {
  { Integrator::before(constants, PassKind::kWhole, x) } -> std::convertible_to<double>;
  { Integrator::update(x, x, x, x, x, x) } -> std::convertible_to<double>;
  { Integrator::after(constants, x, x, 0.0F).size } -> std::convertible_to<double>;
};

/// A square matrix by rows.
class Matrix {
 public:
  explicit Matrix(std::size_t size) : size_(size), values_(size * size, 0.0) {}
  std::size_t size() const { return size_; }
  double* row(std::size_t i) { return values_.data() + i * size_; }
  const double* row(std::size_t i) const { return values_.data() + i * size_; }

 private:
  std::size_t size_;
  std::vector<double> values_;
};

Matrix product(const Matrix& left, const Matrix& right) {
  Matrix out(left.size());
  for (std::size_t i = 0; i < left.size(); ++i) {
    for (std::size_t j = 0; j < left.size(); ++j) {
      const double factor = left.row(i)[j];
      for (std::size_t k = 0; factor != 0 && k < left.size(); ++k) {
        out.row(i)[k] += factor * right.row(j)[k];
      }
    }
  }
  return out;
}

/// \p law one step on.
std::vector<double> advanced(const std::vector<double>& law, const Matrix& kernel) {
  std::vector<double> out(law.size(), 0.0);
  for (std::size_t i = 0; i < law.size(); ++i) {
    for (std::size_t j = 0; j < law.size(); ++j) {
      out[j] += law[i] * kernel.row(i)[j];
    }
  }
  return out;
}

/// The probability vector that \p p leaves in place, each row taken as normalized (Grassmann, Taksar,
/// Heyman). Where the way down is as good as closed, because acceptances underflow, what lies below has no
/// probability.
std::vector<double> stationary_vector(Matrix p) {
  const std::size_t n = p.size();
  std::size_t lowest = 0;
  for (std::size_t k = n - 1; k > 0; --k) {
    double down = 0;
    for (std::size_t j = 0; j < k; ++j) {
      down += p.row(k)[j];
    }
    if (!std::isfinite(down)) {
      throw NumericalFailure("a transition kernel on its grid is not finite: no stationary law");
    }
    if (down < kClosed) {
      lowest = k;
      break;
    }
    for (std::size_t i = 0; i < k; ++i) {
      const double factor = p.row(i)[k] /= down;
      for (std::size_t j = 0; factor != 0 && j < k; ++j) {
        p.row(i)[j] += factor * p.row(k)[j];
      }
    }
  }
  std::vector<double> law(n, 0.0);
  law[lowest] = 1.0;
  double sum = 1.0;
  for (std::size_t k = lowest + 1; k < n; ++k) {
    for (std::size_t i = lowest; i < k; ++i) {
      law[k] += law[i] * p.row(i)[k];
    }
    sum += law[k];
    if (sum > 1.0 / kClosed) {
      for (std::size_t i = lowest; i <= k; ++i) {
        law[i] /= sum;
      }
      sum = 1.0;
    }
  }
  for (double& value : law) {
    value /= sum;
  }
  return law;
}

/// One integrator's step of one mode.
template <class Integrator>
class OneModeStep {
 public:
  explicit OneModeStep(const ModeTables<double>& tables) : tables_(tables) {
    if constexpr (Integrator::kSplits) {
      kinds_ = {PassKind::kOpening, PassKind::kClosing};
    } else {
      kinds_ = {PassKind::kWhole};
    }
  }

  const std::vector<PassKind>& kinds() const { return kinds_; }

  /// Mean and standard deviation of what a pass proposes from \p x.
  std::pair<double, double> proposal(PassKind kind, double x) const {
    const BlockCoefficients<double>& c = tables_.view().set(Integrator::set_of(kind))[0];
    const double before = Integrator::before(tables_.constants, kind, x * x);
    const double noise = c.noise[0] / kNormalScale;
    const double mean = Integrator::update(c.decay[0], c.drift[0], noise, x, 0.0, before);
    return {mean, Integrator::update(c.decay[0], c.drift[0], noise, x, 1.0, before) - mean};
  }

  /// What an accepted proposal settles to.
  double settled(double proposed) const {
    Outcome<double> outcome =
        Integrator::after(tables_.constants, proposed * proposed, proposed * proposed, 0.0F);
    outcome.accepted = true;
    return Integrator::settle(proposed, proposed, outcome);
  }

  /// Probability that \p proposed is accepted from \p x. The rule accepts where the exponential variate
  /// -log2 u is at or above a threshold; it is found from the rule itself, by bisection.
  double acceptance(double x, double proposed) const {
    if constexpr (!Integrator::kRefuses) {
      return 1.0;
    } else {
      const auto accepts = [&](float exponential) {
        return Integrator::after(tables_.constants, x * x, proposed * proposed, exponential).accepted;
      };
      float refused = 0.0F;
      float accepted = 1100.0F;  // 2^-1100 is no double
      if (accepts(refused)) {
        return 1.0;
      }
      if (!accepts(accepted)) {
        return 0.0;
      }
      while (true) {
        const float middle = 0.5F * refused + 0.5F * accepted;
        if (!(refused < middle && middle < accepted)) {
          return std::exp2(-0.5 * (static_cast<double>(refused) + static_cast<double>(accepted)));
        }
        (accepts(middle) ? accepted : refused) = middle;
      }
    }
  }

 private:
  const ModeTables<double>& tables_;
  std::vector<PassKind> kinds_;
};

/// A pass on a grid.
struct PassKernel {
  Matrix all;                  ///< where a chain is after it, refusals included
  Matrix moves;                ///< accepted proposals alone
  std::vector<double> escape;  ///< [point] probability of a proposal off the grid
};

template <class Integrator>
PassKernel pass_kernel(const OneModeStep<Integrator>& step, PassKind kind, const std::vector<double>& grid) {
  const std::size_t n = grid.size();
  const double spacing = grid[1] - grid[0];
  PassKernel kernel{Matrix(n), Matrix(n), std::vector<double>(n)};
  for (std::size_t i = 0; i < n; ++i) {
    const double x = step.settled(grid[i]);
    const auto [mean, width] = step.proposal(kind, x);
    const double scale = spacing * boost::math::constants::one_div_root_two_pi<double>() / width;
    double proposed = 0;
    double refused = 0;
    for (std::size_t j = 0; j < n; ++j) {
      const double z = (grid[j] - mean) / width;
      const double probability = scale * std::exp(-0.5 * z * z);
      if (probability > 0) {
        const double moved = probability * step.acceptance(x, grid[j]);
        kernel.moves.row(i)[j] = moved;
        kernel.all.row(i)[j] = moved;
        proposed += probability;
        refused += probability - moved;
      }
    }
    kernel.all.row(i)[i] += refused;
    kernel.escape[i] = 1.0 - proposed;
    // far out an explicit step throws a chain off the grid: back to its middle, and told as an escape
    kernel.all.row(i)[n / 2] += std::max(0.0, kernel.escape[i]);
  }
  return kernel;
}

struct GridLaw {
  std::vector<double> law;      ///< [point] of what is measured
  std::vector<double> settled;  ///< [point] the state there
  double escape = 0;
  bool wide_enough = false;
};

template <class Integrator>
GridLaw law_on(const OneModeStep<Integrator>& step, const std::vector<double>& grid) {
  GridLaw out;
  std::vector<PassKernel> passes;
  for (const PassKind kind : step.kinds()) {
    passes.push_back(pass_kernel(step, kind, grid));
  }
  Matrix whole = passes.front().all;
  for (std::size_t i = 1; i < passes.size(); ++i) {
    whole = product(whole, passes[i].all);
  }
  out.law = stationary_vector(std::move(whole));
  std::vector<double> before = out.law;  // the last pass
  for (std::size_t i = 0; i < passes.size(); ++i) {
    for (std::size_t point = 0; point < grid.size(); ++point) {
      out.escape += before[point] * std::max(0.0, passes[i].escape[point]);
    }
    if (i + 1 < passes.size()) {
      before = advanced(before, passes[i].all);
    }
  }
  if (!Integrator::kCountsRefused) {
    out.law = advanced(before, passes.back().moves);
    double sum = 0;
    for (const double value : out.law) {
      sum += value;
    }
    for (double& value : out.law) {
      value /= sum;
    }
  }
  for (const double z : grid) {
    out.settled.push_back(step.settled(z));
  }
  out.wide_enough =
      std::max(out.law.front(), out.law.back()) < kEdge * *std::max_element(out.law.begin(), out.law.end());
  return out;
}

template <class Integrator>
OneModeLaw find_law(const ResolvedRun& run, const Posterior& posterior, double resolution) {
  const ModeTables<double> tables = build_step_tables<double>(run, posterior);
  const OneModeStep<Integrator> step(tables);
  const double rho = posterior.hartree_ridge();
  const double centre = posterior.mean_at(0, rho);
  const double deviation = std::sqrt(posterior.variance_at(0, rho));
  double spacing = deviation / kPointsADeviation;
  for (const PassKind kind : step.kinds()) {
    spacing = std::min(spacing, step.proposal(kind, centre).second / resolution);
  }
  double reach = kReach * deviation;
  for (int i = 0; i < kTries; ++i, reach *= kWiden) {
    const auto half = static_cast<std::size_t>(std::ceil(reach / spacing));
    if (2 * half + 1 > kMaxPoints) {
      throw InvalidInput(fmt::format(
          "step h = {:.4g} of {}: quadrature would take {} points, more than {}; use a larger step",
          run.problem.step, Integrator::kName, 2 * half + 1, kMaxPoints));
    }
    std::vector<double> grid(2 * half + 1);
    for (std::size_t j = 0; j < grid.size(); ++j) {
      grid[j] = centre + spacing * (static_cast<double>(j) - static_cast<double>(half));
    }
    const GridLaw found = law_on(step, grid);
    if (found.escape > kEscape || !found.wide_enough) {
      continue;
    }
    OneModeLaw law;
    law.points = grid.size();
    law.escape = found.escape;
    for (std::size_t j = 0; j < grid.size(); ++j) {
      law.mean += found.law[j] * found.settled[j];
      law.mean_size += found.law[j] * found.settled[j] * found.settled[j];
    }
    for (std::size_t j = 0; j < grid.size(); ++j) {
      const double from_mean = found.settled[j] - law.mean;
      const double size_from_mean = found.settled[j] * found.settled[j] - law.mean_size;
      law.variance += found.law[j] * from_mean * from_mean;
      law.variance_size += found.law[j] * size_from_mean * size_from_mean;
    }
    return law;
  }
  throw NumericalFailure(
      fmt::format("{} at h = {:.4g}: one mode has no stationary law on a grid of +-{:.3g} "
                  "standard deviations; use a smaller step",
                  Integrator::kName, run.problem.step, reach / (kWiden * deviation)));
}

}  // namespace

bool has_kernel_quadrature(std::size_t index) {
  return visit_integrator(index, [](auto integrator) { return SizeDecides<decltype(integrator)>; });
}

OneModeLaw stationary_law(const Posterior& posterior, std::string_view integrator, double step,
                          double resolution) {
  validate(posterior.modes() == 1,
           fmt::format("quadrature of a transition kernel is for one mode, not for {}", posterior.modes()));
  validate(resolution >= 1.0 && resolution <= 100.0,
           fmt::format("resolution = {}: take 1 to 100 points per width of the noise", resolution));
  SamplerOptions options;
  options.integrator = integrator;
  options.precision = Precision::kDouble;
  options.step = step;
  const ResolvedRun run = resolve(options, posterior);
  return visit_integrator(run.integrator, [&](auto functors) -> OneModeLaw {
    using Integrator = decltype(functors);
    if constexpr (SizeDecides<Integrator>) {
      return find_law<Integrator>(run, posterior, resolution);
    } else {
      throw InvalidInput(fmt::format("{} needs more than R to decide on a step: its kernel is not known here",
                                     Integrator::kName));
    }
  });
}

}  // namespace ridgeflow
