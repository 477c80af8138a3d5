#pragma once

#include <vector>

namespace segfold {

/// Corrects the p-values of several tests for their number: those that stay below α hold together, with a chance of at
/// most α that even one of them is a false alarm.
/// @param p_values  NaN where there was no test; it stays NaN and does not count
/// @return in the same order, at most 1.  Source: Holm 1979, "A simple sequentially rejective multiple test procedure".
std::vector<double> holm(const std::vector<double>& p_values);

}  // namespace segfold
