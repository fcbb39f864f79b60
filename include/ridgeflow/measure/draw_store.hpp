/// \file
/// Draws kept as they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ridgeflow/measure/block_sums.hpp"
#include "ridgeflow/measure/observation.hpp"

namespace ridgeflow {

/// How many draws of what are kept.
struct DrawShape {
  ChainRange chains;             ///< held here
  std::uint64_t draws = 0;       ///< kept of each chain
  std::uint64_t keep_every = 1;  ///< measurements from one to the next: draw i is measurement i keep_every
  std::uint32_t modes = 0;
  bool wide = false;  ///< double, for a state in double; else float, which holds the state exactly

  /// What they take. [bytes]
  double bytes() const;
};

/// Kept draws of d and R, [chain][draw][mode] and [chain][draw]. Mergeable: chains of the same run next to
/// each other.
///
/// `perfect` does not count a draw that it refuses: its place repeats the chain's last counted one (the next,
/// where it had none yet; NaN where it never has any), which leaves averages unbiased.
class DrawStore final {
 public:
  DrawStore() = default;
  explicit DrawStore(const DrawShape& shape);

  const DrawShape& shape() const { return this->shape_; }
  /// Takes kept draw \p draw (from 0) of the chains of \p tile. Different chains may be kept at the same
  /// time.
  void keep(std::uint64_t draw, const StateTile& tile);
  /// The first \p draws kept draws of each chain, or all where there are no more.
  DrawStore leading(std::uint64_t draws) const;
  /// Appends the chains of \p next. \throws std::logic_error unless they follow and are of the same run.
  void append(const DrawStore& next);

  /// d of kept draw \p draw (from 0) of chain \p chain (index as its noise counts it), mode index \p k.
  double d(std::uint64_t chain, std::uint64_t draw, std::uint32_t k) const;
  std::span<const float> single() const { return this->single_; }  ///< [chain][draw][mode], empty if wide
  std::span<const double> wide() const { return this->wide_; }     ///< [chain][draw][mode], empty if not
  std::span<const double> size() const { return this->size_; }     ///< [chain][draw] R

  std::vector<std::byte> serialize() const;
  static DrawStore deserialize(std::span<const std::byte> bytes);

 private:
  DrawShape shape_;
  std::vector<float> single_;
  std::vector<double> wide_;
  std::vector<double> size_;
};

}  // namespace ridgeflow
