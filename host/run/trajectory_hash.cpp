#include "ridgeflow/run/trajectory_hash.hpp"

#include <bit>

#include <xxhash.h>

namespace ridgeflow {

static_assert(std::endian::native == std::endian::little,
              "the hash of a trajectory is that of its little-endian bytes");

std::uint64_t trajectory_hash(const ChainBlock& block) {
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  const std::uint64_t head[] = {block.modes, block.first_chain, block.chains, block.passes_done};
  XXH3_64bits_update(&state, head, sizeof head);
  const auto update = [&state](const auto& array) {
    XXH3_64bits_update(&state, array.data(), array.size() * sizeof array[0]);
  };
  for (const auto* array : {&block.d, &block.recent_sum, &block.recent_square, &block.sum, &block.square,
                            &block.first_sum, &block.first_square, &block.batch_origin, &block.batch_square,
                            &block.size, &block.size_sum, &block.size_square}) {
    update(*array);
  }
  update(block.carried);
  update(block.carried_size);
  for (const auto* array : {&block.accepted, &block.measured, &block.first_measured, &block.batch_measured}) {
    update(*array);
  }
  return XXH3_64bits_digest(&state);
}

}  // namespace ridgeflow
