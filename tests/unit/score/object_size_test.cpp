#include "segfold/score/object_size.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "segfold/score/confusion.h"
#include "tests/unit/score/map_pairs.h"

namespace segfold {
namespace {

using testing::for_random_pairs;
using testing::Ids;
using testing::MapPair;

constexpr std::size_t kSmall = 0;
constexpr std::size_t kMedium = 1;
constexpr std::size_t kLarge = 2;
constexpr std::int64_t kLongestSide = 100;  // in smaller pictures no object is small

/// The pixels of the object that a pixel belongs to, grown from it; they become `seen`.
std::vector<std::size_t> object_around(std::size_t seed, const Ids& ids, const MapPair& pair, std::vector<bool>& seen) {
  const std::int64_t width = pair.size.width;
  std::vector<std::size_t> object{seed};
  seen[seed] = true;
  for (std::size_t next = 0; next < object.size(); ++next) {
    const auto at = static_cast<std::int64_t>(object[next]);
    for (std::int64_t y = at / width - 1; y <= at / width + 1; ++y) {
      for (std::int64_t x = at % width - 1; x <= at % width + 1; ++x) {
        if (y < 0 || x < 0 || y >= pair.size.height || x >= width) continue;
        const auto i = static_cast<std::size_t>(y * width + x);
        if (seen[i] || pair.truth[i] == 255 || ids[i] != ids[seed]) continue;
        seen[i] = true;
        object.push_back(i);
      }
    }
  }
  return object;
}

/// Sizes of the objects that pixels belong to; kObjectSizes in void.
std::vector<std::size_t> object_sizes(const Ids& ids, const MapPair& pair) {
  std::vector<std::size_t> sizes(ids.size(), kObjectSizes);
  std::vector<bool> seen(ids.size());
  for (std::size_t seed = 0; seed < ids.size(); ++seed) {
    if (seen[seed] || pair.truth[seed] == 255) continue;
    const std::vector<std::size_t> object = object_around(seed, ids, pair, seen);
    for (const std::size_t i : object) sizes[i] = object_size(object.size(), pair.size);
  }
  return sizes;
}

/// A picture of 64x128 (1/256 of the grid's area): medium from 4, large from 36 pixels on.
struct SmallPicture {
  MapPair pair{{64, 128}, 3, Ids(64 * 128, 0), Ids(64 * 128, 0)};

  static void fill(Ids& ids, std::int64_t y0, std::int64_t x0, Size size, std::uint8_t id) {
    for (std::int64_t y = y0; y < y0 + size.height; ++y) {
      for (std::int64_t x = x0; x < x0 + size.width; ++x) ids[static_cast<std::size_t>(y * 128 + x)] = id;
    }
  }
};

TEST(ObjectSize, HasCocosLimitsAtFullSize) {
  const Size full{1024, 2048};
  EXPECT_EQ(object_size(1, full), kSmall);
  EXPECT_EQ(object_size(32 * 32 - 1, full), kSmall);
  EXPECT_EQ(object_size(32 * 32, full), kMedium);
  EXPECT_EQ(object_size(96 * 96 - 1, full), kMedium);
  EXPECT_EQ(object_size(96 * 96, full), kLarge);
}

TEST(ObjectSize, GrowsWithThePicturesArea) {
  EXPECT_EQ(object_size(15, {128, 256}), kSmall);
  EXPECT_EQ(object_size(16, {128, 256}), kMedium);
  EXPECT_EQ(object_size(143, {128, 256}), kMedium);
  EXPECT_EQ(object_size(144, {128, 256}), kLarge);
  EXPECT_EQ(object_size(1, {1, 1}), kLarge);
  EXPECT_EQ(object_size(std::uint64_t{16384} * 16384, {kMaxSide, kMaxSide}), kLarge);
}

TEST(ObjectSizeCounts, AreByHandThoseOfOneSmallAndOneMediumObject) {
  SmallPicture picture;
  SmallPicture::fill(picture.pair.truth, 10, 10, {1, 3}, 1);       // small
  SmallPicture::fill(picture.pair.truth, 30, 10, {4, 4}, 1);       // medium
  SmallPicture::fill(picture.pair.prediction, 10, 11, {1, 3}, 1);  // two of three, and one beside
  SmallPicture::fill(picture.pair.prediction, 30, 10, {4, 5}, 1);  // all, and four beside
  SmallPicture::fill(picture.pair.prediction, 50, 50, {6, 6}, 1);  // a large one that is not there
  const auto counts = object_size_counts(picture.pair.compared());
  EXPECT_EQ(counts[kSmall], (OverlapCounts{{0, 2, 0}, {0, 1, 0}, {0, 1, 0}}));
  EXPECT_EQ(counts[kMedium], (OverlapCounts{{0, 16, 0}, {0, 4, 0}, {0, 0, 0}}));
  EXPECT_EQ(counts[kLarge], (OverlapCounts{{64 * 128 - 19 - 41, 0, 0}, {1, 36, 0}, {41, 0, 0}}));
}

TEST(ObjectSizeCounts, VoidCutsObjects) {
  SmallPicture picture;
  SmallPicture::fill(picture.pair.truth, 10, 10, {1, 7}, 1);
  SmallPicture::fill(picture.pair.prediction, 10, 10, {1, 7}, 1);
  SmallPicture::fill(picture.pair.truth, 9, 13, {3, 1}, 255);
  const auto counts = object_size_counts(picture.pair.compared());
  EXPECT_EQ(counts[kSmall].tp[1], 6u);
  EXPECT_EQ(counts[kMedium].tp[1], 0u);
}

TEST(ObjectSizeCounts, AreThoseOfTheDefinitionOnRandomMaps) {
  std::array<std::uint64_t, kObjectSizes> seen{};
  for_random_pairs(
      [&](MapPair pair) {
        const std::vector<std::uint64_t> none(static_cast<std::size_t>(pair.classes));
        std::array<OverlapCounts, kObjectSizes> expected;
        expected.fill({none, none, none});
        const std::vector<std::size_t> true_sizes = object_sizes(pair.truth, pair);
        const std::vector<std::size_t> predicted_sizes = object_sizes(pair.prediction, pair);
        for (std::size_t i = 0; i < pair.truth.size(); ++i) {
          if (pair.truth[i] == 255) continue;
          const bool is_right = pair.truth[i] == pair.prediction[i];
          OverlapCounts& of_object = expected[true_sizes[i]];
          ++(is_right ? of_object.tp : of_object.fn)[pair.truth[i]];
          if (!is_right) ++expected[predicted_sizes[i]].fp[pair.prediction[i]];
          ++seen[true_sizes[i]];
        }
        EXPECT_EQ(object_size_counts(pair.compared()), expected);
      },
      kLongestSide);
  EXPECT_GT(*std::ranges::min_element(seen), 0u);
}

TEST(ObjectSizeCounts, SumToTheConfusionMatrix) {
  for_random_pairs(
      [](const MapPair& pair) {
        ConfusionMatrix matrix(pair.classes);
        matrix.add(pair.truth, pair.prediction);
        auto [sum, medium, large] = object_size_counts(pair.compared());
        sum += medium;
        sum += large;
        for (int c = 0; c < pair.classes; ++c) {
          EXPECT_EQ(sum.tp[static_cast<std::size_t>(c)], matrix.true_positives(c));
          EXPECT_EQ(sum.fp[static_cast<std::size_t>(c)], matrix.false_positives(c));
          EXPECT_EQ(sum.fn[static_cast<std::size_t>(c)], matrix.false_negatives(c));
        }
      },
      kLongestSide);
}

TEST(OverlapCounts, GiveTheIntersectionOverUnion) {
  const std::vector<double> iou = OverlapCounts{{3, 0, 0}, {1, 2, 0}, {2, 0, 0}}.iou();
  EXPECT_DOUBLE_EQ(iou[0], 0.5);
  EXPECT_EQ(iou[1], 0.0);
  EXPECT_TRUE(std::isnan(iou[2]));
}

}  // namespace
}  // namespace segfold
