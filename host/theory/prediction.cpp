#include "ridgeflow/theory/prediction.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/base/names.hpp"
#include "ridgeflow/theory/completed.hpp"
#include "ridgeflow/theory/decimation.hpp"
#include "ridgeflow/theory/exact.hpp"
#include "ridgeflow/theory/functional_decimation.hpp"

#include "theory/refuse_sextic.hpp"

namespace ridgeflow {
namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, all_theories.size()> kNames{
    "gp", "first_order", "hartree", "saddle", "wilson", "completed", "exact"};

// What physics and statistics call them.
constexpr std::array kOtherNames{
    Synonym{"rg", "wilson"},
    Synonym{"wilsonian", "wilson"},
    Synonym{"renormalization-group", "wilson"},
    Synonym{"renormalization", "wilson"},
    Synonym{"decimation", "wilson"},
    Synonym{"gaussian", "gp"},
    Synonym{"gaussian-process", "gp"},
    Synonym{"gpr", "gp"},
    Synonym{"nngp", "gp"},
    Synonym{"kriging", "gp"},
    Synonym{"free", "gp"},
    Synonym{"krr", "gp"},
    Synonym{"perturbation", "first_order"},
    Synonym{"perturbation-theory", "first_order"},
    Synonym{"one-loop", "first_order"},
    Synonym{"nlo", "first_order"},
    Synonym{"mean-field", "hartree"},
    Synonym{"mf", "hartree"},
    Synonym{"self-consistent", "hartree"},
    Synonym{"saddle-point", "saddle"},
    Synonym{"steepest-descent", "saddle"},
    Synonym{"laplace", "saddle"},
    Synonym{"completed-rg", "completed"},
    Synonym{"truth", "exact"},
    Synonym{"quadrature", "exact"},
    Synonym{"numerical", "exact"},
};

Prediction empty_prediction(Theory theory, std::size_t modes) {
  return {theory, std::vector<double>(modes), std::vector<double>(modes)};
}

// m_k(rho_k), c_k(rho_k) with rho_k = ridge(k).
template <class Ridge>
Prediction gaussian(const Posterior& posterior, Theory theory, Ridge&& ridge) {
  Prediction result = empty_prediction(theory, posterior.modes());
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    result.mean[k] = posterior.mean_at(k, ridge(k));
    result.variance[k] = posterior.variance_at(k, ridge(k));
  }
  return result;
}

Prediction first_order(const Posterior& posterior) {
  Prediction result = empty_prediction(Theory::first_order, posterior.modes());
  const double r = posterior.ridge();
  const double u = posterior.quartic();
  const double half_size = 0.5 * posterior.size_at(r);
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    const double c = posterior.variance_at(k, r);
    const double m = posterior.mean_at(k, r);
    result.mean[k] = m - u * m * c * (half_size + c);
    result.variance[k] = c - u * c * c * (half_size + c + m * m);
  }
  return result;
}

Prediction saddle(const Posterior& posterior) {
  Prediction result = empty_prediction(Theory::saddle, posterior.modes());
  const double rho = posterior.hartree_ridge();
  double curvature = 0;  // 1/2 sum c^2 + sum a^2 y^2 c^3
  double skew = 0;       // sum c^3 + 3 a^2 y^2 c^4
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    const double c = posterior.variance_at(k, rho);
    const double m = posterior.mean_at(k, rho);
    curvature += (0.5 * c + m * m) * c;
    skew += (c + 3.0 * m * m) * c * c;
  }
  const double spread = posterior.quartic() / (1.0 + posterior.quartic() * curvature);  // D, also at U = 0
  const double shift = -0.5 * spread * spread * skew;                                   // delta
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    const double c = posterior.variance_at(k, rho);
    const double m = posterior.mean_at(k, rho);
    result.mean[k] = m - m * c * (shift + c * spread);
    result.variance[k] = c - c * c * (shift + (c + m * m) * spread);
  }
  return result;
}

Prediction exact(const Posterior& posterior) {
  if (!AuxiliaryLine::defined_for(posterior)) {
    const FunctionalDecimation flow(posterior);
    return {Theory::exact, flow.mean(), flow.variance()};
  }
  Prediction result = empty_prediction(Theory::exact, posterior.modes());
  const ExactAverage average(posterior);
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    result.mean[k] = average.mean(k);
    result.variance[k] = average.variance(k);
  }
  return result;
}

}  // namespace

std::string_view to_string(Theory theory) {
  return kNames.at(static_cast<std::size_t>(theory));
}

Theory theory_from_string(std::string_view name) {
  for (const Theory theory : all_theories) {
    if (to_string(theory) == name) {
      return theory;
    }
  }
  const std::string known = fmt::format("{}", fmt::join(kNames, ", "));
  const std::string_view nearest = nearest_name(name, kNames, kOtherNames);
  throw InvalidInput(fmt::format(
      "unknown theory \"{}\": {}", name,
      nearest.empty() ? "known are " + known : did_you_mean(nearest, "", "\"\"") + " Known: " + known));
}

bool is_defined(Theory theory, const Posterior& posterior) {
  if (posterior.sextic() == 0.0) {
    return true;
  }
  // The others are written for V = U R^2/8 alone.
  return theory == Theory::gp || theory == Theory::hartree || theory == Theory::wilson ||
         theory == Theory::exact;
}

std::vector<Theory> defined_theories(const Posterior& posterior) {
  std::vector<Theory> defined;
  std::copy_if(all_theories.begin(), all_theories.end(), std::back_inserter(defined),
               [&](Theory theory) { return is_defined(theory, posterior); });
  return defined;
}

void validate_theories(const Posterior& posterior, std::span<const Theory> theories) {
  for (const Theory theory : theories) {
    if (!is_defined(theory, posterior)) {
      refuse_sextic(posterior, to_string(theory));
    }
  }
}

Prediction predict(const Posterior& posterior, Theory theory) {
  validate_theories(posterior, std::array{theory});
  switch (theory) {
    case Theory::gp:
      return gaussian(posterior, theory, [&](std::size_t) { return posterior.ridge(); });
    case Theory::first_order:
      return first_order(posterior);
    case Theory::hartree:
      return gaussian(posterior, theory, [&](std::size_t) { return posterior.hartree_ridge(); });
    case Theory::saddle:
      return saddle(posterior);
    case Theory::wilson: {
      const SexticDecimation flow = wilson_couplings(posterior);
      return gaussian(posterior, theory, [&](std::size_t k) { return flow.ridge[k]; });
    }
    case Theory::completed: {
      CompletedMoments moments = completed_moments(posterior, decimate(posterior));
      return {theory, std::move(moments.mean), std::move(moments.variance)};
    }
    case Theory::exact:
      return exact(posterior);
  }
  throw InvalidInput(fmt::format("no theory has the number {}", static_cast<int>(theory)));
}

std::vector<Prediction> predict(const Posterior& posterior, std::span<const Theory> theories) {
  std::vector<Prediction> result;
  result.reserve(theories.size());
  for (const Theory theory : theories) {
    result.push_back(predict(posterior, theory));
  }
  return result;
}

}  // namespace ridgeflow
