#include "segfold/stages/occlusion_curves.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/made_up_curves.h"

namespace segfold {
namespace {

using OcclusionCurveFiles = testing::MadeUpCurves;

TEST_F(OcclusionCurveFiles, AreGroupedByExperimentInTheOrderGiven) {
  const OcclusionCurves read =
      read_occlusion_curves({curve("plain", 0, 80), curve("hardened", 0, 90), curve("plain", 1, 60)});
  ASSERT_EQ(read.experiments.size(), 2U);
  EXPECT_EQ(read.experiments[0].name, "plain");
  EXPECT_EQ(read.experiments[0].runs.size(), 2U);
  EXPECT_EQ(read.experiments[1].name, "hardened");
  EXPECT_EQ(read.shares, (std::vector<double>{0, 0.5}));
}

TEST_F(OcclusionCurveFiles, AreRefusedWhereTheyCannotBeCompared) {
  const auto refused = [&](const std::string& what, const std::function<void(OcclusionCurve&, Seal&)>& change,
                           const std::string& remedy = "give curves of one study") {
    testing::expect_error<DataError>(
        [&] { read_occlusion_curves({curve("plain", 0, 80), curve("other", 0, 80, change)}); },
        {"plain0.json and ", "other0.json: " + what, remedy});
  };
  const std::string without_folds = "run eval-fold without --folds, on the same shards for all";
  refused(
      "scored on different samples", [](OcclusionCurve& made, Seal&) { made.samples = "other digest"; }, without_folds);
  refused("scored on different samples", [](OcclusionCurve& made, Seal&) { made.groups[1] = "west"; }, without_folds);
  refused("scored on different splits, 'all' and 'held-out'",
          [](OcclusionCurve& made, Seal&) { made.split = "held-out"; });
  refused("scored on different label grids, 64x128 and 32x64",
          [](OcclusionCurve& made, Seal&) { made.resolution = "32x64"; });
  refused("made with different lists of classes", [](OcclusionCurve& made, Seal&) { made.classes = {"sky"}; });
  refused("different shares are occluded, 0,0.5 and 0,0.4",
          [](OcclusionCurve& made, Seal&) { made.levels[1].occluded = 0.4; });
  refused("made by different results versions of eval-fold, 0 and 7",
          [](OcclusionCurve&, Seal& seal) { seal.results_version = 7; });
  const auto twice = curve("plain", 0, 80);
  testing::expect_error<DataError>([&] { read_occlusion_curves({twice, twice}); }, {"plain0.json", "once"});
}

}  // namespace
}  // namespace segfold
