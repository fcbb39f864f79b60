/// \file
/// What timings say: their median, and how a cost grows.
#pragma once

#include <vector>

namespace ridgeflow {

/// Local exponents d ln y / d ln x at each point: the slope of the least-squares line through the point and
/// its neighbours in both logarithms (of two points at the ends). NaN for a single point. \p x, ascending
/// without repeats, and \p y are positive. \throws InvalidInput if they are not, or differ in number.
std::vector<double> local_exponents(const std::vector<double>& x, const std::vector<double>& y);

/// The middle one of \p values, the upper of two. \throws InvalidInput for none.
double median(std::vector<double> values);

}  // namespace ridgeflow
