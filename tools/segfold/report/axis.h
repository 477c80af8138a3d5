#pragma once

#include <optional>
#include <string>
#include <vector>

namespace segfold {

struct Interval {
  double low = 0;
  double high = 0;
  bool operator==(const Interval&) const = default;
};

/// Least and greatest of the finite values; nothing if there is none.
std::optional<Interval> interval_of(const std::vector<double>& values);

enum class AxisScale { kLinear, kLog };

struct Tick {
  double value = 0;
  std::string label;
};

/// One axis of a plot: what it covers, and round values to label on it (all inside the range).
struct Axis {
  std::string label;
  AxisScale scale = AxisScale::kLinear;
  Interval range{0, 1};
  std::vector<Tick> ticks;

  /// Where a value lies between the ends of the range, 0–1 (outside for values outside). @param value  > 0 on a log
  /// axis
  double fraction(double value) const;
};

/// An axis from and to round values that covers `data`. It starts at 0 where that costs less than half of its length.
/// @param intervals  about how many steps between ticks
Axis linear_axis(const std::string& label, Interval data, int intervals = 5);

/// A logarithmic axis that covers `data` with a little room; ticks at powers of ten, and at 2 and 5 times these where
/// it is short. @param data  low > 0
Axis log_axis(const std::string& label, Interval data, int intervals = 5);

/// For losses and the like: logarithmic where values are positive and span more than two powers of ten.
Axis automatic_axis(const std::string& label, Interval data, int intervals = 5);

/// For scores: from 0 to a round value above the data, at most 1.
Axis score_axis(const std::string& label, Interval data, int intervals = 5);

/// Whole numbers only, with half a step (or 2 %) of room at both ends.
Axis epoch_axis(const std::string& label, int first, int last, int intervals = 8);

}  // namespace segfold
