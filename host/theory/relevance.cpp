#include "ridgeflow/theory/relevance.hpp"

#include <cmath>
#include <limits>
#include <tuple>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

#include "theory/vertex_function.hpp"

namespace ridgeflow {
namespace {

void put(CouplingColumns& columns, const VertexCouplings& couplings) {
  columns.ridge.push_back(couplings.ridge);
  columns.quartic.push_back(couplings.quartic);
  columns.sextic.push_back(couplings.sextic);
}

VertexErrors errors_of(const SexticDecimation& flow, const FlowComparison& functional) {
  VertexErrors result;
  for (std::size_t k = 0; k < flow.ridge.size(); ++k) {
    const VertexCouplings truncated =
        polynomial_couplings_at({flow.ridge[k], flow.quartic[k], flow.sextic[k]}, functional.typical_size[k]);
    const double slope = functional.functional_at_typical.ridge[k];
    const double curvature = functional.functional_at_typical.quartic[k];
    result.slope.push_back((truncated.ridge - slope) / slope);
    result.curvature.push_back(curvature == 0.0 ? std::numeric_limits<double>::quiet_NaN()
                                                : (truncated.quartic - curvature) / curvature);
  }
  return result;
}

}  // namespace

FlowComparison compare_flows(const Posterior& posterior) {
  return compare_flows(posterior, FunctionalDecimation(posterior));
}

FlowComparison compare_flows(const Posterior& posterior, const FunctionalDecimation& functional) {
  RIDGEFLOW_EXPECT(functional.mean().size() == posterior.modes());
  FlowComparison result;
  double size = 0;
  for (std::size_t k = 0; k < posterior.modes(); ++k) {
    size += functional.mean()[k] * functional.mean()[k] + functional.variance()[k];
    result.typical_size.push_back(size);
    put(result.functional_at_zero, functional.couplings_at(k, 0.0));
    put(result.functional_at_typical, functional.couplings_at(k, size));
  }
  result.first_order = decimate_first_order(posterior);
  result.next_order = decimate_next_order(posterior);
  result.first_order_errors = errors_of(result.first_order, result);
  result.next_order_errors = errors_of(result.next_order, result);
  return result;
}

DecimatedSystem decimated_system(const Posterior& posterior, std::int64_t target_samples, FlowOrder order) {
  const std::int64_t samples = posterior.couplings().samples;
  validate(target_samples >= 1 && target_samples <= samples,
           fmt::format("target samples {}: give 1 ... {}, the samples of the large system", target_samples,
                       samples));
  const auto kept = static_cast<std::size_t>(target_samples);
  const SexticDecimation flow = order == FlowOrder::first ? decimate_first_order(posterior, kept)
                                                          : decimate_next_order_above(posterior, kept);
  for (const auto& [name, below, columns] : {std::tuple{'r', flow.ridge_below, &flow.ridge},
                                             {'U', flow.quartic_below, &flow.quartic},
                                             {'W', flow.sextic_below, &flow.sextic}}) {
    const auto bad = [](double value) { return !(std::isfinite(value) && value >= 0.0); };
    for (std::size_t k = posterior.modes(); k-- > kept;) {
      const double after = k == kept ? below : (*columns)[k - 1];
      if (bad(after)) {
        throw NumericalFailure(fmt::format(
            "the decimation breaks down at mode {}: {} would be {}; keep more modes, or lower the "
            "couplings u, w",
            k + 1, name, after));
      }
    }
  }
  return {flow.ridge_below, flow.quartic_below, flow.sextic_below, target_samples};
}

}  // namespace ridgeflow
