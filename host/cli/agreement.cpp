#include "cli/agreement.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ridgeflow::cli {

std::string p_text(double p) {
  return std::isnan(p) ? "-" : p < 1e-300 ? "< 1e-300" : fmt::format("{:.2g}", p);
}

std::string p_relation(double p) {
  return std::isnan(p) ? "p is not known" : fmt::format("p {}{}", p < 1e-300 ? "" : "= ", p_text(p));
}

std::string z_text(double z) {
  return std::isfinite(z) ? fmt::format("{:+.2f}", z) : "-";
}

std::string ComparedPlaces::text(const std::vector<std::uint32_t>& places) const {
  if (this->names.empty()) {
    return fmt::format("{} = {}", this->symbol, mode_ranges(places));
  }
  std::vector<std::string> named;
  for (const std::uint32_t place : places) {
    named.push_back(this->names.at(place - 1));
  }
  return fmt::format("{} = {}", this->symbol, fmt::join(named, ", "));
}

std::string not_compared_text(const Agreement& agreement, const ComparedPlaces& places) {
  return agreement.not_compared.empty()
             ? ""
             : fmt::format("not comparable at {} of {} {} ({})", agreement.not_compared.size(),
                           agreement.z.size(), places.noun, places.text(agreement.not_compared));
}

std::string withheld_text(const Agreement& agreement) {
  return agreement.compared() == 0 || !agreement.withheld()
             ? ""
             : fmt::format(
                   "not judged: with so few draws chi2/M is known to {:.2g} only, but {} modes tell "
                   "{:.2g}; take {:.0f} times as many draws a chain",
                   agreement.few_draws_bias, agreement.compared(), agreement.spread(),
                   std::max(2.0, std::ceil(agreement.few_draws_bias / agreement.spread())));
}

Problems agreement_problems(const Agreement& agreement, const std::string& subject, const std::string& from,
                            double smallest_p, const ComparedPlaces& places) {
  Problems problems;
  if (const std::string withheld = withheld_text(agreement); !withheld.empty()) {
    problems.words.push_back(fmt::format("{} are {}", subject, withheld));
  } else if (agreement.compared() > 0 && !(agreement.p_value >= smallest_p)) {
    problems.differs = true;
    problems.words.push_back(fmt::format("{} differ{}: {}, largest z = {} at {}", subject, from,
                                         p_relation(agreement.p_value), z_text(agreement.largest_z),
                                         places.text({agreement.largest_mode})));
  }
  if (!agreement.not_compared.empty()) {
    problems.words.push_back(fmt::format("{} are {}: an error of 0, or no number, on either side", subject,
                                         not_compared_text(agreement, places)));
  }
  return problems;
}

std::string disagreement(const Problems& problems) {
  return problems.differs ? "DO NOT agree" : "are NOT KNOWN to agree";
}

void add_problems(Problems& all, const Problems& more, const std::string& where) {
  for (const std::string& problem : more.words) {
    all.words.push_back(where + problem);
  }
  all.differs = all.differs || more.differs;
}

Json agreement_json(const Agreement& agreement) {
  return {{"modes_compared", agreement.compared()},
          {"not_compared", agreement.not_compared},
          {"chi_squared", agreement.chi_squared},
          {"p_value", agreement.p_value},
          {"p_withheld", agreement.compared() > 0 && agreement.withheld()},
          {"largest_z", agreement.largest_z},
          {"largest_mode", agreement.largest_mode},
          {"resolved", agreement.resolved},
          {"off_at_least", agreement.off_at_least},
          {"off_at_least_mode", agreement.off_at_least_mode},
          {"z", agreement.z}};
}

}  // namespace ridgeflow::cli
