#include "segfold/report/chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "segfold/image/codec.h"
#include "tests/unit/report/figures.h"

namespace segfold {
namespace {

using testing::colour_at;
using testing::count_colour;
using testing::expect_clean_text;

/// A training that learns: losses fall, scores are measured every 5 and 10 epochs and in the last one.
HistoryRun training(int epochs, const std::string& label = "", double offset = 0) {
  HistoryRun run{label, {}};
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    HistoryRow row;
    row.epoch = epoch;
    row.lr = epoch <= epochs / 2 ? 1e-4 : 1e-5;
    row.train_loss = 0.3 + 2 * std::exp(-0.1 * epoch) + offset;
    row.val_loss = 0.5 + 2 * std::exp(-0.1 * epoch) + offset;
    if (epoch % 5 == 0 || epoch == epochs) row.lowres_miou = 0.4 - 0.3 * std::exp(-0.1 * epoch) + offset / 10;
    if (epoch % 10 == 0 || epoch == epochs) row.fullres_miou = 0.35 - 0.3 * std::exp(-0.1 * epoch) + offset / 10;
    run.rows.push_back(row);
  }
  return run;
}

std::vector<std::string> legend_of(const HistoryChart::Part& part) {
  std::vector<std::string> labels;
  for (const LegendEntry& entry : part.plot.legend) labels.push_back(entry.label);
  return labels;
}

void expect_covers_series(const HistoryChart::Part& part) {
  for (const Series& series : part.plot.series) {
    for (const Point& value : series.points) {
      const Point point = plot_point(part.plot, part.frame, value);
      EXPECT_GE(point.x, part.frame.left);
      EXPECT_LE(point.x, part.frame.right());
      EXPECT_GE(point.y, part.frame.top);
      EXPECT_LE(point.y, part.frame.bottom());
    }
  }
}

TEST(Chart, CurvesPassThroughTheHistorysValues) {
  const HistoryRun run = training(65);
  const HistoryChart chart = layout_history("experiment · fold 0", {run});
  const Image picture = draw_history(chart).picture();
  const HistoryRow& row = run.rows[19];
  const auto seen = [&](const HistoryChart::Part& part, double value) {
    return colour_at(picture, plot_point(part.plot, part.frame, {20, value}));
  };
  EXPECT_EQ(seen(chart.losses, row.train_loss), okabe_ito::kBlue);
  EXPECT_EQ(seen(chart.losses, *row.val_loss), okabe_ito::kVermillion);
  EXPECT_EQ(seen(chart.learning_rate, 1e-4), okabe_ito::kBlack);
  EXPECT_EQ(seen(chart.scores, *row.lowres_miou), okabe_ito::kVermillion);
  EXPECT_EQ(seen(chart.scores, *row.fullres_miou), okabe_ito::kBluishGreen);
}

TEST(Chart, AxesCoverAllDataAndTextIsWholeWhateverTheLength) {
  for (const int epochs : {1, 2, 7, 65, 1000}) {
    SCOPED_TRACE(epochs);
    const HistoryChart chart = layout_history("unet_resnet50 · fold 0", {training(epochs)});
    for (const auto* part : {&chart.losses, &chart.learning_rate, &chart.scores}) expect_covers_series(*part);
    expect_clean_text(draw_history(chart));
  }
}

TEST(Chart, TheLossHasNoUnitSinceNotEveryOneIsAMeanOverPixels) {
  EXPECT_EQ(layout_history("", {training(2)}).losses.plot.y.label, "loss");
}

TEST(Chart, LegendSaysWhatWasMeasuredAndTheBest) {
  HistoryRun run = training(20);
  run.rows[9].lowres_miou = 0.77;
  run.rows[3].val_loss = 0.125;
  run.rows[19].train_loss = 0.25;
  const HistoryChart chart = layout_history("", {run});
  EXPECT_THAT(legend_of(chart.losses)[0], "training (last 0.250)");
  EXPECT_THAT(legend_of(chart.losses)[1], ::testing::StartsWith("held-out fold (least 0.125 in epoch 4, last 0."));
  EXPECT_THAT(legend_of(chart.scores)[0], ::testing::HasSubstr("low resolution (best 0.770 in epoch 10"));
  EXPECT_THAT(legend_of(chart.scores)[1], ::testing::HasSubstr("full resolution (last 0.3"));
}

TEST(Chart, LearningRateIsLogarithmicOnlyWhereItChanges) {
  EXPECT_EQ(layout_history("", {training(10)}).learning_rate.plot.y.scale, AxisScale::kLog);
  HistoryRun constant = training(10);
  for (HistoryRow& row : constant.rows) row.lr = 1e-4;
  EXPECT_EQ(layout_history("", {constant}).learning_rate.plot.y.scale, AxisScale::kLinear);
  constant.rows.back().lr = 0;  // a schedule that ends at 0 has no logarithm
  EXPECT_EQ(layout_history("", {constant}).learning_rate.plot.y.scale, AxisScale::kLinear);
}

TEST(Chart, WhatIsNotMeasuredIsLeftOut) {
  HistoryRun run = training(12);
  for (HistoryRow& row : run.rows) row.val_loss = row.lowres_miou = std::nullopt;
  const HistoryChart chart = layout_history("all samples", {run});
  EXPECT_THAT(legend_of(chart.losses), ::testing::ElementsAre(::testing::StartsWith("training")));
  EXPECT_THAT(legend_of(chart.scores), ::testing::ElementsAre(::testing::StartsWith("official validation split")));
  EXPECT_EQ(count_colour(draw_history(chart).picture(), okabe_ito::kVermillion), 0);
}

TEST(Chart, NotFiniteValuesAreSkipped) {
  HistoryRun run = training(12);
  run.rows[4].train_loss = std::numeric_limits<double>::quiet_NaN();
  run.rows[5].val_loss = std::numeric_limits<double>::infinity();
  run.rows[11].fullres_miou = std::numeric_limits<double>::quiet_NaN();
  const HistoryChart chart = layout_history("", {run});
  EXPECT_EQ(chart.losses.plot.series[0].points.size(), 11u);
  EXPECT_EQ(chart.losses.plot.series[1].points.size(), 11u);
  EXPECT_EQ(chart.scores.plot.series[1].points.size(), 1u);
  EXPECT_TRUE(std::isfinite(chart.losses.plot.y.range.high));
}

TEST(Chart, AHistoryWithoutRowsIsDrawnEmpty) {
  for (const std::vector<HistoryRun>& runs : {std::vector<HistoryRun>{}, std::vector<HistoryRun>{HistoryRun{}}}) {
    const HistoryChart chart = layout_history("nothing yet", runs);
    EXPECT_TRUE(chart.losses.plot.series.empty());
    EXPECT_GT(draw_history(chart).text_boxes().size(), 3u);
  }
}

TEST(Chart, SeveralRunsAreToldApartByDashesAndMarkers) {
  std::vector<HistoryRun> runs;
  for (int i = 0; i < 10; ++i) runs.push_back(training(65, "fold " + std::to_string(i), 0.03 * i));
  const HistoryChart chart = layout_history("unet_resnet50", runs);
  ASSERT_EQ(chart.runs.size(), 10u);
  EXPECT_EQ(chart.runs[7].label, "fold 7");
  EXPECT_EQ(chart.losses.plot.series.size(), 20u);
  EXPECT_THAT(legend_of(chart.losses), ::testing::ElementsAre("training", "held-out fold"));
  for (std::size_t i = 0; i < chart.runs.size(); ++i) {
    const Look& look = chart.runs[i].look;
    EXPECT_EQ(look.marker, chart.losses.plot.series[i].look.marker);
    EXPECT_EQ(look.stroke.dash, chart.losses.plot.series[i].look.stroke.dash);
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_FALSE(look.marker == chart.runs[j].look.marker && look.stroke.dash == chart.runs[j].look.stroke.dash);
    }
  }
  for (const auto* part : {&chart.losses, &chart.learning_rate, &chart.scores}) expect_covers_series(*part);
  expect_clean_text(draw_history(chart));
}

TEST(Chart, LongTitlesAndLabelsAreShortenedNotClipped) {
  const std::string name(400, 'W');
  expect_clean_text(draw_history(layout_history(name, {training(20, name), training(20, "fold 1", 0.1)})));
}

TEST(Chart, EqualHistoriesGiveEqualBytes) {
  const auto bytes = [] { return encode_png(draw_history(layout_history("twice", {training(30)})).picture()); };
  EXPECT_EQ(bytes(), bytes());
}

}  // namespace
}  // namespace segfold
