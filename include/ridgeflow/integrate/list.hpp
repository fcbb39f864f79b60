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
#include "ridgeflow/integrate/mala.hpp"
#include "ridgeflow/integrate/mobile_euler.hpp"
#include "ridgeflow/integrate/mobile_flow.hpp"
#include "ridgeflow/integrate/perfect.hpp"
#include "ridgeflow/integrate/strang.hpp"

namespace ridgeflow {

/// Those that a user names, then the twins of some for mobilities other than 1.
using IntegratorList =
    std::tuple<Adjusted, Euler, Hartree, Mala, Perfect, Strang, MobileEuler, MobileHartree, MobileStrang>;

inline constexpr std::size_t kIntegratorCount = std::tuple_size_v<IntegratorList>;

/// How many of the list a user names.
inline constexpr std::size_t kNamedIntegrators = [] {
  std::size_t count = 0;
  std::apply([&](auto... integrator) { ((count += decltype(integrator)::kAnyMobility ? 0U : 1U), ...); },
             IntegratorList{});
  return count;
}();

/// Their names, in the order of the list.
inline constexpr std::array<std::string_view, kNamedIntegrators> kIntegratorNames = [] {
  std::array<std::string_view, kNamedIntegrators> names{};
  std::size_t i = 0;
  std::apply(
      [&](auto... integrator) {
        ((decltype(integrator)::kAnyMobility ? void() : void(names[i++] = decltype(integrator)::kName)), ...);
      },
      IntegratorList{});
  return names;
}();

/// Index of \p name in the list, or kIntegratorCount.
constexpr std::size_t find_integrator(std::string_view name) {
  for (std::size_t i = 0; i < kNamedIntegrators; ++i) {
    if (kIntegratorNames[i] == name) {
      return i;
    }
  }
  return kIntegratorCount;
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

/// Name of integrator \p index of the list, which must be below kIntegratorCount; a twin has that of the
/// integrator whose twin it is.
inline std::string_view integrator_name(std::size_t index) {
  return visit_integrator(index,
                          [](auto integrator) { return std::string_view(decltype(integrator)::kName); });
}

/// Index of the twin for any mobility of integrator \p index, or \p index where it needs none.
constexpr std::size_t with_any_mobility(std::size_t index) {
  std::size_t twin = index;
  std::size_t i = 0;
  std::apply(
      [&](auto... integrator) {
        ((twin = decltype(integrator)::kAnyMobility && kIntegratorNames[index] == decltype(integrator)::kName
                     ? i
                     : twin,
          ++i),
         ...);
      },
      IntegratorList{});
  return twin;
}

}  // namespace ridgeflow
