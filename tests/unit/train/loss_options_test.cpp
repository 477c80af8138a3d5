#include "segfold/train/loss_options.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"

namespace segfold {
namespace {

TEST(LossOptions, RefuseWhatCannotBeMinimised) {
  EXPECT_THROW((LossOptions{.ce_weight = 0, .dice_weight = 0}.check()), UsageError);
  EXPECT_THROW((LossOptions{.dice_weight = -1}.check()), UsageError);
  EXPECT_THROW((LossOptions{.label_smoothing = 1}.check()), UsageError);
}

TEST(LossOptions, EveryKindHasItsName) {
  EXPECT_EQ(loss_name(LossKind::kCrossEntropy), "ce");
  EXPECT_EQ(loss_name(LossKind::kWeighted), "weighted-ce");
  EXPECT_EQ(loss_name(LossKind::kCrossEntropyDice), "ce-dice");
}

}  // namespace
}  // namespace segfold
