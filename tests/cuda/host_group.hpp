/// \file
/// The interface of kernels/group.cuh by threads of the host, so that the kernels' loop runs without a GPU.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "cuda/turns.hpp"

namespace ridgeflow::test {

/// What the threads of one chain share.
struct SharedBoard {
  explicit SharedBoard(std::uint32_t size) : numbers(size) {}
  std::vector<std::size_t> waiting;
  std::vector<double> numbers;  ///< wide enough for float, double and 32-bit integers
};

class HostGroup {
 public:
  HostGroup(SharedBoard& board, std::uint32_t lane) : board_(board), lane_(lane) {}
  std::uint32_t lane() const { return lane_; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(board_.numbers.size()); }
  void sync() const { Turns::meet(board_.waiting, board_.numbers.size()); }

  template <class T>
  T sum(T value) {
    return this->reduce(value, [](T a, T b) { return a + b; });
  }
  template <class T>
  T largest(T value) {
    return this->reduce(value, [](T a, T b) { return b > a ? b : a; });
  }

 private:
  template <class T, class Combine>
  T reduce(T value, const Combine& combine) {
    board_.numbers[lane_] = static_cast<double>(value);
    this->sync();
    std::vector<T> part(board_.numbers.begin(), board_.numbers.end());
    for (std::uint32_t half = this->size() / 2; half > 0; half /= 2) {
      for (std::uint32_t t = 0; t < half; ++t) {
        part[t] = combine(part[t], part[t + half]);
      }
    }
    this->sync();  // before anyone writes anew
    return part[0];
  }

  SharedBoard& board_;
  std::uint32_t lane_;
};

/// Runs \p body(group, chain) for \p chains chains at once, by a group of \p size threads each; arguments as
/// of Turns.
inline void run_as_groups(std::size_t chains, std::uint32_t size, unsigned seed, unsigned stay,
                          const std::function<void(HostGroup&, std::size_t)>& body) {
  std::vector<SharedBoard> boards(chains, SharedBoard(size));
  Turns turns(chains * size, seed, stay);
  turns.run([&](std::size_t thread) {
    HostGroup group(boards[thread / size], static_cast<std::uint32_t>(thread % size));
    body(group, thread / size);
  });
}

/// Runs \p body(group) on \p size threads that form a group.
inline void run_as_group(std::uint32_t size, const std::function<void(HostGroup&)>& body) {
  run_as_groups(1, size, 0, 1, [&](HostGroup& group, std::size_t /*chain*/) { body(group); });
}

}  // namespace ridgeflow::test
