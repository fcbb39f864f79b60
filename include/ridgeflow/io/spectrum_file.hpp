/// \file
/// Spectra from files.
#pragma once

#include <cstddef>
#include <string>

#include "ridgeflow/model/spectrum.hpp"

namespace ridgeflow {

/// Largest spectrum file that is read [bytes].
inline constexpr std::size_t kMaxSpectrumBytes = std::size_t{1} << 30;

/// Reads a_k, y_k, one mode a line or row from k = 1 on:
///
/// - CSV with the header `a,y` or `lambda,y` (a = 1/lambda); CRLF line ends and empty lines at the end are
///   fine;
/// - `.npy` (format 1.0 to 3.0), shape [M][2], columns a and y, little-endian float32 or float64, in C or
///   Fortran order. Recognized by its first bytes.
///
/// \throws InvalidInput saying what is wrong, at which line or row, and what to do: a file that is missing,
/// not regular, empty, truncated or too large; a wrong header, type or shape; a value that is no number, not
/// finite, or (a, lambda) not positive; more than kMaxModes modes.
Spectrum read_spectrum(const std::string& path);

}  // namespace ridgeflow
