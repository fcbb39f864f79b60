#include "cli/ranks.hpp"

#include <cstdlib>
#include <vector>

#if RIDGEFLOW_HAS_MPI
#include <mpi.h>
#endif

namespace ridgeflow::cli {

#if RIDGEFLOW_HAS_MPI

namespace {

/// Whether a launcher started this process: alone it needs no MPI, and starting MPI takes a while. The names
/// are those of Open MPI, of MPICH and its kin, and of launchers that speak PMIx.
bool launched_by_mpi() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_RANK", "PMIX_RANK"}) {
    if (std::getenv(name) != nullptr) {  // NOLINT(concurrency-mt-unsafe): no other thread has started
      return true;
    }
  }
  return false;
}

bool started() {
  int yes = 0;
  MPI_Initialized(&yes);
  return yes != 0;
}

double reduced(double number, MPI_Op operation) {
  if (started()) {
    MPI_Allreduce(MPI_IN_PLACE, &number, 1, MPI_DOUBLE, operation, MPI_COMM_WORLD);
  }
  return number;
}

/// Bytes sent at a time: MPI counts in int.
constexpr std::uint64_t kMessage = std::uint64_t{1} << 30;

void send_to_first(const std::vector<std::byte>& bytes) {
  const std::uint64_t size = bytes.size();
  MPI_Send(&size, 1, MPI_UINT64_T, 0, 0, MPI_COMM_WORLD);
  for (std::uint64_t at = 0; at < size; at += kMessage) {
    const std::uint64_t count = size - at < kMessage ? size - at : kMessage;
    MPI_Send(bytes.data() + at, static_cast<int>(count), MPI_BYTE, 0, 1, MPI_COMM_WORLD);
  }
}

std::vector<std::byte> receive_from(int other) {
  std::uint64_t size = 0;
  MPI_Recv(&size, 1, MPI_UINT64_T, other, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  std::vector<std::byte> bytes(size);
  for (std::uint64_t at = 0; at < size; at += kMessage) {
    const std::uint64_t count = size - at < kMessage ? size - at : kMessage;
    MPI_Recv(bytes.data() + at, static_cast<int>(count), MPI_BYTE, other, 1, MPI_COMM_WORLD,
             MPI_STATUS_IGNORE);
  }
  return bytes;
}

}  // namespace

Ranks::Ranks(int* argc, char*** argv) {
  if (launched_by_mpi()) {
    int provided = 0;
    MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &provided);
  }
}
Ranks::~Ranks() {
  if (started()) {
    MPI_Finalize();
  }
}

void Ranks::abort(int status) {
  if (started()) {
    MPI_Abort(MPI_COMM_WORLD, status);
  }
  std::_Exit(status);
}

int rank() {
  int rank = 0;
  if (started()) {
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  }
  return rank;
}
int rank_count() {
  int count = 1;
  if (started()) {
    MPI_Comm_size(MPI_COMM_WORLD, &count);
  }
  return count;
}

std::uint64_t from_first_rank(std::uint64_t number) {
  if (started()) {
    MPI_Bcast(&number, 1, MPI_UINT64_T, 0, MPI_COMM_WORLD);
  }
  return number;
}
double largest_over_ranks(double number) {
  return reduced(number, MPI_MAX);
}
double sum_over_ranks(double number) {
  return reduced(number, MPI_SUM);
}

Moments gather_moments(const Moments& mine) {
  if (!is_first_rank()) {
    send_to_first(mine.serialize());
    return mine;
  }
  Moments all = mine;
  for (int other = 1; other < rank_count(); ++other) {
    all.merge(Moments::deserialize(receive_from(other)));
  }
  return all;
}

Observed gather_observed(const Observed& mine) {
  if (!is_first_rank()) {
    send_to_first(mine.serialize());
    return mine;
  }
  Observed all = mine;
  for (int other = 1; other < rank_count(); ++other) {
    all.append(Observed::deserialize(receive_from(other)));
  }
  return all;
}

#else

Ranks::Ranks(int* /*argc*/, char*** /*argv*/) {}
Ranks::~Ranks() = default;
void Ranks::abort(int status) {
  std::_Exit(status);
}
int rank() {
  return 0;
}
int rank_count() {
  return 1;
}
std::uint64_t from_first_rank(std::uint64_t number) {
  return number;
}
double largest_over_ranks(double number) {
  return number;
}
double sum_over_ranks(double number) {
  return number;
}
Moments gather_moments(const Moments& mine) {
  return mine;
}
Observed gather_observed(const Observed& mine) {
  return mine;
}

#endif

}  // namespace ridgeflow::cli
