/// \file
/// Threads that take turns: one runs at a time, and which goes on at the next switch is drawn, so that an
/// order of what they do is one seed and comes again.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace ridgeflow::test {

class Turns {
 public:
  /// \p stay: points of a thread, on average, from one switch to the next.
  Turns(std::size_t threads, unsigned seed, unsigned stay) : may_run_(threads, 1), draw_(seed), stay_(stay) {}

  /// Runs \p body(thread) in all threads, to their ends.
  void run(const std::function<void(std::size_t)>& body) {
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < may_run_.size(); ++t) {
      threads.emplace_back([this, &body, t] {
        mine() = {this, t};
        {
          std::unique_lock lock(mutex_);
          changed_.wait(lock, [&] { return turn_ == t; });
        }
        body(t);
        std::unique_lock lock(mutex_);
        may_run_[t] = 0;
        this->choose();
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
  }

  /// A point at which the calling thread may be overtaken; does nothing in threads that take no turns.
  static void switch_here() {
    if (Turns* turns = mine().turns; turns != nullptr) {
      std::unique_lock lock(turns->mutex_);
      if (turns->draw_() % turns->stay_ == 0) {
        turns->choose();
        turns->wait(lock, mine().thread);
      }
    }
  }

  /// The calling thread waits until \p count have called it with the same \p arrived, one of them the last.
  static void meet(std::vector<std::size_t>& arrived, std::size_t count) {
    Turns& turns = *mine().turns;
    std::unique_lock lock(turns.mutex_);
    arrived.push_back(mine().thread);
    if (arrived.size() == count) {
      for (const std::size_t t : arrived) {
        turns.may_run_[t] = 1;
      }
      arrived.clear();
    } else {
      turns.may_run_[mine().thread] = 0;
      turns.choose();
      turns.wait(lock, mine().thread);
    }
  }

 private:
  struct Place {
    Turns* turns = nullptr;
    std::size_t thread = 0;
  };
  static Place& mine() {
    thread_local Place place;
    return place;
  }
  void wait(std::unique_lock<std::mutex>& lock, std::size_t thread) {
    changed_.wait(lock, [&] { return turn_ == thread; });
  }
  void choose() {
    std::vector<std::size_t> ready;
    for (std::size_t t = 0; t < may_run_.size(); ++t) {
      if (may_run_[t] != 0) {
        ready.push_back(t);
      }
    }
    if (!ready.empty()) {
      turn_ = ready[draw_() % ready.size()];
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<char> may_run_;  ///< [thread]
  std::mt19937 draw_;
  unsigned stay_;
  std::size_t turn_ = 0;
};

}  // namespace ridgeflow::test
