/// \file
/// The interface of kernels/group.cuh by threads of the host, so that the kernels' loop runs without a GPU.
#pragma once

#include <barrier>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace ridgeflow::test {

/// What the threads of one chain share.
struct SharedBoard {
  explicit SharedBoard(std::uint32_t size) : barrier(static_cast<std::ptrdiff_t>(size)), numbers(size) {}
  std::barrier<> barrier;
  std::vector<double> numbers;  ///< wide enough for float, double and 32-bit integers
};

class HostGroup {
 public:
  HostGroup(SharedBoard& board, std::uint32_t lane) : board_(board), lane_(lane) {}
  std::uint32_t lane() const { return lane_; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(board_.numbers.size()); }
  void sync() const { board_.barrier.arrive_and_wait(); }

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

/// Runs \p body(group) on \p size threads that form a group.
inline void run_as_group(std::uint32_t size, const std::function<void(HostGroup&)>& body) {
  SharedBoard board(size);
  std::vector<std::thread> threads;
  for (std::uint32_t lane = 0; lane < size; ++lane) {
    threads.emplace_back([&board, &body, lane] {
      HostGroup group(board, lane);
      body(group);
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

}  // namespace ridgeflow::test
