#include "segfold/report/plot.h"

#include <algorithm>
#include <cmath>

namespace segfold {
namespace {

constexpr Colour kGrid{225, 225, 225};
constexpr Colour kMuted{110, 110, 110};
const TextStyle kTitle{12, Weight::kBold, kInk};
const TextStyle kLabel{11, Weight::kNormal, kInk};
const TextStyle kNumber{10.5, Weight::kNormal, kInk};
constexpr double kNumberGap = 6;                    // between the frame and its numbers
constexpr double kLabelGap = 5;                     // between numbers and the axis label
constexpr double kTitleGap = 5;                     // below the title
constexpr double kLegendBelow = 4;                  // between legend and frame
constexpr double kLegendLine = 17;                  // from one line of a legend to the next
constexpr double kLegendSample = 26;                // length of a curve's sample
constexpr double kLegendLabel = kLegendSample + 6;  // where its label starts
constexpr double kLegendGap = 18;                   // between entries

struct PlacedEntry {
  Point top_left;
  const LegendEntry* entry;
  std::string label;
};

/// Entries from left to right, a new line where the next would not fit.
std::vector<PlacedEntry> place_legend(const std::vector<LegendEntry>& entries, double width) {
  std::vector<PlacedEntry> placed;
  Point at;
  for (const LegendEntry& entry : entries) {
    const std::string label = fit_text(entry.label, kLabel, width - kLegendLabel);
    const double needed = kLegendLabel + measure_text(label, kLabel).width;
    if (at.x > 0 && at.x + needed > width) at = {0, at.y + kLegendLine};
    placed.push_back({at, &entry, label});
    at.x += needed + kLegendGap;
  }
  return placed;
}

bool is_finite(Point point) { return std::isfinite(point.x) && std::isfinite(point.y); }

void draw_series(Canvas& canvas, const Rectangle& frame, const Plot& plot, const Series& series) {
  std::vector<Point> points;
  for (const Point& value : series.points) {
    if (!is_finite(value)) continue;
    const Point point = plot_point(plot, frame, value);
    if (is_finite(point)) points.push_back(point);
  }
  canvas.curve(points, series.look.stroke);
  // A single value has no line: without a marker it would not be seen.
  const bool alone = points.size() == 1;
  const Marker marker = alone && series.look.marker == Marker::kNone ? Marker::kCircle : series.look.marker;
  const auto every = static_cast<std::size_t>(std::max(1, series.look.marker_every));
  const auto first = alone ? 0 : static_cast<std::size_t>(series.look.marker_first) % every;
  for (std::size_t i = first; i < points.size(); i += every) {
    canvas.marker(points[i], marker, series.look.marker_size, series.look.stroke.colour);
  }
}

/// Grey words in the middle of an empty plot, on white so that no line of the grid runs through them.
void draw_notice(Canvas& canvas, Point centre, const std::string& words) {
  const TextStyle style{11, Weight::kNormal, kMuted};
  const TextExtent extent = measure_text(words, style);
  canvas.fill({centre.x - extent.width / 2 - 4, centre.y - extent.height() / 2, extent.width + 8, extent.height()},
              kWhite);
  canvas.text({centre.x, centre.y + (extent.ascent - extent.descent) / 2}, words, style, Align::kCentre);
}

void draw_x_axis(Canvas& canvas, const Rectangle& frame, const Plot& plot) {
  const TextExtent number = measure_text("0", kNumber);
  for (const Tick& tick : plot.x.ticks) {
    const double x = plot_point(plot, frame, {tick.value, plot.y.range.low}).x;
    canvas.line({x, frame.top}, {x, frame.bottom()}, {kGrid, 1, {}});
    if (!plot.show_x_labels) continue;
    canvas.line({x, frame.bottom()}, {x, frame.bottom() + 3}, {kInk, 1, {}});
    canvas.text({x, frame.bottom() + kNumberGap + number.ascent}, tick.label, kNumber, Align::kCentre);
  }
  if (!plot.show_x_labels) return;
  const double baseline = frame.bottom() + bottom_margin(plot) - measure_text(plot.x.label, kLabel).descent;
  canvas.text({frame.centre().x, baseline}, plot.x.label, kLabel, Align::kCentre);
}

void draw_y_axis(Canvas& canvas, const Rectangle& frame, const Plot& plot, double margin) {
  const TextExtent number = measure_text("0", kNumber);
  for (const Tick& tick : plot.y.ticks) {
    const double y = plot_point(plot, frame, {plot.x.range.low, tick.value}).y;
    canvas.line({frame.left, y}, {frame.right(), y}, {kGrid, 1, {}});
    canvas.line({frame.left - 3, y}, {frame.left, y}, {kInk, 1, {}});
    // Digits are about 0.73 of the size high: this centres them on the tick.
    canvas.text({frame.left - kNumberGap, y + 0.365 * kNumber.size}, tick.label, kNumber, Align::kRight);
  }
  if (plot.y.label.empty()) return;
  canvas.text_upwards({frame.left - margin + number.height() / 2, frame.centre().y}, plot.y.label, kLabel);
}

}  // namespace

Point plot_point(const Plot& plot, const Rectangle& frame, Point value) {
  return {frame.left + plot.x.fraction(value.x) * frame.width,
          frame.bottom() - plot.y.fraction(value.y) * frame.height};
}

double left_margin(const Plot& plot) {
  double widest = 0;
  for (const Tick& tick : plot.y.ticks) widest = std::max(widest, measure_text(tick.label, kNumber).width);
  const double label = plot.y.label.empty() ? 0 : kLabelGap + measure_text(plot.y.label, kLabel).height();
  return std::max(plot.least_left_margin, kNumberGap + widest + label);
}

double bottom_margin(const Plot& plot) {
  if (!plot.show_x_labels) return 0;
  return kNumberGap + measure_text("0", kNumber).height() + 2 + measure_text(plot.x.label, kLabel).height();
}

double top_margin(const Plot& plot, double frame_width) {
  const double legend = legend_height(plot.legend, frame_width);
  return std::max(plot.least_top_margin, measure_text(plot.title, kTitle).height() + kTitleGap + legend + kLegendBelow);
}

void draw_plot(Canvas& canvas, const Rectangle& frame, const Plot& plot) {
  const double top = frame.top - top_margin(plot, frame.width);
  const TextExtent title = measure_text(plot.title, kTitle);
  canvas.text({frame.left, top + title.ascent}, fit_text(plot.title, kTitle, frame.width), kTitle);
  draw_legend(canvas, {frame.left, top + title.height() + kTitleGap}, frame.width, plot.legend);
  draw_x_axis(canvas, frame, plot);
  draw_y_axis(canvas, frame, plot, left_margin(plot));
  canvas.line({frame.left, frame.top}, {frame.left, frame.bottom()}, {kInk, 1, {}});
  canvas.line({frame.left, frame.bottom()}, {frame.right(), frame.bottom()}, {kInk, 1, {}});
  for (const Series& series : plot.series) draw_series(canvas, frame, plot, series);
  if (plot.series.empty()) draw_notice(canvas, frame.centre(), "not measured");
}

double legend_height(const std::vector<LegendEntry>& entries, double width) {
  return entries.empty() ? 0 : place_legend(entries, width).back().top_left.y + kLegendLine;
}

double draw_legend(Canvas& canvas, Point top_left, double width, const std::vector<LegendEntry>& entries) {
  const TextExtent extent = measure_text("x", kLabel);
  for (const PlacedEntry& placed : place_legend(entries, width)) {
    const Look& look = placed.entry->look;
    const double left = top_left.x + placed.top_left.x;
    const double top = top_left.y + placed.top_left.y;
    const double middle = top + kLegendLine / 2;
    canvas.line({left, middle}, {left + kLegendSample, middle}, look.stroke);
    canvas.marker({left + kLegendSample / 2, middle}, look.marker, look.marker_size, look.stroke.colour);
    const double baseline = top + (kLegendLine - extent.height()) / 2 + extent.ascent;
    canvas.text({left + kLegendLabel, baseline}, placed.label, kLabel);
  }
  return legend_height(entries, width);
}

}  // namespace segfold
