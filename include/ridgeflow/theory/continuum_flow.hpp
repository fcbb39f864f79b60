/// \file
/// The renormalization group of power-law data as a differential equation: the flow of r and U with the
/// cutoff, in plain and in rescaled variables (docs/theory.md, section 3, "Continuum flow").
///
/// Everything is dimensionless. g = 1 + alpha; k is a cutoff, a real number: the modes above it are
/// integrated out, so that mode j sees the couplings at k = j + 1/2, and a flow of M modes starts at
/// Lambda = M + 1/2. With tau = ln l, l = Lambda/k, the couplings rescaled so that the prior keeps its form
/// are r' = l^g r, U' = l^2g U.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "ridgeflow/model/couplings.hpp"
#include "ridgeflow/model/power_law.hpp"

namespace ridgeflow {

/// Ridge and quartic coupling at one scale: r, U, or rescaled r', U'.
struct RunningCouplings {
  double ridge = 0;
  double quartic = 0;
};

/// Which differential equation. With f = (f_r, f_U) the change of x = (r, U) by one mode, c = 1/(k^g + r),
/// m^2 = scale^2 k^(2g-1-beta) c^2,
///
///     f_r = (U/2)(c + m^2),   f_U = -(U^2/4)(2c^2 + 4cm^2).
enum class FlowEquation {
  plain,  ///< -dx/dk = f: follows the decimation to 1e-5 in the standard run
  /// The vector field whose flow over a unit of k is the step of one mode, to third order in f and d/dk
  /// (modes lie at whole numbers, halfway between the ends of the step):
  ///
  ///     -dx/dk = f - f_x f/2 - f_kk/24 - (f_x f_k - f_xk f)/12 + f_xx f f/12 + f_x f_x f/3.
  ///
  /// Follows the decimation to 1e-10 in the standard run; its first two terms alone to 9e-8.
  corrected,
};

/// k* = r^(1/g), where learnable and unlearnable modes part. \throws InvalidInput unless 1 + alpha > 0 and
/// \p ridge > 0.
double learning_scale(const PowerLaw& law, double ridge);

/// The vector field of the flow for one law and one initial cutoff.
class ContinuumFlow {
 public:
  /// \throws InvalidInput unless 1 + alpha > 0, all of \p law is finite, and \p cutoff (Lambda) is finite and
  /// positive.
  ContinuumFlow(const PowerLaw& law, double cutoff);

  const PowerLaw& law() const { return this->law_; }
  double cutoff() const { return this->cutoff_; }  ///< Lambda
  double curvature() const {
    return this->curvature_;
  }  ///< Lambda^g, the unit of r'; that of U' is its square

  double tau(double k) const;      ///< ln(Lambda/k)
  double scale(double tau) const;  ///< k = Lambda e^-tau

  /// dx/dtau = -k dx/dk at cutoff \p k for x = (r, U). Not finite where k^g + r = 0.
  RunningCouplings derivative(double k, RunningCouplings at, FlowEquation equation) const;

  /// The plain equation in rescaled variables, A = Lambda^g + r', s(l) = scale l^((beta-1-alpha)/2):
  ///
  ///     dr'/dtau = g r' + (Lambda U'/2) [1/(l A) + s^2 Lambda^(1+2alpha-beta)/A^2]
  ///     dU'/dtau = 2g U' - (Lambda U'^2/4) [2/(l A^2) + 4 s^2 Lambda^(1+2alpha-beta)/A^3]
  ///
  /// The 1/l on every closed loop is the discreteness of the spectrum: the field depends on tau.
  RunningCouplings rescaled_derivative(double tau, RunningCouplings rescaled) const;

  /// r', U' of the couplings r, U at \p tau, and back.
  RunningCouplings rescale(double tau, RunningCouplings at) const;
  RunningCouplings unscale(double tau, RunningCouplings rescaled) const;

  /// s(tau): what the target's scale becomes.
  double target_scale(double tau) const;

  /// Where dr'/dtau = 0: U' = -2g r'/{Lambda [1/(l A) + s^2 Lambda^(1+2alpha-beta)/A^2]}. Positive for
  /// -Lambda^g < r' < 0 only.
  double ridge_nullcline(double tau, double rescaled_ridge) const;
  /// Its tree term alone. Loops shrink beside trees as l^(alpha-beta): this is what the nullcline tends to
  /// for beta > alpha as l -> infinity. At beta = 1 + alpha (s constant) it does not depend on tau. Infinite
  /// without a target (scale 0).
  double tree_nullcline(double tau, double rescaled_ridge) const;

 private:
  double loop_weight(double tau) const;  // of 1/A, and
  double tree_weight(double tau) const;  // of 1/A^2, in the square brackets

  PowerLaw law_;
  double cutoff_;
  double growth_;     // g
  double curvature_;  // Lambda^g
};

/// A fixed point of the rescaled flow and the eigenvalues of the flow around it.
struct FlowFixedPoint {
  RunningCouplings rescaled;
  std::array<double, 2> eigenvalues{};  ///< growth rates per unit of tau, descending
};

/// At beta = 1 + alpha and l -> infinity: r' = -Lambda^g/2, U' = g Lambda^2g/(4 scale^2), with eigenvalues
/// g {1, -4}: a saddle. (The Gaussian one, r' = U' = 0 with g {2, 1}, is the start of every flow.)
/// \throws InvalidInput as ContinuumFlow does, unless beta = 1 + alpha to 1e-12, or if scale = 0.
FlowFixedPoint interacting_fixed_point(const PowerLaw& law, double cutoff);

/// What takes the place of scaling dimensions where the flow is not autonomous: d ln/dtau at one scale.
struct LocalExponents {
  double ridge = 0;    ///< gamma_r of r'; g at U = 0
  double quartic = 0;  ///< gamma_U of U'; 2g at U = 0
  double loop = 0;     ///< of RidgeShare::loop: alpha for k* << k, -1 for k << k*
  double tree = 0;     ///< of RidgeShare::tree: beta for k* << k, beta - 2g for k << k*
};

/// What the interaction adds to r in one unit of tau, relative to r: (1/r) dr/dtau = loop + tree, and
/// gamma_r = g + loop + tree in the plain equation.
struct RidgeShare {
  double loop = 0;  ///< k U c/(2r)
  double tree = 0;  ///< k U m^2/(2r)
};

/// The values that an exponent takes over a window of scales.
struct ScalingInterval {
  double low = 0;
  double high = 0;
};

/// Scaling intervals of each of the local exponents.
struct ScalingIntervals {
  ScalingInterval ridge;
  ScalingInterval quartic;
  ScalingInterval loop;
  ScalingInterval tree;
};

/// What an exponent says of what it belongs to, over a window: whether that grows towards the infrared
/// (k falling, tau rising). For r' and U' this compares with the prior, whose form the rescaling keeps; for a
/// share of the ridge it compares with the ridge itself.
enum class Relevance {
  relevant,    ///< grows at every scale of the window
  irrelevant,  ///< falls at every scale of the window
  marginal,    ///< neither: constant to 1e-9
  mixed,       ///< grows at some scales and falls at others
};
Relevance relevance(const ScalingInterval& interval);
/// "relevant", ...
const char* to_string(Relevance relevance);

/// r(k), U(k) from an initial cutoff down, or up: the inverse flow. Integrated once, to a relative error of
/// some 1e-12; any scale on the way is then one more step from the last node before it.
class FlowTrajectory {
 public:
  /// From \p start at Lambda = \p cutoff to \p end, which may lie above it.
  /// \throws InvalidInput as ContinuumFlow does, unless U >= 0 and Lambda^g + r > 0, or if \p end is not
  /// finite and positive.
  /// \throws NumericalFailure where the flow breaks down on the way, naming the scale: k^g + r falls to zero
  /// (downwards from r < 0, upwards where U diverges), or steps become too small to take.
  FlowTrajectory(const PowerLaw& law, double cutoff, RunningCouplings start, double end,
                 FlowEquation equation = FlowEquation::plain);

  const ContinuumFlow& flow() const { return this->flow_; }
  FlowEquation equation() const { return this->equation_; }
  double cutoff() const { return this->flow_.cutoff(); }
  double end() const { return this->end_; }
  std::size_t nodes() const { return this->nodes_.size(); }  ///< steps taken, and one

  /// r, U at cutoff \p k. \throws InvalidInput unless \p k lies between cutoff() and end().
  RunningCouplings at(double k) const;
  /// r', U' there.
  RunningCouplings rescaled(double k) const;
  /// Local exponents there; not finite where r = 0.
  LocalExponents exponents(double k) const;
  RidgeShare share(double k) const;

  /// Least and largest local exponents between two scales, either of them first.
  ScalingIntervals scaling_intervals(double from, double to) const;

 private:
  struct Node {
    double tau;
    RunningCouplings at;
  };
  void integrate(RunningCouplings start);

  ContinuumFlow flow_;
  double end_;
  FlowEquation equation_;
  std::vector<Node> nodes_;
};

/// How the first-order correction to the ridge at the learning scale, delta r/r at k*, changes with the
/// number of samples at fixed kappa, u and M/P: d ln/d ln P of its two parts, between P and 10 P. Negative:
/// the interaction is irrelevant towards large P. For M, P -> infinity -alpha/g and -beta/g; at M = P = 100,
/// alpha = 0.2, beta = 0.3 still -0.078 and -0.156.
struct SampleExponents {
  double loop = 0;
  double tree = 0;
};
/// \throws InvalidInput as ridge_shift() does.
SampleExponents sample_exponents(const PowerLaw& law, const Couplings& couplings, std::size_t modes);

}  // namespace ridgeflow
