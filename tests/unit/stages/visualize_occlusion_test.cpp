#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "segfold/image/codec.h"
#include "segfold/report/figure.h"
#include "segfold/report/occlusion_chart.h"
#include "segfold/stages/occlusion_curves.h"
#include "segfold/stages/visualize.h"
#include "tests/support/expect_error.h"
#include "tests/support/made_up_curves.h"

namespace segfold {
namespace {

using VisualizeOcclusion = testing::MadeUpCurves;

TEST_F(VisualizeOcclusion, DrawsALineForEachExperiment) {
  const OcclusionFigureOptions options{{curve("plain", 0, 80), curve("plain", 1, 60), curve("hardened", 0, 90)},
                                       folder_ / "p.png"};
  visualize_occlusion(options);
  // 40 of 100 pixels fewer are right where half is covered, and none fewer of the visible ones.
  const std::vector<OcclusionLine> lines = {{"plain", {0, 0.5}, {0.7, 0.3}, {0.7, 0.7}},
                                            {"hardened", {0, 0.5}, {0.9, 0.5}, {0.9, 0.9}}};
  EXPECT_EQ(read_rgb_png(options.output),
            draw_occlusion(layout_occlusion("mIoU under occlusion at 64x128", lines)).picture());
}

TEST_F(VisualizeOcclusion, SealsTheCurves) {
  const OcclusionFigureOptions options{{curve("plain", 0, 80)}, folder_ / "p.png"};
  visualize_occlusion(options);
  const Seal seal = read_figure_seal(options.output);
  EXPECT_EQ(seal.tool, "visualize");
  EXPECT_EQ(seal.parameters, Json({{"command", "occlusion"}}));
  EXPECT_EQ(seal.inputs.at("curves"), read_occlusion_curves(options.curves).digest);
}

TEST_F(VisualizeOcclusion, LeavesNothingForCurvesThatCannotBeCompared) {
  const auto other = curve("other", 0, 80, [](OcclusionCurve& made, Seal&) { made.resolution = "32x64"; });
  const OcclusionFigureOptions options{{curve("plain", 0, 80), other}, folder_ / "p.png"};
  testing::expect_error<DataError>([&] { visualize_occlusion(options); }, {"different label grids"});
  EXPECT_FALSE(std::filesystem::exists(options.output));
}

TEST_F(VisualizeOcclusion, RefusesToDrawNothing) {
  testing::expect_error<UsageError>([&] { visualize_occlusion({{}, folder_ / "p.png"}); }, {"--curves is missing"});
}

}  // namespace
}  // namespace segfold
