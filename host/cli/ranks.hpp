/// \file
/// The processes that share a run. Without MPI in the build, or without mpirun, there is one.
#pragma once

#include <cstdint>

#include "ridgeflow/measure/moments.hpp"
#include "ridgeflow/run/recorder.hpp"

namespace ridgeflow::cli {

/// Starts MPI where the build has it and ends it with the program.
class Ranks {
 public:
  Ranks(int* argc, char*** argv);
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  /// Ends all ranks with \p status, at once: the others may be waiting for this one.
  [[noreturn]] static void abort(int status);
};

/// This process among them; the first speaks for all.
int rank();
int rank_count();
inline bool is_first_rank() {
  return rank() == 0;
}

/// The first rank's number, on all.
std::uint64_t from_first_rank(std::uint64_t number);
/// Largest and sum over all ranks, on all.
double largest_over_ranks(double number);
double sum_over_ranks(double number);
/// Moments of all ranks on the first, of itself alone on the others. The tree under which moments merge is
/// fixed by the chains' indices, so the number of ranks does not change a bit of it.
Moments gather_moments(const Moments& mine);
/// What the observers of all ranks collected, on the first, in the order of the ranks; of itself alone on the
/// others.
Observed gather_observed(const Observed& mine);

}  // namespace ridgeflow::cli
