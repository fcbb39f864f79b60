#include "ridgeflow/measure/draw_diagnostics.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>

#include "ridgeflow/base/system_limits.hpp"
#include "ridgeflow/measure/draws.hpp"
#include "ridgeflow/measure/effective_size.hpp"
#include "ridgeflow/measure/gamma_method.hpp"

namespace ridgeflow {
namespace {

/// Indices of at most \p count of \p modes modes, evenly in ln(k), ascending.
std::vector<std::uint32_t> chosen_modes(std::uint32_t modes, std::uint32_t count) {
  std::vector<std::uint32_t> chosen;
  if (count >= modes) {
    for (std::uint32_t k = 0; k < modes; ++k) {
      chosen.push_back(k);
    }
    return chosen;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const double share = count > 1 ? static_cast<double>(i) / (count - 1.0) : 0.0;
    const double k = std::exp(share * std::log(static_cast<double>(modes)));
    const auto index = static_cast<std::uint32_t>(std::lround(k)) - 1;
    if (chosen.empty() || chosen.back() < index) {
      chosen.push_back(index);
    }
  }
  return chosen;
}

}  // namespace

DrawDiagnostics diagnose_draws(const DrawStore& draws, double most) {
  const DrawShape& shape = draws.shape();
  const std::uint64_t chains = shape.chains.chains;
  DrawDiagnostics out;
  out.draws = chains * shape.draws;
  const double affordable = std::max(1.0, most / static_cast<double>(out.draws));
  const std::vector<std::uint32_t> modes = chosen_modes(
      shape.modes, static_cast<std::uint32_t>(std::min(affordable, static_cast<double>(shape.modes))));
  out.modes_looked_at = modes.size();
  for (auto* array :
       {&out.r_hat, &out.ess_bulk, &out.ess_tail, &out.mcse_sd, &out.tau_int, &out.tau_int_error}) {
    array->assign(shape.modes, std::numeric_limits<double>::quiet_NaN());
  }
  std::exception_ptr failure;
  const int threads = threads_for(0);
#pragma omp parallel for schedule(dynamic) num_threads(threads)
  for (std::size_t i = 0; i < modes.size(); ++i) {
    try {
      const std::uint32_t k = modes[i];
      std::vector<double> values;
      values.reserve(out.draws);
      for (std::uint64_t c = 0; c < chains; ++c) {
        for (std::uint64_t n = 0; n < shape.draws; ++n) {
          values.push_back(draws.d(shape.chains.first + c, n, k));
        }
      }
      const Draws of_mode(values, chains, shape.draws);
      const ChainDiagnostics found = diagnose(of_mode);
      const GammaEstimate gamma = gamma_method(of_mode);
      out.r_hat[k] = found.r_hat;
      out.ess_bulk[k] = found.ess_bulk;
      out.ess_tail[k] = found.ess_tail;
      out.mcse_sd[k] = found.mcse_sd;
      out.tau_int[k] = gamma.tau_int;
      out.tau_int_error[k] = gamma.tau_int_error;
    } catch (...) {
#pragma omp critical(ridgeflow_diagnose_draws)
      failure = std::current_exception();
    }
  }
  if (failure) {
    std::rethrow_exception(failure);
  }
  return out;
}

}  // namespace ridgeflow
