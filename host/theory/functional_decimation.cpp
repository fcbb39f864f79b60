#include "ridgeflow/theory/functional_decimation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

#include "theory/mode_law.hpp"
#include "theory/vertex_function.hpp"

namespace ridgeflow {
namespace {

constexpr std::array<std::size_t, 9> kNodeCounts{16, 24, 32, 48, 64, 96, 128, 192, 256};

constexpr double kTail = 1e-14;  // of the last coefficients, relative to the largest

using Points = ModeLaw::Points;

}  // namespace

FunctionalDecimation::FunctionalDecimation(Spectrum spectrum, const VertexCouplings& vertex)
    : spectrum_(make_spectrum(std::move(spectrum.a), std::move(spectrum.y))), vertex_(vertex) {
  for (const auto& [name, value] :
       {std::pair{'r', vertex.ridge}, {'U', vertex.quartic}, {'W', vertex.sextic}}) {
    validate(std::isfinite(value) && value >= 0.0,
             fmt::format("{} = {} must be finite and not negative", name, value));
  }
  this->find_intervals();
  for (const std::size_t nodes : kNodeCounts) {
    if (this->try_nodes(nodes)) {
      this->pass_up();
      return;
    }
  }
  throw NumericalFailure(
      fmt::format("the functional decimation does not converge with {} nodes (r = {}, U = {}, W = {}): the "
                  "couplings are too strong for it",
                  kNodeCounts.back(), vertex.ridge, vertex.quartic, vertex.sextic));
}

void FunctionalDecimation::find_intervals() {
  const std::size_t modes = this->spectrum_.size();
  const auto bare = [this](double size) { return polynomial_couplings_at(this->vertex_, size); };
  this->length_.assign(modes + 1, 0.0);
  for (std::size_t q = 1; q <= modes; ++q) {
    // V_q' >= V_M' and both rise, so no law of d_q reaches further than under V_M.
    const double a = this->spectrum_.a[q - 1];
    const double y = this->spectrum_.y[q - 1];
    const double before = this->length_[q - 1];
    const double c = self_consistent_gaussian(a, y, before, bare).variance;
    const double reach = std::abs(a * y * c) + ModeLaw::kWidths * std::sqrt(c);
    this->length_[q] = before + reach * reach;
  }
  validate(std::isfinite(this->length_.back()),
           fmt::format("the size R = sum d^2 overflows (up to {}): scale down y", this->length_.back()));

  const double softest = *std::min_element(this->spectrum_.a.begin(), this->spectrum_.a.end());
  const double stiffness = 1.0 / self_consistent_gaussian(softest, 0.0, 0.0, bare).variance;
  // Root of (W/8) A^2 + (U/2) A = stiffness.
  const double half = this->vertex_.quartic / 4;
  const double root =
      stiffness /
      (half + std::sqrt(half * half + this->vertex_.sextic / 8 * stiffness));  // inf for U = W = 0
  this->scale_ = std::min(root, 4.0 * this->length_.back());
  this->log_length_.resize(modes + 1);
  std::transform(this->length_.begin(), this->length_.end(), this->log_length_.begin(),
                 [this](double length) { return std::log1p(length / this->scale_); });
}

VertexFunction FunctionalDecimation::vertex(std::size_t q) const {
  return {this->vertex_, this->scale_, this->length_[q], this->log_length_[q],
          std::span(this->series_).subspan((q - 1) * this->nodes_, this->nodes_)};
}

double FunctionalDecimation::node_size(std::size_t q, std::size_t i) const {
  return q == 0 ? 0.0 : this->vertex(q).size_at(this->cosines_[this->nodes_ + i]);
}

std::vector<double> FunctionalDecimation::to_coefficients(const std::vector<double>& values) const {
  const std::size_t n = this->nodes_;
  std::vector<double> result(n);
  for (std::size_t j = 0; j < n; ++j) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
      sum += values[i] * this->cosines_[j * n + i];
    }
    result[j] = (j == 0 ? 1.0 : 2.0) / static_cast<double>(n) * sum;
  }
  return result;
}

bool FunctionalDecimation::try_nodes(std::size_t nodes) {
  const std::size_t modes = this->spectrum_.size();
  this->nodes_ = nodes;
  this->cosines_.resize(nodes * nodes);
  for (std::size_t j = 0; j < nodes; ++j) {
    for (std::size_t i = 0; i < nodes; ++i) {
      const std::size_t angle = j * (2 * i + 1) % (4 * nodes);
      this->cosines_[j * nodes + i] =
          std::cos(std::numbers::pi * static_cast<double>(angle) / (2.0 * static_cast<double>(nodes)));
    }
  }
  this->series_.assign(nodes * modes, 0.0);
  this->log_partition_ = 0;
  double rounding = 0;  // of the values at the nodes, from all steps so far

  // Mean and variance of what the modes above q add to R_q, given R_q.
  std::vector<double> excess(nodes, 0.0);
  std::vector<double> spread(nodes, 0.0);
  std::vector<double> value(nodes);
  std::vector<double> value_excess(nodes);
  std::vector<double> value_spread(nodes);
  for (std::size_t q = modes; q > 0; --q) {
    const std::size_t count = q == 1 ? 1 : nodes;
    double magnitude = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const ModeLaw law = this->law(q, this->node_size(q - 1, i));
      value[i] = -law.log_norm;
      magnitude = std::max(magnitude, law.magnitude);
      Points added = series_at(excess, law);  // but for what is the same for all points
      const Points within = series_at(spread, law);
      double mean = 0;
      double mean_within = 0;
      for (std::size_t p = 0; p < law.points; ++p) {
        added[p] += law.increase[p];
        mean += law.weight[p] * added[p];
        mean_within += law.weight[p] * within[p];
      }
      double between = 0;
      for (std::size_t p = 0; p < law.points; ++p) {
        between += law.weight[p] * (added[p] - mean) * (added[p] - mean);
      }
      value_excess[i] = law.centre_increase + excess[0] + mean;
      value_spread[i] = spread[0] + mean_within + between;
    }
    if (q == 1) {
      break;
    }
    const double lowest = value[nodes - 1];  // at the smallest node
    if (!std::all_of(value.begin(), value.end(), [](double each) { return std::isfinite(each); })) {
      throw NumericalFailure(fmt::format("functional decimation: V(R) is not finite below mode {}", q));
    }
    for (double& each : value) {
      each -= lowest;
    }
    this->log_partition_ -= lowest;
    const std::vector<double> coefficients = this->to_coefficients(value);
    double largest = 1.0;
    for (const double each : coefficients) {
      largest = std::max(largest, std::abs(each));
    }
    const double tail = std::max(std::abs(coefficients[nodes - 1]), std::abs(coefficients[nodes - 2]));
    rounding = std::hypot(rounding, magnitude * std::numeric_limits<double>::epsilon());
    if (tail > kTail * largest + 16.0 * rounding) {
      return false;
    }
    std::copy(coefficients.begin(), coefficients.end(),
              this->series_.begin() + static_cast<std::ptrdiff_t>((q - 2) * nodes));
    excess = this->to_coefficients(value_excess);
    spread = this->to_coefficients(value_spread);
  }
  this->log_partition_ -= value[0];
  this->mean_size_ = value_excess[0];
  this->variance_size_ = value_spread[0];
  return true;
}

void FunctionalDecimation::pass_up() {
  const std::size_t modes = this->spectrum_.size();
  const std::size_t n = this->nodes_;
  this->mean_.resize(modes);
  this->variance_.resize(modes);
  std::vector<double> weight{1.0};  // of the nodes, the law of R_{q-1}: at first R_0 = 0
  std::vector<double> mean(n);
  std::vector<double> moment(n);  // E[T_j] at R_q
  for (std::size_t q = 1; q <= modes; ++q) {
    std::fill(moment.begin(), moment.end(), 0.0);
    double total = 0;
    double within = 0;
    for (std::size_t i = 0; i < weight.size(); ++i) {
      const ModeLaw law = this->law(q, this->node_size(q - 1, i));
      mean[i] = law.mean;
      total += weight[i] * law.mean;
      within += weight[i] * law.variance;
      Points before;
      Points now = law.position;
      std::fill_n(before.begin(), law.points, 1.0);
      for (std::size_t j = 1; j < n; ++j) {
        double sum = 0;
        for (std::size_t p = 0; p < law.points; ++p) {
          sum += law.weight[p] * now[p];
          const double next = 2.0 * law.position[p] * now[p] - before[p];
          before[p] = now[p];
          now[p] = next;
        }
        moment[j] += weight[i] * sum;
      }
    }
    double between = 0;
    for (std::size_t i = 0; i < weight.size(); ++i) {
      between += weight[i] * (mean[i] - total) * (mean[i] - total);
    }
    this->mean_[q - 1] = total;
    this->variance_[q - 1] = within + between;
    moment[0] = 1.0;
    weight.assign(n, 0.0);
    for (std::size_t j = 0; j < n; ++j) {
      const double factor = (j == 0 ? 1.0 : 2.0) / static_cast<double>(n) * moment[j];
      for (std::size_t i = 0; i < n; ++i) {
        weight[i] += factor * this->cosines_[j * n + i];
      }
    }
  }
}

ModeLaw FunctionalDecimation::law(std::size_t q, double size) const {
  return law_of_mode(this->spectrum_.a[q - 1], this->spectrum_.y[q - 1], size, this->vertex(q));
}

double FunctionalDecimation::largest_size(std::size_t k) const {
  validate(k < this->spectrum_.size(),
           fmt::format("mode index {}: there are {} modes", k, this->spectrum_.size()));
  return this->length_[k + 1];
}

VertexCouplings FunctionalDecimation::couplings_at(std::size_t k, double size) const {
  const double largest = this->largest_size(k);
  validate(size >= 0.0 && size <= largest,
           fmt::format("R = {}: the vertex of mode index {} is known on [0, {}]", size, k, largest));
  return this->vertex(k + 1).couplings_at(size);
}

}  // namespace ridgeflow
