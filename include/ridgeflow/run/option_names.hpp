/// \file
/// How flags, run files, results and messages spell the choices of a run: the one list of each.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "ridgeflow/run/options.hpp"

namespace ridgeflow {

template <class Choice, std::size_t Count>
using ChoiceNames = std::array<std::pair<Choice, std::string_view>, Count>;

inline constexpr ChoiceNames<Start, 3> kStartNames{
    {{Start::kHartree, "hartree"}, {Start::kPrior, "prior"}, {Start::kZero, "zero"}}};
inline constexpr ChoiceNames<Mobility, 2> kMobilityNames{
    {{Mobility::kField, "field"}, {Mobility::kKernel, "kernel"}}};
inline constexpr ChoiceNames<Precision, 3> kPrecisionNames{
    {{Precision::kAutomatic, "auto"}, {Precision::kSingle, "single"}, {Precision::kDouble, "double"}}};
inline constexpr ChoiceNames<Math, 2> kMathNames{
    {{Math::kReproducible, "reproducible"}, {Math::kFast, "fast"}}};
inline constexpr ChoiceNames<Backend, 3> kBackendNames{
    {{Backend::kAutomatic, "auto"}, {Backend::kCpu, "cpu"}, {Backend::kCuda, "cuda"}}};

/// The names alone, in the order of \p choices.
template <class Choice, std::size_t Count>
std::vector<std::string_view> names_of(const ChoiceNames<Choice, Count>& choices) {
  std::vector<std::string_view> names;
  for (const auto& [choice, name] : choices) {
    names.push_back(name);
  }
  return names;
}

}  // namespace ridgeflow
