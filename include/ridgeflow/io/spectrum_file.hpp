/// \file
/// Spectra from files.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "ridgeflow/model/spectrum.hpp"

namespace ridgeflow {

/// Largest spectrum file that is read [bytes].
inline constexpr std::size_t kMaxSpectrumBytes = std::size_t{1} << 30;

/// Reads a_k, y_k, one mode a line or row from k = 1 on:
///
/// - text with a header that names a column `a` or `lambda` (a = 1/lambda) and a column `y`, in letters of
///   any case and any order, among others or not. Commas, semicolons, tabs or blanks separate; numbers and
///   names may stand in quotes; empty lines, comments after `#` (a header may be one), names of rows, a comma
///   at the end, CRLF and CR are fine; decimals have points;
/// - `.npy` (format 1.0 to 3.0), shape [M][2], columns a and y, float32, float64 or whole numbers of either
/// byte order, in C or
///   Fortran order. Recognized by its first bytes.
///
/// \throws InvalidInput saying what is wrong, at which line or row, and what to do: a file that is missing,
/// not regular, empty, truncated or too large; a wrong header, type or shape; a value that is no number, not
/// finite, or (a, lambda) not positive; more than kMaxModes modes.
Spectrum read_spectrum(const std::string& path);

/// \p spectrum with its modes by a_k, smallest (largest lambda) first; those of equal a_k keep their order.
Spectrum largest_first(const Spectrum& spectrum);

/// What should be said of the order of the modes in \p spectrum, read from \p path: nothing while a_k rises
/// with k, up to rounding (a millionth of a_k, or 2^-52 of the largest eigenvalue 1/a_k).
std::optional<std::string> order_warning(const Spectrum& spectrum, const std::string& path);

}  // namespace ridgeflow
