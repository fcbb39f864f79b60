/// \file
/// The one list that pairs the arrays of a ChainBlock with those of an executor, for export and import alike.
#pragma once

namespace ridgeflow {

/// Calls \p modes(array of block, array of \p arrays) for every array over (chain, mode), and \p chains for
/// every one over chains alone. \p Block: ChainBlock, const or not, with a carried state where the arrays
/// have step ends; \p Arrays: anything whose members bear the names of ChainView's.
template <class Block, class Arrays, class Modes, class Chains>
void visit_chain_arrays(Block& block, const Arrays& arrays, const Modes& modes, const Chains& chains) {
  const bool carries = arrays.step_end != nullptr;
  modes(block.d, carries ? arrays.step_end : arrays.d);
  if (carries) {
    modes(block.carried, arrays.d);
    chains(block.carried_size, arrays.size);
  }
  modes(block.recent_sum, arrays.recent_sum);
  modes(block.recent_square, arrays.recent_square);
  modes(block.sum, arrays.sum);
  modes(block.square, arrays.square);
  modes(block.first_sum, arrays.first_sum);
  modes(block.first_square, arrays.first_square);
  modes(block.batch_origin, arrays.batch_origin);
  modes(block.batch_square, arrays.batch_square);
  chains(block.size, carries ? arrays.step_end_size : arrays.size);
  chains(block.size_sum, arrays.size_sum);
  chains(block.size_square, arrays.size_square);
  chains(block.accepted, arrays.accepted);
  chains(block.measured, arrays.measured);
  chains(block.first_measured, arrays.first_measured);
  chains(block.batch_measured, arrays.batch_measured);
}

}  // namespace ridgeflow
