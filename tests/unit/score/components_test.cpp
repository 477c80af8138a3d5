#include "segfold/score/components.h"

#include <gtest/gtest.h>

#include <map>
#include <opencv2/imgproc.hpp>
#include <set>

#include "tests/unit/score/map_pairs.h"

namespace segfold {
namespace {

using testing::for_random_pairs;
using testing::MapPair;

Image map_of(Size size, const std::vector<std::uint8_t>& ids) {
  Image map(size, 1);
  map.pixels = ids;
  return map;
}

/// Areas of the components of an id, sorted.
std::multiset<std::uint64_t> areas_of(const Components& components, std::uint8_t id) {
  std::map<std::size_t, std::uint64_t> areas;
  for (const PixelRun& run : components.runs) {
    if (run.id == id) areas[run.component] = components.areas_px[run.component];
  }
  std::multiset<std::uint64_t> sorted;
  for (const auto& [component, area] : areas) sorted.insert(area);
  return sorted;
}

TEST(Components, TouchByCornersAlso) {
  const Components components = connected_components(map_of({3, 3}, {1, 0, 0,  //
                                                                     0, 1, 0,  //
                                                                     0, 0, 1}));
  EXPECT_EQ(areas_of(components, 1), (std::multiset<std::uint64_t>{3}));
  EXPECT_EQ(areas_of(components, 0), (std::multiset<std::uint64_t>{6}));  // the two corners touch across the diagonal
}

TEST(Components, AreFoundToBeOneLate) {
  const Components components = connected_components(map_of({3, 5}, {1, 0, 1, 0, 1,  //
                                                                     1, 0, 1, 0, 1,  //
                                                                     1, 1, 1, 1, 1}));
  EXPECT_EQ(areas_of(components, 1), (std::multiset<std::uint64_t>{11}));
  EXPECT_EQ(areas_of(components, 0), (std::multiset<std::uint64_t>{2, 2}));
}

TEST(Components, DoNotGoAroundThePicturesEdge) {
  const Components components = connected_components(map_of({2, 4}, {0, 0, 0, 1,  //
                                                                     1, 0, 0, 0}));
  EXPECT_EQ(areas_of(components, 1), (std::multiset<std::uint64_t>{1, 1}));
}

TEST(Components, HaveRunsInRasterOrderThatLeaveOutVoid) {
  const Components components = connected_components(map_of({2, 4}, {5, 5, 255, 5, 255, 3, 3, 3}));
  ASSERT_EQ(components.runs.size(), 3u);
  EXPECT_EQ(components.runs[0].begin, 0u);
  EXPECT_EQ(components.runs[0].end, 2u);
  EXPECT_EQ(components.runs[1].begin, 3u);
  EXPECT_EQ(components.runs[2].id, 3);
  EXPECT_EQ(components.runs[2].begin, 5u);
  EXPECT_EQ(components.runs[2].length(), 3u);
  EXPECT_TRUE(connected_components(map_of({1, 2}, {255, 255})).runs.empty());
}

TEST(Components, AreThoseThatOpenCvFinds) {
  for_random_pairs([](const MapPair& pair) {
    const Components components = connected_components(map_of(pair.size, pair.truth));
    for (int c = 0; c < pair.classes; ++c) {
      cv::Mat mask(static_cast<int>(pair.size.height), static_cast<int>(pair.size.width), CV_8UC1);
      for (std::size_t i = 0; i < pair.truth.size(); ++i) mask.data[i] = pair.truth[i] == c ? 1 : 0;
      cv::Mat labels;
      cv::Mat statistics;
      cv::Mat centroids;
      const int count = cv::connectedComponentsWithStats(mask, labels, statistics, centroids, 8);
      std::multiset<std::uint64_t> expected;
      for (int label = 1; label < count; ++label) {
        expected.insert(static_cast<std::uint64_t>(statistics.at<int>(label, cv::CC_STAT_AREA)));
      }
      EXPECT_EQ(areas_of(components, static_cast<std::uint8_t>(c)), expected);
    }
  });
}

}  // namespace
}  // namespace segfold
