#include "segfold/report/occlusion_chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/report/figures.h"

namespace segfold {
namespace {

using testing::colour_at;
using testing::expect_clean_text;

std::vector<OcclusionLine> lines(std::size_t count) {
  std::vector<OcclusionLine> made;
  for (std::size_t i = 0; i < count; ++i) {
    const double start = 0.6 - 0.05 * static_cast<double>(i);
    made.push_back({"experiment " + std::to_string(i),
                    {0, 0.25, 0.5},
                    {start, start - 0.1, start - 0.25},
                    {start, start - 0.02, start - 0.05}});
  }
  return made;
}

TEST(OcclusionChart, CurvesPassThroughTheScores) {
  const auto one = lines(1);
  const OcclusionChart chart = layout_occlusion("under occlusion", one);
  const Image picture = draw_occlusion(chart).picture();
  for (std::size_t i = 0; i < 3; ++i) {
    const Point all = plot_point(chart.all, chart.all_frame, {one[0].occluded[i], one[0].all[i]});
    const Point visible = plot_point(chart.visible, chart.visible_frame, {one[0].occluded[i], one[0].visible[i]});
    EXPECT_EQ(colour_at(picture, all), okabe_ito::kBlue);
    EXPECT_EQ(colour_at(picture, visible), okabe_ito::kBlue);
  }
}

TEST(OcclusionChart, BothPlotsHaveTheSameAxes) {
  const OcclusionChart chart = layout_occlusion("under occlusion", lines(3));
  EXPECT_EQ(chart.all.x.range, chart.visible.x.range);
  EXPECT_EQ(chart.all.y.range, chart.visible.y.range);
  EXPECT_EQ(chart.all_frame.width, chart.visible_frame.width);
  EXPECT_EQ(chart.all.y.range.low, 0);
}

TEST(OcclusionChart, EveryExperimentHasItsOwnLookAndStandsInTheLegend) {
  const OcclusionChart chart = layout_occlusion("under occlusion", lines(7));
  ASSERT_EQ(chart.lines.size(), 7U);
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(chart.lines[i].label, "experiment " + std::to_string(i));
    for (std::size_t k = 0; k < i; ++k) {
      const Stroke& a = chart.lines[i].look.stroke;
      const Stroke& b = chart.lines[k].look.stroke;
      EXPECT_FALSE(a.colour == b.colour && a.dash == b.dash) << i << " and " << k;
    }
  }
  expect_clean_text(draw_occlusion(chart));
}

TEST(OcclusionChart, ScoresThatAreNotKnownAreSkipped) {
  auto some = lines(2);
  some[0].visible[2] = std::nan("");
  EXPECT_NO_THROW(draw_occlusion(layout_occlusion("under occlusion", some)));
}

}  // namespace
}  // namespace segfold
