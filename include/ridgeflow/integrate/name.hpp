/// \file
/// Names of integrators by their place in the list, twins for other mobilities among them.
#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>

#include "ridgeflow/integrate/list.hpp"

namespace ridgeflow {

/// Name of integrator \p index of the list, which must be below kIntegratorCount; a twin has that of the
/// integrator whose twin it is.
constexpr std::string_view integrator_name(std::size_t index) {
  std::string_view name;
  std::size_t i = 0;
  std::apply(
      [&](auto... integrator) {
        ((name = i == index ? std::string_view(decltype(integrator)::kName) : name, ++i), ...);
      },
      IntegratorList{});
  return name;
}

}  // namespace ridgeflow
