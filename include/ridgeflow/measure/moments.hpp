/// \file
/// From chains to estimates with errors.
///
/// Chains are independent, so every error comes from the spread over chains and needs no model of
/// autocorrelation. Moments are a mergeable monoid: sums over chains under a fixed binary tree whose leaves
/// are chains by their global index, so that any split of the chains over threads, devices or ranks merges to
/// the same bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <vector>

#include "ridgeflow/chain/chain_block.hpp"
#include "ridgeflow/chain/schedule.hpp"
#include "ridgeflow/measure/measured.hpp"

namespace ridgeflow {

/// Sums over chains for one mode. x: mean of d - m* over a chain's draws; v: mean of (d - m*)^2.
struct ModeSums {
  double x = 0;
  double xx = 0;
  double v = 0;
  double vv = 0;
  double xv = 0;
  double half_x = 0;        ///< over half-chains: mean
  double half_xx = 0;       ///< its square
  double half_within = 0;   ///< variance within
  double batch_within = 0;  ///< over chains: sum over batches of (batch sum)^2/n_b minus (sum)^2/n
  double within = 0;        ///< over chains: unbiased variance of a chain's draws, 0 of one draw
  double super_x = 0;       ///< over superchains: mean of their chains' means
  double super_xx = 0;      ///< its square
  double super_within = 0;  ///< variance of their chains' means, unbiased, plus the mean of `within`

  ModeSums& operator+=(const ModeSums& other);
};

/// Sums over chains that belong to no mode.
struct ChainSums {
  double chains = 0;      ///< with at least one draw
  double draws = 0;       ///< measurements counted
  double halves = 0;      ///< half-chains with at least two draws
  double half_draws = 0;  ///< draws in them
  double accepted = 0;    ///< passes accepted
  double superchains = 0;
  double size = 0;  ///< mean over a chain of R - R*: sum over chains, then of its square,
  double size_sq = 0;
  double size_v = 0;  ///< of the mean of (R - R*)^2, of its square, and of the product of both means
  double size_vv = 0;
  double size_xv = 0;

  ChainSums& operator+=(const ChainSums& other);
};

/// Superchains that a run is cut into, if its first chain's index is a multiple of their length: nested R-hat
/// compares their averages, and needs about this many to know how much these vary.
inline constexpr std::uint64_t kSuperchains = 16;

/// Chains of a superchain in a run of \p chains chains: the largest power of two that leaves kSuperchains of
/// them, or 1.
std::uint64_t chains_per_superchain(std::uint64_t chains);

/// Whether Moments keep a run's superchains apart.
enum class KeepNodes { kNo, kYes };

/// Nodes that are kept then of a run of \p chains chains from \p first_chain on: its superchains, 16 to 31 of
/// them, and what a range that is not aligned leaves at its ends.
std::uint64_t kept_nodes(std::uint64_t first_chain, std::uint64_t chains);

/// A mergeable set of chains.
class Moments {
 public:
  /// A node of the tree: the sums of an aligned range of chains.
  struct Node {
    std::uint32_t level = 0;  ///< covers 2^level chains from its key on, a multiple of 2^level
    std::vector<ModeSums> modes;
    ChainSums chains;
  };

  /// \p modes > 0. An empty set of chains: the neutral element. \p chains: those of the whole run, of which
  /// these may be a part; 0: no superchains are summed. \p keep: the superchains' nodes are not merged
  /// further, which takes sizeof(ModeSums) for each mode of each of kept_nodes(); sums and estimates are the
  /// same to the last bit.
  explicit Moments(std::uint32_t modes = 0, std::uint64_t chains = 0, KeepNodes keep = KeepNodes::kNo);

  /// Adds chains; draws not yet flushed are counted. A chain must not be added twice.
  void add(const ChainBlock& block);
  /// Adds all chains of \p other. \throws std::logic_error if the modes or the lengths of superchains differ,
  /// or nodes are kept by one of both only.
  void merge(const Moments& other);

  std::uint32_t modes() const { return this->modes_; }
  bool empty() const { return this->nodes_.empty(); }
  /// Chains of a superchain; 0: none are summed.
  std::uint64_t superchain_length() const;
  bool keeps_nodes() const { return this->kept_level_ != kNoLevel; }
  /// By first chain. Where nodes are kept: the whole superchains, and what their ends leave of a range.
  const std::map<std::uint64_t, Node>& nodes() const { return this->nodes_; }

  /// As bytes in this machine's own form, to be sent to another process of the same build, and back.
  /// \throws std::logic_error from deserialize() for bytes that serialize() did not make.
  std::vector<std::byte> serialize() const;
  static Moments deserialize(std::span<const std::byte> bytes);

  /// Sums over all chains. [mode]
  std::vector<ModeSums> mode_sums() const;
  ChainSums chain_sums() const;

 private:
  /// No node has it.
  static constexpr std::uint32_t kNoLevel = 64;

  void insert(std::uint64_t first_chain, Node node);
  /// Adds to a node that covers just one superchain what this superchain is.
  void close_superchain(Node& node) const;

  std::uint32_t modes_;
  std::uint32_t superchain_level_;       ///< a superchain is a node of this level: 2^level chains
  std::uint32_t kept_level_;             ///< nodes of this level are not merged
  std::map<std::uint64_t, Node> nodes_;  ///< by first chain; siblings are merged as soon as both are there
};

/// Estimates per mode and for R, with Monte Carlo standard errors (mcse). Names follow Stan and ArviZ.
struct MomentSummary {
  std::uint64_t chains = 0;
  std::uint64_t draws = 0;  ///< counted in all chains

  // [mode]
  std::vector<double> mean;
  std::vector<double> mcse_mean;      ///< sd of the chains' means / sqrt(C)
  std::vector<double> variance;       ///< unbiased
  std::vector<double> mcse_variance;  ///< likewise, by the delta method
  std::vector<double> r_hat;          ///< split R-hat (Gelman et al., BDA3, section 11.4); of whole chains
                                      ///< where a stopped run has less than half of its second half
  std::vector<double> nested_r_hat;  ///< of superchains (measure/r_hat.hpp), for chains too short for halves;
                                     ///< NaN for fewer than two superchains
  std::vector<double> ess_mean;      ///< variance / mcse_mean^2
  std::vector<double> ess_sd;        ///< 2 (variance / mcse_variance)^2: for the sd of a Gaussian mode
  std::vector<double> tau_int;  ///< integrated autocorrelation time in draws, 1/2 for independent ones, from
                                ///< batch means; NaN where chains are too short for two batches

  std::uint64_t superchains = 0;  ///< that nested_r_hat compares
  std::uint64_t chains_per_superchain =
      0;  ///< consecutive chains; those beyond whole superchains are left out

  double mean_size = 0;  ///< <R>
  double mcse_mean_size = 0;
  double variance_size = 0;  ///< Var R
  double mcse_variance_size = 0;
  double loss() const { return 0.5 * this->mean_size; }  ///< of training, per sample: <R>/2
  double mcse_loss() const { return 0.5 * this->mcse_mean_size; }
  double acceptance = 1;  ///< accepted / proposed, 1 for integrators that never refuse

  /// Degrees of freedom of the errors: C - 1. A deviation over its error follows Student's t with them.
  double degrees_of_freedom() const { return static_cast<double>(this->chains) - 1.0; }
};

/// \p centres: m*_k as the chains hold them (rounded to their precision) [mode]; \p hartree_size likewise R*;
/// \p passes: passes proposed in each chain; \p plan: as the chains were summed, its draws those they have.
/// \throws NumericalFailure with fewer than two chains that have draws.
MomentSummary summarize(const Moments& moments, const std::vector<double>& centres, double hartree_size,
                        std::uint64_t passes, const MeasurePlan& plan);

/// That of \p modes modes of which nothing was measured: all NaN, over no chains.
MomentSummary unmeasured_summary(std::size_t modes);

/// Independent draws that would tell as much of mode \p k (from 0) as all that were counted: for its mean,
/// and, where they are fewer, for its spread, since measurements that err to opposite sides in turn
/// (IntegratorDefaults::kEndsHalfway) may tell a mean better than any independent ones. By batch means where
/// \p plan has batches long against tau_int, else by the spread over chains.
Measured independent_draws(const MomentSummary& summary, std::size_t k, const MeasurePlan& plan);

/// A number of one mode.
struct WorstMode {
  double value = std::numeric_limits<double>::quiet_NaN();  ///< NaN where no mode has a number
  std::size_t mode = 0;                                     ///< k, from 1; 0: none
};

/// Largest split R-hat over the modes that have one.
WorstMode worst_r_hat(const MomentSummary& summary);
/// Largest nested R-hat likewise.
WorstMode worst_nested_r_hat(const MomentSummary& summary);

}  // namespace ridgeflow
