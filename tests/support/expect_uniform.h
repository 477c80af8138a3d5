#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace segfold::testing {

/// Expects counts as fair draws among equally likely choices give them: Pearson's chi-squared, divided by its degrees
/// of freedom, at most five of its standard deviations above its mean, 1.
inline void expect_uniform(const std::vector<int>& counts) {
  double sum = 0;
  for (const int count : counts) sum += count;
  const double expected = sum / static_cast<double>(counts.size());
  double chi_squared = 0;
  for (const int count : counts) chi_squared += (count - expected) * (count - expected) / expected;
  const auto freedom = static_cast<double>(counts.size() - 1);
  EXPECT_LT(chi_squared / freedom, 1 + 5 * std::sqrt(2 / freedom)) << ::testing::PrintToString(counts);
}

}  // namespace segfold::testing
