// What relevance found, as text for a terminal, as CSV and as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ridgeflow/io/run_config.hpp"
#include "ridgeflow/measure/comparison.hpp"
#include "ridgeflow/model/posterior.hpp"
#include "ridgeflow/run/sampler.hpp"
#include "ridgeflow/theory/relevance.hpp"

#include "cli/tables.hpp"

namespace ridgeflow::cli {

/// The small system by one order of the flow, both sides exactly.
struct SmallSystem {
  FlowOrder order = FlowOrder::next;
  std::string failure;  ///< why there is none
  std::optional<DecimatedSystem> couplings;
  double largest_mean_error = 0;      ///< over its modes, relative to the large system
  double largest_variance_error = 0;  ///< likewise
};

/// Large and small system, sampled together.
struct SystemsCheck {
  SampleResult large;
  SampleResult small;
  Comparison large_exact;    ///< large, against its exact column
  Comparison small_exact;    ///< small, against its own
  SampleComparison between;  ///< modes of the small system against those of the large one
};

/// V as one mode sees it, by the three flows: 2V' at sizes up to twice the typical one.
struct VertexCurve {
  std::size_t mode = 0;  ///< k, from 1
  double typical_size = 0;
  std::vector<double> size;  ///< R
  std::vector<double> functional;
  std::vector<double> first_order;
  std::vector<double> next_order;
};

struct RelevanceReport {
  RunConfig config;
  const Posterior& posterior;
  FlowComparison flows;
  std::size_t nodes = 0;  ///< of the functional decimation
  std::vector<VertexCurve> vertices;
  std::vector<SmallSystem> small;  ///< first order, next order
  std::optional<SystemsCheck> check;
};

std::string csv_text(const RelevanceReport& report);
Json json_of(const RelevanceReport& report);
std::string table_text(const RelevanceReport& report);

}  // namespace ridgeflow::cli
