/// \file
/// The one list of integrators. A new one is a header, a line here, a test and a benchmark axis value
/// (docs/adding-an-integrator.md).
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <utility>

#include "ridgeflow/integrate/adjusted.hpp"
#include "ridgeflow/integrate/euler.hpp"
#include "ridgeflow/integrate/hartree.hpp"
#include "ridgeflow/integrate/perfect.hpp"
#include "ridgeflow/integrate/strang.hpp"

namespace ridgeflow {

using IntegratorList = std::tuple<Adjusted, Euler, Hartree, Perfect, Strang>;

inline constexpr std::size_t kIntegratorCount = std::tuple_size_v<IntegratorList>;

/// Their names, in the order of the list.
inline constexpr std::array<std::string_view, kIntegratorCount> kIntegratorNames = [] {
  std::array<std::string_view, kIntegratorCount> names{};
  std::size_t i = 0;
  std::apply([&](auto... integrator) { ((names[i++] = decltype(integrator)::kName), ...); },
             IntegratorList{});
  return names;
}();

/// Index of \p name in the list, or kIntegratorCount.
constexpr std::size_t find_integrator(std::string_view name) {
  std::size_t i = 0;
  while (i < kIntegratorCount && kIntegratorNames[i] != name) {
    ++i;
  }
  return i;
}

/// Calls \p visitor with a value of the type of integrator \p index, which must be below kIntegratorCount.
template <class Visitor>
decltype(auto) visit_integrator(std::size_t index, Visitor&& visitor) {
  using Result = decltype(visitor(Adjusted{}));
  using Call = Result (*)(Visitor&);
  static constexpr auto kCalls = []<std::size_t... i>(std::index_sequence<i...>) {
    return std::array<Call, sizeof...(i)>{
        [](Visitor& v) -> Result { return v(std::tuple_element_t<i, IntegratorList>{}); }...};
  }
  (std::make_index_sequence<kIntegratorCount>{});
  return kCalls[index](visitor);
}

}  // namespace ridgeflow
