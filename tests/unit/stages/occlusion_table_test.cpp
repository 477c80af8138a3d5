#include "segfold/stages/occlusion_table.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/text.h"
#include "tests/support/expect_error.h"
#include "tests/support/made_up_curves.h"

namespace segfold {
namespace {

class OcclusionTable : public testing::MadeUpCurves {
 protected:
  std::vector<std::string> rows(const std::vector<std::filesystem::path>& curves, const std::string& baseline = "") {
    write_occlusion_table(folder_ / "t.csv", curves, baseline, 100);
    return split_text(read_file(folder_ / "t.csv"), '\n');
  }
};

TEST_F(OcclusionTable, HasARowForAllAndOneForVisiblePixels) {
  const auto made = rows({curve("plain", 0, 80), curve("plain", 1, 60), curve("hardened", 0, 90)});
  EXPECT_EQ(made[0],
            "experiment,pixels,trainings,area,area_low,area_high,difference,difference_low,difference_high,miou_0,"
            "miou_0.5");
  // Both groups are alike, so every resample is the curve itself. Mean of 80 and 60 falls by 40: area 0.7 − 0.2.
  EXPECT_EQ(made[1].substr(0, 34), std::string("plain,all,2,0.5,0.5,0.5,,,,0.7,0.30000").substr(0, 34));
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

TEST_F(OcclusionTable, RefusesABaselineThatIsNotThere) {
  testing::expect_error<UsageError>([&] { rows({curve("plain", 0, 80)}, "plian"); }, {"'plian'", "'plain'"});
}

}  // namespace
}  // namespace segfold
