#include "segfold/score/score_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace segfold {
namespace {

TEST(ScoreJson, HasNoNumberForWhatIsNoScore) {
  EXPECT_EQ(number_or_null(0.25), Json(0.25));
  EXPECT_TRUE(number_or_null(std::nan("")).is_null());
}

TEST(ScoreJson, NamesTheClassOfEachScore) {
  EXPECT_EQ(scores_by_class({0.5, std::nan("")}, {"road", "sky"}).dump(), R"({"road":0.5,"sky":null})");
}

TEST(ScoreJson, TakesNoMoreScoresThanClasses) {
  EXPECT_THROW(scores_by_class({0.5, 0.25}, {"road"}), std::out_of_range);
}

}  // namespace
}  // namespace segfold
