// What transfer found, as text for a terminal, as CSV and as JSON.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "ridgeflow/io/run_config.hpp"
#include "ridgeflow/measure/comparison.hpp"
#include "ridgeflow/model/posterior.hpp"
#include "ridgeflow/run/sampler.hpp"
#include "ridgeflow/theory/deviation.hpp"
#include "ridgeflow/theory/transfer.hpp"

#include "cli/agreement.hpp"
#include "cli/tables.hpp"

namespace ridgeflow::cli {

/// A system of P' samples and what the theories say of it.
struct TransferTarget {
  TransferredCouplings couplings;
  Posterior transferred;                ///< with these couplings
  Posterior kept;                       ///< with kappa and u as they are
  Prediction exact;                     ///< of `transferred`
  Prediction kept_exact;                ///< of `kept`
  LargestDeviation deviation;           ///< exact of `transferred` from exact of the given system
  LargestDeviation kept_deviation;      ///< exact of `kept` from it
  double largest_bubble = 0;            ///< of the decimation on the way
  std::size_t largest_bubble_mode = 0;  ///< 0: no mode was integrated out

  std::size_t common_modes(const Posterior& given) const {
    return std::min(given.modes(), this->transferred.modes());
  }
};

/// A sampled system against its own exact moments.
struct SampledSystem {
  SampleResult samples;
  Comparison exact;
};

/// A target's samples against those of the given system, over their common modes.
struct CheckedTarget {
  SampledSystem transferred;
  SampledSystem kept;
  SampleComparison transferred_difference;
  SampleComparison kept_difference;
};

struct TransferCheck {
  SampledSystem given;
  std::vector<CheckedTarget> targets;  ///< in the order of the report's
  std::string run_text;                ///< together_text()
  double seconds = 0;
  Problems problems;  ///< why the transferred systems do not agree, in words; empty: they do
};

struct TransferReport {
  RunConfig config;
  const Posterior& given;
  Prediction exact;  ///< of the given system
  std::vector<TransferTarget> targets;
  std::optional<TransferCheck> check;
};

/// What is wrong with \p check, whose `problems` are still to be filled.
Problems transfer_problems(const TransferReport& report, const TransferCheck& check);

std::string csv_text(const TransferReport& report);
Json json_of(const TransferReport& report);
std::string table_text(const TransferReport& report);

}  // namespace ridgeflow::cli
