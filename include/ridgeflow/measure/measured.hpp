/// \file
/// A number with its error.
#pragma once

namespace ridgeflow {

/// A measured number and its standard error.
struct Measured {
  double value = 0;
  double error = 0;
};

}  // namespace ridgeflow
