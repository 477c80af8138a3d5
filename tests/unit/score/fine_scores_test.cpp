#include "segfold/score/fine_scores.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "segfold/base/error.h"
#include "tests/unit/score/map_pairs.h"

namespace segfold {
namespace {

using testing::MapPair;
using testing::random_pair;

FineCounts counts_of(const MapPair& pair, int classes) {
  return fine_counts(pair.truth, pair.prediction, pair.size, classes);
}

/// A picture of one class with these boundary pixels and small objects.
FineCounts picture(BoundaryCounts boundary, std::uint64_t tp, std::uint64_t fp, std::uint64_t fn) {
  return {{boundary}, {OverlapCounts{{tp}, {fp}, {fn}}, OverlapCounts{{0}, {0}, {0}}, OverlapCounts{{0}, {0}, {0}}}};
}

FineScores scores_of(const std::vector<FineCounts>& pictures, int classes) {
  FineScores scores(classes);
  for (const FineCounts& counts : pictures) scores.add(counts);
  return scores;
}

TEST(FineCounts, AreThoseOfBoundariesAndOfObjects) {
  const MapPair pair = random_pair(3, 24);
  const FineCounts counts = counts_of(pair, pair.classes);
  EXPECT_EQ(counts.boundary, boundary_counts(pair.compared()));
  EXPECT_EQ(counts.by_object_size, object_size_counts(pair.compared()));
}

TEST(FineScores, BoundaryFIsTheMeanOverThePicturesThatHaveTheClass) {
  const FineScores scores =
      scores_of({picture({10, 10, 10, 10}, 1, 0, 0), picture({0, 30, 0, 0}, 0, 1, 0), picture({}, 0, 0, 0)}, 1);
  EXPECT_EQ(scores.boundary_f(), std::vector<double>{0.5});
}

TEST(FineScores, ObjectIouIsThatOfTheSummedCounts) {
  const auto iou = scores_of({picture({}, 90, 10, 0), picture({}, 0, 0, 100)}, 1).object_size_iou();
  EXPECT_DOUBLE_EQ(iou[0][0], 90.0 / 200.0);
  EXPECT_TRUE(std::isnan(iou[1][0]));
  EXPECT_TRUE(std::isnan(iou[2][0]));
}

TEST(FineScores, AreUnknownWithoutPictures) {
  const FineScores scores(2);
  EXPECT_TRUE(std::ranges::all_of(scores.boundary_f(), [](double f) { return std::isnan(f); }));
  EXPECT_EQ(scores.object_size_iou()[0].size(), 2u);
}

TEST(FineScores, HaveTheSameBitsInEveryOrder) {
  constexpr int kClasses = 5;
  std::vector<FineCounts> pictures;
  for (std::uint64_t key = 0; key < 50; ++key) pictures.push_back(counts_of(random_pair(key, 24), kClasses));
  const FineScores forwards = scores_of(pictures, kClasses);
  std::ranges::reverse(pictures);
  std::swap(pictures[7], pictures[30]);
  const FineScores otherwise = scores_of(pictures, kClasses);
  EXPECT_EQ(forwards.boundary_f(), otherwise.boundary_f());
  EXPECT_EQ(forwards.object_size_iou()[2], otherwise.object_size_iou()[2]);
}

TEST(FineScores, CountsOfAnotherNumberOfClassesAreABug) {
  FineScores scores(3);
  EXPECT_THROW(scores.add(picture({}, 0, 0, 0)), InternalError);
}

}  // namespace
}  // namespace segfold
