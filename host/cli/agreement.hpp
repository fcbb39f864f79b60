// What an agreement says, in words and JSON: one text for every verb that holds samples against something.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ridgeflow/measure/comparison.hpp"

#include "cli/tables.hpp"

namespace ridgeflow::cli {

/// Smallest p that agrees.
inline constexpr double kSmallestP = 1e-3;

/// A p-value in two digits, "< 1e-300" where it underflows, "-" for NaN.
std::string p_text(double p);
/// "p = 0.042", "p < 1e-300".
std::string p_relation(double p);
/// "+1.23", "-" where it is no finite number.
std::string z_text(double z);

/// How a verb calls what it compares: modes "k = 1-3, 7" unless it says otherwise.
struct ComparedPlaces {
  const char* noun = "modes";
  const char* symbol = "k";
  std::vector<std::string> names;  ///< of the places in order; empty: their numbers from 1

  /// "k = 1-3, 7".
  std::string text(const std::vector<std::uint32_t>& places) const;
};

/// Where \p agreement could not compare: "not comparable at 1 of 4 modes (k = 4)"; empty where it could
/// everywhere.
std::string not_compared_text(const Agreement& agreement, const ComparedPlaces& places = {});

/// Why \p agreement has no p-value though it was compared, and what to do; empty where it has one.
std::string withheld_text(const Agreement& agreement);

/// What speaks against an agreement.
struct Problems {
  std::vector<std::string> words;  ///< each problem
  bool differs = false;            ///< some numbers do: it is not only that they could not be compared
};

/// What keeps \p agreement from being one, about \p subject ("the means"): p below \p smallest_p or withheld,
/// and places that could not be compared. \p from: " from exact", what it is held against.
Problems agreement_problems(const Agreement& agreement, const std::string& subject, const std::string& from,
                            double smallest_p = kSmallestP, const ComparedPlaces& places = {});
/// "DO NOT agree", "are NOT KNOWN to agree".
std::string disagreement(const Problems& problems);
/// Adds \p more to \p all, each after \p where.
void add_problems(Problems& all, const Problems& more, const std::string& where = "");

Json agreement_json(const Agreement& agreement);

}  // namespace ridgeflow::cli
