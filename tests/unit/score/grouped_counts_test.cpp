#include "segfold/score/grouped_counts.h"

#include <gmock/gmock.h>

#include <cmath>

#include "segfold/base/random.h"

namespace segfold {
namespace {

using ::testing::ElementsAre;

ClassCounts counts(std::vector<std::uint64_t> tp, std::vector<std::uint64_t> seen) {
  ClassCounts result(tp.size());
  result.tp = std::move(tp);
  result.seen = std::move(seen);
  return result;
}

/// Three images of two classes in the groups "ulm", "bonn" and again "ulm"; one of "jena" where every pixel is ignored.
std::vector<ImageCounts> four_images() {
  return {{"u0", "ulm", {5, 1}, {1, 0}, {0, 2}},
          {"b0", "bonn", {3, 0}, {0, 0}, {0, 0}},
          {"u1", "ulm", {2, 2}, {0, 4}, {4, 0}},
          {"j0", "jena", {0, 0}, {0, 0}, {0, 0}}};
}

TEST(GroupedCounts, SumTheImagesOfEachGroup) {
  const GroupedCounts groups = group_counts(four_images(), {"bonn", "ulm"});
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0], counts({3, 0}, {3, 0}));
  EXPECT_EQ(groups[1], counts({7, 3}, {12, 9}));
}

TEST(GroupedCounts, KnowTheGroupsInWhichSomethingIsScored) {
  EXPECT_THAT(scored_groups(four_images()), ElementsAre("bonn", "ulm"));
}

TEST(GroupedCounts, ArePooledAsOftenAsTold) {
  const GroupedCounts groups = group_counts(four_images(), {"bonn", "ulm"});
  EXPECT_EQ(pooled(groups, std::vector<std::uint32_t>{0, 1}), groups[1]);
  EXPECT_EQ(pooled(groups, std::vector<std::uint32_t>{3, 2}), counts({23, 6}, {33, 18}));
}

TEST(ClassCounts, LeaveClassesThatNobodySeesOutOfTheMean) {
  EXPECT_DOUBLE_EQ(counts({7, 3}, {12, 9}).mean_iou(), (7.0 / 12.0 + 3.0 / 9.0) / 2);
  EXPECT_DOUBLE_EQ(counts({3, 0}, {4, 0}).mean_iou(), 0.75);
  EXPECT_DOUBLE_EQ(counts({3, 0}, {4, 1}).mean_iou(), 0.375);
  EXPECT_TRUE(std::isnan(counts({0, 0}, {0, 0}).mean_iou()));
}

TEST(ClassCounts, ScoreAsTheConfusionMatrixDoes) {
  RandomStream random(random_key({"class counts"}));
  ConfusionMatrix matrix(5);
  for (int truth = 0; truth < 4; ++truth) {
    for (int prediction = 0; prediction < 4; ++prediction) matrix.at(truth, prediction) = random.below(1000);
  }
  ImageCounts image{"a", "a", {}, {}, {}};
  for (int c = 0; c < 5; ++c) {
    image.tp.push_back(matrix.true_positives(c));
    image.fp.push_back(matrix.false_positives(c));
    image.fn.push_back(matrix.false_negatives(c));
  }
  EXPECT_EQ(group_counts({image}, {"a"}).front().mean_iou(), matrix.mean_iou());
}

}  // namespace
}  // namespace segfold
