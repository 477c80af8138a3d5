#include "segfold/score/boundary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/unit/score/map_pairs.h"

namespace segfold {
namespace {

using testing::for_random_pairs;
using testing::Ids;
using testing::MapPair;

struct Place {
  std::int64_t y;
  std::int64_t x;
};

/// Boundary pixels of a class, by the definition.
std::vector<Place> boundary_of(const Ids& ids, const MapPair& pair, int c) {
  const auto id_at = [&](std::int64_t y, std::int64_t x) -> int {
    if (y < 0 || x < 0 || y >= pair.size.height || x >= pair.size.width) return 255;
    const auto i = static_cast<std::size_t>(y * pair.size.width + x);
    return pair.truth[i] == 255 ? 255 : ids[i];
  };
  std::vector<Place> places;
  for (std::int64_t y = 0; y < pair.size.height; ++y) {
    for (std::int64_t x = 0; x < pair.size.width; ++x) {
      const auto is_other = [&](int id) { return id != c && id != 255; };
      if (id_at(y, x) == c && (is_other(id_at(y - 1, x)) || is_other(id_at(y + 1, x)) || is_other(id_at(y, x - 1)) ||
                               is_other(id_at(y, x + 1)))) {
        places.push_back({y, x});
      }
    }
  }
  return places;
}

std::uint64_t matched(const std::vector<Place>& places, const std::vector<Place>& others) {
  const auto is_near = [](Place a, Place b) { return std::hypot(a.y - b.y, a.x - b.x) <= 2; };
  return static_cast<std::uint64_t>(std::ranges::count_if(
      places, [&](Place a) { return std::ranges::any_of(others, [&](Place b) { return is_near(a, b); }); }));
}

/// Two classes, side by side in three rows: class 1 from a column on.
Ids from_column(std::int64_t column, std::int64_t width) {
  Ids ids;
  for (std::int64_t i = 0; i < 3 * width; ++i) ids.push_back(i % width >= column ? 1 : 0);
  return ids;
}

BoundaryCounts class_1(const Ids& truth, const Ids& prediction, Size size) {
  return boundary_counts(compare_maps(truth, prediction, size, 2)).at(1);
}

TEST(BoundaryCounts, AreThoseOfTheDefinitionOnRandomMaps) {
  std::uint64_t unmatched = 0;
  for_random_pairs([&](const MapPair& pair) {
    const std::vector<BoundaryCounts> counts = boundary_counts(pair.compared());
    ASSERT_EQ(counts.size(), static_cast<std::size_t>(pair.classes));
    for (int c = 0; c < pair.classes; ++c) {
      const std::vector<Place> truth = boundary_of(pair.truth, pair, c);
      const std::vector<Place> prediction = boundary_of(pair.prediction, pair, c);
      const BoundaryCounts expected{matched(prediction, truth), prediction.size(), matched(truth, prediction),
                                    truth.size()};
      EXPECT_EQ(counts[static_cast<std::size_t>(c)], expected);
      unmatched += expected.truth - expected.matched_truth;
    }
  });
  EXPECT_GT(unmatched, 1000u);  // or the maps would not have tried the tolerance
}

TEST(BoundaryCounts, AreByHandAColumnOfThreePixels) {
  EXPECT_EQ(class_1(from_column(4, 8), from_column(4, 8), {3, 8}), (BoundaryCounts{3, 3, 3, 3}));
}

TEST(BoundaryCounts, ABoundaryThatIsOffByTwoPixelsIsMatchedByThreeIsNot) {
  EXPECT_EQ(class_1(from_column(4, 10), from_column(6, 10), {3, 10}).f(), 1.0);
  EXPECT_EQ(class_1(from_column(4, 10), from_column(2, 10), {3, 10}).f(), 1.0);
  EXPECT_EQ(class_1(from_column(4, 10), from_column(7, 10), {3, 10}).f(), 0.0);
}

TEST(BoundaryCounts, TheToleranceIsADisc) {
  // One pixel of class 1 in an image of class 0, once shifted by (1, 1), once by (1, 2): distances 1.41 and 2.24.
  Ids truth(25, 0);
  truth[6] = 1;
  Ids near(25, 0);
  near[12] = 1;
  Ids far(25, 0);
  far[13] = 1;
  EXPECT_EQ(class_1(truth, near, {5, 5}), (BoundaryCounts{1, 1, 1, 1}));
  EXPECT_EQ(class_1(truth, far, {5, 5}), (BoundaryCounts{0, 1, 0, 1}));
}

TEST(BoundaryCounts, NoBoundaryArisesAtVoidOrAtThePicturesEdge) {
  EXPECT_EQ(class_1({1, 1, 255, 0, 0}, {1, 1, 0, 0, 0}, {1, 5}), (BoundaryCounts{0, 0, 0, 0}));
  EXPECT_EQ(class_1({1, 1, 1, 1}, {1, 1, 1, 1}, {2, 2}), (BoundaryCounts{0, 0, 0, 0}));
}

TEST(BoundaryCounts, WhatIsPredictedInVoidDoesNotMatter) {
  for_random_pairs([](MapPair pair) {
    const std::vector<BoundaryCounts> before = boundary_counts(pair.compared());
    for (std::size_t i = 0; i < pair.truth.size(); ++i) {
      if (pair.truth[i] == 255) pair.prediction[i] = static_cast<std::uint8_t>(i % 251);
    }
    EXPECT_EQ(boundary_counts(pair.compared()), before);
  });
}

TEST(BoundaryCounts, APerfectPredictionScoresOne) {
  for_random_pairs([](MapPair pair) {
    pair.prediction = pair.truth;
    for (const BoundaryCounts& counts : boundary_counts(pair.compared())) {
      EXPECT_EQ(counts.truth > 0 ? counts.f() : 1.0, 1.0);
    }
  });
}

TEST(BoundaryF, IsTheHarmonicMeanOfPrecisionAndRecall) {
  EXPECT_DOUBLE_EQ((BoundaryCounts{1, 2, 3, 4}).f(), 2 * 0.5 * 0.75 / 1.25);
}

TEST(BoundaryF, IsZeroWhereOnlyOneMapHasABoundaryAndUnknownWhereNeitherHas) {
  EXPECT_EQ((BoundaryCounts{0, 5, 0, 0}).f(), 0.0);
  EXPECT_EQ((BoundaryCounts{0, 0, 0, 5}).f(), 0.0);
  EXPECT_TRUE(std::isnan(BoundaryCounts{}.f()));
}

}  // namespace
}  // namespace segfold
