#include "segfold/stages/occlusion_table.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/text.h"
#include "segfold/score/occlusion_curve.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

class OcclusionTable : public ::testing::Test {
 protected:
  /// One class, 100 pixels a group; `right` of them are right with nothing covered, 40 fewer with half covered.
  std::filesystem::path curve(const std::string& experiment, int fold, std::uint64_t right,
                              const std::string& group = "south") const {
    const auto counts = [](std::uint64_t tp) { return ClassCounts{[&] {
      ClassCounts made(1);
      made.tp = {tp};
      made.seen = {100};
      return made;
    }()}; };
    OcclusionCurve made{experiment, fold, "64x128", {"road"}, {"north", group}, {}};
    made.levels.push_back({0, {counts(right), counts(right)}, {counts(right), counts(right)}});
    made.levels.push_back({0.5, {counts(right - 40), counts(right - 40)}, {counts(right), counts(right)}});
    const auto path = folder_ / (experiment + std::to_string(fold) + ".json");
    Seal seal;
    seal.tool = "eval-fold";
    write_occlusion_curve(path, made, seal);
    return path;
  }

  std::vector<std::string> rows(const std::vector<std::filesystem::path>& curves, const std::string& baseline = "") {
    write_occlusion_table(folder_ / "t.csv", curves, baseline, 100);
    return split_text(read_file(folder_ / "t.csv"), '\n');
  }

  testing::TemporaryFolder folder_;
};

TEST_F(OcclusionTable, HasARowForAllAndOneForVisiblePixels) {
  const auto made = rows({curve("plain", 0, 80), curve("plain", 1, 60), curve("hardened", 0, 90)});
  EXPECT_EQ(made[0],
            "experiment,pixels,trainings,area,area_low,area_high,difference,difference_low,difference_high,miou_0,"
            "miou_0.5");
  // Both groups are alike, so every resample is the curve itself. Mean of 80 and 60 falls by 40: area 0.7 − 0.2.
  EXPECT_EQ(made[1], "plain,all,2,0.5,0.5,0.5,,,,0.7,0.3");
  EXPECT_EQ(made[2].substr(0, 19), "plain,visible,2,0.7");
  EXPECT_EQ(made[3].substr(0, 19), "hardened,all,1,0.7,");
  const auto fields = split_text(made[3], ',');
  EXPECT_NEAR(std::stod(fields[6]), 0.2, 1e-12);
  EXPECT_NEAR(std::stod(fields[7]), 0.2, 1e-12);
}

TEST_F(OcclusionTable, AnotherBaselineTurnsTheDifferenceRound) {
  const auto made = rows({curve("plain", 0, 80), curve("hardened", 0, 90)}, "hardened");
  EXPECT_NEAR(std::stod(split_text(made[1], ',')[6]), -0.1, 1e-12);
  EXPECT_EQ(split_text(made[3], ',')[6], "");
}

TEST_F(OcclusionTable, RefusesCurvesThatCannotBeCompared) {
  testing::expect_error<DataError>([&] { rows({curve("plain", 0, 80), curve("other", 0, 80, "west")}); },
                                   {"plain0.json", "other0.json", "other groups"});
  const auto twice = curve("plain", 0, 80);
  testing::expect_error<DataError>([&] { rows({twice, twice}); }, {"plain0.json", "once"});
  testing::expect_error<UsageError>([&] { rows({curve("plain", 0, 80)}, "plian"); }, {"'plian'", "'plain'"});
}

}  // namespace
}  // namespace segfold
