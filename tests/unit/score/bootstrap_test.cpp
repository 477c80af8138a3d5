#include "segfold/score/bootstrap.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace segfold {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

/// A group of one class.
ClassCounts one_class(std::uint64_t tp, std::uint64_t seen) {
  ClassCounts counts(1);
  counts.tp = {tp};
  counts.seen = {seen};
  return counts;
}

double share_of(const std::vector<double>& values, double value) {
  return static_cast<double>(std::ranges::count(values, value)) / static_cast<double>(values.size());
}

TEST(Bootstrap, DrawsGroupsWithReplacementAndPoolsTheirCounts) {
  // 0 of 1 pixel and 9 of 9: twice the first, one of each or twice the second, with chances 1/4, 1/2 and 1/4.
  const auto mious = bootstrap_mious({{one_class(0, 1), one_class(9, 9)}}, 10'000);
  EXPECT_NEAR(share_of(mious, 0.0), 0.25, 0.02);
  EXPECT_NEAR(share_of(mious, 0.9), 0.5, 0.02);
  EXPECT_NEAR(share_of(mious, 1.0), 0.25, 0.02);
}

TEST(Bootstrap, AveragesOverTheRuns) {
  const auto mious = bootstrap_mious({{one_class(1, 4)}, {one_class(3, 4)}}, 3);
  EXPECT_EQ(mious.size(), 3u);
  EXPECT_THAT(mious, Each(0.5));
}

TEST(Bootstrap, DrawsTheSameGroupsForEveryExperiment) {
  GroupedCounts some, half;
  for (std::uint64_t i = 0; i < 8; ++i) {
    some.push_back(one_class(2 * i, 20));
    half.push_back(one_class(i, 20));
  }
  const auto all = bootstrap_mious({some}, 200);
  const auto halves = bootstrap_mious({half, half}, 200);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_DOUBLE_EQ(halves[i], all[i] / 2);
}

TEST(Bootstrap, DrawsTheSameGroupsOnEveryMachine) {
  // Pooled, the digits of the right pixels count how often each group was drawn.
  const GroupedRuns runs = {
      {one_class(1, 10'000), one_class(10, 10'000), one_class(100, 10'000), one_class(1000, 10'000)}};
  std::vector<long> drawn;
  for (const double miou : bootstrap_mious(runs, 4)) drawn.push_back(std::lround(miou * 40'000));
  EXPECT_THAT(drawn, ElementsAre(121, 2110, 1111, 3001));
}

TEST(Bootstrap, LeavesAClassOutWhereItIsNotDrawn) {
  // The second class is in the second group only, where both score 0.5; the first group alone scores 1.
  ClassCounts first(2), second(2);
  first.tp = {4, 0}, first.seen = {4, 0};
  second.tp = {2, 2}, second.seen = {4, 4};
  const auto mious = bootstrap_mious({{first, second}}, 1000);
  EXPECT_NEAR(share_of(mious, 1.0), 0.25, 0.05);
  EXPECT_NEAR(share_of(mious, 0.625), 0.5, 0.05);
  EXPECT_NEAR(share_of(mious, 0.5), 0.25, 0.05);
}

TEST(Bootstrap, GoesOnWithMoreResamplesWhereFewerStopped) {
  const GroupedRuns runs = {{one_class(0, 5), one_class(2, 5), one_class(3, 7)}};
  auto more = bootstrap_mious(runs, 50);
  more.resize(20);
  EXPECT_EQ(bootstrap_mious(runs, 20), more);
}

TEST(PercentileInterval, LeavesOutTwoAndAHalfPercentOnEachSide) {
  std::vector<double> values(41);
  std::iota(values.rbegin(), values.rend(), 0.0);
  const ConfidenceInterval interval = percentile_interval(values);
  EXPECT_DOUBLE_EQ(interval.low, 1);
  EXPECT_DOUBLE_EQ(interval.high, 39);
}

TEST(PercentileInterval, InterpolatesBetweenTwoValues) {
  EXPECT_DOUBLE_EQ(percentile_interval({4, 0}).low, 0.1);
  EXPECT_DOUBLE_EQ(percentile_interval({4, 0}).high, 3.9);
  EXPECT_DOUBLE_EQ(percentile_interval({7}).low, 7);
  EXPECT_DOUBLE_EQ(percentile_interval({7}).high, 7);
}

}  // namespace
}  // namespace segfold
