#include "segfold/report/occlusion_chart.h"

#include <algorithm>
#include <array>

#include "segfold/report/sheet.h"

namespace segfold {
namespace {

constexpr double kFrameHeight = 260;

/// Colour, dashes and marker of the i-th line: told apart in print and by those who see few colours, too.
Look look_of_line(std::size_t i) {
  static constexpr std::array kColours{okabe_ito::kBlue,   okabe_ito::kVermillion,    okabe_ito::kBluishGreen,
                                       okabe_ito::kOrange, okabe_ito::kReddishPurple, okabe_ito::kBlack,
                                       okabe_ito::kSkyBlue};
  static constexpr std::array kMarkers{Marker::kCircle, Marker::kSquare, Marker::kTriangle, Marker::kDiamond,
                                       Marker::kCross};
  static const std::array<std::vector<double>, 2> kDashes{{{}, {6, 2.5}}};
  return {{kColours[i % kColours.size()], 1.8, kDashes[i % kDashes.size()]}, kMarkers[i % kMarkers.size()], 5.5, 1, 0};
}

Plot plot_of(const std::string& title, const std::vector<OcclusionLine>& lines,
             const std::vector<double> OcclusionLine::* mious) {
  Plot plot;
  plot.title = title;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    Series series{{}, look_of_line(i)};
    for (std::size_t k = 0; k < lines[i].occluded.size(); ++k) {
      series.points.push_back({lines[i].occluded[k], (lines[i].*mious)[k]});
    }
    plot.series.push_back(std::move(series));
  }
  return plot;
}

std::vector<double> joined(const std::vector<OcclusionLine>& lines,
                           const std::vector<std::vector<double> OcclusionLine::*>& members) {
  std::vector<double> values;
  for (const OcclusionLine& line : lines) {
    for (const auto member : members) values.insert(values.end(), (line.*member).begin(), (line.*member).end());
  }
  return values;
}

}  // namespace

OcclusionChart layout_occlusion(const std::string& title, const std::vector<OcclusionLine>& lines) {
  OcclusionChart chart;
  chart.title = title;
  for (std::size_t i = 0; i < lines.size(); ++i) chart.lines.push_back({look_of_line(i), lines[i].label});
  chart.all = plot_of("All pixels", lines, &OcclusionLine::all);
  chart.visible = plot_of("Visible pixels", lines, &OcclusionLine::visible);
  const auto shares = interval_of(joined(lines, {&OcclusionLine::occluded}));
  const auto mious = interval_of(joined(lines, {&OcclusionLine::all, &OcclusionLine::visible}));
  for (Plot* plot : {&chart.all, &chart.visible}) {
    plot->x = linear_axis("occluded share of the photo", shares.value_or(Interval{0, 1}));
    plot->y = score_axis("mIoU, 0–1", mious.value_or(Interval{0, 1}), 6);
  }
  const double left = left_margin(chart.all);
  const double width = sheet::kColumnWidth - left;
  const double top = sheet::header_bottom(title, chart.lines) + top_margin(chart.all, width);
  chart.all_frame = {sheet::kMargin + left, top, width, kFrameHeight};
  chart.visible_frame = {sheet::kWidth - sheet::kMargin - width, top, width, kFrameHeight};
  chart.width = sheet::kWidth;
  chart.height = top + kFrameHeight + bottom_margin(chart.all) + sheet::kMargin;
  return chart;
}

Canvas draw_occlusion(const OcclusionChart& chart) {
  Canvas canvas(chart.width, chart.height);
  sheet::draw_header(canvas, chart.title, chart.lines);
  draw_plot(canvas, chart.all_frame, chart.all);
  draw_plot(canvas, chart.visible_frame, chart.visible);
  return canvas;
}

}  // namespace segfold
