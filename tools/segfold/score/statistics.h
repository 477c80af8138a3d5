#pragma once

#include <cmath>
#include <vector>

namespace segfold {

/// Arithmetic mean; NaN of nothing.
inline double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// Mean of the values that are not NaN; NaN where there is none.
inline double mean_of_known(std::vector<double> values) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  return mean(values);
}

/// Sample standard deviation (divides by n − 1); NaN of fewer than two values.
inline double sample_deviation(const std::vector<double>& values) {
  if (values.size() < 2) return std::nan("");
  const double centre = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - centre) * (value - centre);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

}  // namespace segfold
