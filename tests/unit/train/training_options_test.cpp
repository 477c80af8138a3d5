#include "segfold/train/training_options.h"

#include <gtest/gtest.h>

#include <cmath>

#include "segfold/base/error.h"

namespace segfold {
namespace {

TEST(TrainingOptions, DefaultsAreTheStudys) {
  const TrainingOptions options;
  EXPECT_NO_THROW(options.check());
  EXPECT_EQ(options.epochs, 65);
  EXPECT_EQ(options.batch_size, 2);
  EXPECT_EQ(options.lr, 1e-4);
  EXPECT_EQ(options.plateau.factor, 0.1);
  EXPECT_EQ(options.plateau.patience, 10);
  EXPECT_EQ(options.plateau.threshold, 1e-4);
}

TEST(TrainingOptions, RefusesAbsurdValues) {
  const auto refused = [](auto change) {
    TrainingOptions options;
    change(options);
    EXPECT_THROW(options.check(), UsageError);
  };
  refused([](TrainingOptions& o) { o.lr = -1e-4; });
  refused([](TrainingOptions& o) { o.lr = std::nan(""); });
  refused([](TrainingOptions& o) { o.epochs = 0; });
  refused([](TrainingOptions& o) { o.batch_size = 0; });
  refused([](TrainingOptions& o) { o.low_res_every = 0; });
  refused([](TrainingOptions& o) { o.adam.weight_decay = -1; });
  refused([](TrainingOptions& o) { o.augment.flip = 2; });
}

}  // namespace
}  // namespace segfold
