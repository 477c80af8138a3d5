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
  testing::expect_error<DataError>(
      [&] { read_occlusion_curves({curve("plain", 0, 80), curve("other", 0, 80, "west")}); },
      {"plain0.json", "other0.json", "other groups"});
  const auto twice = curve("plain", 0, 80);
  testing::expect_error<DataError>([&] { read_occlusion_curves({twice, twice}); }, {"plain0.json", "once"});
}

}  // namespace
}  // namespace segfold
