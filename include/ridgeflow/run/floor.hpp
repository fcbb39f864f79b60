/// \file
/// The floor of a device: the most mode updates per second that its instruction issue allows, whatever the
/// memory does. A model from counts, not a measurement: what a run reaches is given as a share of it.
///
/// The counts are of one `adjusted` update (Philox4x32-10, Box-Muller, the Ornstein-Uhlenbeck step, its share
/// of R and of the streaming moments) in single precision, with statistics at every step.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "ridgeflow/run/executor.hpp"
#include "ridgeflow/run/options.hpp"

namespace ridgeflow {

/// Clocks of a core per mode update that its execution ports take at least, reproducible arithmetic, by
/// vector width ("avx512": 1.63, "avx2": 2.9). Counted for Intel's server cores (two 512-bit or three 256-bit
/// ports); a core with more ports can do better. Empty for lanes that nobody has counted: `portable` is as
/// fast as the C library's fma.
std::optional<double> clocks_per_update(std::string_view lanes);

/// Warp instructions that a block of kUpdatesPerBlock mode updates takes at least: 149 reproducible, 88 with
/// the hardware's own logarithm and sine. Counted in machine code for sm_90 of the update alone; what a
/// kernel adds to it (addresses, constants, its loop) is part of what keeps it from the floor.
double instructions_per_block(Math math);
inline constexpr double kUpdatesPerBlock = 4;  ///< normals of one Philox call
inline constexpr double kWarpsPerClock = 4;    ///< warp instructions that a multiprocessor issues in a clock
inline constexpr double kLanesPerWarp = 32;

/// Mode updates per second of \p threads cores at \p clock [Hz]: threads x clock / clocks_per_update.
double cpu_floor(double clocks_per_update, double clock, int threads);

/// Mode updates per second of \p multiprocessors multiprocessors at \p clock [Hz]:
/// multiprocessors x clock x kWarpsPerClock x kLanesPerWarp x kUpdatesPerBlock / instructions_per_block.
double gpu_floor(double instructions_per_block, double clock, int multiprocessors);

/// The floor of the executor that \p info describes [mode updates/s]. \p cpu_clock [Hz] is the one measured
/// beside the run (measure_clock()); a GPU's is its own largest. NaN where it is not known: no count for
/// these lanes or for double precision, no clock, or \p every other than 1 (fewer statistics than were
/// counted).
double floor_of(const ExecutorInfo& info, Precision precision, std::uint64_t every, double cpu_clock);

}  // namespace ridgeflow
