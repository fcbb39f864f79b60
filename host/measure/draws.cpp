#include "ridgeflow/measure/draws.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {

Draws::Draws(std::span<const double> values, std::size_t chains, std::size_t draws)
    : values_(values), chains_(chains), draws_(draws) {
  validate(chains > 0, "draws: no chain; diagnostics need at least one");
  if (draws < kFewest || draws > kMost) {
    throw InvalidInput(fmt::format("draws: {} a chain are too {}: diagnostics take {} to {}; {}", draws,
                                   draws < kFewest ? "few" : "many", kFewest, kMost,
                                   draws < kFewest ? "draw longer chains" : "thin them"));
  }
  // by division: the product may overflow
  if (values.size() % draws != 0 || values.size() / draws != chains) {
    throw InvalidInput(
        fmt::format("draws: {} values are not {} chains of {} draws; give them as [chain][draw]",
                    values.size(), chains, draws));
  }
  double largest = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      throw InvalidInput(fmt::format(
          "draws: the value at [chain {}][draw {}], counted from 0, is {}: a diagnostic of it would say "
          "nothing; find out why the sampler left the finite numbers",
          i / draws, i % draws, values[i]));
    }
    largest = std::max(largest, std::abs(values[i]));
    constant_ = constant_ && values[i] == values[0];
  }
  std::frexp(largest, &exponent_);
}

}  // namespace ridgeflow
