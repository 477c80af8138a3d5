#include "segfold/report/plot.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/report/figures.h"

namespace segfold {
namespace {

using testing::colour_at;
using testing::count_colour;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr Rectangle kFrame{60, 60, 200, 100};

Plot plot_of(std::vector<Point> points, Marker marker = Marker::kNone) {
  Plot plot;
  plot.title = "Loss";
  plot.x = epoch_axis("epoch", 1, 9);
  plot.y = linear_axis("loss", {0, 4});
  const Look look{{okabe_ito::kBlue, 3, {}}, marker, 6, 1, 0};
  plot.series = {{std::move(points), look}};
  plot.legend = {{look, "training"}};
  return plot;
}

Image drawn(const Plot& plot) {
  Canvas canvas(300, 220);
  draw_plot(canvas, kFrame, plot);
  return canvas.picture();
}

TEST(Plot, ValuesLieWhereTheAxesSay) {
  Plot plot;
  plot.x = {"", AxisScale::kLinear, {0, 10}, {}};
  plot.y = {"", AxisScale::kLog, {0.01, 100}, {}};
  const Point point = plot_point(plot, kFrame, {2.5, 1});
  EXPECT_DOUBLE_EQ(point.x, 60 + 50);
  EXPECT_DOUBLE_EQ(point.y, 60 + 50);
  EXPECT_DOUBLE_EQ(plot_point(plot, kFrame, {0, 0.01}).y, kFrame.bottom());
}

TEST(Plot, CurvePassesThroughEveryMeasuredValue) {
  const std::vector<Point> values{{1, 3.7}, {3, 1.2}, {6, 0.5}, {9, 2.9}};
  const Plot plot = plot_of(values);
  const Image picture = drawn(plot);
  for (const Point& value : values) EXPECT_EQ(colour_at(picture, plot_point(plot, kFrame, value)), okabe_ito::kBlue);
  EXPECT_NE(colour_at(picture, plot_point(plot, kFrame, {5, 3.5})), okabe_ito::kBlue);
}

TEST(Plot, ValuesThatAreNotFiniteAreSkippedAndTheirNeighboursJoined) {
  const Plot plot = plot_of({{1, 2}, {5, kNan}, {7, std::numeric_limits<double>::infinity()}, {9, 2}});
  EXPECT_EQ(colour_at(drawn(plot), plot_point(plot, kFrame, {5, 2})), okabe_ito::kBlue);
}

TEST(Plot, ASingleValueIsSeenAsAMarker) {
  const Plot plot = plot_of({{4, 2}});
  EXPECT_EQ(colour_at(drawn(plot), plot_point(plot, kFrame, {4, 2})), okabe_ito::kBlue);
}

TEST(Plot, MarkersStandOnEveryNthPoint) {
  Plot plot = plot_of({{1, 1}, {3, 1}, {5, 1}, {7, 1}, {9, 1}}, Marker::kSquare);
  plot.series[0].look.stroke.width = 0.5;
  plot.series[0].look.marker_every = 2;
  plot.series[0].look.marker_first = 1;
  const Image picture = drawn(plot);
  const auto marked = [&](double epoch) {
    const Point point = plot_point(plot, kFrame, {epoch, 1});
    return colour_at(picture, {point.x + 2, point.y + 2}) == okabe_ito::kBlue;
  };
  EXPECT_FALSE(marked(1));
  EXPECT_TRUE(marked(3));
  EXPECT_FALSE(marked(5));
  EXPECT_TRUE(marked(7));
}

TEST(Plot, EverythingButTheDataLiesOutsideTheFrame) {
  const Plot plot = plot_of({{1, 1}, {9, 3}});
  Canvas canvas(300, 220);
  draw_plot(canvas, kFrame, plot);
  testing::expect_clean_text(canvas);
  for (const Rectangle& box : canvas.text_boxes()) EXPECT_FALSE(testing::overlap(box, kFrame));
  EXPECT_LE(left_margin(plot), kFrame.left);
  EXPECT_LE(top_margin(plot, kFrame.width), kFrame.top);
}

TEST(Plot, NumbersThatAPlotBelowRepeatsAreLeftOut) {
  Plot plot = plot_of({{1, 1}, {9, 3}});
  Canvas with(300, 220);
  draw_plot(with, kFrame, plot);
  plot.show_x_labels = false;
  Canvas without(300, 220);
  draw_plot(without, kFrame, plot);
  EXPECT_EQ(with.text_boxes().size(), without.text_boxes().size() + plot.x.ticks.size() + 1);
  EXPECT_EQ(bottom_margin(plot), 0);
}

TEST(Plot, AnEmptyPlotSaysSo) {
  Plot plot = plot_of({});
  const auto texts = [](const Plot& shown) {
    Canvas canvas(300, 220);
    draw_plot(canvas, kFrame, shown);
    return canvas.text_boxes().size();
  };
  const std::size_t before = texts(plot);
  plot.series.clear();
  EXPECT_EQ(texts(plot), before + 1);
}

TEST(Plot, LegendTakesANewLineWhereItDoesNotFit) {
  const Look look{{okabe_ito::kVermillion, 2, {}}, Marker::kNone, 5, 1, 0};
  const std::vector<LegendEntry> entries{{look, "first of them"}, {look, "second of them"}, {look, "third of them"}};
  EXPECT_EQ(legend_height(entries, 120), 3 * legend_height(entries, 2000));
  EXPECT_EQ(legend_height({}, 100), 0);
  Canvas canvas(130, 100);
  EXPECT_EQ(draw_legend(canvas, {5, 5}, 120, entries), legend_height(entries, 120));
  testing::expect_clean_text(canvas);
  EXPECT_GT(count_colour(canvas.picture(), okabe_ito::kVermillion), 3 * 20 * 4);
}

TEST(Plot, LegendShortensWhatNoLineHolds) {
  const std::vector<LegendEntry> entries{{{}, std::string(300, 'm')}};
  Canvas canvas(160, 40);
  draw_legend(canvas, {5, 5}, 150, entries);
  testing::expect_clean_text(canvas);
}

}  // namespace
}  // namespace segfold
