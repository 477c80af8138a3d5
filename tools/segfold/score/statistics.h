#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace segfold {

/// part / whole; NaN of nothing.
inline double ratio(double part, double whole) { return whole == 0 ? std::nan("") : part / whole; }
inline double ratio(std::uint64_t part, std::uint64_t whole) {
  return ratio(static_cast<double>(part), static_cast<double>(whole));
}

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
