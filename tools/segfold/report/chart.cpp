#include "segfold/report/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>

#include "segfold/report/sheet.h"

namespace segfold {
namespace {

constexpr double kLossHeight = 230;
constexpr double kRateHeight = 96;
constexpr double kRowGap = 16;
constexpr std::size_t kFewPoints = 15;      // so many markers on a curve still look like markers
constexpr std::size_t kManyPoints = 300;    // so many values make a wide line a blot
constexpr std::size_t kMarkersInPlot = 24;  // on the longer curves of several runs together

using Value = std::function<double(const HistoryRow&)>;

double or_nan(const std::optional<double>& value) { return value.value_or(std::numeric_limits<double>::quiet_NaN()); }

/// One quantity of the history and how it is shown.
struct Quantity {
  std::string label;
  Colour colour;
  Value value;
  bool sparse = false;  // measured every few epochs: markers show where
  enum class Best { kNone, kLeast, kGreatest } best = Best::kNone;
};

std::vector<Point> points_of(const HistoryRun& run, const Quantity& quantity) {
  std::vector<Point> points;
  for (const HistoryRow& row : run.rows) {
    const double value = quantity.value(row);
    if (std::isfinite(value)) points.push_back({static_cast<double>(row.epoch), value});
  }
  return points;
}

/// Dashes and marker of run `i` of several: 28 combinations before one comes twice.
Look look_of_run(std::size_t i, Colour colour) {
  static const std::array<std::vector<double>, 4> kDashes{{{}, {6, 2.5}, {1.8, 1.8}, {8, 2, 1.8, 2}}};
  static constexpr std::array kMarkers{Marker::kCircle, Marker::kSquare,       Marker::kTriangle, Marker::kDiamond,
                                       Marker::kCross,  Marker::kTriangleDown, Marker::kPlus};
  return {{colour, 1.4, kDashes[i % kDashes.size()]}, kMarkers[i % kMarkers.size()], 5.5, 1, 0};
}

Look look_of(const Quantity& quantity, std::size_t run, std::size_t runs, std::size_t points) {
  if (runs == 1) {
    const bool marked = points <= (quantity.sparse ? 4 * kFewPoints : 1);
    const double width = points > kManyPoints ? 1 : 1.8;
    return {{quantity.colour, width, {}}, marked ? Marker::kCircle : Marker::kNone, 5, 1, 0};
  }
  Look look = look_of_run(run, quantity.colour);
  if (runs > 4) look.stroke.width = 1.1;
  if (points > kFewPoints) {
    const std::size_t markers = std::clamp<std::size_t>(kMarkersInPlot / runs, 2, 8);
    look.marker_every = static_cast<int>(points / markers);
    // Staggered, so that markers of curves that lie on each other do not.
    look.marker_first = look.marker_every * static_cast<int>(run) / static_cast<int>(runs);
  }
  return look;
}

/// Three digits, and no more than three behind the point: longer labels would be cut. Numbers of one size have as many.
std::string short_text(double value) {
  const double size = std::abs(value);
  return size < 1 ? fmt::format("{:.3f}", value) : fmt::format("{:.{}f}", value, size < 10 ? 2 : size < 100 ? 1 : 0);
}

/// "held-out fold (least 0.512 in epoch 41)"; the numbers only where there is one run.
std::string legend_label(const Quantity& quantity, const std::vector<Point>& points) {
  if (quantity.best == Quantity::Best::kNone)
    return fmt::format("{} (last {})", quantity.label, short_text(points.back().y));
  const bool least = quantity.best == Quantity::Best::kLeast;
  const auto better = [least](Point a, Point b) { return least ? a.y < b.y : a.y > b.y; };
  const Point best = *std::ranges::min_element(points, better);
  return fmt::format("{} ({} {} in epoch {:.0f}, last {})", quantity.label, least ? "least" : "best",
                     short_text(best.y), best.x, short_text(points.back().y));
}

using MakeAxis = Axis (*)(const std::string&, Interval, int);

Plot make_plot(const std::string& title, const std::string& y_label, const std::vector<Quantity>& quantities,
               const std::vector<HistoryRun>& runs, MakeAxis make_axis, int intervals) {
  Plot plot;
  plot.title = title;
  std::vector<double> values;
  for (const Quantity& quantity : quantities) {
    bool listed = false;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const std::vector<Point> points = points_of(runs[i], quantity);
      if (points.empty()) continue;
      for (const Point& point : points) values.push_back(point.y);
      const Look look = look_of(quantity, i, runs.size(), points.size());
      plot.series.push_back({points, look});
      if (listed) continue;
      listed = true;
      if (runs.size() == 1) {
        plot.legend.push_back({look, legend_label(quantity, points)});
      } else {
        plot.legend.push_back({{{quantity.colour, 1.8, {}}, Marker::kNone, 5, 1, 0}, quantity.label});
      }
    }
  }
  plot.y = make_axis(y_label, interval_of(values).value_or(Interval{0, 1}), intervals);
  if (values.empty()) plot.y.ticks.clear();
  return plot;
}

Plot losses_plot(const std::vector<HistoryRun>& runs) {
  const Quantity training{"training", okabe_ito::kBlue, [](const HistoryRow& row) { return row.train_loss; }};
  const Quantity held_out{"held-out fold", okabe_ito::kVermillion,
                          [](const HistoryRow& row) { return or_nan(row.val_loss); }, false, Quantity::Best::kLeast};
  return make_plot("Loss", "loss", {training, held_out}, runs, automatic_axis, 5);
}

Plot rate_plot(const std::vector<HistoryRun>& runs) {
  const Quantity rate{"learning rate", okabe_ito::kBlack, [](const HistoryRow& row) { return row.lr; }};
  Plot plot = make_plot(
      "Learning rate", "", {rate}, runs,
      [](const std::string& label, Interval data, int intervals) {
        return data.high > data.low && data.low > 0 ? log_axis(label, data, intervals)
                                                    : linear_axis(label, data, intervals);
      },
      3);
  plot.y.label = plot.y.scale == AxisScale::kLog ? "rate (log)" : "rate";
  plot.legend.clear();  // the title says it all
  return plot;
}

Plot scores_plot(const std::vector<HistoryRun>& runs) {
  const Quantity low{"held-out fold, low resolution", okabe_ito::kVermillion,
                     [](const HistoryRow& row) { return or_nan(row.lowres_miou); }, true, Quantity::Best::kGreatest};
  const Quantity full{"official validation split, full resolution", okabe_ito::kBluishGreen,
                      [](const HistoryRow& row) { return or_nan(row.fullres_miou); }, true};
  return make_plot("Mean intersection over union (mIoU)", "mIoU, 0–1", {low, full}, runs, score_axis, 6);
}

Axis shared_epoch_axis(const std::vector<HistoryRun>& runs) {
  std::vector<double> epochs;
  for (const HistoryRun& run : runs) {
    for (const HistoryRow& row : run.rows) epochs.push_back(row.epoch);
  }
  const Interval covered = interval_of(epochs).value_or(Interval{1, 1});
  return epoch_axis("epoch", static_cast<int>(covered.low), static_cast<int>(covered.high));
}

std::vector<LegendEntry> run_legend(const std::vector<HistoryRun>& runs) {
  std::vector<LegendEntry> entries;
  if (runs.size() < 2) return entries;
  for (std::size_t i = 0; i < runs.size(); ++i) entries.push_back({look_of_run(i, kInk), runs[i].label});
  return entries;
}

}  // namespace

HistoryChart layout_history(const std::string& title, const std::vector<HistoryRun>& runs) {
  HistoryChart chart;
  chart.title = title;
  chart.runs = run_legend(runs);
  chart.losses.plot = losses_plot(runs);
  chart.learning_rate.plot = rate_plot(runs);
  chart.scores.plot = scores_plot(runs);
  for (auto* part : {&chart.losses, &chart.learning_rate, &chart.scores}) part->plot.x = shared_epoch_axis(runs);
  chart.losses.plot.show_x_labels = false;  // the learning rate below has the same axis

  const double left_left = std::max(left_margin(chart.losses.plot), left_margin(chart.learning_rate.plot));
  chart.losses.plot.least_left_margin = chart.learning_rate.plot.least_left_margin = left_left;
  const double left_width = sheet::kColumnWidth - left_left;
  const double right_left = left_margin(chart.scores.plot);
  const double right_width = sheet::kColumnWidth - right_left;
  const double above = std::max(top_margin(chart.losses.plot, left_width), top_margin(chart.scores.plot, right_width));
  chart.losses.plot.least_top_margin = chart.scores.plot.least_top_margin = above;
  const double top = sheet::header_bottom(title, chart.runs) + above;
  chart.losses.frame = {sheet::kMargin + left_left, top, left_width, kLossHeight};
  const double rate_top = top + kLossHeight + kRowGap + top_margin(chart.learning_rate.plot, left_width);
  chart.learning_rate.frame = {sheet::kMargin + left_left, rate_top, left_width, kRateHeight};
  const double bottom = chart.learning_rate.frame.bottom();
  chart.scores.frame = {sheet::kWidth - sheet::kMargin - right_width, top, right_width, bottom - top};
  chart.width = sheet::kWidth;
  chart.height = bottom + bottom_margin(chart.learning_rate.plot) + sheet::kMargin;
  return chart;
}

Canvas draw_history(const HistoryChart& chart) {
  Canvas canvas(chart.width, chart.height);
  sheet::draw_header(canvas, chart.title, chart.runs);
  for (const auto* part : {&chart.losses, &chart.learning_rate, &chart.scores})
    draw_plot(canvas, part->frame, part->plot);
  return canvas;
}

}  // namespace segfold
