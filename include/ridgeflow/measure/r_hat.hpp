/// \file
/// R-hat: the spread that all chains have together over the spread within one. 1 for chains that have
/// forgotten where they started; docs/diagnostics.md has the formulas and their sources. Dimensionless
/// throughout.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

#include "ridgeflow/measure/draws.hpp"

namespace ridgeflow {

/// sqrt(((n - 1)/n W + B)/W) (Gelman et al., BDA3, section 11.4). \p within: W, mean over the chains of their
/// unbiased variance; \p between: B, unbiased variance of the chains' means; \p draws: n, in a chain. NaN for
/// W = B = 0.
inline double r_hat(double within, double between, double draws) {
  return std::sqrt(((draws - 1) / draws * within + between) / within);
}

/// R-hat of the halves of the chains. \returns infinity if every half-chain stands still, not all at one
/// value; NaN if the draws are constant: then there is nothing to compare.
double split_r_hat(const Draws& draws);

/// Rank-normalized split R-hat (Vehtari, Gelman, Simpson, Carpenter, Bürkner 2021): the larger one of split
/// R-hat of the rank-normalized draws, which sees a shifted chain and needs no finite variance, and of the
/// rank-normalized distances from the median, which sees a chain of another width. The same under any
/// strictly increasing affine map, and its first part under any strictly increasing map. \returns NaN if the
/// draws are constant.
double rank_r_hat(const Draws& draws);

/// Nested R-hat for many short chains (Margossian, Hoffman, Sountsov, Riou-Durand, Vehtari, Gelman 2022):
/// sqrt(1 + B/W) with B the variance of the means of superchains of \p chains_per_superchain chains, and W
/// the mean over superchains of the variance of their chains' means plus the mean of their chains' variances.
/// Needs nothing of a chain but its mean and variance. The chains of a superchain are meant to start at one
/// point, different for each superchain; if all start independently it only tells whether averages over that
/// many chains agree. Independent draws give sqrt(1 + 1/n), n effective draws in a superchain: below 1.01 for
/// n > 50. \p means, \p variances (unbiased; 0 for chains of one draw): [chain], the chains of a superchain
/// in a row. \throws InvalidInput if the sizes differ, a number is not finite, a variance is negative, the
/// chains do not divide into at least two superchains, or superchains of one chain have no variance within.
/// \returns infinity if nothing varies within any superchain, NaN if nothing varies at all.
double nested_r_hat(std::span<const double> means, std::span<const double> variances,
                    std::size_t chains_per_superchain);

}  // namespace ridgeflow
