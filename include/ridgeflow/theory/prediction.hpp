/// \file
/// What the theories say about every mode: the columns that a sample is compared with.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "ridgeflow/model/posterior.hpp"

namespace ridgeflow {

/// The theories of docs/theory.md, section 2. With c(rho) = 1/(a + rho) and m(rho) = a y c(rho):
enum class Theory {
  gp,           ///< U = W = 0: m(r), c(r)
  first_order,  ///< first order in U around gp
  hartree,      ///< m(rho*), c(rho*), rho* = r + (U/2) R(rho*) + (W/8) R(rho*)^2
  saddle,       ///< hartree and the Gaussian fluctuation of the auxiliary field
  wilson,       ///< m(r(k)), c(r(k)): the couplings that mode k sees in the renormalization group,
                ///< of the first order at W = 0, of the next order otherwise (wilson_couplings())
  completed,    ///< wilson with the modes j <= k put back self-consistently
  exact,        ///< no approximation: ExactAverage at W = 0, FunctionalDecimation otherwise
};

/// Every theory, in the order of the columns of a table.
inline constexpr std::array all_theories{Theory::gp,     Theory::first_order, Theory::hartree, Theory::saddle,
                                         Theory::wilson, Theory::completed,   Theory::exact};

/// Its name, as in the enumeration.
std::string_view to_string(Theory theory);

/// \throws InvalidInput for an unknown name, with the known ones and the nearest of them.
Theory theory_from_string(std::string_view name);

/// Mean and variance of every d_k under one theory. Dimensionless.
struct Prediction {
  Theory theory = Theory::gp;
  std::vector<double> mean;      ///< [mode] <d_k>
  std::vector<double> variance;  ///< [mode] Var d_k
};

/// Whether \p theory is defined for \p posterior: all of them at W = 0; with a
/// sextic coupling gp, hartree, wilson and exact, the others being written for V = U R^2/8 alone.
bool is_defined(Theory theory, const Posterior& posterior);

/// Those that are, in the order of all_theories.
std::vector<Theory> defined_theories(const Posterior& posterior);

/// \throws InvalidInput naming the first of \p theories that is not defined for \p posterior, and those that
/// are.
void validate_theories(const Posterior& posterior, std::span<const Theory> theories);

/// One theory, all modes, any U >= 0 (all theories are gp at U = W = 0). At strong coupling a theory gives
/// what its formula gives (`first_order` can have negative variances), however far from `exact`; `wilson` and
/// `completed` give NaN for the modes below the one at which the decimation breaks down. \throws InvalidInput
/// where \p theory is not defined.
Prediction predict(const Posterior& posterior, Theory theory);

/// Several theories, in the order asked for.
std::vector<Prediction> predict(const Posterior& posterior, std::span<const Theory> theories);

}  // namespace ridgeflow
