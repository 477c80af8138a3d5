#include "segfold/train/learning_rate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"

namespace segfold {
namespace {

TEST(LearningRate, PlateauFollowsTheHeldOutLoss) {
  LearningRate rate(1.0, {.plateau = {.factor = 0.5, .patience = 0}}, 100);
  EXPECT_EQ(rate.at(0), 1.0);
  rate.end_epoch(3.0);
  rate.end_epoch(4.0);
  EXPECT_EQ(rate.at(1), 0.5);
  EXPECT_EQ(rate.at(99), 0.5);
}

TEST(LearningRate, ConstantStaysWhateverTheLoss) {
  LearningRate rate(0.3, {.kind = ScheduleKind::kConstant, .plateau = {.patience = 0}}, 10);
  rate.end_epoch(1.0);
  rate.end_epoch(2.0);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(rate.at(i), 0.3);
}

TEST(LearningRate, PolyFallsFromTheRateToItsFloor) {
  // MMSegmentation's 160k recipe: SGD 0.01, power 0.9, floor 1e-4.
  const LearningRate rate(0.01, {.kind = ScheduleKind::kPoly, .poly_power = 0.9, .lr_floor = 1e-4}, 160000);
  EXPECT_DOUBLE_EQ(rate.at(0), 0.01);
  EXPECT_NEAR(rate.at(80000), 1e-4 + (0.01 - 1e-4) * std::pow(0.5, 0.9), 1e-15);
  EXPECT_NEAR(rate.at(159999), 1e-4 + (0.01 - 1e-4) * std::pow(1.0 / 160000, 0.9), 1e-15);
  EXPECT_DOUBLE_EQ(rate.at(160000), 1e-4);
}

TEST(LearningRate, CosineIsHalfWayAtHalfTime) {
  const LearningRate rate(1.0, {.kind = ScheduleKind::kCosine, .lr_floor = 0.2}, 10);
  EXPECT_DOUBLE_EQ(rate.at(0), 1.0);
  EXPECT_DOUBLE_EQ(rate.at(5), 0.6);
  EXPECT_DOUBLE_EQ(rate.at(10), 0.2);
}

TEST(LearningRate, WarmsUpLinearlyAndThenFallsOverTheRest) {
  const LearningRate rate(1.0, {.kind = ScheduleKind::kPoly, .poly_power = 1, .warmup_steps = 4, .warmup_factor = 0.2},
                          12);
  EXPECT_DOUBLE_EQ(rate.at(0), 0.2);
  EXPECT_DOUBLE_EQ(rate.at(2), 0.6);
  EXPECT_DOUBLE_EQ(rate.at(4), 1.0);
  EXPECT_DOUBLE_EQ(rate.at(8), 0.5);
  EXPECT_DOUBLE_EQ(rate.at(12), 0.0);
}

TEST(LearningRate, GoesOnFromItsState) {
  const ScheduleOptions options{.plateau = {.factor = 0.5, .patience = 0}};
  LearningRate first(1.0, options, 10);
  first.end_epoch(1.0);
  first.end_epoch(2.0);
  LearningRate second(1.0, options, 10);
  second.restore(first.state(), "state");
  EXPECT_EQ(second.at(0), 0.5);
}

TEST(ScheduleOptions, RefusesCombinationsThatMeanNothing) {
  const auto refused = [](const ScheduleOptions& options, const std::string& word) {
    testing::expect_error<UsageError>([&] { options.check(); }, {word});
  };
  refused({.warmup_steps = 10}, "--warmup-steps needs --schedule poly, cosine or constant");
  refused({.kind = ScheduleKind::kConstant, .lr_floor = 0.1}, "--lr-floor needs --schedule poly or cosine");
  refused({.kind = ScheduleKind::kPoly, .poly_power = 0}, "--poly-power 0");
  refused({.kind = ScheduleKind::kPoly, .warmup_factor = 0}, "--warmup-factor 0");
  refused({.kind = ScheduleKind::kPoly, .warmup_steps = -1}, "--warmup-steps -1");
}

}  // namespace
}  // namespace segfold
