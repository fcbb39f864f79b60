#include "ridgeflow/run/clock.hpp"

#include <chrono>
#include <limits>
#include <thread>

#include <omp.h>
#include <time.h>

#include "ridgeflow/base/error.hpp"

namespace ridgeflow {
namespace {

double seconds_of(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Processor time that the calling thread had so far [s].
double thread_seconds() {
  return seconds_of(CLOCK_THREAD_CPUTIME_ID);
}

constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();

#if defined(__x86_64__)

bool has_fma() {
  return __builtin_cpu_supports("fma") != 0;
}

/// Seconds of \p steps multiply-adds, each of which waits for the one before.
[[gnu::target("fma"), gnu::noinline]] double dependent_fmas(long steps) {
  double x = 1.0;
  const double begin = thread_seconds();
  for (long i = 0; i < steps; ++i) {
    x = __builtin_fma(x, 0.999999, 1e-6);
    asm volatile("" : "+x"(x));  // one step must wait for the one before
  }
  return thread_seconds() - begin;
}

/// Chains of multiply-adds side by side: more than latency times ports on any core, so that the ports are the
/// limit.
constexpr long kChains = 12;

[[gnu::target("fma"), gnu::noinline]] void independent_fmas(long steps) {
  double a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8, i = 9, j = 10, k = 11, l = 12;
  for (long step = 0; step < steps; ++step) {
    for (double* x : {&a, &b, &c, &d, &e, &f, &g, &h, &i, &j, &k, &l}) {
      *x = __builtin_fma(*x, 0.999999, 1e-6);
    }
    // scalars that the compiler may not join to vectors
    asm volatile("" : "+x"(a), "+x"(b), "+x"(c), "+x"(d), "+x"(e), "+x"(f));
    asm volatile("" : "+x"(g), "+x"(h), "+x"(i), "+x"(j), "+x"(k), "+x"(l));
  }
}

#else

bool has_fma() {
  return false;
}
double dependent_fmas(long /*steps*/) {
  return kNotKnown;
}
constexpr long kChains = 1;
void independent_fmas(long /*steps*/) {}

#endif

}  // namespace

double measure_clock() {
  constexpr long kSteps = 1'000'000;
  return has_fma() ? kFmaLatency * static_cast<double>(kSteps) / dependent_fmas(kSteps) : kNotKnown;
}

double measure_fma_rate(int threads) {
  validate(threads > 0, "the rate of no threads cannot be measured: use at least one");
  if (!has_fma()) {
    return kNotKnown;
  }
  constexpr double kSeconds = 2e-3;
  constexpr long kSteps = 4000;  // some ten microseconds between looks at the time
  double rate = 0;
#pragma omp parallel num_threads(threads) reduction(+ : rate)
  {
    independent_fmas(kSteps);  // wakes the vector units
#pragma omp barrier
    const double begin = thread_seconds();
    double elapsed = 0;
    long steps = 0;
    while (elapsed < kSeconds) {
      independent_fmas(kSteps);
      steps += kSteps;
      elapsed = thread_seconds() - begin;
    }
    rate = static_cast<double>(steps * kChains) / elapsed;
  }
  return rate;
}

double measure_thread_scaling(int threads) {
  // A team that has just worked waits by spinning for some milliseconds: on a core of its own, it is hoped,
  // but beside the one alone where two threads share a core.
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const double alone = measure_fma_rate(1);
  return measure_fma_rate(threads) / (threads * alone);
}

double processor_seconds() {
  return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

}  // namespace ridgeflow
