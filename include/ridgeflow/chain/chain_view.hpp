/// \file
/// Chains inside of an executor: raw arrays, [mode][lane], \c lanes chains side by side. The CPU executor has
/// as many lanes as its vectors; the CUDA executor has one.
#pragma once

#include <cstdint>

#include "ridgeflow/chain/mode_tables.hpp"
#include "ridgeflow/chain/schedule.hpp"
#include "ridgeflow/random/philox.hpp"

namespace ridgeflow {

/// Where a chain that diverged did so; step 0: it has not.
struct DivergenceMark {
  std::uint64_t step;
  std::uint32_t mode;
};

/// State of a group of chains. Arrays of modes are padded to whole blocks. Meanings as in ChainBlock.
template <class Scalar>
struct ChainView {
  Scalar* d;              ///< [mode][lane] the state that goes on; within a run, the proposal not yet settled
  Scalar* previous;       ///< [mode][lane] the settled state before it; null unless steps may be refused
  Scalar* step_end;       ///< [mode][lane] the state at the end of the last step; null where that is d
  Scalar* recent_sum;     ///< [mode][lane]
  Scalar* recent_square;  ///< [mode][lane]
  double* sum;            ///< [mode][lane], as the five below
  double* square;
  double* first_sum;
  double* first_square;
  double* batch_origin;
  double* batch_square;
  Scalar* size;           ///< [lane] R of d, as all below
  Scalar* step_end_size;  ///< R of step_end; null where that is
  double* size_sum;
  double* size_square;
  std::uint64_t* accepted;
  std::uint64_t* measured;
  std::uint64_t* first_measured;
  std::uint64_t* batch_measured;
  DivergenceMark* divergence;
  std::uint32_t first_chain;  ///< counter word 0 of lane 0
};

/// What all chains of a run share besides tables.
struct RunPlan {
  Schedule schedule;
  MeasurePlan measure;
  NoiseKey key;
};

/// The words that decide acceptance after the four steps of \p quad = step / 4.
template <class Word>
RIDGEFLOW_FUNCTION Words<Word> acceptance_words(Word chain, std::uint64_t quad, const NoiseKey& key) {
  return philox4x32(Words<Word>{chain, Word(static_cast<std::uint32_t>(quad)), Word(0U),
                                Word(stream_word(Stream::kAcceptance, quad))},
                    key);
}

/// The one that decides acceptance after \p step.
template <class Word>
RIDGEFLOW_FUNCTION Word acceptance_word(const Words<Word>& words, std::uint64_t step) {
  const auto place = static_cast<std::uint32_t>(step & 3U);
  return place == 0 ? words.w0 : place == 1 ? words.w1 : place == 2 ? words.w2 : words.w3;
}

}  // namespace ridgeflow
