#include "ridgeflow/theory/completed.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {
namespace {

// One mode in the ridge b and the coupling u, with stiff = a + b and source = a y.
struct OwnMode {
  double c;
  double total;  // q = a + b + u c, so that m = a y/q
};

// Root of f(c) = c q + u c (source/q)^2 - 1 with q = stiff + u c. It lies in [low, 1/stiff].
inline OwnMode solve_own_mode(double stiff, double source, double u) {
  double high = 1.0 / stiff;
  double low = 1.0 / (stiff + u * (high + source * high * (source * high)));
  double c = low;
  for (int iteration = 0; iteration < 100; ++iteration) {
    const double q = stiff + u * c;
    const double m = source / q;
    const double tree = u * m * m;
    const double f = c * (q + tree) - 1.0;
    (f > 0 ? high : low) = c;
    const double slope = q + u * c + tree * (1.0 - 2.0 * u * c / q);
    double step = -f / slope;
    if (std::abs(step) <= 1e-9 * c) {  // the square of it is left
      c += step;
      break;
    }
    if (!(c + step >= low && c + step <= high)) {
      step = 0.5 * (low + high) - c;
    }
    c += step;
  }
  return {c, stiff + u * c};
}

inline double own_size(const OwnMode& mode, double source) {
  const double m = source / mode.total;
  return mode.c + m * m;
}

double source_of(const Spectrum& spectrum, std::size_t j) {
  return spectrum.a[j] * spectrum.y[j];
}

// Root of b = r + (u/2) sum_{j<=k} size_j(b). Like the Hartree equation: Newton from any point needs no
// bracket.
double solve_direct(const Spectrum& spectrum, double r, double u, std::size_t k, double guess) {
  double b = std::max(r, guess);
  for (int iteration = 0; iteration < 1000; ++iteration) {
    double size = 0;
    double slope = 0;
    for (std::size_t j = 0; j <= k; ++j) {
      const double source = source_of(spectrum, j);
      const auto [c, q] = solve_own_mode(spectrum.a[j] + b, source, u);
      const double tree = source / q * (source / q);
      const double bend = 2.0 * tree / q;
      const double dc = -c * (1.0 - u * bend) / (q + u * c + u * tree - u * u * c * bend);
      size += c + tree;
      slope += dc - bend * (1.0 + u * dc);
    }
    const double step = -(b - r - 0.5 * u * size) / (1.0 - 0.5 * u * slope);
    b = std::max(r, b + step);
    if (!(std::abs(step) > 1e-9 * b)) {
      break;
    }
  }
  return b;
}

// Chebyshev nodes of the first kind on an interval, and the weights that carry node values to a point.
class Nodes {
 public:
  static constexpr std::size_t kCount = 12;

  Nodes(double low, double high) {
    for (std::size_t i = 0; i < kCount; ++i) {
      const double angle = (2.0 * static_cast<double>(i) + 1.0) * std::numbers::pi / (2.0 * kCount);
      this->at[i] = 0.5 * (low + high) + 0.5 * (high - low) * std::cos(angle);
      this->barycentric_[i] = (i % 2 == 0 ? 1.0 : -1.0) * std::sin(angle);
    }
  }

  std::array<double, kCount> weights(double x) const {
    std::array<double, kCount> result{};
    double sum = 0;
    for (std::size_t i = 0; i < kCount; ++i) {
      if (x == this->at[i]) {
        result.fill(0.0);
        result[i] = 1.0;
        return result;
      }
      result[i] = this->barycentric_[i] / (x - this->at[i]);
      sum += result[i];
    }
    for (double& weight : result) {
      weight /= sum;
    }
    return result;
  }

  std::array<double, kCount> at{};

 private:
  std::array<double, kCount> barycentric_{};
};

constexpr std::size_t kDirectUpTo = 32;  // modes; fewer are not worth a grid
constexpr std::size_t kAnchors =
    5;  // modes of a segment that are solved directly, to place and check the grid
constexpr double kTolerance = 1e-13;  // relative, of b

class Completion {
 public:
  Completion(const Posterior& posterior, const Decimation& flow)
      : spectrum_(posterior.spectrum()), flow_(flow), ridge_(posterior.modes()) {
    this->guess_ = posterior.hartree_ridge();
  }

  // b for every mode of first..last.
  void solve(std::size_t first, std::size_t last) {
    if (last - first < kDirectUpTo) {
      for (std::size_t k = first; k <= last; ++k) {
        this->ridge_[k] = solve_direct(this->spectrum_, this->flow_.ridge[k], this->flow_.quartic[k], k,
                                       k > first ? this->ridge_[k - 1] : this->guess_);
      }
    } else if (!this->try_grid(first, last)) {
      const std::size_t middle = first + (last - first) / 2;
      this->solve(first, middle);
      this->solve(middle + 1, last);
    }
  }

  const std::vector<double>& ridge() const { return this->ridge_; }

 private:
  bool try_grid(std::size_t first, std::size_t last) {
    std::array<std::size_t, kAnchors> anchors{};
    std::array<double, kAnchors> direct{};
    for (std::size_t i = 0; i < kAnchors; ++i) {
      const std::size_t k = first + (last - first) * i / (kAnchors - 1);
      anchors[i] = k;
      direct[i] =
          solve_direct(this->spectrum_, this->flow_.ridge[k], this->flow_.quartic[k], k, this->guess_);
    }
    const auto [low, high] = std::minmax_element(direct.begin(), direct.end());
    const double margin = 0.25 * (*high - *low) + 0.01 * *low;
    const auto begin = this->flow_.quartic.begin();
    const auto [least, most] = std::minmax_element(begin + static_cast<std::ptrdiff_t>(first),
                                                   begin + static_cast<std::ptrdiff_t>(last) + 1);
    const double ridge_low = std::max(*low - margin, 0.5 * *low);
    const double ridge_high = *high + margin;
    const Nodes ridges(ridge_low, ridge_high);
    const Nodes quartics(0.99 * *least, 1.01 * *most);

    std::array<std::array<double, Nodes::kCount>, Nodes::kCount>
        sums{};  // [quartic][ridge], over modes so far
    double b = direct[0];
    std::size_t anchor = 0;
    for (std::size_t j = 0; j <= last; ++j) {
      const double source = source_of(this->spectrum_, j);
      for (std::size_t p = 0; p < Nodes::kCount; ++p) {
        for (std::size_t q = 0; q < Nodes::kCount; ++q) {
          sums[p][q] +=
              own_size(solve_own_mode(this->spectrum_.a[j] + ridges.at[q], source, quartics.at[p]), source);
        }
      }
      if (j < first) {
        continue;
      }
      const auto across = quartics.weights(this->flow_.quartic[j]);
      std::array<double, Nodes::kCount> values{};
      for (std::size_t p = 0; p < Nodes::kCount; ++p) {
        for (std::size_t q = 0; q < Nodes::kCount; ++q) {
          values[q] += across[p] * sums[p][q];
        }
      }
      b = this->root_on_line(ridges, values, j, b);
      if (!(b >= ridge_low && b <= ridge_high)) {
        return false;
      }
      this->ridge_[j] = b;
      if (j == anchors[anchor]) {
        if (!(std::abs(b - direct[anchor]) <= kTolerance * b)) {
          return false;
        }
        ++anchor;
      }
    }
    return true;
  }

  // Secant iteration on b - r - (u/2) size(b), the size interpolated.
  double root_on_line(const Nodes& ridges, const std::array<double, Nodes::kCount>& values, std::size_t k,
                      double guess) const {
    const auto residual = [&](double b) {
      const auto along = ridges.weights(b);
      double size = 0;
      for (std::size_t q = 0; q < Nodes::kCount; ++q) {
        size += along[q] * values[q];
      }
      return b - this->flow_.ridge[k] - 0.5 * this->flow_.quartic[k] * size;
    };
    double before = guess;
    double f_before = residual(before);
    double b = before - f_before;
    for (int iteration = 0; iteration < 30 && b != before; ++iteration) {
      const double f = residual(b);
      if (std::abs(f) <= 1e-15 * b || f == f_before) {
        return b - f;
      }
      const double next = b - f * (b - before) / (f - f_before);
      before = b;
      f_before = f;
      b = next;
      if (std::abs(b - before) <= 1e-14 * b) {
        break;
      }
    }
    return b;
  }

  const Spectrum& spectrum_;
  const Decimation& flow_;
  std::vector<double> ridge_;
  double guess_ = 0;
};

}  // namespace

double completed_ridge(const Posterior& posterior, const Decimation& flow, std::size_t k) {
  RIDGEFLOW_EXPECT(k < posterior.modes() && flow.ridge.size() == posterior.modes());
  return solve_direct(posterior.spectrum(), flow.ridge[k], flow.quartic[k], k, posterior.hartree_ridge());
}

CompletedMoments completed_moments(const Posterior& posterior, const Decimation& flow) {
  RIDGEFLOW_EXPECT(flow.ridge.size() == posterior.modes());
  const Spectrum& spectrum = posterior.spectrum();
  const std::size_t modes = spectrum.size();
  CompletedMoments result;
  result.mean.assign(modes, std::numeric_limits<double>::quiet_NaN());
  result.variance = result.mean;
  std::size_t first =
      0;  // the flow runs from the last mode down, so it is broken, if at all, below some mode
  while (first < modes && !std::isfinite(flow.ridge[first])) {
    ++first;
  }
  if (first == modes) {
    return result;
  }
  Completion completion(posterior, flow);
  completion.solve(first, modes - 1);
  for (std::size_t k = first; k < modes; ++k) {
    const OwnMode own =
        solve_own_mode(spectrum.a[k] + completion.ridge()[k], source_of(spectrum, k), flow.quartic[k]);
    result.mean[k] = source_of(spectrum, k) / own.total;
    result.variance[k] = own.c;
  }
  return result;
}

}  // namespace ridgeflow
