/// \file
/// How fast the processor's cores run right now, in a build with optimization (without, the multiply-adds
/// wait for memory and all reads too low). Shared machines change clock and share by the millisecond, and two
/// virtual cores may be one physical: a rate on a CPU is given with what was measured beside it.
#pragma once

namespace ridgeflow {

/// Cycles of one dependent fused multiply-add: 4 on Intel's cores since Skylake and on AMD's since Zen 3.
/// Cores before them take 5 (Broadwell, Zen, Zen 2), and their clock reads a fifth too low.
inline constexpr double kFmaLatency = 4.0;

/// Clock of the calling core [Hz], from a chain of dependent fused multiply-adds of about a millisecond of
/// the thread's processor time: other programs do not slow it. NaN where the processor has none.
double measure_clock();

/// Fused multiply-adds per second [1/s] that \p threads threads do together, each with enough independent
/// scalar ones to fill its core's ports, at the same time for about two milliseconds of its processor time.
/// NaN likewise. \throws InvalidInput unless \p threads is positive.
double measure_fma_rate(int threads);

/// What \p threads threads at once do per thread, in units of what one alone does: 1 where each has a core of
/// its own at the same clock, 1/2 where two share a core. NaN likewise. \throws InvalidInput likewise.
double measure_thread_scaling(int threads);

/// Processor time that all threads of this process had so far [s]. Over wall time and threads, what other
/// programs left to them.
double processor_seconds();

}  // namespace ridgeflow
