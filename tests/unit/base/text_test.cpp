#include "segfold/base/text.h"

#include <gtest/gtest.h>

#include <cmath>

namespace segfold {
namespace {

using Words = std::vector<std::string>;

TEST(NearestName, FindsWhatWasMeant) {
  const Words known{"--epochs", "--batch-size", "--lr", "--seed"};
  EXPECT_EQ(nearest_name("--epoch", known), "--epochs");
  EXPECT_EQ(nearest_name("--bach-szie", known), "--batch-size");
  EXPECT_EQ(nearest_name("--seed", known), "--seed");
}

TEST(NearestName, TakesTheFirstOfEquallyNear) { EXPECT_EQ(nearest_name("ab", Words{"ac", "ad"}), "ac"); }

TEST(NearestName, GivesNothingWhereNothingIsNear) {
  EXPECT_EQ(nearest_name("--learning-rate", Words{"--epochs", "--seed"}), "");
  EXPECT_EQ(nearest_name("x", Words{}), "");
}

TEST(ListText, NamesTheFirstAndCountsTheRest) {
  EXPECT_EQ(list_text(Words{}), "");
  EXPECT_EQ(list_text(Words{"a"}), "a");
  EXPECT_EQ(list_text(Words{"a", "b", "c"}, 3), "a, b, c");
  EXPECT_EQ(list_text(Words{"a", "b", "c"}, 2), "a, b and 1 more");
}

TEST(CountText, HasOneOfAThingAndSeveralThings) {
  EXPECT_EQ(count_text(0, "sample"), "0 samples");
  EXPECT_EQ(count_text(1, "sample"), "1 sample");
  EXPECT_EQ(count_text(2, "sample"), "2 samples");
}

TEST(SplitText, KeepsEmptyParts) {
  EXPECT_EQ(split_text("a,b", ','), (Words{"a", "b"}));
  EXPECT_EQ(split_text(",a,,", ','), (Words{"", "a", "", ""}));
  EXPECT_EQ(split_text("", ','), (Words{""}));
}

TEST(ScoreText, SaysWhatIsUndefined) {
  EXPECT_EQ(score_text(0.48318), "0.4832");
  EXPECT_EQ(score_text(1, 3), "1.000");
  EXPECT_EQ(score_text(-std::nan("")), "undefined");
}

}  // namespace
}  // namespace segfold
