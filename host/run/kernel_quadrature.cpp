#include "ridgeflow/run/kernel_quadrature.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
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
constexpr double kClosed = 1e-290;  ///< probability of a way out that counts as none
constexpr std::size_t kMaxPoints = 1200;   ///< seconds
constexpr double kPointsADeviation = 4.0;  ///< at least, where the noise is as wide as the law

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

/// The probability vector that \p p leaves in place, each row taken as normalized, by elimination without
/// subtraction (Grassmann, Taksar, Heyman), the points farthest from the middle first. Far out acceptances
/// underflow: a point that has no way inwards is, by the same token, never reached from there, and is left
/// out.
std::vector<double> stationary_vector(Matrix p) {
  const std::size_t n = p.size();
  std::vector<std::size_t> order(n);  // from the middle outwards
  for (std::size_t i = 0; i < n; ++i) {
    order[i] = i % 2 == 0 ? n / 2 + i / 2 : n / 2 - (i + 1) / 2;
  }
  std::vector<bool> reached(n, true);
  for (std::size_t k = n - 1; k > 0; --k) {
    double* outer = p.row(order[k]);
    double inwards = 0;
    for (std::size_t j = 0; j < k; ++j) {
      inwards += outer[order[j]];
    }
    if (!std::isfinite(inwards)) {
      throw NumericalFailure("a transition kernel on its grid is not finite: no stationary law");
    }
    reached[k] = inwards >= kClosed;
    for (std::size_t i = 0; reached[k] && i < k; ++i) {
      double* inner = p.row(order[i]);
      const double factor = inner[order[k]] /= inwards;
      for (std::size_t j = 0; factor != 0 && j < k; ++j) {
        inner[order[j]] += factor * outer[order[j]];
      }
    }
  }
  std::vector<double> law(n, 0.0);
  law[order[0]] = 1.0;
  double sum = 1.0;
  for (std::size_t k = 1; k < n; ++k) {
    for (std::size_t i = 0; reached[k] && i < k; ++i) {
      law[order[k]] += law[order[i]] * p.row(order[i])[order[k]];
    }
    sum += law[order[k]];
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
  explicit OneModeStep(const ModeTables<double>& tables) : tables_(tables) {}

  /// Sets of coefficients: of the step, and of its end where that is half way.
  std::uint32_t sets() const { return tables_.sets; }

  /// Mean and standard deviation of what coefficients \p set make of \p x.
  std::pair<double, double> proposal(std::uint32_t set, double x) const {
    const double before = this->before(x);
    const double mean = this->update(set, x, 0.0, before);
    return {mean, std::abs(this->update(set, x, 1.0 / kNormalScale, before) - mean)};
  }

  /// What an accepted proposal settles to.
  double settled(double proposed) const {
    Outcome<double> outcome = this->after(proposed, proposed, 0.0);
    outcome.accepted = true;
    return Integrator::settle(proposed, proposed, outcome);
  }

  /// Probability that \p proposed is accepted from \p x. The rule accepts where the exponential variate
  /// -log2 u is at or above a threshold; it is found from the rule itself, by bisection.
  double acceptance(double x, double proposed) const {
    if constexpr (!Integrator::kRefuses) {
      return 1.0;
    } else {
      const auto accepts = [&](double exponential) { return this->after(x, proposed, exponential).accepted; };
      double refused = 0.0;
      double accepted = 1100.0;  // 2^-1100 is no double
      if (accepts(refused)) {
        return 1.0;
      }
      if (!accepts(accepted)) {
        return 0.0;
      }
      while (true) {
        const double middle = 0.5 * refused + 0.5 * accepted;
        if (!(refused < middle && middle < accepted)) {
          return std::exp2(-accepted);
        }
        (accepts(middle) ? accepted : refused) = middle;
      }
    }
  }

 private:
  static constexpr int kMore = Integrator::kSums - 1;  ///< sums over the mode beside R
  using More = std::array<double, static_cast<std::size_t>(kMore)>;

  double weight() const { return Integrator::kWeighs ? tables_.weights[0] : 0.0; }

  /// Of the move from \p x to \p proposed; \p before as of the pass.
  More sums(double before, double x, double proposed) const {
    More more{};
    if constexpr (kMore > 0) {
      const BlockCoefficients<double>& c = tables_.blocks[0];
      Integrator::add_sums(tables_.constants, before, x, proposed, c.noise[0], c.centre[0], this->weight(),
                           more.data());
    }
    return more;
  }

  double before(double x) const {
    if constexpr (Integrator::kCarriesSums) {
      return Integrator::before(tables_.constants, x * x, this->sums(0.0, x, x).data());
    } else {
      return Integrator::before(tables_.constants, x * x);
    }
  }

  double update(std::uint32_t set, double x, double xi, double before) const {
    const BlockCoefficients<double>& c = tables_.view().set(set)[0];
    if constexpr (Integrator::kWeighs) {
      return Integrator::update(c.decay[0], c.drift[0], c.noise[0], this->weight(), x, xi, before);
    } else {
      return Integrator::update(c.decay[0], c.drift[0], c.noise[0], x, xi, before);
    }
  }

  Outcome<double> after(double x, double proposed, double exponential) const {
    if constexpr (kMore > 0) {
      return Integrator::after(tables_.constants, x * x, proposed * proposed,
                               this->sums(this->before(x), x, proposed).data(), exponential);
    } else {
      return Integrator::after(tables_.constants, x * x, proposed * proposed, exponential);
    }
  }

  const ModeTables<double>& tables_;
};

/// A pass, or the half of one, on a grid.
struct PassKernel {
  Matrix all;                  ///< where a chain is after it, refusals included
  Matrix moves;                ///< accepted proposals alone
  std::vector<double> escape;  ///< [point] probability of a proposal off the grid
};

template <class Integrator>
PassKernel pass_kernel(const OneModeStep<Integrator>& step, std::uint32_t set,
                       const std::vector<double>& grid) {
  const std::size_t n = grid.size();
  const double spacing = grid[1] - grid[0];
  PassKernel kernel{Matrix(n), Matrix(n), std::vector<double>(n)};
  for (std::size_t i = 0; i < n; ++i) {
    const double x = step.settled(grid[i]);
    const auto [mean, width] = step.proposal(set, x);
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
    const double beyond = std::max(0.0, 1.0 - proposed);
    if constexpr (Integrator::kRefuses) {  // what lies off a grid that is wide enough is refused
      kernel.all.row(i)[i] += refused + beyond;
    } else {  // far out an explicit step throws a chain off: back to the middle, and told as an escape
      kernel.all.row(i)[n / 2] += beyond;
      kernel.escape[i] = beyond;
    }
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
  const PassKernel pass = pass_kernel(step, 0, grid);
  const auto escaping = [&](const PassKernel& kernel) {
    for (std::size_t point = 0; point < grid.size(); ++point) {
      out.escape += out.law[point] * kernel.escape[point];
    }
  };
  out.law = stationary_vector(pass.all);
  escaping(pass);
  if constexpr (Integrator::kEndsHalfway) {
    const PassKernel half = pass_kernel(step, 1, grid);
    escaping(half);
    out.law = advanced(out.law, half.all);
  } else if constexpr (!Integrator::kCountsRefused) {
    out.law = advanced(out.law, pass.moves);
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
  for (std::uint32_t set = 0; set < step.sets(); ++set) {
    spacing = std::min(spacing, step.proposal(set, centre).second / resolution);
  }
  double reach = kReach * deviation;
  for (int i = 0; i < kTries; ++i) {
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
      reach *= kWiden;
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
    return find_law<decltype(functors)>(run, posterior, resolution);
  });
}

}  // namespace ridgeflow
