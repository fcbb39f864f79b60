/// \file
/// Kept draws of one quantity: what the diagnostics of docs/diagnostics.md look at.
#pragma once

#include <cstddef>
#include <span>

namespace ridgeflow {

/// A checked view of draws from chains of equal length, in the quantity's own unit (of RidgeFlow's own
/// quantities: dimensionless). The values must outlive it.
class Draws {
 public:
  static constexpr std::size_t kFewest = 4;                   ///< a chain: two halves of two
  static constexpr std::size_t kMost = std::size_t{1} << 27;  ///< a chain: the FFT counts in int

  /// \p values: [chain][draw]. \throws InvalidInput without a chain, with fewer than kFewest or more than
  /// kMost draws a chain, if \p values has another size than \p chains times \p draws, or for a value that is
  /// not finite.
  Draws(std::span<const double> values, std::size_t chains, std::size_t draws);

  std::span<const double> values() const { return this->values_; }  ///< [chain][draw]
  std::span<const double> chain(std::size_t c) const {
    return this->values_.subspan(c * this->draws_, this->draws_);
  }
  std::size_t chains() const { return this->chains_; }
  std::size_t draws() const { return this->draws_; }          ///< in a chain
  std::size_t total() const { return this->values_.size(); }  ///< in all chains
  bool constant() const { return this->constant_; }           ///< whether all values are the same

  /// The e for which all |values| are below 2^e, 0 if all are zero. Values times 2^-e are as exact as the
  /// values, and neither their squares nor their fourth powers leave the range of double.
  int exponent() const { return this->exponent_; }

 private:
  std::span<const double> values_;
  std::size_t chains_;
  std::size_t draws_;
  bool constant_ = true;
  int exponent_ = 0;
};

}  // namespace ridgeflow
