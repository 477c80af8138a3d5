#include "segfold/score/official_scores.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"

namespace segfold {
namespace {

using testing::expect_error;

constexpr std::uint8_t kUnlabeled = 0;
constexpr std::uint8_t kRoad = 7;
constexpr std::uint8_t kSidewalk = 8;
constexpr std::uint8_t kCar = 26;
constexpr std::uint8_t kTruck = 27;
constexpr std::uint8_t kCaravan = 29;

Image row_of(const std::vector<std::uint8_t>& ids) {
  Image map({1, static_cast<std::int64_t>(ids.size())}, 1);
  map.pixels = ids;
  return map;
}

InstanceMap instances_of(const std::vector<std::uint16_t>& ids) {
  InstanceMap map({1, static_cast<std::int64_t>(ids.size())}, 1);
  map.pixels = ids;
  return map;
}

/// A map without single instances: each value is the label itself.
InstanceMap no_instances(const std::vector<std::uint8_t>& truth) { return instances_of({truth.begin(), truth.end()}); }

Json scores_of(const std::vector<std::uint8_t>& truth, const std::vector<std::uint8_t>& prediction) {
  return official_scores(official_counts(row_of(prediction), row_of(truth), no_instances(truth)));
}

TEST(OfficialScores, PredictingAnIgnoredIdMissesThePixel) {
  const Json scores = scores_of({kRoad, kRoad, kRoad, kRoad}, {kRoad, kRoad, kRoad, kUnlabeled});
  EXPECT_EQ(scores["classScores"]["road"], 0.75);
  EXPECT_EQ(scores["averageScoreClasses"], 0.75);
}

TEST(OfficialScores, WhatIsPredictedWhereTheTruthIsIgnoredDoesNotCount) {
  const Json scores = scores_of({kRoad, kUnlabeled, kCaravan}, {kRoad, kRoad, kRoad});
  EXPECT_EQ(scores["classScores"]["road"], 1.0);
  EXPECT_EQ(scores["confMatrix"][kUnlabeled][kRoad], 1);
  EXPECT_TRUE(std::isnan(scores["classScores"]["unlabeled"].get<double>()));
}

TEST(OfficialScores, ACategoryTakesItsClassesAsOne) {
  const Json scores = scores_of({kRoad, kRoad, kSidewalk, kCar}, {kRoad, kSidewalk, kRoad, kSidewalk});
  EXPECT_EQ(scores["categoryScores"]["flat"], 0.75);  // three right, one car taken for it
  EXPECT_EQ(scores["categoryScores"]["vehicle"], 0.0);
  EXPECT_TRUE(std::isnan(scores["categoryScores"]["void"].get<double>()));
  EXPECT_EQ(scores["averageScoreCategories"], 0.375);
  EXPECT_EQ(scores["classScores"]["road"], 1.0 / 3.0);
}

TEST(OfficialScores, AnInstanceCountsAsMuchAsAMeanOneOfItsClass) {
  // Two cars of one and of three pixels, and road of which one pixel is taken for a car.
  const Image truth = row_of({kCar, kCar, kCar, kCar, kRoad});
  const Image prediction = row_of({kCar, kRoad, kTruck, kCar, kCar});
  const auto counts = official_counts(prediction, truth, instances_of({26000 + 1, 26002, 26002, 26002, 7}));
  constexpr double kMean = 12794.0202738185;
  EXPECT_DOUBLE_EQ(counts.classes[kCar].tp, kMean + kMean / 3);
  EXPECT_DOUBLE_EQ(counts.classes[kCar].fn, 2 * kMean / 3);
  const Json scores = official_scores(counts);
  EXPECT_DOUBLE_EQ(scores["classInstScores"]["car"], (kMean * 4 / 3) / (2 * kMean + 1));
  EXPECT_DOUBLE_EQ(scores["categoryInstScores"]["vehicle"], (kMean * 5 / 3) / (2 * kMean + 1));
  EXPECT_TRUE(std::isnan(scores["classInstScores"]["road"].get<double>()));
  EXPECT_TRUE(std::isnan(scores["categoryInstScores"]["flat"].get<double>()));
}

TEST(OfficialScores, InstancesOfIgnoredClassesAndCrowdsCarryNoWeight) {
  const auto counts =
      official_counts(row_of({kCaravan, kCar}), row_of({kCaravan, kCar}), instances_of({29000 + 1, 26}));
  EXPECT_EQ(counts.classes[kCaravan].tp + counts.classes[kCar].tp, 0);
  EXPECT_TRUE(std::isnan(official_scores(counts)["classInstScores"]["car"].get<double>()));
}

TEST(OfficialScores, PriorsAreSharesOfAllPixels) {
  const Json scores = scores_of({kRoad, kRoad, kUnlabeled, kCar}, {kRoad, kRoad, kRoad, kRoad});
  EXPECT_EQ(scores["priors"]["road"], 0.5);
  EXPECT_EQ(scores["priors"]["unlabeled"], 0.25);
  EXPECT_EQ(scores["labels"]["bicycle"], 33);
}

TEST(OfficialCounts, OfSeveralImagesAreTheirSums) {
  const std::vector<std::uint8_t> truth{kRoad, kCar, kCar, kSidewalk};
  const std::vector<std::uint8_t> prediction{kRoad, kCar, kRoad, kRoad};
  const InstanceMap cars = instances_of({7, 26001, 26001, 8});
  OfficialCounts sum = official_counts(row_of(prediction), row_of(truth), cars);
  sum += official_counts(row_of(truth), row_of(truth), cars);
  EXPECT_EQ(sum.confusion.at(kCar, kCar), 3);
  EXPECT_EQ(sum.confusion.total(), 8);
  EXPECT_DOUBLE_EQ(sum.classes[kCar].tp, 1.5 * 12794.0202738185);
  EXPECT_EQ(evaluated_pixels(sum.confusion).not_ignored, 8);
  EXPECT_EQ(evaluated_pixels(sum.confusion).correct, 6);
}

TEST(OfficialCounts, RefuseUnknownIds) {
  const Image good = row_of({kRoad, kRoad});
  const InstanceMap none = no_instances({kRoad, kRoad});
  expect_error<DataError>([&] { official_counts(row_of({kRoad, 34}), good, none); },
                          {"prediction", "id 34", "column 1"});
  expect_error<DataError>([&] { official_counts(good, row_of({255, kRoad}), none); }, {"truth", "id 255", "column 0"});
  expect_error<DataError>([&] { official_counts(good, good, instances_of({7, 34001})); },
                          {"34001", "row 0, column 1", "unknown label 34"});
  expect_error<DataError>([&] { official_counts(good, good, instances_of({7, 7001})); },
                          {"7001", "row 0, column 1", "'road' comes in no instances"});
  expect_error<DataError>([&] { official_counts(good, good, instances_of({7, 7001})); }, {"7001", "'road'"});
}

}  // namespace
}  // namespace segfold
