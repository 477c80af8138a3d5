#include "segfold/report/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace segfold {
namespace {

constexpr double kTolerance = 1e-9;  // of a step: what rounding may do to a value that lies on a tick

/// The round number (1, 2, 2.5 or 5 times a power of ten) nearest above `least`.
double round_step(double least) {
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
    if (factor * power >= least * (1 - kTolerance)) return factor * power;
  }
  return 10 * power;
}

/// "1e-4" rather than fmt's "1e-04".
std::string scientific(double value) {
  if (value == 0) return "0";
  std::string text = fmt::format("{:.3g}", value);
  if (text.find('e') == std::string::npos) text = fmt::format("{:.2e}", value);
  const std::size_t e = text.find('e');
  std::string mantissa = text.substr(0, e);
  if (mantissa.find('.') != std::string::npos) {
    mantissa.erase(mantissa.find_last_not_of('0') + 1);
    if (mantissa.back() == '.') mantissa.pop_back();
  }
  return fmt::format("{}e{}", mantissa, std::stoi(text.substr(e + 1)));
}

/// Labels of ticks `step` apart: all with the same number of decimals.
std::string tick_label(double value, double step, double largest) {
  if (value == 0) return "0";
  if (largest >= 1e5 || largest < 1e-3) return scientific(value);
  int decimals = 0;
  for (double scaled = step; decimals < 8 && std::abs(scaled - std::round(scaled)) > 1e-6 * scaled; scaled *= 10)
    ++decimals;
  return fmt::format("{:.{}f}", value, decimals);
}

/// Makes an interval wide enough that numbers in it differ: equal losses in all epochs are no error.
Interval widened(Interval data) {
  const double largest = std::max(std::abs(data.low), std::abs(data.high));
  if (data.high - data.low > largest * 1e-6) return data;
  if (largest == 0) return {0, 1};
  return data.high > 0 ? Interval{0, data.high * 1.25} : Interval{data.low * 1.25, 0};
}

Axis ticked(const std::string& label, Interval data, double step) {
  Axis axis{label, AxisScale::kLinear, {}, {}};
  const double first = std::floor(data.low / step + kTolerance);
  const double last = std::max(first + 1, std::ceil(data.high / step - kTolerance));
  axis.range = {std::min(first * step, data.low), std::max(last * step, data.high)};
  const double largest = std::max(std::abs(axis.range.low), std::abs(axis.range.high));
  for (double i = first; i <= last; ++i) axis.ticks.push_back({i * step, tick_label(i * step, step, largest)});
  return axis;
}

/// Numbers of which differences and ratios can be formed.
bool is_sensible(Interval data) {
  const auto fits = [](double value) { return value == 0 || (std::abs(value) > 1e-100 && std::abs(value) < 1e100); };
  return data.low <= data.high && fits(data.low) && fits(data.high);
}

/// Just the ends, for data that are not sensible: a broken history shall still be seen.
Axis bare_axis(const std::string& label, Interval data) {
  if (!std::isfinite(data.low) || !std::isfinite(data.high)) data = {0, 1};
  data = {std::min(0.0, data.low), std::max(1e-100, data.high)};
  return {label, AxisScale::kLinear, data, {{data.low, scientific(data.low)}, {data.high, scientific(data.high)}}};
}

}  // namespace

std::optional<Interval> interval_of(const std::vector<double>& values) {
  std::optional<Interval> interval;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    if (!interval) interval = Interval{value, value};
    interval = Interval{std::min(interval->low, value), std::max(interval->high, value)};
  }
  return interval;
}

double Axis::fraction(double value) const {
  if (scale == AxisScale::kLinear) return (value - range.low) / (range.high - range.low);
  return std::log(value / range.low) / std::log(range.high / range.low);
}

Axis linear_axis(const std::string& label, Interval data, int intervals) {
  if (!is_sensible(data)) return bare_axis(label, data);
  data = widened(data);
  if (data.low > 0 && data.low < data.high / 2) data.low = 0;
  return ticked(label, data, round_step((data.high - data.low) / intervals));
}

Axis log_axis(const std::string& label, Interval data, int intervals) {
  if (!is_sensible(data) || data.low <= 0) return linear_axis(label, data, intervals);
  Axis axis{label, AxisScale::kLog, {}, {}};
  if (data.low == data.high) data = {data.low / 2, data.high * 2};
  const double room = std::pow(data.high / data.low, 0.06);
  axis.range = {data.low / room, data.high * room};
  const double decades = std::log10(axis.range.high / axis.range.low);
  const int stride = std::max(1, static_cast<int>(std::lround(decades / intervals)));
  const std::vector<double> factors = decades < 2 ? std::vector{1.0, 2.0, 5.0} : std::vector{1.0};
  const bool plain = axis.range.low >= 1e-3 && axis.range.high < 1e5;
  const auto text = [plain](double value) { return plain ? fmt::format("{:.6g}", value) : scientific(value); };
  for (int power = static_cast<int>(std::floor(std::log10(axis.range.low))); power <= std::log10(axis.range.high);
       ++power) {
    if (power % stride != 0) continue;
    for (const double factor : factors) {
      const double value = factor * std::pow(10.0, power);
      if (value >= axis.range.low && value <= axis.range.high) axis.ticks.push_back({value, text(value)});
    }
  }
  // Within a part of a decade no such value may lie: the ends' own values are then as good as any.
  if (axis.ticks.size() < 2) axis.ticks = {{data.low, text(data.low)}, {data.high, text(data.high)}};
  return axis;
}

Axis automatic_axis(const std::string& label, Interval data, int intervals) {
  const bool wide = data.low > 0 && data.high / data.low > 100;
  return wide ? log_axis(label, data, intervals) : linear_axis(label, data, intervals);
}

Axis score_axis(const std::string& label, Interval data, int intervals) {
  if (!is_sensible(data) || data.high <= 0) data.high = 1;
  const double high = std::max(data.high, std::min(1.0, data.high * 1.05));
  return ticked(label, {0, high}, round_step(high / intervals));
}

Axis epoch_axis(const std::string& label, int first, int last, int intervals) {
  const double span = last - first;
  const double step = std::max(1.0, round_step(std::max(1.0, span) / intervals));
  const double whole_step = step == 2.5 ? 5 : step;  // 2.5 would put ticks between epochs
  const double room = std::max(0.5, 0.02 * span);
  Axis axis{label, AxisScale::kLinear, {first - room, last + room}, {}};
  for (double i = std::ceil(first / whole_step); i * whole_step <= last; ++i) {
    axis.ticks.push_back({i * whole_step, fmt::format("{:.0f}", i * whole_step)});
  }
  return axis;
}

}  // namespace segfold
