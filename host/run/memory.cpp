#include "ridgeflow/run/memory.hpp"

#include <fmt/format.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/base/error.hpp"
#include "ridgeflow/run/options.hpp"

namespace ridgeflow {

void require_bytes(double wanted, double limit, std::uint64_t chains, std::size_t systems,
                   const std::string& place) {
  if (wanted <= limit) {
    return;
  }
  // memory grows with the number of chains, and so with those of each system
  const auto most = static_cast<std::uint64_t>(static_cast<double>(chains / systems) * (limit / wanted));
  throw InvalidInput(fmt::format(
      "{}{} need {:.3g} GiB, {} has {:.3g} GiB for them: use {}", counted(chains, "chain"),
      systems > 1 ? fmt::format(" of {} systems", systems) : "", wanted / 0x1p30, place, limit / 0x1p30,
      most < kMinChains ? std::string("fewer modes, or fewer systems at a time")
                        : fmt::format("at most {} chains{}", most, systems > 1 ? " of each" : "")));
}

}  // namespace ridgeflow
