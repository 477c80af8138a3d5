#include "segfold/train/optimizer_options.h"

#include <gtest/gtest.h>

#include <cmath>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"

namespace segfold {
namespace {

TEST(OptimizerOptions, DefaultsArePyTorchs) {
  const OptimizerOptions options;
  EXPECT_NO_THROW(options.check());
  EXPECT_EQ(options.beta1, 0.9);
  EXPECT_EQ(options.beta2, 0.999);
  EXPECT_EQ(options.eps, 1e-8);
}

TEST(OptimizerOptions, RefusesValuesOutsideTheirRangeByTheOptionsName) {
  const auto refused = [](const OptimizerOptions& options, const std::string& name) {
    testing::expect_error<UsageError>([&] { options.check(); }, {name});
  };
  refused({.momentum = 1}, "--momentum 1");
  refused({.weight_decay = -1}, "--weight-decay -1");
  refused({.encoder_lr_factor = -0.5}, "--encoder-lr-factor -0.5");
  refused({.clip_norm = std::nan("")}, "--clip-norm nan");
}

TEST(OptimizerOptions, EveryKindHasItsName) {
  EXPECT_EQ(optimizer_name(OptimizerKind::kAdam), "adam");
  EXPECT_EQ(optimizer_name(OptimizerKind::kAdamW), "adamw");
  EXPECT_EQ(optimizer_name(OptimizerKind::kSgd), "sgd");
}

}  // namespace
}  // namespace segfold
