/// \file
/// Sums over blocks of chains, from which any smooth function of them gets an error bar.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "ridgeflow/measure/measured.hpp"

namespace ridgeflow {

/// Consecutive chains.
struct ChainRange {
  std::uint64_t first = 0;
  std::uint64_t chains = 0;
};

/// A row of sums for each of kBlocks blocks of a run's chains: block b holds the chains c with
/// floor(kBlocks (c - first)/chains) = b. Chains are independent, so blocks are.
///
/// A mergeable set: rows of chains are kept until their block is whole and are then added in the order of the
/// chains, so that any split of the chains over threads or processes gives the same bits.
class BlockSums {
 public:
  /// Enough for errors that are known to a tenth (Student's t with 63 degrees of freedom), few enough for
  /// each block to be close to Gaussian.
  static constexpr std::size_t kBlocks = 64;

  BlockSums() = default;
  /// \p whole: all chains of the run, at least kBlocks; \p length: of a row.
  BlockSums(ChainRange whole, std::size_t length);

  /// Adds the row of a chain. \throws std::logic_error for a chain outside of the run or one that was added,
  /// or a row of another length.
  void add(std::uint64_t chain, std::span<const double> row);
  /// Adds all chains of \p other. \throws std::logic_error if it is of another run.
  void merge(const BlockSums& other);

  std::size_t length() const { return this->length_; }
  ChainRange whole() const { return this->whole_; }
  /// Whether every chain of the run was added.
  bool complete() const;
  /// Sums of a block. [row] \throws std::logic_error unless complete().
  const std::vector<double>& block(std::size_t b) const;

  /// As bytes of this machine, and back. \throws std::logic_error for bytes that serialize() did not make.
  std::vector<std::byte> serialize() const;
  static BlockSums deserialize(std::span<const std::byte> bytes);

 private:
  struct Block {
    std::uint64_t first = 0;
    std::uint64_t chains = 0;
    std::map<std::uint64_t, std::vector<double>> rows;  ///< by chain, until all are there
    std::vector<double> sum;                            ///< then
  };
  void close_if_whole(Block& block) const;

  ChainRange whole_;
  std::size_t length_ = 0;
  std::vector<Block> blocks_;
};

/// Degrees of freedom of jackknife errors: a deviation over its error follows Student's t with them.
inline constexpr double kJackknifeDegrees = static_cast<double>(BlockSums::kBlocks) - 1.0;

/// Numbers made from a row of sums: \p out is filled, always the same number of them.
using Statistic = std::function<void(std::span<const double> row, std::span<double> out)>;

/// \p outputs statistics of all draws, each with the error of the delete-one-block jackknife for blocks of
/// unequal weight (F. M. T. A. Busing, E. Meijer, R. van der Leeden, Statistics and Computing 9, 3 (1999)):
/// with h_b = n/n_b and pseudo-values tau_b = h_b theta - (h_b - 1) theta_(b), theta_(b) without block b,
///
///     error^2 = (1/G) sum_b (tau_b - theta_J)^2/(h_b - 1),  theta_J = sum_b tau_b/h_b.
///
/// Element 0 of a row must be its number of draws. For smooth functions of sums, which quantiles are not. NaN
/// where a block has no draws. \throws std::logic_error unless the sums are complete.
std::vector<Measured> jackknife(const BlockSums& sums, const Statistic& statistic, std::size_t outputs);

/// Sums over all chains. [row] \throws std::logic_error unless the sums are complete.
std::vector<double> total_of(const BlockSums& sums);

}  // namespace ridgeflow
