#include "segfold/score/occlusion_curve.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

/// Two classes; of each class's 100 pixels in each group `right` are predicted right, the others of the other class.
ClassCounts counts(std::uint64_t right) {
  ClassCounts made(2);
  made.tp = {right, right};
  made.seen = {200 - right, 200 - right};
  return made;
}

/// Falls from `start` by 10 pixels a level in the first group; the second is 20 pixels worse.
OcclusionCurve curve(std::uint64_t start) {
  OcclusionCurve made{{"trial", 0, "all", "64x128", {"a", "b"}}, "digest", {"north", "south"}, {}};
  for (std::uint64_t i = 0; i < 3; ++i) {
    const GroupedCounts all{counts(start - 10 * i), counts(start - 20 - 10 * i)};
    made.levels.push_back({0.1 * static_cast<double>(i), all, {counts(start), counts(start - 20)}});
  }
  return made;
}

TEST(OcclusionCurve, SharesAreThoseOfItsLevels) {
  EXPECT_EQ(occluded_shares(curve(90)), (std::vector<double>{0, 0.1, 0.2}));
}

TEST(OcclusionCurve, AreaIsTheMeanHeight) {
  EXPECT_DOUBLE_EQ(area_under_curve({0, 1}, {1, 0}), 0.5);
  EXPECT_DOUBLE_EQ(area_under_curve({0.2, 0.3, 0.6}, {1, 1, 1}), 1);
  EXPECT_DOUBLE_EQ(area_under_curve({0, 0.1, 0.4}, {1, 0, 0}), 0.125);  // uneven levels count by their width
}

TEST(OcclusionCurve, MiousArePooledOverGroups) {
  // Level 0: 90 + 70 right of 110 + 130 seen, in both classes.
  const auto mious = occlusion_mious({curve(90)}, &OcclusionLevel::all);
  ASSERT_EQ(mious.size(), 3U);
  EXPECT_DOUBLE_EQ(mious[0], 160.0 / 240.0);
  EXPECT_DOUBLE_EQ(mious[2], 120.0 / 280.0);
  const auto visible = occlusion_mious({curve(90)}, &OcclusionLevel::visible);
  EXPECT_DOUBLE_EQ(visible[2], visible[0]);
}

TEST(OcclusionCurve, RunsAreAveraged) {
  const auto both = occlusion_mious({curve(90), curve(80)}, &OcclusionLevel::all);
  const auto one = occlusion_mious({curve(90)}, &OcclusionLevel::all);
  const auto other = occlusion_mious({curve(80)}, &OcclusionLevel::all);
  for (std::size_t i = 0; i < both.size(); ++i) EXPECT_DOUBLE_EQ(both[i], (one[i] + other[i]) / 2);
}

TEST(OcclusionCurve, ResampledAreasLieBetweenThoseOfTheSingleGroups) {
  const OcclusionCurve both = curve(90);
  const auto areas = resampled_areas({both}, &OcclusionLevel::all, 200);
  OcclusionCurve best = both;
  OcclusionCurve worst = both;
  for (std::size_t i = 0; i < 3; ++i) {
    best.levels[i].all[1] = both.levels[i].all[0];
    worst.levels[i].all[0] = both.levels[i].all[1];
  }
  const std::vector<double> x{0, 0.1, 0.2};
  const double high = area_under_curve(x, occlusion_mious({best}, &OcclusionLevel::all));
  const double low = area_under_curve(x, occlusion_mious({worst}, &OcclusionLevel::all));
  for (const double area : areas) {
    EXPECT_GE(area, low - 1e-12);
    EXPECT_LE(area, high + 1e-12);
  }
  EXPECT_NEAR(*std::ranges::max_element(areas), high, 1e-12);
}

TEST(OcclusionCurve, AGroupWithNothingVisibleGivesNoInterval) {
  OcclusionCurve covered = curve(90);
  covered.levels[2].visible[1] = ClassCounts(2);
  EXPECT_TRUE(resampled_areas({covered}, &OcclusionLevel::visible, 200).empty());
  EXPECT_EQ(resampled_areas({covered}, &OcclusionLevel::all, 200).size(), 200U);
  covered.groups.pop_back();
  EXPECT_TRUE(resampled_areas({covered}, &OcclusionLevel::all, 200).empty());  // one group
}

TEST(OcclusionCurve, ReadsBackAsItWasWritten) {
  const testing::TemporaryFolder folder;
  Seal seal;
  seal.tool = "eval-fold";
  write_occlusion_curve(folder / "o.json", curve(90), seal);
  const OcclusionCurve read = read_occlusion_curve(folder / "o.json").curve;
  EXPECT_EQ(read.experiment, "trial");
  EXPECT_EQ(read.fold, 0);
  EXPECT_EQ(read.split, "all");
  EXPECT_EQ(read.resolution, "64x128");
  EXPECT_EQ(read.samples, "digest");
  EXPECT_EQ(read.groups, curve(90).groups);
  ASSERT_EQ(read.levels.size(), 3U);
  EXPECT_EQ(read.levels[2].occluded, 0.2);
  EXPECT_EQ(read.levels[1].all, curve(90).levels[1].all);
  EXPECT_EQ(read.levels[1].visible, curve(90).levels[1].visible);
  const Json document = read_json(folder / "o.json");
  EXPECT_DOUBLE_EQ(document["all"]["miou"][0].get<double>(), 160.0 / 240.0);
  EXPECT_LT(document["all"]["area_low"].get<double>(), document["all"]["area"].get<double>());
  EXPECT_GT(document["all"]["area_high"].get<double>(), document["all"]["area"].get<double>());
}

TEST(OcclusionCurve, RefusesCountsThatCannotBe) {
  const testing::TemporaryFolder folder;
  Seal seal;
  seal.tool = "eval-fold";
  OcclusionCurve impossible = curve(90);
  impossible.levels[1].all[0].tp[0] = 1000;
  write_occlusion_curve(folder / "o.json", impossible, seal);
  testing::expect_error<DataError>([&] { read_occlusion_curve(folder / "o.json"); }, {"o.json", "'north'"});
  OcclusionCurve falling = curve(90);
  falling.levels[2].occluded = 0.05;
  write_occlusion_curve(folder / "o.json", falling, seal);
  testing::expect_error<DataError>([&] { read_occlusion_curve(folder / "o.json"); }, {"o.json", "do not rise"});
}

}  // namespace
}  // namespace segfold
