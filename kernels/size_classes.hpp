/// \file
/// Systems of an ensemble by size: a launch for each kernel that any of them needs, so that none is stepped
/// at the size of the largest.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "variants.hpp"

namespace ridgeflow::kernels {

/// Systems that share a kernel.
struct SizeClass {
  Variant variant{};
  std::uint32_t most_blocks = 0;     ///< mode blocks of the largest of them
  std::vector<std::size_t> systems;  ///< their places among all, ascending
};

/// The classes of systems of \p block_counts mode blocks [system], largest first.
template <class Scalar>
std::vector<SizeClass> size_classes(std::span<const std::uint32_t> block_counts) {
  const auto key = [](const Variant& v) { return std::tuple(v.kind, v.group_size, v.blocks, v.threads); };
  std::vector<SizeClass> classes;
  for (std::size_t s = 0; s < block_counts.size(); ++s) {
    const Variant variant = choose_variant<Scalar>(block_counts[s]);
    auto found = std::find_if(classes.begin(), classes.end(),
                              [&](const SizeClass& c) { return key(c.variant) == key(variant); });
    if (found == classes.end()) {
      found = classes.insert(classes.end(), SizeClass{variant, 0, {}});
    }
    found->most_blocks = std::max(found->most_blocks, block_counts[s]);
    found->systems.push_back(s);
  }
  std::sort(classes.begin(), classes.end(),
            [](const SizeClass& a, const SizeClass& b) { return a.most_blocks > b.most_blocks; });
  return classes;
}

}  // namespace ridgeflow::kernels
