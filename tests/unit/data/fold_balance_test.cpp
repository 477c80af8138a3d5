#include "segfold/data/fold_balance.h"

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"

namespace segfold {
namespace {

using testing::expect_error;

TEST(FoldBalance, CountsSizesGroupsAndTheLargestDeviation) {
  const std::vector<SplitSample> samples = {
      {"a", "x", {90, 0}}, {"b", "y", {10, 5}}, {"c", "y", {50, 0}}, {"d", "z", {50, 15}}};
  Folds folds;
  folds.held_out = {{"a", "b"}, {"c", "d"}};
  const FoldBalance balance = balance_of(folds, samples);
  EXPECT_EQ(balance.sizes, (std::vector<std::size_t>{2, 2}));
  EXPECT_EQ(balance.groups, (std::vector<std::size_t>{2, 2}));
  EXPECT_DOUBLE_EQ(balance.largest_deviation, 0.25);  // 5 of 20 pixels of class 1, half of the samples
  EXPECT_EQ(balance.class_index, 1);
  EXPECT_EQ(balance.fold, 0);
}

TEST(FoldBalance, OfSamplesWithoutPixelsNamesNoClass) {
  Folds folds;
  folds.held_out = {{"a"}, {"b"}};
  const FoldBalance balance = balance_of(folds, {{"a", "x", {0}}, {"b", "x", {0}}});
  EXPECT_EQ(balance.largest_deviation, 0);
  EXPECT_EQ(balance.fold, -1);
  EXPECT_FALSE(balance_to_json(balance, {"road"}).contains("class"));
}

TEST(FoldBalance, RefusesASampleThatIsInNoFold) {
  Folds folds;
  folds.held_out = {{"a"}, {"b"}};
  expect_error<InternalError>([&] { balance_of(folds, {{"a", "x", {1}}, {"c", "x", {1}}}); }, {"'c'", "no fold"});
}

TEST(FoldBalance, TellsInJsonWhichClassAndFoldDeviateMost) {
  FoldBalance balance;
  balance.sizes = {3, 2};
  balance.groups = {2, 1};
  balance.largest_deviation = 0.25;
  balance.fold = 1;
  balance.class_index = 1;
  const Json expected = {
      {"sizes", {3, 2}}, {"groups", {2, 1}}, {"largest_class_share_deviation", 0.25}, {"class", "sky"}, {"fold", 1}};
  EXPECT_EQ(balance_to_json(balance, {"road", "sky"}), expected);
}

}  // namespace
}  // namespace segfold
