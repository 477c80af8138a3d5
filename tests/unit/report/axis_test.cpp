#include "segfold/report/axis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace segfold {
namespace {

std::vector<std::string> labels_of(const Axis& axis) {
  std::vector<std::string> labels;
  for (const Tick& tick : axis.ticks) labels.push_back(tick.label);
  return labels;
}

void expect_covers(const Axis& axis, Interval data) {
  EXPECT_LE(axis.range.low, data.low) << axis.label;
  EXPECT_GE(axis.range.high, data.high) << axis.label;
  EXPECT_GE(axis.ticks.size(), 1u);
  EXPECT_LE(axis.ticks.size(), 40u);
  for (const Tick& tick : axis.ticks) {
    EXPECT_GE(axis.fraction(tick.value), -1e-9);
    EXPECT_LE(axis.fraction(tick.value), 1 + 1e-9);
  }
}

TEST(Axis, IntervalOfSkipsWhatIsNotFinite) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(interval_of({nan, 3, -infinity, 1, infinity}), (Interval{1, 3}));
  EXPECT_FALSE(interval_of({nan, infinity}));
  EXPECT_FALSE(interval_of({}));
}

TEST(Axis, LinearTicksAreRoundNumbersAroundTheData) {
  EXPECT_THAT(labels_of(linear_axis("", {0.24, 2.7})), ::testing::ElementsAre("0", "1", "2", "3"));
  EXPECT_THAT(labels_of(linear_axis("", {0.0, 2.3})), ::testing::ElementsAre("0", "0.5", "1.0", "1.5", "2.0", "2.5"));
  EXPECT_THAT(labels_of(linear_axis("", {0.61, 0.68}, 4)),
              ::testing::ElementsAre("0.60", "0.62", "0.64", "0.66", "0.68"));
  EXPECT_THAT(labels_of(linear_axis("", {-3, 3}, 3)), ::testing::ElementsAre("-4", "-2", "0", "2", "4"));
}

TEST(Axis, LinearAxisStartsAtZeroWhereThatIsCheap) {
  EXPECT_EQ(linear_axis("", {0.9, 2}).range.low, 0);
  EXPECT_GT(linear_axis("", {1.9, 2}).range.low, 1);
}

TEST(Axis, CoversWhateverTheDataAre) {
  const std::vector<Interval> all{{0.5, 0.5},     {0, 0},          {-2, -2},      {1e-12, 3e-12},
                                  {1e12, 1.1e12}, {0.3, 2.3},      {-1, 1e-9},    {1, 1 + 1e-14},
                                  {7, 1e6},       {1e-4, 1e-4},    {99.9, 100.1}, {1e299, 9e299},
                                  {2e-300, 1.},   {1e-200, 1e200}, {0, 1e-250},   {-1e299, 1}};
  for (const Interval& data : all) {
    SCOPED_TRACE(::testing::Message() << data.low << " to " << data.high);
    expect_covers(linear_axis("linear", data), data);
    expect_covers(automatic_axis("automatic", data), data);
    if (data.low > 0) expect_covers(log_axis("log", data), data);
  }
}

TEST(Axis, LogTicksArePowersOfTen) {
  EXPECT_THAT(labels_of(log_axis("", {1e-6, 1e-4})), ::testing::ElementsAre("1e-6", "1e-5", "1e-4"));
  EXPECT_THAT(labels_of(log_axis("", {0.2, 4000})), ::testing::ElementsAre("1", "10", "100", "1000"));
}

TEST(Axis, ShortLogAxisHasTicksBetweenPowersOfTen) {
  EXPECT_THAT(labels_of(log_axis("", {2e-5, 1e-4})), ::testing::ElementsAre("2e-5", "5e-5", "1e-4"));
  EXPECT_THAT(labels_of(log_axis("", {2.5e-5, 4e-5})), ::testing::ElementsAre("2.5e-5", "4e-5"));
}

TEST(Axis, FractionIsLinearInTheLogarithm) {
  Axis axis{"", AxisScale::kLog, {1e-6, 1e-2}, {}};
  EXPECT_DOUBLE_EQ(axis.fraction(1e-6), 0);
  EXPECT_NEAR(axis.fraction(1e-4), 0.5, 1e-12);
  axis = {"", AxisScale::kLinear, {-1, 3}, {}};
  EXPECT_DOUBLE_EQ(axis.fraction(0), 0.25);
}

TEST(Axis, AutomaticAxisIsLogarithmicForExplodingLosses) {
  EXPECT_EQ(automatic_axis("", {0.2, 4000}).scale, AxisScale::kLog);
  EXPECT_EQ(automatic_axis("", {0.2, 3}).scale, AxisScale::kLinear);
  EXPECT_EQ(automatic_axis("", {0, 4000}).scale, AxisScale::kLinear);
}

TEST(Axis, ScoresStartAtZeroAndEndAtMostAtOne) {
  EXPECT_EQ(score_axis("", {0.4, 0.99}).range, (Interval{0, 1}));
  EXPECT_THAT(labels_of(score_axis("", {0.1, 0.44}, 6)),
              ::testing::ElementsAre("0", "0.1", "0.2", "0.3", "0.4", "0.5"));
  EXPECT_EQ(score_axis("", {0, 0}).range, (Interval{0, 1}));
}

TEST(Axis, EpochsAreWholeNumbers) {
  EXPECT_THAT(labels_of(epoch_axis("", 1, 1)), ::testing::ElementsAre("1"));
  EXPECT_THAT(labels_of(epoch_axis("", 1, 5)), ::testing::ElementsAre("1", "2", "3", "4", "5"));
  EXPECT_THAT(labels_of(epoch_axis("", 1, 20)), ::testing::ElementsAre("5", "10", "15", "20"));
  EXPECT_THAT(labels_of(epoch_axis("", 1, 65)), ::testing::ElementsAre("10", "20", "30", "40", "50", "60"));
  EXPECT_THAT(labels_of(epoch_axis("", 1, 1000)), ::testing::ElementsAre("200", "400", "600", "800", "1000"));
}

}  // namespace
}  // namespace segfold
