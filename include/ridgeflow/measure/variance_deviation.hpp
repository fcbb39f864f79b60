/// \file
/// How far a measured variance lies from another, as a deviate whose law is known: a variance of few draws is
/// skewed, its error grows with it, and their plain ratio is not Student's t.
#pragma once

#include <cstddef>
#include <vector>

#include "ridgeflow/measure/comparison.hpp"
#include "ridgeflow/measure/moments.hpp"

namespace ridgeflow {

/// Variances of \p measured against \p predicted ones.
///
/// In a chain of n Gaussian draws the mean of (d - <d>)^2 is a sum of independent squares of weights l_i, so
/// its cumulants are fixed by xi_3 = sum l^3 sum l/(sum l^2)^2 and xi_4 = sum l^4 (sum l)^2/(sum l^2)^3. With
/// the relative error e of the variance V, its square E = e^2 and x = n_e/n the share of the draws that are
/// independent (n_e = 2/(C E) in a chain), draws that are an autoregression of the first order have
///
///     xi_3 = 1 + (1 - x^2) f/2,  xi_4 = 1 + 3(1 - x^2) f/2,  f = ((1 - 1/n_e^2)/(1 - 1/n^2))^(3/2)
///
/// (f = 1 exactly for n, n_e -> infinity, else fitted to 0.05). To the order 1/C and E,
///
///     z = [((V/v)^h - 1)/h + E xi_3/3]/(e sqrt(1 + B)),   h = 4 xi_3/3 - 1,
///
/// has no skewness, for any correlation of V with e: the cube root of E. B. Wilson and M. M. Hilferty (PNAS
/// 17, 684 (1931)) for independent draws, near V itself for correlated ones. B is what the variance of z then
/// exceeds 1 by beyond Student's, and the degrees nu = 1/(1/(C - 1) + (3 xi_4 + 2 - 4 xi_3) E) hold the noise
/// of e. The method is that of N. J. Johnson (J. Am. Stat. Assoc. 73, 536 (1978)) and P. Hall (J. R. Stat.
/// Soc. B 54, 221 (1992)), with cumulants that are known in place of measured ones. xi_3, xi_4 and B take the
/// mean of E over the modes within a fifth of k, which decay alike; each z has its own e.
///
/// `few_draws_bias` bounds the mean over modes of what the expansion leaves in z^2.
///
/// Where either variance is not above 0 z is (V - v)/mcse, with C - 1 degrees. docs/theory.md, section 5, has
/// the figures.
Deviates variance_deviates(const MomentSummary& measured, const std::vector<double>& predicted);

/// Variances of the modes 1 to \p modes of two systems that were sampled independently: the same with both
/// errors, E = E_1 + E_2, w_i = E_i/E, L = ln(V_1/V_2) and [exp(h w_1 L) - exp(-h w_2 L)]/h in place of the
/// power; Welch's degrees, 1/nu the sum of w_i^2/nu_i.
Deviates variance_deviates(const MomentSummary& one, const MomentSummary& other, std::size_t modes);

}  // namespace ridgeflow
