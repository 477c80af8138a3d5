#include "segfold/train/schedule.h"

#include <gtest/gtest.h>

#include <cmath>

#include "segfold/base/error.h"

namespace segfold {
namespace {

TEST(PlateauSchedule, LowersTheRateAfterPatienceIsOver) {
  PlateauSchedule schedule(1.0, {.factor = 0.5, .patience = 2, .threshold = 0});
  for (const double loss : {5.0, 6.0, 6.0}) schedule.step(loss);
  EXPECT_EQ(schedule.lr(), 1.0);  // two bad epochs are borne
  schedule.step(6.0);
  EXPECT_EQ(schedule.lr(), 0.5);
  schedule.step(6.0);
  EXPECT_EQ(schedule.lr(), 0.5);  // the count starts again
}

TEST(PlateauSchedule, AnImprovementMustExceedTheRelativeThreshold) {
  PlateauSchedule schedule(1.0, {.factor = 0.1, .patience = 0, .threshold = 0.1});
  schedule.step(10.0);
  schedule.step(9.05);  // above 10 · (1 − 0.1): no improvement
  EXPECT_DOUBLE_EQ(schedule.lr(), 0.1);
  schedule.step(8.9);
  EXPECT_DOUBLE_EQ(schedule.lr(), 0.1);
}

TEST(PlateauSchedule, NaNIsNoImprovement) {
  PlateauSchedule schedule(1.0, {.factor = 0.1, .patience = 0});
  schedule.step(1.0);
  schedule.step(std::nan(""));
  EXPECT_DOUBLE_EQ(schedule.lr(), 0.1);
}

TEST(PlateauSchedule, GoesOnFromItsState) {
  const PlateauSchedule::Options options{.factor = 0.5, .patience = 1};
  PlateauSchedule whole(1.0, options);
  PlateauSchedule first(1.0, options);
  PlateauSchedule second(7.0, options);
  second.restore(first.state(), "nothing done yet");
  for (const double loss : {3.0, 3.0, 2.0}) {
    whole.step(loss);
    first.step(loss);
  }
  second.restore(first.state(), "after three");
  for (const double loss : {2.5, 2.5, 2.5, 2.5}) {
    whole.step(loss);
    second.step(loss);
    EXPECT_EQ(whole.lr(), second.lr());
  }
  EXPECT_LT(whole.lr(), 1.0);
}

TEST(PlateauSchedule, RefusesAbsurdOptions) {
  EXPECT_THROW((PlateauSchedule::Options{.factor = 1.0}.check()), UsageError);
  EXPECT_THROW((PlateauSchedule::Options{.patience = -1}.check()), UsageError);
  EXPECT_THROW((PlateauSchedule::Options{.threshold = std::nan("")}.check()), UsageError);
}

}  // namespace
}  // namespace segfold
